"""The linear relaxation of a market by column generation, with a bound that rests on prices alone.

Of the candidates, only those that some prices made worth a look are in the programme. After each
optimum all of them are priced, and the best few of each workload join. Any prices give a bound:
what every workload pays at the cheapest of all candidates, less what limits are worth.
"""

import time
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field

import numpy as np

from placement.formulation.milp import Floats, Ints
from placement.solvers.decomposition.engine import DUAL, PRIMAL, Costs, Engine
from placement.solvers.decomposition.market import Market
from placement.solvers.decomposition.prices import Prices

__all__ = ["Bounds", "Relaxation", "Relaxed", "money_costs"]

FIRST = 8  # candidates of a workload to begin with, and
ALIKE = 2  # of those that cost the same; chosen by trial at 10,000 x 1,000 (docs/benchmarks.md)
MORE = 6  # candidates of a workload that join after a round, and
FEW = 4  # the same where bounds are tightened
MOST_ROUNDS = 80  # a limit of work: 10,000 x 1,000 takes some 15
CLOSE = 1e-5  # relative distance to the bound at which more candidates are not worth a round
ENTERS = 1e-7  # reduced cost, as a share of the dearest price: HiGHS's tolerance
SCALE = 100.0  # of the dearest replica in the objective: duals are then far above tolerances


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxed:
    """An optimum of the relaxation, or what was reached in time.

    Parameters
    ----------
    bound
        Of the objective, in its units: valid whatever the solver did.
    value
        The objective of the fractional solution.
    x, n, u
        ``(C,)``, ``(S,)`` and ``(W,)`` the fractional solution.
    reduced
        ``(C,)`` what one more replica of a candidate costs beyond what it is worth, at the prices
        that give the bound.
    """

    bound: float
    value: float
    x: Floats
    n: Floats
    u: Floats
    reduced: Floats


def _none() -> Ints:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Bounds of the columns of some supplies ``n`` and candidates ``x``."""

    n: Ints = field(default_factory=_none)
    n_least: Ints = field(default_factory=_none)
    n_most: Ints = field(default_factory=_none)
    x: Ints = field(default_factory=_none)
    x_least: Floats = field(default_factory=lambda: np.empty(0))
    x_most: Floats = field(default_factory=lambda: np.empty(0))


def money_costs(market: Market) -> tuple[Costs, float]:
    """Return money with a price on what is left out, and what one unit of money is there."""
    scale = SCALE / market.dearest
    x, n = market.replica_price.astype(np.float64), market.price.astype(np.float64)
    return Costs(x=x * scale, n=n * scale, u=market.penalties * SCALE), scale


@dataclass(slots=True)
class Relaxation:
    """The relaxation of one market; keeps its columns and its basis from one call to the next.

    Parameters
    ----------
    stop
        Asked now and then; returns True to end what is being solved.
    """

    market: Market
    stop: Callable[[], bool] | None = None
    _engine: Engine = field(init=False)
    _turned: Ints = field(init=False)

    def __post_init__(self) -> None:
        """Build the programme without candidates."""
        market, rows = self.market, self.market.rows
        start, width = rows.first[market.supply], np.diff(rows.first)[market.supply]
        shares = np.zeros(rows.takes.shape)
        for place in range(rows.takes.shape[1]):
            has = np.flatnonzero(width > place)
            shares[has, place] = rows.takes[has, place] / rows.room[start[has] + place]
        self._turned = (market.supply + 7919 * market.workload) % max(1, market.price.size)
        self._engine = Engine(market, shares, explicit=False, stop=self.stop)

    def solve(self, costs: Costs, left: Ints | None, until: float) -> Relaxed | None:
        """Minimise an objective; None where time is up before there is any solution.

        Parameters
        ----------
        left
            ``(ranks,)`` the most replicas left out of each priority; absent: no limit.
        until
            Deadline on the clock of ``time.perf_counter``.
        """
        market, engine = self.market, self._engine
        engine.aim(costs, left)
        if not engine.inside.size:
            node = engine.shares.max(axis=1) * costs.n[market.supply]
            engine.add(self._cheapest(node + costs.x, FIRST), costs)
        best: Relaxed | None = None
        bound, worth, method = -np.inf, np.zeros(0), DUAL
        for _ in range(MOST_ROUNDS):
            if not engine.run(method, until):
                break
            method = PRIMAL  # columns keep the basis primal feasible
            prices = Prices.of(engine, costs)
            reduced = prices.reduced(market, engine.shares, costs.x)
            least = prices.bound(market, costs, reduced, left)
            if least > bound:
                bound, worth = least, reduced
            best = self._found(bound, worth)
            close = best.value - bound <= CLOSE * max(abs(best.value), 1e-9)
            last = close or time.perf_counter() >= until
            if last or not self._more(reduced, costs, MORE):
                break
        return best

    def near(self, found: Relaxed, costs: Costs, dear: float) -> "Relaxation":
        """Return the relaxation with columns for all nodes and for cheap candidates alone.

        It goes on from the basis of this one.

        Parameters
        ----------
        dear
            Reduced cost above which an unused candidate is not taken along.
        """
        mine = self._engine
        kept = mine.inside[(found.reduced[mine.inside] <= dear) | (found.x[mine.inside] > 0)]
        other = copy(self)
        other._engine = Engine(self.market, mine.shares, explicit=True, stop=self.stop)
        other._engine.aim(costs, None)
        other._engine.add(kept, costs)
        other._engine.goes_on(mine)
        return other

    def tightened(self, bounds: Bounds, costs: Costs, until: float) -> Relaxed | None:
        """Return the optimum under tighter bounds of some columns; None where there is none.

        Candidates that its prices make worth a look join; the bound is that of no problem.
        """
        engine = self._engine
        if bounds.n.size:
            engine.bound_nodes(bounds.n, bounds.n_least, bounds.n_most)
        if bounds.x.size:
            engine.bound_replicas(bounds.x, bounds.x_least, bounds.x_most)
        if not engine.run(DUAL, until):  # bounds keep the basis dual feasible
            return None
        prices = Prices.of(engine, costs)
        reduced = prices.reduced(self.market, engine.shares, costs.x)
        if self._more(reduced, costs, FEW) and not engine.run(PRIMAL, until):
            return None
        return self._found(-np.inf, reduced)

    def _more(self, reduced: Floats, costs: Costs, most: int) -> bool:
        """Let the candidates in that prices make worth a look; return whether there are any."""
        largest = max(1e-9, float(costs.n.max(initial=0)), float(costs.x.max(initial=0)))
        wanted = self._cheapest(reduced, most, below=-ENTERS * largest)
        if wanted.size:
            self._engine.add(wanted, costs)
        return bool(wanted.size)

    def _found(self, bound: float, reduced: Floats) -> Relaxed:
        x, n, u = self._engine.solution()
        return Relaxed(bound=bound, value=self._engine.value, x=x, n=n, u=u, reduced=reduced)

    def _cheapest(self, cost: Floats, most: int, below: float = np.inf) -> Ints:
        """Return the cheapest candidates of each workload that are not in the programme.

        Among those that cost the same, which is common in a region, few of each, and not the same
        ones for all workloads.
        """
        there = np.flatnonzero((cost < below) & (self._engine.column < 0))
        order = there[np.lexsort((self._turned[there], cost[there], self.market.workload[there]))]
        workload = self.market.workload[order]
        new = np.ones(order.size, dtype=np.bool_)
        new[1:] = (workload[1:] != workload[:-1]) | (np.abs(np.diff(cost[order])) > ENTERS)
        order = order[_place_in_run(new) < ALIKE]
        workload = self.market.workload[order]
        new = np.ones(order.size, dtype=np.bool_)
        new[1:] = workload[1:] != workload[:-1]
        chosen: Ints = order[_place_in_run(new) < most]
        return chosen


def _place_in_run(new: np.ndarray) -> Ints:
    """Return the place of each element in its run, where ``new`` says that a run begins."""
    at = np.arange(new.size, dtype=np.int64)
    found: Ints = at - np.maximum.accumulate(np.where(new, at, 0))
    return found

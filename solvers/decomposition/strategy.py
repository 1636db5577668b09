"""The strategy for large fleets: relaxation, whole numbers step by step, improvement by blocks.

The relaxation gives the bound and prices; holding what is nearly whole gives a plan near it; small
programmes over workloads that waste most, each with all others in place, make it better.
"""

import time
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from placement.answer import Answer, LevelResult, Tell, rounded
from placement.formulation import levels
from placement.formulation.columns import lifted
from placement.formulation.layout import Layout
from placement.formulation.milp import Floats, Ints
from placement.instance import Instance
from placement.solver import Limits
from placement.solvers.decomposition.diving import dived
from placement.solvers.decomposition.engine import Costs
from placement.solvers.decomposition.improving import Improving
from placement.solvers.decomposition.market import Market, market_of
from placement.solvers.decomposition.neighbourhoods import Nearness
from placement.solvers.decomposition.packed import Packing
from placement.solvers.decomposition.relaxation import Relaxation, money_costs
from placement.solvers.decomposition.state import State, rounded_start

__all__ = ["Decomposition", "Kept"]

DEAR = 0.02  # of a replica's mean cost: a reduced cost above it is hardly ever worth paying
DIVES = 20.0  # reduced cost in units of that, up to which candidates are taken along
RESERVE = 0.15  # of the time, kept for packing and reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a search has found: its best plan, packed, and the relaxation."""

    state: State
    packing: Packing
    relaxation: Relaxation


@dataclass(slots=True, kw_only=True)
class Decomposition:
    """One search. Call :meth:`run` once.

    Parameters
    ----------
    limits
        Seconds in all; the relative gap concerns money.
    executor
        Solves blocks, where there is one.
    kept
        After the run: what goes on from it can start with; None where there is no plan.
    """

    instance: Instance
    limits: Limits
    tell: Tell | None = None
    executor: Executor | None = None
    kept: "Kept | None" = None

    def run(self, starts: Sequence[Ints] = ()) -> Answer | None:
        """Return the best plan found; None where there is none, of which nothing is proven.

        Parameters
        ----------
        starts
            ``(C,)`` replicas of plans that are known.
        """
        until = time.perf_counter() + self.limits.seconds * (1 - RESERVE)
        market, packing = market_of(self.instance), Packing(self.instance)
        states = [State.of(market, x) for x in (np.zeros_like(market.supply), *starts)]
        best = _best([packing.mended(s, _everywhere(market)) for s in states if s.holds])
        if best is None:
            return None
        relaxation = Relaxation(market)
        costs, scale = money_costs(market)
        found = relaxation.solve(costs, None, until)
        self.kept = Kept(state=best, packing=packing, relaxation=relaxation)
        if found is None:
            return self._answer(best, packing, None, "time")
        bound = found.bound / scale
        dear = DEAR * found.value / max(1, int(market.replicas.sum()))
        near = relaxation.near(found, costs, DIVES * dear)
        start = rounded_start(market, dived(near, costs, found, until).x)
        packed = packing.mended(start, _everywhere(market)) if start.holds else None
        best = _best([best, packed]) or best
        improving = Improving(
            state=best,
            near=Nearness(reduced=found.reduced / scale, dear=dear / scale),
            packing=packing,
            bound=bound,
            tell=lambda state: self._stop(state, bound),
            until=until,
            gap=self.limits.relative_gap,
            executor=self.executor,
            seed=self.limits.seed,
        )
        best = improving.run()
        self.kept = Kept(state=best, packing=packing, relaxation=relaxation)
        last = _Last(relaxation, market, best, bound, until)
        return self._answer(best, packing, last, improving.ended_by)

    def _stop(self, state: State, bound: float) -> bool:
        if self.tell is None:
            return False
        left, cost = state.worth
        if any(left):
            return self.tell("placed", float(sum(left)), 0.0)
        return self.tell("money", float(cost), bound)

    def _answer(
        self, state: State, packing: Packing, last: "_Last | None", ended_by: str
    ) -> Answer:
        layout = Layout.of(self.instance)
        values = lifted(self.instance, layout, state.x, state.n)
        results = tuple(self._results(layout, values, state, last))
        proven = all(result.proven for result in results)
        return Answer(
            values=values,
            fills=packing.fills(state),
            levels=results,
            ended_by="optimal" if proven else ended_by,
        )

    def _results(
        self, layout: Layout, values: Ints, state: State, last: "_Last | None"
    ) -> list[LevelResult]:
        left, cost = state.worth
        money = levels.money(self.instance, layout)
        if not any(left):
            everything = levels.all_left_out(self.instance, layout)
            found = [LevelResult(level=everything, value=0, bound=0.0)]
        else:
            found = [
                LevelResult(level=level, value=level.value(values), bound=bound * level.whole)
                for level, bound in zip(
                    levels.by_priority(self.instance, layout),
                    [0.0] * len(left) if last is None else last.left_out(),
                    strict=True,
                )
            ]
        bound = -np.inf if last is None else last.money()
        return [*found, LevelResult(level=money, value=cost, bound=min(float(cost), bound))]


@dataclass(frozen=True, slots=True)
class _Last:
    """Bounds of what a solution leaves out, and of its cost then."""

    relaxation: Relaxation
    market: Market
    state: State
    bound: float
    until: float

    def left_out(self) -> list[float]:
        """Return a bound on the replicas of each priority left out, given those of higher ones."""
        market, bounds = self.market, []
        left = np.bincount(market.rank, weights=market.replicas, minlength=market.ranks)
        most = left.astype(np.int64)
        reached = market.left_out(self.state.placed)
        for rank in range(market.ranks):
            aim = np.where(market.rank == rank, 1.0, 0.0)
            found = self._solve(np.zeros_like(market.price, dtype=np.float64), aim, most)
            bounds.append(max(0.0, rounded(found)))
            most[rank] = reached[rank]
        return bounds

    def money(self) -> float:
        """Return a bound on money, given what is left out."""
        market = self.market
        reached = market.left_out(self.state.placed)
        if not reached.any():
            return self.bound
        costs, scale = money_costs(market)
        none = np.zeros(market.replicas.size)
        found = self.relaxation.solve(Costs(x=costs.x, n=costs.n, u=none), reached, self._until())
        return -np.inf if found is None else found.bound / scale

    def _solve(self, nodes: Floats, aim: Floats, most: Ints) -> float:
        costs = Costs(x=np.zeros(self.market.workload.size), n=nodes, u=aim)
        found = self.relaxation.solve(costs, most, self._until())
        return 0.0 if found is None else found.bound

    def _until(self) -> float:
        return max(self.until, time.perf_counter() + 0.5)


def _everywhere(market: Market) -> Ints:
    return np.arange(market.price.size)


def _best(states: Sequence[State | None]) -> State | None:
    """Return the best of some solutions, the first of equal ones."""
    found = [state for state in states if state is not None]
    return min(found, key=lambda state: state.worth, default=None)

"""The strategy for large fleets: relaxation, whole numbers step by step, improvement by blocks.

The relaxation gives the bound and prices; holding what is nearly whole gives a plan near it; small
programmes over workloads that waste most, each with all others in place, make it better.
"""

import time
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np

from placement.answer import Answer, LevelResult, Tell, rounded
from placement.formulation import levels
from placement.formulation.columns import lifted
from placement.formulation.layout import Layout
from placement.formulation.milp import Floats, Ints
from placement.instance import Instance
from placement.solver import Limits, Solver, Watch
from placement.solvers.decomposition.diving import dived
from placement.solvers.decomposition.engine import Costs
from placement.solvers.decomposition.improving import Improving
from placement.solvers.decomposition.market import Market, market_of
from placement.solvers.decomposition.neighbourhoods import Nearness
from placement.solvers.decomposition.packed import Packing
from placement.solvers.decomposition.proving import NODES, Known, proved
from placement.solvers.decomposition.relaxation import Relaxation, money_costs
from placement.solvers.decomposition.state import State, Worth, rounded_start
from placement.starting import Start

__all__ = ["Decomposition"]

DEAR = 0.1  # of a replica's mean cost: a reduced cost above it is hardly ever worth paying
DIVES = 4.0  # reduced cost in units of that, up to which candidates are taken along
PROVABLE = 100_000  # candidates up to which the whole is worth a programme
PROOFS = 3  # rounds of it: a better plan makes the next one smaller
RESERVE = 0.03  # of the time, kept for packing


@dataclass(slots=True, kw_only=True)
class Decomposition:
    """One search. Call :meth:`run` once.

    Parameters
    ----------
    limits
        Seconds in all; the relative gap concerns money.
    solver
        Of the proof.
    executor
        Solves blocks, where there is one.
    """

    instance: Instance
    limits: Limits
    solver: Solver
    tell: Tell | None = None
    executor: Executor | None = None
    _stage: str = "relaxation"

    def run(self, start: Start | None = None) -> Answer | None:
        """Return the best plan found; None where there is none, of which nothing is proven.

        Parameters
        ----------
        start
            A plan that is known: none worse is returned.
        """
        until = time.perf_counter() + self.limits.seconds * (1 - RESERVE)
        market, packing = market_of(self.instance), Packing(self.instance)
        known = self._known(market, packing, start)
        if known is None:
            return None
        relaxation = Relaxation(market)
        costs, scale = money_costs(market)
        self._stop(known, 0.0)
        found = relaxation.solve(costs, None, until)
        if found is None:
            return self._answer(known, packing, None, "time")
        bound = found.bound / scale
        self._stage = "rounding"
        self._stop(known, bound)
        dear = DEAR * found.value / max(1, int(market.replicas.sum()))
        near = relaxation.near(found, costs, DIVES * dear)
        rounded = rounded_start(market, dived(near, costs, found, until).x)
        packed = packing.mended(rounded, _everywhere(market)) if rounded.holds else known
        self._stage = "improvement"
        improving = Improving(
            state=packed,
            near=Nearness(reduced=found.reduced / scale, dear=dear / scale),
            packing=packing,
            bound=bound,
            tell=lambda state: self._stop(min(known, state, key=_worth), bound),
            until=until,
            gap=self.limits.relative_gap,
            executor=self.executor,
            seed=self.limits.seed,
        )
        best = min(known, improving.run(), key=_worth)
        ended_by = improving.ended_by
        if ended_by == "work":
            self._stage = "proof"
            best, bound, ended_by = self._proved(best, found.reduced / scale, bound, packing, until)
        last = _Last(relaxation, market, best, bound, until)
        return self._answer(best, packing, last, ended_by)

    def _proved(
        self, best: State, reduced: Floats, bound: float, packing: Packing, until: float
    ) -> tuple[State, float, str]:
        """Return the best solution, a bound of its cost, and what ended the search."""
        for _ in range(PROOFS):
            left, cost = best.worth
            seconds = until - time.perf_counter()
            if any(left) or seconds <= 0 or best.market.workload.size > PROVABLE:
                break
            known = Known(state=best, reduced=reduced, bound=bound)
            limits = replace(self.limits, seconds=seconds, work=NODES)
            found = proved(known, self.solver, limits, self._watch())
            if found.found is not None and found.found.holds:
                packed = packing.mended(found.found, _everywhere(best.market))
                best = min(best, packed, key=_worth)
            bound = found.bound
            if best.worth[1] - bound <= self.limits.relative_gap * best.worth[1]:
                return best, bound, "gap"
            if found.ended_by != "optimal":
                return best, bound, found.ended_by
            if found.whole or best.worth[1] == cost:
                break
        return best, bound, "work"

    def _watch(self) -> Watch | None:
        if self.tell is None:
            return None
        tell = self.tell
        return lambda cost, bound: tell("proof", cost, bound)

    def _known(self, market: Market, packing: Packing, start: Start | None) -> State | None:
        """Return a solution to begin with: that of a plan, or nothing placed."""
        states = [State.of(market, np.zeros_like(market.supply))]
        if start is not None:
            packing.remember(start.fills)
            states.append(State.of(market, start.x, start.n))
        found = [packing.mended(state, _everywhere(market)) for state in states if state.holds]
        return min(found, key=_worth, default=None)

    def _stop(self, state: State, bound: float) -> bool:
        if self.tell is None:
            return False
        left, cost = state.worth
        if any(left):
            return self.tell("placed", float(sum(left)), 0.0)
        return self.tell(self._stage, float(cost), bound)

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


def _worth(state: State) -> Worth:
    return state.worth

"""The strategy for large fleets: relaxation, whole numbers step by step, improvement by blocks.

The relaxation gives the bound and prices; holding what is nearly whole gives a plan near it; small
programmes over workloads that waste most, each with all others in place, make it better.
"""

import time
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace

import numpy as np

from placement.answer import Answer, LevelResult, Tell, rounded
from placement.formulation import levels
from placement.formulation.columns import lifted
from placement.formulation.layout import Layout
from placement.formulation.milp import Floats, Ints
from placement.instance import Instance
from placement.solver import Limits, Solver
from placement.solvers.decomposition.completion import completed
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
    _best: State = field(init=False)
    _bound: float = -np.inf
    _cancelled: bool = False

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
        self._best = known
        relaxation = Relaxation(market, self._told)
        costs, scale = money_costs(market)
        found = None if self._told() else relaxation.solve(costs, None, until)
        if found is None:
            return self._answer(packing, None, "cancelled" if self._cancelled else "time")
        self._bound, self._stage = found.bound / scale, "rounding"
        near = Nearness(
            reduced=found.reduced / scale,
            dear=DEAR * found.value / scale / max(1, int(market.replicas.sum())),
        )
        rounded = known
        if not self._told():
            close = relaxation.near(found, costs, DIVES * near.dear * scale)
            rounded = self._rounded(dived(close, costs, found, until).x, near.reduced, packing)
        ended_by = self._improved(rounded, near, packing, until)
        if ended_by == "work":
            ended_by = self._proved(near.reduced, packing, until)
        last = _Last(relaxation, market, self._best, self._bound, until)
        return self._answer(packing, last, ended_by)

    def _rounded(self, x: Floats, reduced: Floats, packing: Packing) -> State:
        """Return a packed solution near a fractional one, or the best known one."""
        found = rounded_start(self._best.market, x)
        if not found.holds:
            return self._best
        everywhere = _everywhere(found.market)
        packed = packing.mended(found, everywhere)
        whole = packing.mended(completed(packed, reduced), everywhere)
        return min(packed, whole, key=_worth)

    def _improved(self, state: State, near: Nearness, packing: Packing, until: float) -> str:
        """Improve a solution by blocks; return what ended that."""
        self._stage = "improvement"
        improving = Improving(
            state=state,
            near=near,
            packing=packing,
            bound=self._bound,
            tell=self._told,
            until=until,
            gap=self.limits.relative_gap,
            executor=self.executor,
            seed=self.limits.seed,
        )
        self._adopt(improving.run())
        return improving.ended_by

    def _proved(self, reduced: Floats, packing: Packing, until: float) -> str:
        """Solve what the gap leaves as one programme; return what ended that."""
        self._stage = "proof"
        for _ in range(PROOFS):
            best = self._best
            left, cost = best.worth
            seconds = until - time.perf_counter()
            if any(left) or seconds <= 0 or best.market.workload.size > PROVABLE:
                break
            known = Known(state=best, reduced=reduced, bound=self._bound)
            limits = replace(self.limits, seconds=seconds, work=NODES)
            found = proved(known, self.solver, limits, self.tell and self._watch)
            if found.found is not None and found.found.holds:
                self._adopt(packing.mended(found.found, _everywhere(best.market)))
            self._bound, reached = found.bound, self._best.worth[1]
            if reached - found.bound <= self.limits.relative_gap * cost:
                return "gap"
            if found.ended_by != "optimal":
                return found.ended_by
            if found.whole or reached == cost:
                break
        return "work"

    def _adopt(self, state: State) -> None:
        self._best = min(self._best, state, key=_worth)

    def _known(self, market: Market, packing: Packing, start: Start | None) -> State | None:
        """Return a solution to begin with: that of a plan, or nothing placed."""
        states = [State.of(market, np.zeros_like(market.supply))]
        if start is not None:
            packing.remember(start.fills)
            states.append(State.of(market, start.x, start.n))
        found = [packing.mended(state, _everywhere(market)) for state in states if state.holds]
        return min(found, key=_worth, default=None)

    def _told(self, state: State | None = None) -> bool:
        """Tell of the best solution, or of a better one; return whether to stop."""
        if self.tell is None:
            return False
        if state is not None:
            self._adopt(state)
        left, cost = self._best.worth
        if any(left):
            told = self.tell("placed", float(sum(left)), 0.0)
        else:
            told = self.tell(self._stage, float(cost), max(0.0, self._bound))
        self._cancelled = self._cancelled or told
        return self._cancelled

    def _watch(self, cost: float, bound: float) -> bool:
        return self.tell is not None and self.tell(self._stage, cost, bound)

    def _answer(self, packing: Packing, last: "_Last | None", ended_by: str) -> Answer:
        state = self._best
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

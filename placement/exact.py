"""The exact strategy: one integer programme, level after level, each answer packed on nodes.

Capacity is a relaxation of packing. A level's answer counts only once it is packed; where it cannot
be, the supplies at fault are made exact (C3) and the level is solved again. What a level reached is
held in all later ones, so none of them harms it.
"""

import math
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace

import numpy as np

from placement.answer import PROVEN, Answer, LevelResult, Tell, rounded
from placement.effort import GUESS_GAP, MOST_COUNTED, MOST_NAMED, SMALL_ENOUGH, TIE_WORK
from placement.errors import SolverError
from placement.formulation import levels
from placement.formulation.build import Exactness, Programme, build
from placement.formulation.canonical import canonical_levels
from placement.formulation.columns import lifted, tidy
from placement.formulation.layout import Layout
from placement.formulation.levels import Level
from placement.formulation.milp import Ints, Milp, Rows
from placement.formulation.names import NameOrder, name_order
from placement.instance import Instance
from placement.narrowing import narrowed, promising
from placement.packer import Fill, Packer
from placement.packing import Verdict
from placement.refining import decided, mended, refined
from placement.solver import Limits, Outcome, Relaxation, Relaxer, Solver, Status, Watch

__all__ = ["Exact"]


class _Ended(Exception):
    """No error: it ends the levels, and says why."""


@dataclass(slots=True)
class Exact:
    """One search over the levels. Call :meth:`run` once.

    Parameters
    ----------
    limits
        Seconds for all levels together; the gaps concern money.
    tell
        Hears of progress, and may stop the search.
    relaxer
        Narrows the search for equal plans, once the cheapest is proven.
    """

    instance: Instance
    solver: Solver
    limits: Limits
    tell: Tell | None = None
    relaxer: Relaxer | None = None
    _names: NameOrder | None = None
    _limit: Ints | None = None
    _relaxed: tuple[Milp, Relaxation] | None = None
    _exactness: Exactness = field(default_factory=Exactness)
    _held: list[tuple[Level, int]] = field(default_factory=list)
    _fixed: list[Rows] = field(default_factory=list)
    _results: list[LevelResult] = field(default_factory=list)
    _best: tuple[Ints, tuple[Fill, ...]] | None = None
    _packer: Packer = field(init=False)
    _layout: Layout = field(init=False)
    _deadline: float = 0.0
    _late: str = ""

    def run(self, start: tuple[Ints, Ints] | None = None) -> Answer:
        """Solve the levels in order.

        Parameters
        ----------
        start
            ``(C,)`` replicas and ``(S,)`` nodes of a plan to start from.
        """
        self._deadline = time.monotonic() + self.limits.seconds
        self._packer = Packer(self.instance)
        self._layout = Layout.of(self.instance)
        if start is not None:
            self._adopt(lifted(self.instance, self._layout, *start))
        try:
            self._levels()
        except _Ended as end:
            return self._answer(str(end))
        except SolverError as error:
            return replace(self._answer("solver"), failure=f"{error}; this is the best plan so far")
        return self._answer(self._late or "optimal")

    def _answer(self, ended_by: str) -> Answer:
        values, fills = self._best or (None, ())
        return Answer(values=values, fills=fills, levels=tuple(self._results), ended_by=ended_by)

    def _levels(self) -> None:
        self._placed()
        money = levels.money(self.instance, self._layout)
        self._relax(money)
        self._guess(money)
        self._reach(money, gap=self.limits.relative_gap)
        if not self._results[-1].proven:
            raise _Ended(self._late or "gap")
        self._narrow()
        self._reach(levels.nodes(self._layout))
        candidates = self._open()
        if candidates.size <= MOST_COUNTED:
            self._reach(levels.clusters(self._layout))
        if candidates.size <= MOST_NAMED:
            self._canonical(name_order(self.instance, candidates))

    def _open(self) -> Ints:
        """Return the candidates that a plan of the least cost can use."""
        limit = self.instance.limit if self._limit is None else self._limit[self._layout.x]
        return np.flatnonzero(limit)

    def _canonical(self, order: NameOrder) -> None:
        """Choose among equal plans by name."""
        self._names, self._layout = order, Layout.of(self.instance, order.most.size)
        values, fills = self._best or (np.zeros(0, dtype=np.int64), ())
        self._best = tidy(self.instance, self._layout, values, order), fills
        for level, hold in canonical_levels(self.instance, self._layout, order, self._values):
            self._reach(level, names=True)
            self._fixed.append(hold(self._values()))

    def _relax(self, level: Level) -> None:
        """Solve the relaxation of a level: a bound at once, reduced costs for later."""
        if self.relaxer is None:
            return
        programme = build(self.instance, self._exactness)
        milp = programme.milp(level.cost(), [held.rows(v) for held, v in self._held])
        found = self.relaxer.relax(milp, 0.5 * (self._deadline - time.monotonic()))
        self._relaxed = None if found is None else (milp, found)

    def _guess(self, money: Level) -> None:
        """Look for a good start among the candidates that the relaxation thinks well of.

        A programme of those alone is much smaller. Its bound says nothing, its plan is a plan.
        """
        if self._relaxed is None or self.instance.workload.size <= SMALL_ENOUGH:
            return
        width = self._layout.candidates + self._layout.supplies
        self._limit = promising(*self._relaxed)[:width]
        with suppress(_Ended):  # nothing fits there: the start stays what it was
            self._solve(money, gap=max(GUESS_GAP, self.limits.relative_gap / 2), share=0.4)
        self._limit, self._late = None, ""

    def _narrow(self) -> None:
        """Bound the columns by what any plan of the least cost can have."""
        if self._relaxed is not None:
            money, value = self._held[-1]
            width = self._layout.candidates + self._layout.supplies
            self._limit = narrowed(*self._relaxed, value * money.scale)[:width]

    def _placed(self) -> None:
        """Place as many replicas as can be, the highest priority first."""
        everything = levels.all_left_out(self._layout)
        priorities = tuple(levels.by_priority(self.instance, self._layout))
        if len(priorities) > 1 and self._value(everything) != 0:
            self._solve(everything, share=0.3)
        if self._value(everything) == 0:
            self._hold(everything, LevelResult(name="placed", value=0, bound=0.0))
            return
        for level in priorities:
            self._reach(level, share=0.5)

    def _values(self) -> Ints:
        assert self._best is not None
        return self._best[0]

    def _value(self, level: Level) -> int | None:
        return None if self._best is None else level.value(self._best[0])

    def _reach(
        self, level: Level, *, gap: float = 0.0, share: float = 1.0, names: bool = False
    ) -> None:
        """Solve one level, and hold its value from here on."""
        bound = self._solve(level, gap=gap, share=share, names=names)
        value = self._value(level)
        if value is None:
            raise _Ended(self._late or "work")
        self._hold(level, LevelResult(name=level.name, value=value, bound=min(bound, value)))
        if self._late and level.name != "placed":
            raise _Ended(self._late)

    def _hold(self, level: Level, result: LevelResult) -> None:
        if level.name != "names":
            self._results.append(result)
            self._held.append((level, result.value))

    def _solve(
        self, level: Level, *, gap: float = 0.0, share: float = 1.0, names: bool = False
    ) -> float:
        """Improve the best solution by one level; return a bound in the level's units."""
        now = time.monotonic()
        until = now + share * (self._deadline - now)
        bound = -math.inf
        if level.name == "money" and self._relaxed is not None:
            bound = self._credible(self._relaxed[1].bound / level.scale, level)
        while True:
            if ended := self._ended(level, bound):
                self._late = ended
                return bound
            programme = build(
                self.instance,
                self._exactness,
                limit=self._limit,
                clusters=level.clusters or names,
                names=self._names if names else None,
            )
            outcome = self._call(programme, level, gap, until)
            if outcome.status is Status.INFEASIBLE:
                raise _Ended("infeasible" if self._best is None else "work")
            found = outcome.values
            broken = [] if found is None else self._adopt(found, level)
            if found is not None and broken and level.name in {"placed", "money"}:
                held = [previous.rows(value) for previous, value in self._held]
                more = mended(self._packer, broken, self._layout, found, held)
                if more is not None:
                    self._adopt(more, level)
            bound = max(bound, self._credible(outcome.bound / level.scale, level))
            if outcome.status is not Status.OPTIMAL or found is None:
                self._late = outcome.limit or "work"
                return bound
            if not broken:
                return bound
            exactness = refined(
                self._packer, self._exactness, broken, self._layout, found, until=until
            )
            if exactness is self._exactness:
                self._late = "work"
                return bound
            self._exactness = exactness

    def _credible(self, claimed: float, level: Level) -> float:
        """Return a claimed bound in whole units, or none where the best solution contradicts it."""
        value, bound = self._value(level), rounded(claimed)
        return -math.inf if value is not None and bound > value + PROVEN * abs(value) else bound

    def _ended(self, level: Level, bound: float) -> str:
        """Return why the search must end, if it is told to or its time is over; else nothing."""
        value = self._value(level)
        best = math.inf if value is None else value
        if self.tell is not None and self.tell(level.name, best, bound):
            return "cancelled"
        return "time" if time.monotonic() >= self._deadline else ""

    def _call(self, programme: Programme, level: Level, gap: float, until: float) -> Outcome:
        """Hand a level to the backend, with what is held and the best solution so far."""
        held = [previous.rows(value) for previous, value in self._held]
        milp = programme.milp(level.cost(), (*held, *self._fixed))
        limits = replace(
            self.limits,
            seconds=max(0.0, until - time.monotonic()),
            relative_gap=gap,
            absolute_gap=0.9 * level.scale,  # below the step between two values
            work=None if level.name in {"placed", "money"} else TIE_WORK,
        )
        smaller, free = milp.without_fixed()
        start = None if self._best is None else self._best[0][free[free < self._layout.width]]
        outcome = self.solver.solve(smaller, limits, start=start, watch=self._watch(level))
        if outcome.values is None:
            return outcome
        values = milp.lower.astype(np.int64)
        values[free] = outcome.values
        if milp.holds(values):
            return replace(outcome, values=values)
        return replace(outcome, values=None, status=Status.UNKNOWN, limit="work")

    def _watch(self, level: Level) -> Watch | None:
        if self.tell is None:
            return None
        tell = self.tell
        return lambda cost, bound: tell(level.name, cost / level.scale, bound / level.scale)

    def _adopt(self, values: Ints, level: Level | None = None) -> list[Fill]:
        """Take a solution as the best if it can be packed; return the fills that cannot."""
        layout, added = self._layout, values[self._layout.width :]
        values = tidy(self.instance, layout, values[: layout.width], self._names)
        fills = self._packer.fills(values[layout.x], values[layout.n])
        if any(fill.verdict is Verdict.UNDECIDED for fill in fills) and added.size:
            fills = decided(self._packer, self._exactness, fills, values[layout.x], added)
        broken = [fill for fill in fills if fill.verdict is not Verdict.FITS]
        if not broken and self._is_better(values, level):
            self._best = values, tuple(fills)
        return broken

    def _is_better(self, values: Ints, level: Level | None) -> bool:
        """Return whether no held level is harmed, and the level at hand not made worse."""
        if any(held.value(values) > value for held, value in self._held):
            return False
        if self._best is None or level is None:
            return True
        return level.value(values) <= level.value(self._best[0])

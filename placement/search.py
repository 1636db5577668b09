"""One level over packed solutions: solve, pack, make exact what cannot be packed, solve again."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from placement.answer import PROVEN, LevelResult, Tell, rounded
from placement.effort import SMALL_ENOUGH, TIE_WORK
from placement.formulation.build import Exactness, Programme, build
from placement.formulation.columns import tidy
from placement.formulation.layout import Layout
from placement.formulation.levels import Level
from placement.formulation.milp import Ints, Milp, Rows
from placement.formulation.names import NameOrder
from placement.formulation.trimming import trimmed
from placement.instance import Instance
from placement.packer import Fill, Packer
from placement.packing import Verdict
from placement.refining import decided, mended, refined
from placement.solver import Limits, Outcome, Relaxation, Solver, Status, Watch

__all__ = ["BINDING", "Ended", "Search"]

SEVERAL = 500
REPAIRS = 6  # of one answer that cannot be packed, before the whole is solved again
REPAIR_GAP = 1e-3


BINDING = frozenset({"start", "placed", "money"})
"""Levels that are worth time; the others only choose among plans of one cost."""


class Ended(Exception):
    """No error: it ends the levels, and says why."""


@dataclass(slots=True, kw_only=True)
class Search:
    """The state of a search over the levels, and how it takes one of them.

    Parameters
    ----------
    limits
        Seconds for all levels together; the gaps concern money.
    tell
        Hears of progress, and may stop the search.
    """

    instance: Instance
    solver: Solver
    limits: Limits
    tell: Tell | None = None
    _names: NameOrder | None = None
    _limit: Ints | None = None
    _relaxed: tuple[Milp, Relaxation] | None = None
    _exactness: Exactness = field(default_factory=Exactness)
    _held: list[tuple[Level, int]] = field(default_factory=list)
    _fixed: list[Rows] = field(default_factory=list)
    _cuts: tuple[Rows, ...] = ()
    _results: list[LevelResult] = field(default_factory=list)
    _best: tuple[Ints, tuple[Fill, ...]] | None = None
    _packer: Packer = field(init=False)
    _layout: Layout = field(init=False)
    _deadline: float = field(init=False)
    _crowded: bool = False
    _late: str = ""

    def __post_init__(self) -> None:
        """Start the clock."""
        self._deadline = time.monotonic() + self.limits.seconds
        self._packer = Packer(self.instance)
        self._layout = Layout.of(self.instance)

    def _values(self) -> Ints:
        assert self._best is not None
        return self._best[0]

    def _value(self, level: Level) -> int | None:
        return None if self._best is None else level.value(self._best[0])

    def _reach(
        self,
        level: Level,
        *,
        gap: float = 0.0,
        share: float = 1.0,
        names: bool = False,
        floor: float = 0.0,
    ) -> None:
        """Solve one level, and hold its value from here on."""
        bound = self._solve(level, gap=gap, share=share, names=names, floor=floor)
        value = self._value(level)
        if value is None:
            raise Ended(self._late or "work")
        self._hold(level, LevelResult(level=level, value=value, bound=min(bound, value)))
        if self._late and level.name != "placed":
            raise Ended(self._late)

    def _hold(self, level: Level, result: LevelResult) -> None:
        if level.name != "names":
            self._results.append(result)
            self._held.append((level, result.value))

    def _held_rows(self) -> list[Rows]:
        return [level.rows(value) for level, value in self._held]

    def _solve(
        self,
        level: Level,
        *,
        gap: float = 0.0,
        share: float = 1.0,
        names: bool = False,
        floor: float = 0.0,
    ) -> float:
        """Improve the best solution by one level; return a bound in the level's units.

        Parameters
        ----------
        floor
            A bound that is known beforehand.
        """
        now = time.monotonic()
        until = now + share * (self._deadline - now)
        bound, (early, self._late) = _least(level, floor), (self._late, "")
        if level.name == "money" and self._relaxed is not None:
            bound = self._credible(self._relaxed[1].bound / level.scale, level)
        while not self._settled(level, bound, gap):
            programme = build(
                self.instance,
                self._exactness,
                limit=self._limit,
                clusters=level.clusters or any(held.clusters for held, _ in self._held),
                names=self._names if names else None,
            )
            outcome = self._call(programme, level, gap, until)
            if outcome.status is Status.INFEASIBLE:
                raise Ended("infeasible" if self._best is None else "work")
            packed = outcome.values is not None and self._take(outcome.values, level, until)
            bound = max(bound, self._credible(outcome.bound / level.scale, level))
            if outcome.status is not Status.OPTIMAL or outcome.values is None:
                self._late = outcome.limit or "work"
            if packed or self._late:
                break
        self._late = self._late or early
        return bound

    def _settled(self, level: Level, bound: float, gap: float) -> bool:
        """Return whether the level is at its end: told to, out of time, or good enough."""
        value = self._value(level)
        best = math.inf if value is None else value
        if self.tell is not None and self.tell(level.name, best, bound):
            self._late = "cancelled"
        elif time.monotonic() >= self._deadline:
            self._late = "time"
        whole = self._limit is None or level.name != "money"
        enough = value is not None and whole and value - bound <= gap * abs(value)
        return bool(self._late) or enough

    def _take(self, values: Ints, level: Level, until: float) -> bool:
        """Adopt a solution if it can be packed; else add what rules it out, and say so."""
        risky = self.instance.confidence.cover(values[self._layout.n])
        if risky is not None:
            covers = (*self._exactness.covers, risky)
            self._exactness = replace(self._exactness, covers=covers)
            return False
        broken = self._adopt(values, level)
        if not broken:
            return True
        if level.name in BINDING:
            more = mended(self._packer, broken, self._layout, values, self._held_rows())
            if more is not None:
                self._adopt(more, level)
        known = self._exactness
        self._exactness = refined(self._packer, known, broken, self._layout, values, until=until)
        if self._exactness is known:
            self._late = "work"
        elif level.name in BINDING and not self._crowded and self.instance.workload.size > SEVERAL:
            self._crowded = True  # where one fails, others would: all at once
            supplies = np.unique(self.instance.supply).tolist()
            crowds = [crowd for supply in supplies for crowd in self._packer.all_crowds(supply)]
            self._exactness = replace(self._exactness, crowds=tuple(crowds))
        elif level.name in BINDING and self.instance.workload.size > SMALL_ENOUGH:
            self._repair(values, broken, level, until)
        return False

    def _repair(self, values: Ints, broken: list[Fill], level: Level, until: float) -> None:
        """Solve again for the workloads whose replicas cannot be packed; the others stay put.

        With what a failed packing has taught this is a small programme. Its bound says nothing.
        """
        for _ in range(REPAIRS):
            found = self._call(self._around(values, broken), level, REPAIR_GAP, until)
            if found.values is None:
                return
            values, broken = found.values, self._adopt(found.values, level)
            if not broken:
                return
            known = self._exactness
            more = refined(self._packer, known, broken, self._layout, values, until=until)
            if more is known or time.monotonic() >= until:
                return
            self._exactness = more

    def _around(self, values: Ints, broken: list[Fill]) -> Programme:
        """Return the programme in which only workloads with replicas on some supplies move."""
        free = np.zeros(self.instance.replicas.size, dtype=np.bool_)
        for fill in broken:
            free[self.instance.workload[fill.candidate]] = True
        programme = build(self.instance, self._exactness, limit=self._limit)
        x = self._layout.x
        fixed = x[~free[self.instance.workload]]
        lower, upper = programme.lower.copy(), programme.upper.copy()
        lower[fixed] = upper[fixed] = values[fixed]
        return replace(programme, lower=lower, upper=upper)

    def _credible(self, claimed: float, level: Level) -> float:
        """Return a claimed bound in whole units, or none where the best solution contradicts it."""
        value, bound = self._value(level), rounded(claimed)
        return -math.inf if value is not None and bound > value + PROVEN * abs(value) else bound

    def _call(self, programme: Programme, level: Level, gap: float, until: float) -> Outcome:
        """Hand a level to the backend, with what is held and the best solution so far."""
        milp = programme.milp(level.cost(), (*self._held_rows(), *self._fixed, *self._cuts))
        limits = replace(
            self.limits,
            seconds=max(0.0, until - time.monotonic()),
            relative_gap=gap,
            absolute_gap=0.9 * level.scale,  # below the step between two values
            work=None if level.name in BINDING else TIE_WORK,
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

    def _adopt(
        self, values: Ints, level: Level | None = None, packed: Mapping[int, Fill] | None = None
    ) -> list[Fill]:
        """Take a solution as the best if it can be packed; return the fills that cannot.

        Parameters
        ----------
        packed
            How supplies are known to be packed, where packing alone does not decide.
        """
        layout = self._layout
        values, added = values[: layout.width].copy(), values[layout.width :]
        fills = self._packer.fills(values[layout.x], values[layout.n])
        if any(fill.verdict is Verdict.UNDECIDED for fill in fills) and added.size:
            fills = decided(self._packer, self._exactness, fills, values[layout.x], added)
        if packed:
            undecided = Verdict.UNDECIDED
            fills = [packed.get(f.supply, f) if f.verdict is undecided else f for f in fills]
        broken = [fill for fill in fills if fill.verdict is not Verdict.FITS]
        if not broken:
            values[layout.n] = trimmed(self.instance, values[layout.n], fills)
            values = tidy(self.instance, layout, values, self._names)
            risky = self.instance.confidence.cover(values[layout.n])
            if risky is None and self._is_better(values, level):
                self._best = values, tuple(fills)
        return broken

    def _is_better(self, values: Ints, level: Level | None) -> bool:
        """Return whether no held level is harmed, and the level at hand not made worse."""
        if any(held.value(values) > value for held, value in self._held):
            return False
        if self._best is None or level is None:
            return True
        return level.value(values) <= level.value(self._best[0])


def _least(level: Level, floor: float) -> float:
    """Return a bound that is known beforehand: nothing counts less than nothing."""
    return -math.inf if (level.weight < 0).any() else max(0.0, floor)

"""What relaxations tell a search: bounds at once, and where a good plan is likely to be."""

import math
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from placement.effort import GUESS_GAP, RULED_ENOUGH, SMALL_ENOUGH
from placement.formulation import levels
from placement.formulation.build import Exactness, Programme, build
from placement.formulation.levels import Level
from placement.formulation.milp import Ints, Rows
from placement.narrowing import DEAR, DEAR_WITH_RULES, promising
from placement.rounding import Rounding
from placement.search import Ended, Search
from placement.solver import Relaxer

__all__ = ["Guess"]

Held: TypeAlias = tuple[tuple[str, int | None, int], ...]
"""Name, priority and value of every level that is held."""


@dataclass(slots=True, kw_only=True)
class Guess(Search):
    """A search that relaxes a level before it is solved, and solves a small part of it first.

    Parameters
    ----------
    relaxer
        Solves relaxations; absent: there are none.
    """

    relaxer: Relaxer | None = None
    _rounding: Rounding | None = None
    _plain: tuple[Programme, Exactness] | None = None
    _rows: dict[tuple[str, int | None, int], Rows] = field(default_factory=dict)
    _under: Held = ()
    _floors: dict[tuple[int | None, Held], float] = field(default_factory=dict)

    @property
    def _large(self) -> bool:
        enough = RULED_ENOUGH if self.instance.has_rules else SMALL_ENOUGH
        return self.instance.workload.size > enough

    def _relax(self, level: Level, *, cut: bool = True) -> None:
        """Solve the relaxation of a level: a bound at once, reduced costs for later."""
        self._relaxed = None
        if self.relaxer is None:
            return
        if self._rounding is None:
            self._rounding = Rounding(self.instance, self._layout)
        if self._plain is None or self._plain[1] is not self._exactness:
            self._plain = build(self.instance, self._exactness), self._exactness
        milp = self._plain[0].milp(level.cost(), self._held_relaxed())
        seconds = 0.5 * (self._deadline - time.monotonic())
        found = self.relaxer.relax(milp, seconds, self._rounding.violated if cut else None)
        if found is not None:
            self._relaxed, self._under = (milp, found), self._now()
            self._cuts = () if found.cuts is None else (found.cuts,)

    def _held_relaxed(self) -> list[Rows]:
        """Return the rows that hold the levels; the same ones for the same levels."""
        for held, value in self._held:
            key = held.name, held.priority, value
            if key not in self._rows:
                self._rows[key] = held.rows(value)
        return [self._rows[key] for key in self._now()]

    def _now(self) -> Held:
        return tuple((level.name, level.priority, value) for level, value in self._held)

    def _bound(self, money: Level) -> None:
        """Relax the level of money and look for a start to it, unless that has been done."""
        if self._relaxed is None or self._under != self._now():
            self._relax(money)
            self._guess(money)

    def _begin(self) -> None:
        """Look for a start of a large problem with rules, of which greedy plans know nothing.

        First as if no more had to be left out than relaxations say; where that finds nothing, with
        a price on what is left out, among the same candidates.
        """
        if not (self._large and self.instance.has_rules):
            return
        before, self._best = self._best, None
        self._held += self._targets()
        money = levels.money(self.instance, self._layout)
        self._relax(money)
        self._guess(money)
        self._held.clear()
        if self._best is not None:
            return
        self._best = before
        level = levels.weighed(self.instance, self._layout)
        if self._relaxed is None:
            self._relax(level)
        self._guess(level)
        self._relaxed = None

    def _targets(self) -> list[tuple[Level, int]]:
        """Return the levels of what is left out, and the least that relaxations allow, in whole."""
        everything = levels.all_left_out(self.instance, self._layout)
        if self._floor_of(everything) == 0:
            return [(everything, 0)]
        for level in levels.by_priority(self.instance, self._layout):
            least = math.ceil(self._floor_of(level) / level.whole) * level.whole
            self._held.append((level, least))
        found = list(self._held)
        self._held.clear()
        return found

    def _floor_of(self, level: Level) -> float:
        """Return the bound of a level's relaxation, for large problems: often it is the value."""
        if not self._large or self._value(level) == 0:
            return 0.0
        key = level.priority, self._now()
        if key not in self._floors:
            kept = self._relaxed, self._under, self._cuts
            self._relax(level, cut=False)  # which raise counts of replicas by nothing
            found = self._relaxed
            self._relaxed, self._under, self._cuts = kept
            bound = 0.0 if found is None else self._credible(found[1].bound / level.scale, level)
            self._floors[key] = max(0.0, bound)
        return self._floors[key]

    def _guess(self, level: Level) -> None:
        """Look for a good start among the candidates that the relaxation thinks well of.

        A programme of those alone is much smaller. Its bound says nothing, its plan is a plan.
        """
        if self._relaxed is None or not self._large:
            return
        width = self._layout.candidates + self._layout.supplies
        dear_at = DEAR_WITH_RULES if self.instance.ties.used else DEAR
        self._limit = promising(*self._relaxed, dear_at)[:width]
        stays = self._where_it_runs()
        supply = self.instance.supply[stays]
        self._limit[stays] = self.instance.limit[stays]
        self._limit[self._layout.n[supply]] = self.instance.most[supply]
        if self._best is not None:  # its columns, so that it is a start
            self._limit = np.maximum(self._limit, self._best[0][:width])
        gap = self.limits.relative_gap / 2 if level.name == "money" else 0.0
        with suppress(Ended):  # nothing fits there: the start stays what it was
            self._solve(level, gap=max(GUESS_GAP, gap), share=0.4)
        self._limit, self._late = None, ""

    def _where_it_runs(self) -> Ints:
        """Return the candidates of places where replicas run now: what stays does not move.

        Relaxations move parts of replicas for next to nothing, and think little of these places.
        """
        places = (place for each in self.instance.moving for place in each.places)
        none = np.empty(0, dtype=np.int64)
        return np.concatenate([none, *(place.candidate for place in places)])

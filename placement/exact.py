"""The exact strategy: one integer programme, level after level, each answer packed on nodes.

Capacity is a relaxation of packing. A level's answer counts only once it is packed; where it cannot
be, the supplies at fault are made exact (C3) and the level is solved again. What a level reached is
held in all later ones, so none of them harms it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from placement.answer import Answer, LevelResult
from placement.effort import MOST_COUNTED, MOST_NAMED
from placement.errors import SolverError
from placement.formulation import levels
from placement.formulation.canonical import canonical_levels
from placement.formulation.columns import lifted, tidy
from placement.formulation.layout import Layout
from placement.formulation.milp import Ints
from placement.formulation.names import NameOrder, name_order
from placement.guess import Guess
from placement.narrowing import narrowed
from placement.packer import Fill
from placement.search import Ended

__all__ = ["Exact"]


@dataclass(slots=True, kw_only=True)
class Exact(Guess):
    """The levels in their order. Call :meth:`run` once."""

    def run(self, start: tuple[Ints, Ints] | None = None, fills: Sequence[Fill] = ()) -> Answer:
        """Solve the levels in order.

        Parameters
        ----------
        start
            ``(C,)`` replicas and ``(S,)`` nodes of a plan to start from.
        fills
            What is on its nodes, where that is known.
        """
        if start is not None:
            packed = {fill.supply: fill for fill in fills}
            self._adopt(lifted(self.instance, self._layout, *start), packed=packed)
        try:
            self._levels()
        except Ended as end:
            return self._answer(str(end))
        except SolverError as error:
            return replace(self._answer("solver"), failure=f"{error}; this is the best plan so far")
        return self._answer(self._late or "optimal")

    def _answer(self, ended_by: str) -> Answer:
        values, fills = self._best or (None, ())
        return Answer(values=values, fills=fills, levels=tuple(self._results), ended_by=ended_by)

    def _levels(self) -> None:
        self._begin()
        self._placed()
        money = levels.money(self.instance, self._layout)
        self._bound(money)
        self._reach(money, gap=self.limits.relative_gap)
        if not self._results[-1].proven:
            raise Ended(self._late or "gap")
        self._narrow()
        if self.instance.moving:
            self._reach(levels.moves(self._layout))
        self._reach(levels.nodes(self._layout))
        candidates = self._open()
        if candidates.size <= MOST_COUNTED:
            self._reach(levels.clusters(self._layout))
            if not all(load.tight for load in self.instance.loads):
                self._reach(levels.load_replicas(self.instance, self._layout))
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

    def _narrow(self) -> None:
        """Bound the columns by what any plan of the least cost can have."""
        if self._relaxed is not None:
            money, value = self._held[-1]
            width = self._layout.candidates + self._layout.supplies
            self._limit = narrowed(*self._relaxed, value * money.scale)[:width]

    def _placed(self) -> None:
        """Place as many replicas as can be, the highest priority first."""
        everything = levels.all_left_out(self.instance, self._layout)
        priorities = tuple(levels.by_priority(self.instance, self._layout))
        left_out = 0.0
        if len(priorities) > 1 and self._value(everything) != 0:
            left_out = self._floor_of(everything)
            if left_out == 0:
                left_out = self._solve(everything, share=0.3)
        if self._value(everything) == 0:
            self._hold(everything, LevelResult(level=everything, value=0, bound=0.0))
            return
        for level in priorities:
            floor = self._floor_of(level)
            if level is priorities[-1]:  # what all leave out, less what the others do
                floor = max(floor, left_out - sum(value for _, value in self._held))
            self._reach(level, share=0.5, floor=floor)

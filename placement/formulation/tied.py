"""The rows of rules that tie replicas to groups of nodes."""

from collections.abc import Iterator

import numpy as np

from placement.formulation import auxiliary, group_rules
from placement.formulation.layout import Layout
from placement.formulation.lines import Lines
from placement.formulation.milp import Ints, Rows
from placement.instance import Instance
from placement.skews import Skew
from placement.ties import Counted, Loss, Share

__all__ = ["tied_rows"]


def tied_rows(instance: Instance, layout: Layout) -> Iterator[Rows]:
    """Yield the families of the rules over groups that the problem has."""
    if not instance.ties.used:
        return
    yield from _used(instance, layout)
    made = _Made(instance, layout)
    yield from made.spread()
    yield from made.losses()
    yield from made.pairs()


def _used(instance: Instance, layout: Layout) -> list[Rows]:
    lines = Lines()
    for p, presence in zip(layout.block("p"), instance.ties.presences, strict=True):
        members = layout.x[presence.candidate]
        most = presence.most
        if presence.supply >= 0:
            members = layout.n[presence.supply : presence.supply + 1]
            most = max(1, int(instance.most[presence.supply]))
        lines.add((members, 1), (p, -most))
        lines.add((members, -1), (p, 1))
    return lines.made(auxiliary.group_used)


class _Made:
    """Makes the rows of one instance's rules."""

    def __init__(self, instance: Instance, layout: Layout) -> None:
        self._ties = instance.ties
        self._x, self._n = layout.x, layout.n
        self._layout = layout
        self._p = layout.block("p")
        self._units = instance.units.tolist()
        self._parts = instance.parts.tolist()

    def _placed(self, workload: int, coef: int) -> tuple[tuple[Ints, int], int]:
        """Return a term and a bound that stand for so many times what is placed of a workload.

        By (C1) that is what is asked for less what is left out: one column in place of many.
        """
        u = self._layout.u[workload : workload + 1]
        return (u, -coef * self._parts[workload]), -coef * self._units[workload]

    def spread(self) -> Iterator[Rows]:
        """Yield the rows of spread: groups, shares, skew."""
        counted, shares, skews = Lines(), Lines(), Lines()
        for count in self._ties.counted:
            self._count(counted, count)
        for share in self._ties.shares:
            self._share(shares, share)
        for m, skew in zip(self._layout.block("m"), self._ties.skews, strict=True):
            self._skew(skews, skew, int(m))
        yield from counted.made(group_rules.spread_groups)
        yield from shares.made(group_rules.spread_share)
        yield from skews.made(group_rules.spread_skew)

    def _count(self, lines: Lines, rule: Counted) -> None:
        there = self._p[rule.presences]
        if rule.least > 1:
            lines.add((self._p[self._ties.some[rule.workload]], rule.least), (there, -1))
        if rule.most is not None:
            lines.add((there, 1), bound=rule.most)

    def _share(self, lines: Lines, rule: Share) -> None:
        share = rule.share
        all_of_it, bound = self._placed(rule.workload, -share.numerator)
        for group in rule.groups:
            lines.add(all_of_it, (self._x[group], share.denominator), bound=bound)

    def _skew(self, lines: Lines, rule: Skew, m: int) -> None:
        for group, supply in zip(rule.groups, rule.supply.tolist(), strict=True):
            if group.size:
                lines.add((self._x[group], 1), (m, -1), bound=rule.skew)
            if supply < 0:
                lines.add((m, 1), (self._x[group], -1))
            else:
                node = (self._n[supply], rule.most)
                lines.add((m, 1), (self._x[group], -1), node, bound=rule.most)
        for used in rule.bulk_used:
            lines.add((m, 1), (self._p[used], rule.most), bound=rule.most)

    def losses(self) -> Iterator[Rows]:
        """Yield the rows of survival: of one group, and of several at once."""
        single, several = Lines(), Lines()
        largest = iter(self._layout.block("t"))
        starts = np.cumsum([0, *(len(loss.groups) for loss in self._ties.several)])
        excess = iter(np.split(self._layout.block("e"), starts[1:]))
        for loss in self._ties.losses:
            if loss.at_once == 1:
                for group in loss.groups:
                    self._lost(single, loss, [(self._x[group], 1)])
            else:
                t, e = int(next(largest)), next(excess)
                for column, group in zip(e, loss.groups, strict=True):
                    several.add((self._x[group], 1), (t, -1), (column, -1))
                self._lost(several, loss, [(t, loss.at_once), (e, 1)])
        yield from single.made(group_rules.survive)
        yield from several.made(group_rules.survive_several)

    def _lost(self, lines: Lines, rule: Loss, lost: list[tuple[Ints | int, int]]) -> None:
        """Add that what is lost leaves enough."""
        keep = rule.keep
        if keep:
            left, bound = self._placed(rule.workload, keep.numerator - keep.denominator)
            all_lost = ((col, coef * keep.denominator) for col, coef in lost)
            lines.add(left, *all_lost, bound=bound)
        if rule.keep_units:
            some = self._p[self._ties.some[rule.workload]]
            left, bound = self._placed(rule.workload, -1)
            lines.add(left, (some, rule.keep_units), *lost, bound=bound)

    def pairs(self) -> Iterator[Rows]:
        """Yield the rows of the least replicas, and of workloads together and apart."""
        least, together, apart = Lines(), Lines(), Lines()
        for workload, units in self._ties.least:
            placed, bound = self._placed(workload, -1)
            least.add(placed, (self._p[self._ties.some[workload]], units), bound=bound)
        for presence, theirs in self._ties.together:
            together.add((self._p[presence], 1), (self._x[theirs], -1))
        for one, other in self._ties.apart:
            apart.add((self._p[[one, other]], 1), bound=1)
        yield from least.made(group_rules.min_replicas)
        yield from together.made(group_rules.colocation)
        yield from apart.made(group_rules.separation)

"""The levels that make equal plans one: rows by name, then nodes, then replicas among nodes."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from placement.formulation.layout import Layout
from placement.formulation.levels import Level
from placement.formulation.milp import Ints, Rows
from placement.formulation.names import NameOrder, batches, first_level, fixed, rows_level
from placement.instance import Instance

__all__ = ["Step", "canonical_levels"]

Step: TypeAlias = tuple[Level, Callable[[Ints], Rows]]
"""A level, and what makes the rows that hold it from the solution that reached it."""


def canonical_levels(
    instance: Instance, layout: Layout, order: NameOrder, best: Callable[[], Ints]
) -> Iterator[Step]:
    """Yield the levels in order; each looks at the best solution of the ones before it."""
    yield from _rows(instance, layout, order, best)
    yield from _nodes(instance, layout, best)
    yield from _shares(layout, order, best)


def _rows(
    instance: Instance, layout: Layout, order: NameOrder, best: Callable[[], Ints]
) -> Iterator[Step]:
    """Compare the rows of the plan; skip those that follow from rows held before."""
    members = _members(layout.x[order.candidate], order.row, order.most.size)
    whole = not best()[layout.u].any() and not instance.loads  # of which the count may differ
    open_rows = np.arange(order.most.size, dtype=np.int64)
    if whole:  # the last row of a workload follows from its others
        last = {int(order.workload[row]): row for row in open_rows.tolist()}
        open_rows = np.setdiff1d(open_rows, np.array(list(last.values()), dtype=np.int64))
    for batch in batches(order.most[open_rows] + 1):
        rows = open_rows[batch]
        left = _left(layout, order, best(), int(rows[0]))
        chosen = rows if not whole else rows[left[order.workload[rows]] > 0]
        if chosen.size:
            columns = [members[row] for row in chosen.tolist()]
            yield rows_level(order, layout, chosen), _Hold(columns)


def _left(layout: Layout, order: NameOrder, values: Ints, first: int) -> Ints:
    """Return ``(W,)`` the replicas of each workload that are in no row before ``first``."""
    before = order.row < first
    workload = order.workload[order.row[before]]
    held = np.bincount(
        workload, weights=values[layout.x[order.candidate[before]]], minlength=layout.workloads
    )
    asked = np.zeros(layout.workloads, dtype=np.int64)
    asked[order.workload] = order.most
    return asked - held.astype(np.int64)


def _nodes(instance: Instance, layout: Layout, best: Callable[[], Ints]) -> Iterator[Step]:
    """Keep the first nodes by name where several sets of nodes would do."""
    values = best()
    used = np.zeros(layout.supplies, dtype=np.bool_)
    used[instance.supply[values[layout.x] > 0]] = True
    twins = _twins(instance, used)
    for cap in instance.caps:
        if cap.family == "pool_minimum":
            twins[cap.supply] = True
    total = int(values[layout.n].sum())
    most = np.minimum(instance.most, total)
    supplies = np.flatnonzero(twins & (instance.least < most))
    for batch in batches(most[supplies] - instance.least[supplies] + 1):
        chosen = supplies[batch]
        col = layout.n[chosen]
        sizes = most[chosen] - instance.least[chosen] + 1
        columns = [np.array([c]) for c in col]
        yield first_level(layout, col, sizes), _Hold(columns)


def _twins(instance: Instance, used: np.ndarray) -> np.ndarray:
    """Return ``(S,)`` whether a supply is in a place that is used and has several supplies."""
    places = [supply.place for supply in instance.candidates.supplies]
    busy = {place for place, is_used in zip(places, used, strict=True) if is_used}
    several = {place for place, times in Counter(places).items() if times > 1 and place in busy}
    return np.array([place in several for place in places], dtype=np.bool_)


def _shares(layout: Layout, order: NameOrder, best: Callable[[], Ints]) -> Iterator[Step]:
    """Put replicas on the first nodes by name where a row has several kinds of node."""
    values = best()
    placed = values[layout.x[order.candidate]]
    held = np.bincount(order.row, weights=placed, minlength=order.most.size)
    several = np.bincount(order.row, minlength=order.most.size) > 1
    columns = np.flatnonzero((several & (held > 0))[order.row])
    columns = columns[np.argsort(order.row[columns], kind="stable")]
    sizes = held[order.row[columns]].astype(np.int64) + 1
    for batch in batches(sizes):
        col = layout.x[order.candidate[columns[batch]]]
        members = [np.array([c]) for c in col]
        yield first_level(layout, col, sizes[batch]), _Hold(members)


def _members(columns: Ints, group: Ints, groups: int) -> list[Ints]:
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(1, groups))
    return np.split(columns[order], starts)


@dataclass(frozen=True, slots=True)
class _Hold:
    """Makes the rows that keep the sum of each set of columns."""

    members: list[Ints]

    def __call__(self, values: Ints) -> Rows:
        sums = np.array([values[columns].sum() for columns in self.members], dtype=np.int64)
        return fixed(self.members, sums)

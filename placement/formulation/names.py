"""What the names level compares: among equal plans, the one whose rows come first is taken.

Rows are compared field by field: workload, cluster, node pool, instance type, capacity type, zone,
GPUs, replicas. So a row that is present beats its absence, and of two counts the smaller comes
first: the digit of row r is 1, 2, ..., N, absent, and plans compare as numbers of such digits.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from placement.formulation.layout import Layout
from placement.formulation.levels import Level
from placement.formulation.milp import Ints, Rows
from placement.instance import Instance

__all__ = [
    "NameOrder",
    "batches",
    "digits",
    "first_level",
    "fixed",
    "name_order",
    "rows_level",
]

SPAN = 10**5  # values that one objective tells apart


@dataclass(frozen=True, slots=True, kw_only=True)
class NameOrder:
    """The rows that a plan of the least cost can have, in the order of their names.

    Parameters
    ----------
    candidate, row
        ``(K,)`` candidates that a plan of the least cost can use, and the row of each.
    most, workload
        ``(R,)`` replicas asked for, and workload, of each row.
    """

    candidate: Ints
    row: Ints
    most: Ints
    workload: Ints


def name_order(instance: Instance, candidate: Ints) -> NameOrder:
    """Return the rows of some candidates; running and new nodes of one place share a row."""
    keys = [workload.key for workload in instance.problem.workloads]
    rank = np.argsort(np.argsort(np.array(keys, dtype=np.str_), kind="stable"), kind="stable")
    places = [supply.place for supply in instance.candidates.supplies]
    ordered = {place: i for i, place in enumerate(sorted(set(places)))}
    place = np.array([ordered[p] for p in places], dtype=np.int64)
    asker, supply = instance.workload[candidate], instance.supply[candidate]
    pair = rank[asker] * max(1, len(ordered)) + place[supply]
    _, first, row = np.unique(pair, return_index=True, return_inverse=True)
    workload = asker[first]
    return NameOrder(candidate=candidate, row=row, most=instance.units[workload], workload=workload)


def batches(sizes: Ints) -> Iterator[Ints]:
    """Yield runs of positions whose numbers of values multiply to ``SPAN`` at most."""
    run: list[int] = []
    span = 1
    for position, size in enumerate(sizes.tolist()):
        if run and span * size > SPAN:
            yield np.array(run, dtype=np.int64)
            run, span = [], 1
        run.append(position)
        span *= size
    if run:
        yield np.array(run, dtype=np.int64)


def digits(sizes: Ints) -> Ints:
    """Return the weight of each position, so that sums compare as the digits do."""
    return np.append(np.cumprod(sizes[:0:-1])[::-1], 1).astype(np.int64)


def rows_level(order: NameOrder, layout: Layout, rows: Ints) -> Level:
    """Return the level that compares some rows: X - (N + 1) b, the first row counting most."""
    weight = np.zeros(layout.width, dtype=np.int64)
    by_row = np.zeros(order.most.size, dtype=np.int64)
    by_row[rows] = digits(order.most[rows] + 1)
    weight[layout.x[order.candidate]] = by_row[order.row]
    weight[layout.b] = -by_row * (order.most + 1)
    return Level(name="names", weight=weight)


def first_level(layout: Layout, col: Ints, sizes: Ints) -> Level:
    """Return the level that wants the first of some columns as large as can be, then the next."""
    weight = np.zeros(layout.width, dtype=np.int64)
    weight[col] = -digits(sizes)
    return Level(name="names", weight=weight)


def fixed(members: list[Ints], values: Ints) -> Rows:
    """Return (A3) for names: the sum of each set of columns keeps its value."""
    sizes = [columns.size for columns in members]
    return Rows(
        name="level",
        row=np.repeat(np.arange(len(members), dtype=np.int64), sizes),
        col=np.concatenate(members),
        coef=np.ones(sum(sizes)),
        lower=values.astype(np.float64),
        upper=values.astype(np.float64),
    )

"""The optimum of a small problem by exhaustive search over packings of single nodes.

Every way to fill every node is looked at, joined node by node, pool by pool and cluster by cluster;
of the ways that place the same replicas and use the same stock, quotas and limits only the best is
kept, which is exact because all that is optimised adds up. Nothing here relaxes, rounds or bounds.

The levels: replicas placed by priority, money, nodes, clusters with replicas, names. Names are
compared as sorted assignment rows; at the first row in which two plans differ, fewer replicas of
the same row come first, and a plan that has the row comes before one that lacks it (whose next row
is later). So each possible row is a digit, the count or the largest digit where there is none, and
the least number is the first list of rows.
"""

from dataclasses import dataclass
from decimal import Decimal

from placement.problem import Problem
from tests.exhaustive_search import Row, Used, search

__all__ = ["Answer", "Row", "Used", "optimum"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The optimum, level by level.

    Parameters
    ----------
    feasible
        Whether any plan exists; all else is empty where none does.
    placed
        Priority and replicas placed of it, the highest priority first.
    cost
        Money per hour, exact.
    nodes
        Nodes that run in the end: kept (empty ones and those of no pool too) and new.
    clusters
        Clusters with replicas.
    rows
        Assignment rows in order.
    used
        One packing that reaches it: every pool node that is kept or bought, every node of no pool
        that carries replicas, each with its replicas by workload.
    """

    feasible: bool
    placed: tuple[tuple[int, int], ...] = ()
    cost: Decimal = Decimal(0)
    nodes: int = 0
    clusters: int = 0
    rows: tuple[Row, ...] = ()
    used: tuple[Used, ...] = ()


def optimum(problem: Problem) -> Answer:
    """Return the best plan there is, in every level, and the rows that say it."""
    found = search(problem)
    if found is None:
        return Answer(feasible=False)
    cost, nodes, clusters, used = found
    counts: dict[tuple[str | int | None, ...], int] = {}
    placed = dict.fromkeys(sorted({w.priority for w in problem.workloads}, reverse=True), 0)
    priority = {workload.key: workload.priority for workload in problem.workloads}
    for each in used:
        for workload, replicas in each.replicas:
            row = (workload, *each.bin.group, each.gpus[workload])
            counts[row] = counts.get(row, 0) + replicas
            placed[priority[workload]] += replicas
    return Answer(
        feasible=True,
        placed=tuple(placed.items()),
        cost=cost,
        nodes=nodes,
        clusters=clusters,
        rows=tuple(sorted(((*row, n) for row, n in counts.items()), key=row_order)),
        used=used,
    )


def row_order(row: Row) -> tuple[tuple[bool, str | int], ...]:
    """Return a sort key of an assignment row: field by field, None before any string."""
    return tuple((field is not None, "" if field is None else field) for field in row)

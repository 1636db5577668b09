"""The optimum of a small problem by exhaustive search over packings of single nodes.

Every way to fill every node is looked at, joined node by node, pool by pool and cluster by cluster;
of the ways that place the same replicas and use the same stock, quotas and limits only the best is
kept, which is exact because all that is optimised adds up. So does all that rules are judged by:
how many replicas of a workload are in each group, on how many nodes there are how many, how many
stay where they are. Nothing here relaxes, rounds or bounds.

The levels: what is placed by priority, money, moves, nodes, clusters with replicas, names. Names
are compared as sorted assignment rows; at the first row in which two plans differ, fewer replicas
of the same row come first, and a plan that has the row comes before one that lacks it (whose next
row is later). So each possible row is a digit, the count or the largest digit where there is none,
and the least number is the first list of rows.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

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
        Priority and replicas placed of it, the highest priority first; of a load the share carried.
    cost
        Money per hour, exact.
    moves
        Running replicas that are moved.
    nodes
        Nodes that run in the end: kept (empty ones and those of no pool too) and new.
    clusters
        Clusters with replicas.
    rows
        Assignment rows in order.
    used
        One packing that reaches it: every pool node that is kept or bought, every node of no pool
        that carries replicas, each with its replicas by workload.
    left
        Workload and how much of its load is not carried, where anything is not.
    """

    feasible: bool
    placed: tuple[tuple[int, Fraction | int], ...] = ()
    cost: Decimal = Decimal(0)
    moves: int = 0
    nodes: int = 0
    clusters: int = 0
    rows: tuple[Row, ...] = ()
    used: tuple[Used, ...] = ()
    left: tuple[tuple[str, Fraction], ...] = ()


def optimum(problem: Problem) -> Answer:
    """Return the best plan there is, in every level, and the rows that say it."""
    found = search(problem)
    if found is None:
        return Answer(feasible=False)
    spans = {workload.key: workload.nodes_per_replica for workload in problem.workloads}
    counts: dict[tuple[str | int | None, ...], int] = {}
    for each in found.used:
        for workload, replicas in each.replicas:
            row = (workload, *each.bin.group, each.gpus[workload])
            counts[row] = counts.get(row, 0) + replicas
    rows = ((*row, n // spans[str(row[0])]) for row, n in counts.items())
    asked = {w.priority for w in problem.workloads if w.most_replicas}
    placed = dict(zip(sorted(asked, reverse=True), found.placed, strict=True))
    every = sorted({w.priority for w in problem.workloads}, reverse=True)
    return Answer(
        feasible=True,
        placed=tuple((priority, placed.get(priority, 0)) for priority in every),
        cost=found.levels.money,
        moves=found.levels.moves,
        nodes=found.levels.nodes,
        clusters=found.levels.clusters,
        rows=tuple(sorted(rows, key=row_order)),
        used=found.used,
        left=found.left,
    )


def row_order(row: Row) -> tuple[tuple[bool, str | int], ...]:
    """Return a sort key of an assignment row: field by field, None before any string."""
    return tuple((field is not None, "" if field is None else field) for field in row)

"""The list of moves: which running replicas leave which place, in an order that has the room.

The order is of stops. ``surge``: the new replicas start on ``to``, then the old ones stop.
``drain``: the old ones stop, and the new ones start as soon as ``to`` has room, which later rows
may make. A row without ``to`` only stops. Nodes of the plan are bought when first needed, and those
that it releases go once they are empty. Replicas that a scale-down takes away stop before the first
row, new ones start after the last. A replica whose row names no node may change nodes within its
pool, which is no move: the order leaves room for that and does not list it.
"""

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import Literal, TypeAlias

from placement.move_flows import flows_of
from placement.move_order import Step, order_of
from placement.move_sites import Yard, yard_of
from placement.move_start import Shift, start_of
from placement.plan import Move, MovePlace, NodePlan
from placement.problem import Problem

__all__ = ["moves_of", "needs_drain"]

_Key: TypeAlias = tuple[str, MovePlace, MovePlace | None, Literal["surge", "drain"]]


def moves_of(problem: Problem, plan_nodes: tuple[NodePlan, ...]) -> tuple[Move, ...]:
    """Return the moves from where replicas run now to where the plan has them.

    Parameters
    ----------
    plan_nodes
        The nodes of a plan of this problem, with their replicas.

    Returns
    -------
    tuple of Move
        Of each workload as few replicas as can be, in an order in which nodes never carry more
        than they have, and quotas, cluster limits and pool maxima hold. One always exists, since
        replicas may stop first (:func:`placement.move_order.order_of`).
    """
    yard = yard_of(problem, plan_nodes)
    start = start_of(flows_of(problem, plan_nodes, yard), yard)
    rows = (_row(start.shifts[step.shift], step, yard) for step in order_of(start, yard))
    listed = ((key, replicas) for key, replicas in rows if key is not None)
    return tuple(
        _move(key, sum(replicas for _, replicas in alike))
        for key, alike in groupby(listed, key=itemgetter(0))
    )


def needs_drain(moves: Iterable[Move]) -> int:
    """Return how many replicas have to stop before they start elsewhere."""
    return sum(move.replicas for move in moves if move.first == "drain" and move.to is not None)


def _row(shift: Shift, step: Step, yard: Yard) -> tuple[_Key | None, int]:
    """Return what a row says of a step, None where it is no move, and how many replicas move."""
    if not shift.flow.moved:
        return None, step.replicas
    row, end = shift.flow.row, yard.sites[shift.end[0]] if shift.end else None
    key: _Key = (
        yard.workloads[shift.flow.workload].key,
        MovePlace(cluster=row.cluster, node_pool=row.node_pool, node=row.node),
        None if end is None else MovePlace(cluster=end.cluster, node_pool=end.pool, node=end.name),
        "surge" if step.surge else "drain",
    )
    return key, step.replicas


def _move(key: _Key, replicas: int) -> Move:
    workload, from_, to, first = key
    row = {"workload": workload, "from": from_, "to": to, "replicas": replicas, "first": first}
    return Move.model_validate(row)

"""Moves of running replicas as people read them."""

from collections.abc import Iterator

from placement.cli.tables import Block, Table
from placement.cli.words import counted, money
from placement.plan import Move, MovePlace, Plan

__all__ = ["moves_blocks"]

_SHOWN = 20  # moves that are listed; the plan itself has all of them


def moves_blocks(plan: Plan) -> Iterator[Block]:
    """Yield how many replicas are moved and at what price, then the moves in their order."""
    if not plan.moves:
        return
    yield Table(
        title=_title(plan),
        columns=("workload", "from", "to", ">replicas", "how"),
        rows=[
            (move.workload, _place(move.from_), _place(move.to), move.replicas, _how(move))
            for move in plan.moves[:_SHOWN]
        ],
    )
    if (more := len(plan.moves) - _SHOWN) > 0:
        yield f"{counted(more, 'further move')}, listed in the plan as JSON"


def _title(plan: Plan) -> str:
    """Return how many replicas, at what price, and how many leave a gap."""
    moved = sum(move.replicas for move in plan.moves)
    drained = sum(move.replicas for move in plan.moves if move.to and move.first == "drain")
    stopped = sum(move.replicas for move in plan.moves if move.to is None)
    price = f"{money(plan.objective.moves)} {plan.currency} per hour"
    gaps = [
        f"{number:,} {what}"
        for number, what in ((drained, "must stop first"), (stopped, "without another place"))
        if number
    ]
    said = "; ".join([f"{counted(moved, 'replica')} for {price}", *gaps])
    return f"Moves, in this order: {said}"


def _place(place: MovePlace | None) -> str:
    if place is None:
        return "nowhere"
    return "/".join(part for part in (place.cluster, place.node_pool, place.node) if part)


def _how(move: Move) -> str:
    if move.to is None:
        return "stops"
    return "starts there first" if move.first == "surge" else "stops here first"

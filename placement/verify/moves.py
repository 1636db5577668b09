"""The rule ``moves``: the rows tell the moves that the plan implies, in an order that works."""

from collections import Counter
from collections.abc import Iterator

from placement.plan import Move, MovePlace
from placement.verify.case import Case
from placement.verify.current import Movement, Place
from placement.verify.order import check_order
from placement.verify.violation import Violation

__all__ = ["check_moves"]

_Told = list[tuple[str, Move]]
"""Rows of ``moves``, each with where it stands."""


def check_moves(case: Case) -> Iterator[Violation]:
    """Yield moves that are missing, in vain or elsewhere, and those for which there is no room."""
    told: dict[str, _Told] = {}
    for position, row in enumerate(case.plan.moves):
        told.setdefault(row.workload, []).append((f"moves[{position}] {row.workload}", row))
    moving = {each.workload.key: each for each in case.movements}
    for key, rows in told.items():
        if key not in moving:
            message = "nothing of this workload runs now, so nothing of it can move"
            yield Violation(rule="moves", where=rows[0][0], message=message)
    for key, movement in moving.items():
        rows = told.get(key, [])
        for where, message in (*_totals(movement, rows), *_ends(movement, rows)):
            yield Violation(rule="moves", where=where, message=message)
    yield from check_order(case)


def _totals(movement: Movement, rows: _Told) -> Iterator[tuple[str, str]]:
    key = movement.workload.key
    says = sum(row.replicas for _, row in rows)
    if says != movement.moved:
        yield key, f"{movement.moved} replicas are moved, not {says}"
    away = sum(row.replicas for _, row in rows if row.to is None)
    truth = max(0, movement.moved - movement.arrivals)
    if away != truth:
        yield key, f"{truth} replicas that are moved end unplaced, not {away}"


def _ends(movement: Movement, rows: _Told) -> Iterator[tuple[str, str]]:
    """Yield rows from where no so many leave, and to where no so many come."""
    gives: Counter[Place] = Counter()
    takes: Counter[Place] = Counter()
    for where, row in rows:
        start = _place(row.from_)
        gives[start] += row.replicas
        if start not in movement.leaves:
            yield where, f"nothing runs now in {_name(start)} by itself, as current tells it"
        elif gives[start] > movement.leaves[start]:
            yield where, f"{movement.leaves[start]} leave {_name(start)}, not {gives[start]}"
        if row.to is None:
            continue
        end = _place(row.to)
        for place in dict.fromkeys((end, (*end[:2], None))):
            takes[place] += row.replicas
            if takes[place] > movement.arrives(place):
                yield where, f"{movement.arrives(place)} come to {_name(place)}, not {takes[place]}"


def _place(told: MovePlace) -> Place:
    return (told.cluster, told.node_pool, told.node)


def _name(place: Place) -> str:
    return "/".join("-" if part is None else part for part in place)

"""Whether pools find the nodes that they miss: a flow from pools to zones, likely enough."""

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from typing import TypeAlias

from placement.problem import Offering, Problem
from placement.verify.likely import halved_times, has, holds

__all__ = ["Options", "all_find_room", "all_likely"]

Options: TypeAlias = tuple[dict[str | None, Offering], list[int], list[list[str | None]]]
"""Of pools of one region, type and capacity type: rows by zone, nodes missing, zones to buy in."""

_Odds: TypeAlias = tuple[Fraction, Fraction]
"""A probability but for the age, and how often that has halved it."""


def all_likely(problem: Problem, sorts: Sequence[Options]) -> bool:
    """Return whether all missing nodes can be bought, as likely as the problem asks."""
    least = Fraction(str(problem.objective.confidence))
    found: set[_Odds] = {(Fraction(1), Fraction(0))}
    for options in sorts:
        mine = set(_odds(problem, options, least))
        joined = {(a * share, b + halved) for a, b in found for share, halved in mine}
        found = {odds for odds in joined if holds(*odds, least)}
    return bool(found)


def _odds(problem: Problem, options: Options, least: Fraction) -> Iterator[_Odds]:
    """Yield the odds of every way to share nodes among zones, each up to a level of its own."""
    rows, missing, ways = options
    total = sum(missing)
    if not all(ways):
        return
    share, halved = _bought(problem, rows.get(None), total)
    zones = sorted({zone for way in ways for zone in way if zone is not None and zone in rows})
    levels = [_levels(problem, rows[zone], total, least) for zone in zones]
    for chosen in product(*levels):
        odds = [_bought(problem, rows[z], n) for z, n in zip(zones, chosen, strict=True)]
        mine, times = share, halved
        for part, age in odds:
            mine, times = mine * part, times + age
        stock: dict[str | None, int | None] = {
            **dict.fromkeys(rows),
            **dict(zip(zones, chosen, strict=True)),
        }
        if holds(mine, times, least) and all_find_room(missing, ways, stock):
            yield mine, times


def _bought(problem: Problem, row: Offering | None, nodes: int) -> _Odds:
    if row is None or row.stock is None or not nodes:
        return Fraction(1), Fraction(0)
    return has(row, nodes), halved_times(problem, row)


def _levels(problem: Problem, row: Offering, total: int, least: Fraction) -> list[int]:
    """Return the numbers of nodes after which those of a row become less likely."""
    found = [0]
    for nodes in range(1, total + 1):
        odds = _bought(problem, row, nodes)
        if not holds(*odds, least):
            break
        if odds == _bought(problem, row, found[-1]):
            found[-1] = nodes
        else:
            found.append(nodes)
    return found


def all_find_room(
    missing: list[int], ways: list[list[str | None]], stock: dict[str | None, int | None]
) -> bool:
    """Return whether every pool's missing nodes find zones with stock, by augmenting paths.

    ``ways`` are the zones in which each pool may buy; a zone without a row of its own, or without
    a stated stock, has room for all.
    """
    endless = sum(missing)
    left = {zone: endless for way in ways for zone in way}
    for zone, limit in stock.items():
        if zone is not None and zone in left and limit is not None:
            left[zone] = limit
    sent: Counter[tuple[int, str | None]] = Counter()
    for pool, wanted in enumerate(missing):
        count = wanted
        while count > 0:
            path = _path(pool, ways, left, sent)
            if not path:
                return False
            amount = min(count, left[path[-1][1]], *(sent[step] for step in path[1:-1:2]))
            for position, step in enumerate(path):
                sent[step] += -amount if position % 2 else amount
            left[path[-1][1]] -= amount
            count -= amount
    return True


def _path(
    start: int,
    ways: list[list[str | None]],
    left: dict[str | None, int],
    sent: Counter[tuple[int, str | None]],
) -> list[tuple[int, str | None]]:
    """Return steps that end in a zone with room: odd ones take nodes back from another pool."""
    reached: dict[str | None, list[tuple[int, str | None]]] = {z: [(start, z)] for z in ways[start]}
    queue = list(reached)
    for zone in queue:
        if left[zone] > 0:
            return reached[zone]
        for other, way in enumerate(ways):
            if sent[other, zone] > 0:
                for further in way:
                    if further not in reached:
                        reached[further] = [*reached[zone], (other, zone), (other, further)]
                        queue.append(further)
    return []

"""The capacity rows as index arrays, in integers small enough for every backend."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from placement.candidates import Candidates
from placement.formulation.milp import Ints
from placement.needs import Needs

__all__ = ["Capacity", "capacity_of"]

FINEST = 2**20
"""Largest node in a capacity row, in the row's own units. A row whose exact integers are larger is
rounded in favour of feasibility, by less than one part in 2^20: it stays a valid relaxation and
integral for every backend, and packing decides with the exact figures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """The capacity rows that can bind: one for each supply and resource that no other implies.

    Parameters
    ----------
    row, candidate, size
        ``(nnz,)`` entries: the row, the candidate and what one replica takes.
    supply, room
        ``(rows,)`` whose nodes a row speaks of, and what one node has.
    """

    row: Ints
    candidate: Ints
    size: Ints
    supply: Ints
    room: Ints


def capacity_of(found: Candidates) -> Capacity:
    """Return the rows of resources that no other resource of the same nodes implies."""
    narrow = np.min_scalar_type(len(found.supplies))  # short integers are sorted digit by digit
    order = np.argsort(found.supply.astype(narrow), kind="stable")
    counts = np.bincount(found.supply, minlength=len(found.supplies))
    supply = np.flatnonzero(counts)
    parts = [np.empty(0, dtype=np.int64)] * 5
    if not supply.size:
        return Capacity(**dict(zip(Capacity.__slots__, parts, strict=True)))
    counts = counts[supply]
    starts, group = np.cumsum(counts) - counts, np.repeat(np.arange(supply.size), counts)
    takes, room = found.takes.of(order), found.room[supply]
    taken = np.flatnonzero(takes.rows.any(axis=0)).tolist()
    entries = [
        _rows_of(takes[:, resource], room[:, resource], group, keep)
        for resource, keep in zip(taken, _binding(takes, room, group, starts, taken), strict=True)
    ]
    sizes = [int(number.max(initial=-1)) + 1 for number, *_ in entries]
    offsets = np.concatenate(([0], np.cumsum(sizes)))[:-1]
    return Capacity(
        row=np.concatenate([e[0] + off for e, off in zip(entries, offsets, strict=True)]),
        candidate=np.concatenate([order[e[1]] for e in entries]),
        size=np.concatenate([e[2] for e in entries]),
        supply=np.concatenate([supply[e[3]] for e in entries]),
        room=np.concatenate([e[4] for e in entries]),
    )


def _binding(
    takes: Needs, room: Ints, group: Ints, starts: Ints, resources: list[int]
) -> list[np.ndarray]:
    """Return ``(groups,)`` for each resource whether it is taken and no other is always as full."""
    shares = [takes[:, r] / np.maximum(room[:, r], 1)[group] for r in resources]
    kept = [np.logical_or.reduceat(share > 0, starts) for share in shares]
    for (one, first), (other, second) in combinations(enumerate(shares), 2):
        less = np.logical_and.reduceat(first <= second, starts)
        more = np.logical_and.reduceat(second <= first, starts)
        kept[one] &= ~(less & ~more)
        kept[other] &= ~more
    return kept


def _rows_of(
    size: Ints, room: Ints, group: Ints, keep: np.ndarray
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Return one resource's rows for the kept groups: entries, then rows, in small integers."""
    entry = np.flatnonzero(keep[group] & (size > 0))
    if not entry.size:
        return (entry,) * 5
    rows = np.flatnonzero(keep)
    number, size, room = (np.cumsum(keep) - 1)[group[entry]], size[entry], room[rows]
    first = np.flatnonzero(np.diff(number, prepend=-1))
    step = np.maximum(np.gcd(np.gcd.reduceat(size, first), room), 1)
    exact = room // step <= FINEST
    scaled = np.where(
        exact[number],
        size // step[number],
        np.floor(size / np.maximum(room, 1)[number] * FINEST * (1 - 1e-12)).astype(np.int64),
    )
    some = np.flatnonzero(scaled > 0)
    return number[some], entry[some], scaled[some], rows, np.where(exact, room // step, FINEST)

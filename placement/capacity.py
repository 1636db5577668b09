"""The capacity rows as index arrays, in integers small enough for every backend."""

from dataclasses import dataclass

import numpy as np

from placement.candidates import Candidates
from placement.formulation.milp import Ints

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
    order = np.argsort(found.supply, kind="stable")
    supply, starts = np.unique(found.supply[order], return_index=True)
    parts = [np.empty(0, dtype=np.int64)] * 5
    if not supply.size:
        return Capacity(**dict(zip(Capacity.__slots__, parts, strict=True)))
    requests, room = found.takes[order], found.room[supply]
    counts = np.diff(np.append(starts, order.size))
    group = np.repeat(np.arange(supply.size), counts)
    share = requests / np.maximum(room, 1)[group]
    entries = []
    for resource in np.flatnonzero((requests > 0).any(axis=0)):
        keep = ~_implied(share, starts, int(resource))
        keep &= np.logical_or.reduceat(requests[:, resource] > 0, starts)
        entries.append(_rows_of(requests[:, resource], room[:, resource], starts, group, keep))
    sizes = [int(number.max(initial=-1)) + 1 for number, *_ in entries]
    offsets = np.concatenate(([0], np.cumsum(sizes)))[:-1]
    return Capacity(
        row=np.concatenate([e[0] + off for e, off in zip(entries, offsets, strict=True)]),
        candidate=np.concatenate([order[e[1]] for e in entries]),
        size=np.concatenate([e[2] for e in entries]),
        supply=np.concatenate([supply[e[3]] for e in entries]),
        room=np.concatenate([e[4] for e in entries]),
    )


def _implied(share: np.ndarray, starts: Ints, resource: int) -> np.ndarray:
    """Return ``(groups,)`` whether another resource is never less used, by any candidate."""
    implied = np.zeros(starts.size, dtype=np.bool_)
    for other in range(share.shape[1]):
        if other == resource:
            continue
        less = np.logical_and.reduceat(share[:, resource] <= share[:, other], starts)
        more = np.logical_and.reduceat(share[:, other] <= share[:, resource], starts)
        implied |= less & (~more | (other < resource))
    return implied


def _rows_of(
    size: Ints, room: Ints, starts: Ints, group: Ints, keep: np.ndarray
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Return one resource's rows for the kept groups: entries, then rows, in small integers."""
    number = np.cumsum(keep) - 1
    step = np.maximum(np.gcd(np.gcd.reduceat(size, starts), room), 1)
    exact = room // step <= FINEST
    scaled = np.where(
        exact[group],
        size // step[group],
        np.floor(size / np.maximum(room, 1)[group] * FINEST * (1 - 1e-12)).astype(np.int64),
    )
    entry = np.flatnonzero(keep[group] & (scaled > 0))
    rows = np.flatnonzero(keep)
    held = np.where(exact, room // step, FINEST)[rows]
    return number[group[entry]], entry, scaled[entry], rows, held

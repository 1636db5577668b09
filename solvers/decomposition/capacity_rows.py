"""What limits the replicas on the nodes of a supply: resources, and counts of large replicas.

A row of a supply says: what its replicas take together is at most what its nodes have. Resources
that another one implies are left out. Where sizes do not fill a node, counts say more than sums:
replicas that each take more than 1/(j + 1) of a node go at most j to a node.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from placement.formulation.milp import Floats, Ints
from placement.instance import Instance

__all__ = ["CapacityRows", "capacity_rows"]

WIDEST = 8  # the smallest share that is counted is 1/9, as in placement.packing
SAME = 1e-12  # shares are quotients of whole numbers below 2**53


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityRows:
    """Q rows, those of a supply together.

    Parameters
    ----------
    first
        ``(S + 1,)`` where the rows of each supply begin.
    supply, room
        ``(Q,)`` the supply of a row, and what one node has.
    takes
        ``(C, k)`` what a replica takes of the first, second, ... row of its supply.
    resource, unit
        ``(Q,)`` the resource that a row sums, -1 where it counts; what its figures are in.
    exact
        ``(S,)`` whether first-fit-decreasing packs whatever the rows allow.
    """

    first: Ints
    supply: Ints
    room: Ints
    takes: Ints
    resource: Ints
    unit: Ints
    exact: NDArray[np.bool_]

    def loads(self, supply: Ints, candidate: Ints, x: Ints) -> Ints:
        """Return ``(Q,)`` what replicas take of each row.

        Parameters
        ----------
        supply, candidate, x
            ``(k,)`` candidates, their supplies and replicas.
        """
        found = np.zeros(self.room.size, dtype=np.int64)
        there = np.flatnonzero(x)
        start, count = self.first[supply[there]], np.diff(self.first)[supply[there]]
        for place in range(self.takes.shape[1]):
            has = count > place
            amount = self.takes[candidate[there[has]], place] * x[there[has]]
            np.add.at(found, start[has] + place, amount)
        return found

    def nodes(self, loads: Ints, least: Ints) -> Ints:
        """Return ``(S,)`` the fewest nodes that have the room, ``least`` or more."""
        need = -(-loads // self.room)
        found = least.copy()
        np.maximum.at(found, self.supply, need)
        return found


def capacity_rows(instance: Instance) -> CapacityRows:
    """Return the rows of every supply."""
    order = np.argsort(instance.supply, kind="stable")
    supplies = instance.price.size
    used, starts = np.unique(instance.supply[order], return_index=True)
    takes, room = instance.candidates.takes[order], instance.candidates.room
    shares = takes / np.maximum(room[instance.supply[order]], 1)
    kept = np.zeros((supplies, room.shape[1]), dtype=np.bool_)
    kept[used] = _binding(shares, starts)
    counted = _counts(shares, takes, room[instance.supply[order]], used, starts)
    sizes = kept.sum(axis=1) + np.bincount(
        np.array([supply for supply, *_ in counted], dtype=np.int64), minlength=supplies
    )
    first = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    row_supply = np.repeat(np.arange(supplies, dtype=np.int64), sizes)
    row_room = np.ones(row_supply.size, dtype=np.int64)
    row_resource = np.full(row_supply.size, -1, dtype=np.int64)
    amounts = np.zeros((order.size, max(1, int(sizes.max(initial=1)))), dtype=np.int64)
    place = np.where(kept, np.cumsum(kept, axis=1) - 1, -1)
    for resource in range(room.shape[1]):
        here = place[:, resource] >= 0
        row_room[first[:-1][here] + place[here, resource]] = room[here, resource]
        row_resource[first[:-1][here] + place[here, resource]] = resource
        at = place[instance.supply[order], resource]
        members = np.flatnonzero(at >= 0)
        amounts[members, at[members]] = takes[members, resource]
    filled = kept.sum(axis=1)
    for supply, share, members in counted:
        row_room[first[supply] + filled[supply]] = share
        amounts[members, filled[supply]] = 1
        filled[supply] += 1
    by_candidate = np.empty_like(amounts)
    by_candidate[order] = amounts
    unit = _divided(row_room, by_candidate, first, instance.supply)
    return CapacityRows(
        first=first,
        supply=row_supply,
        room=row_room // unit,
        takes=by_candidate,
        resource=row_resource,
        unit=unit,
        exact=_exact(instance, kept),
    )


def _binding(shares: Floats, starts: Ints) -> NDArray[np.bool_]:
    """Return ``(used, R)`` which resources no other one implies, for each supply that is used."""
    resources = shares.shape[1]
    above = np.empty((resources, resources, starts.size), dtype=np.bool_)
    for k in range(resources):
        for j in range(resources):
            if starts.size:
                above[k, j] = np.maximum.reduceat(shares[:, k] - shares[:, j], starts) > SAME
    kept = np.ones((resources, starts.size), dtype=np.bool_)
    for k in range(resources):
        for j in range(resources):
            if j != k:  # of two that are equal the first stays
                kept[k] &= above[k, j] | (~above[j, k] if j > k else False)
    found: NDArray[np.bool_] = kept.T
    return found


def _counts(
    shares: Floats, takes: Ints, room: Ints, used: Ints, starts: Ints
) -> list[tuple[int, int, Ints]]:
    """Return supply, most on a node and members of every count that no sum implies.

    Only supplies are looked at on which some replica alone leaves part of a node empty.
    """
    if not starts.size:
        return []
    largest = shares.max(axis=1)
    alone = np.floor(1 / np.maximum(largest, SAME) + SAME) * largest
    loose = np.flatnonzero(np.minimum.reduceat(alone, starts) < 1 - 1e-9)
    ends = np.append(starts[1:], shares.shape[0])
    found = []
    for number in loose.tolist():
        members = np.arange(starts[number], ends[number])
        own = shares[members]
        seen: set[bytes] = set()
        for resource in range(own.shape[1] - 1):
            for share in range(1, WIDEST + 1):
                large = takes[members, resource] * (share + 1) > room[members, resource]
                if not large.any() or large.tobytes() in seen:
                    continue
                if (own[large].min(axis=0) >= 1 / share - SAME).any():
                    continue
                seen.add(large.tobytes())
                found.append((int(used[number]), share, members[large]))
    return found


def _divided(room: Ints, takes: Ints, first: Ints, supply: Ints) -> Ints:
    """Return what all figures of each row are multiples of, and divide ``takes`` by it in place."""
    divisor = room.copy()
    width = np.diff(first)[supply]
    for place in range(takes.shape[1]):
        there = np.flatnonzero(width > place)
        np.gcd.at(divisor, first[supply[there]] + place, takes[there, place])
    divisor = np.maximum(divisor, 1)
    for place in range(takes.shape[1]):
        there = np.flatnonzero(width > place)
        takes[there, place] //= divisor[first[supply[there]] + place]
    return divisor


def _exact(instance: Instance, kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return ``(S,)`` whether sums decide: one resource, whose sizes divide each other and a node.

    First-fit-decreasing then leaves no gap that a replica would fit.
    """
    single = kept.sum(axis=1) == 1
    resource = kept.argmax(axis=1)
    sizes = np.maximum(instance.candidates.takes[np.arange(instance.supply.size), :], 0)
    size = sizes[np.arange(instance.supply.size), resource[instance.supply]]
    exact: NDArray[np.bool_] = single.copy()
    order = np.lexsort((size, instance.supply))
    supply, size = instance.supply[order], size[order]
    room = instance.candidates.room[supply, resource[supply]]
    same = supply[1:] == supply[:-1]
    small = np.maximum(size, 1)
    uneven = same & (small[1:] % small[:-1] != 0)
    exact[supply[1:][uneven]] = False
    exact[supply[(room % small != 0) | (size == 0)]] = False
    return exact

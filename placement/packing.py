"""Replicas onto the concrete nodes of one supply, exactly, over all resources at once.

First-fit-decreasing answers most questions. Where it fails, bin completion decides: the first node
takes the largest replica left and is filled in each maximal way; dead ends are remembered.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from placement.ways import Counts, OutOfWork, Work, decreasing, maximal_patterns, most

__all__ = ["Packing", "Verdict", "all_crowds", "crowd", "first_fit", "pack"]

WORK = 30_000  # steps of the search before it gives up: about a fifth of a second
WIDEST = 8  # the smallest share of a node that a count is taken of is 1/9: finer ones decide little
DEEPEST = 300  # nodes to which the search goes down one by one


class Verdict(Enum):
    """Whether replicas fit on so many nodes."""

    FITS = "fits"
    IMPOSSIBLE = "impossible"
    UNDECIDED = "undecided"  # the limit of work came first


@dataclass(frozen=True, slots=True)
class Packing:
    """An answer, and where it is ``FITS`` the replicas of each group on each node used."""

    verdict: Verdict
    nodes: tuple[Counts, ...] = ()


def pack(
    sizes: tuple[Counts, ...], counts: Counts, room: Counts, nodes: int, work: int = WORK
) -> Packing:
    """Pack replicas on equal nodes.

    Parameters
    ----------
    sizes
        What one replica of each group takes of each resource, in base units.
    counts
        Replicas of each group.
    room
        What one node has of each resource, in base units.
    nodes
        Nodes there are.
    work
        Most steps of the search before it gives up.
    """
    found = first_fit(sizes, counts, room)
    if found is not None and len(found) <= nodes:
        return Packing(Verdict.FITS, found)
    if found is None or _volume_exceeds(sizes, counts, room, nodes):
        return Packing(Verdict.IMPOSSIBLE)
    if crowd(sizes, counts, room, nodes) is not None:
        return Packing(Verdict.IMPOSSIBLE)
    if nodes > DEEPEST:
        return Packing(Verdict.UNDECIDED)
    try:
        filled = _Search(sizes, room, Work(work)).fill(counts, nodes)
    except OutOfWork:
        return Packing(Verdict.UNDECIDED)
    return Packing(Verdict.IMPOSSIBLE if filled is None else Verdict.FITS, tuple(filled or ()))


def first_fit(sizes: tuple[Counts, ...], counts: Counts, room: Counts) -> tuple[Counts, ...] | None:
    """Return the nodes that first-fit-decreasing fills, as many as it takes.

    None where a replica is larger than an empty node.
    """
    left: list[list[int]] = []
    filled: list[list[int]] = []
    for group in decreasing(sizes, room):
        remaining, size, first = counts[group], sizes[group], 0
        if remaining and not most(size, room):
            return None
        takes = [(resource, amount) for resource, amount in enumerate(size) if amount]
        while remaining > 0:
            if first == len(left):
                left.append(list(room))
                filled.append([0] * len(sizes))
            has = left[first]
            number = remaining
            for resource, amount in takes:
                if has[resource] < number * amount:
                    number = has[resource] // amount
            if number:
                for resource, amount in takes:
                    has[resource] -= number * amount
                filled[first][group] += number
                remaining -= number
            first += 1
    return tuple(map(tuple, filled))


def crowd(
    sizes: tuple[Counts, ...], counts: Counts, room: Counts, nodes: int
) -> tuple[tuple[int, ...], int] | None:
    """Return groups of which so many replicas cannot be, and the most of them on one node.

    Replicas that each take more than 1/(j + 1) of some resource go at most j to a node. None where
    no such count shows that the nodes are too few.
    """
    for resource, has in enumerate(room):
        for share in range(1, WIDEST + 1):
            large = tuple(g for g, size in enumerate(sizes) if size[resource] * (share + 1) > has)
            if sum(counts[group] for group in large) > share * nodes:
                return large, share
    return None


def all_crowds(sizes: tuple[Counts, ...], room: Counts) -> Iterator[tuple[tuple[int, ...], int]]:
    """Yield every count of large replicas that says more of a node than the sum of a resource.

    Groups, and the most of their replicas on one node, as in :func:`crowd`.
    """
    seen: set[tuple[int, ...]] = set()
    for resource, has in enumerate(room):
        for share in range(1, WIDEST + 1):
            large = tuple(g for g, size in enumerate(sizes) if size[resource] * (share + 1) > has)
            implied = all(sizes[group][resource] * share >= has for group in large)
            if large and not implied and large not in seen:
                seen.add(large)
                yield large, share


def _volume_exceeds(sizes: tuple[Counts, ...], counts: Counts, room: Counts, nodes: int) -> bool:
    """Return whether the sum of some resource is more than all nodes have."""
    return any(
        sum(count * size[k] for count, size in zip(counts, sizes, strict=True)) > has * nodes
        for k, has in enumerate(room)
    )


class _Search:
    """Bin completion with memory, within a limit of work."""

    def __init__(self, sizes: tuple[Counts, ...], room: Counts, work: Work) -> None:
        self.sizes, self.room, self.work = sizes, room, work
        self._order = decreasing(sizes, room)
        self._dead: set[tuple[Counts, int]] = set()

    def fill(self, counts: Counts, nodes: int) -> list[Counts] | None:
        """Return the nodes' contents, or None where there is no way."""
        if not any(counts):
            return []
        if nodes == 0 or (counts, nodes) in self._dead:
            return None
        if _volume_exceeds(self.sizes, counts, self.room, nodes):
            return None
        largest = next(group for group in self._order if counts[group])
        for pattern in maximal_patterns(self.sizes, counts, self.room, self.work):
            if not pattern[largest]:
                break  # patterns without the largest replica come last
            left = tuple(has - takes for has, takes in zip(counts, pattern, strict=True))
            rest = self.fill(left, nodes - 1)
            if rest is not None:
                return [pattern, *rest]
        self._dead.add((counts, nodes))
        return None

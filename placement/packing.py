"""Replicas onto the concrete nodes of one supply, exactly, over all resources at once.

First-fit-decreasing answers most questions. Where it fails, bin completion decides: the first node
takes the largest replica left and is filled in each maximal way; dead ends are remembered.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

__all__ = ["Counts", "Packing", "Verdict", "first_fit", "maximal_patterns", "pack"]

Counts: TypeAlias = tuple[int, ...]
"""One whole number for every group of equal replicas, or for every resource."""

WORK = 20_000  # patterns tried before a search gives up: about a fifth of a second
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
        Most patterns to try before the search gives up.
    """
    order = _decreasing(sizes, room)
    found = _first_fit(sizes, counts, room, order)
    if len(found) <= nodes:
        return Packing(Verdict.FITS, tuple(found))
    if _volume_exceeds(sizes, counts, room, nodes):
        return Packing(Verdict.IMPOSSIBLE)
    if nodes > DEEPEST:
        return Packing(Verdict.UNDECIDED)
    search = _Search(sizes, room, order, work)
    filled = search.fill(counts, nodes)
    if filled is not None:
        return Packing(Verdict.FITS, tuple(filled))
    return Packing(Verdict.UNDECIDED if search.work < 0 else Verdict.IMPOSSIBLE)


def maximal_patterns(
    sizes: tuple[Counts, ...], counts: Counts, room: Counts, order: tuple[int, ...] | None = None
) -> Iterator[Counts]:
    """Yield every way to fill a node to which no further replica can be added.

    Patterns with more of the groups that come first in ``order`` come first.
    """
    ranked = _decreasing(sizes, room) if order is None else order
    pattern = [0] * len(sizes)

    def fill(depth: int, left: Counts) -> Iterator[Counts]:
        if depth == len(ranked):
            if not any(
                pattern[g] < counts[g] and _most(sizes[g], left) > 0 for g in range(len(sizes))
            ):
                yield tuple(pattern)
            return
        group = ranked[depth]
        for number in range(min(counts[group], _most(sizes[group], left)), -1, -1):
            pattern[group] = number
            taken = (number * takes for takes in sizes[group])
            yield from fill(depth + 1, tuple(h - t for h, t in zip(left, taken, strict=True)))

    yield from fill(0, room)


def _most(size: Counts, room: Counts) -> int:
    """Return how many replicas of a size fit in what a node has left."""
    return min((has // takes for takes, has in zip(size, room, strict=True) if takes), default=1)


def _decreasing(sizes: tuple[Counts, ...], room: Counts) -> tuple[int, ...]:
    """Return the groups, the largest share of a node first."""
    shares = [
        max(
            (t / h if h else float("inf") for t, h in zip(size, room, strict=True) if t),
            default=0.0,
        )
        for size in sizes
    ]
    return tuple(sorted(range(len(sizes)), key=lambda g: (-shares[g], -sum(sizes[g]), g)))


def first_fit(sizes: tuple[Counts, ...], counts: Counts, room: Counts) -> tuple[Counts, ...]:
    """Return the nodes that first-fit-decreasing fills, as many as it takes."""
    return tuple(_first_fit(sizes, counts, room, _decreasing(sizes, room)))


def _first_fit(
    sizes: tuple[Counts, ...], counts: Counts, room: Counts, order: tuple[int, ...]
) -> list[Counts]:
    """Return the nodes that first-fit-decreasing fills."""
    left: list[list[int]] = []
    filled: list[list[int]] = []
    for group in order:
        remaining, size, first = counts[group], sizes[group], 0
        while remaining > 0:
            if first == len(left):
                left.append(list(room))
                filled.append([0] * len(sizes))
            number = min(remaining, _most(size, tuple(left[first])))
            if number:
                left[first] = [h - number * t for h, t in zip(left[first], size, strict=True)]
                filled[first][group] += number
                remaining -= number
            elif not any(filled[first]):  # not even an empty node holds one
                return [tuple(counts)] * (sum(counts) + 1)
            first += 1
    return [tuple(node) for node in filled]


def _volume_exceeds(sizes: tuple[Counts, ...], counts: Counts, room: Counts, nodes: int) -> bool:
    """Return whether the sum of some resource is more than all nodes have."""
    return any(
        sum(count * size[k] for count, size in zip(counts, sizes, strict=True)) > has * nodes
        for k, has in enumerate(room)
    )


class _Search:
    """Bin completion with memory, within a limit of work."""

    def __init__(
        self, sizes: tuple[Counts, ...], room: Counts, order: tuple[int, ...], work: int
    ) -> None:
        self.sizes, self.room, self.order, self.work = sizes, room, order, work
        self._dead: set[tuple[Counts, int]] = set()

    def fill(self, counts: Counts, nodes: int) -> list[Counts] | None:
        """Return the nodes' contents, or None where there is no way or the work is used up."""
        if not any(counts):
            return []
        if nodes == 0 or (counts, nodes) in self._dead:
            return None
        if _volume_exceeds(self.sizes, counts, self.room, nodes):
            return None
        largest = next(group for group in self.order if counts[group])
        for pattern in maximal_patterns(self.sizes, counts, self.room, self.order):
            if not pattern[largest]:
                break  # patterns without the largest replica come last
            self.work -= 1
            if self.work < 0:
                return None
            left = tuple(has - takes for has, takes in zip(counts, pattern, strict=True))
            rest = self.fill(left, nodes - 1)
            if rest is not None:
                return [pattern, *rest]
            if self.work < 0:
                return None
        self._dead.add((counts, nodes))
        return None

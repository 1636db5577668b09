"""The ways to fill one node with replicas."""

from collections.abc import Iterator
from typing import TypeAlias

__all__ = ["Counts", "OutOfWork", "Work", "decreasing", "less", "maximal_patterns", "most"]

Counts: TypeAlias = tuple[int, ...]
"""One whole number for every group of equal replicas, or for every resource."""

ANY = 2**62  # replicas of a group that asks for nothing
MOST_GROUPS = 64  # groups of which the ways are listed; with more there are too many anyway


class OutOfWork(Exception):  # an end of a search, which its callers turn into an answer
    """The limit of work came before the end of a search."""


class Work:
    """A number of steps that a search may take."""

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def step(self) -> None:
        """Take a step, or raise OutOfWork."""
        self.steps -= 1
        if self.steps < 0:
            raise OutOfWork


def maximal_patterns(
    sizes: tuple[Counts, ...], counts: Counts, room: Counts, work: Work | None = None
) -> Iterator[Counts]:
    """Yield every way to fill a node to which no further replica can be added.

    Those with more of the largest replicas come first.

    Parameters
    ----------
    sizes
        What one replica of each group takes of each resource, in base units.
    counts
        The most replicas of each group.
    room
        What a node has of each resource.
    work
        The steps that may be taken; absent: all that it takes.

    Raises
    ------
    OutOfWork
        When the steps are used up, or when there are more than ``MOST_GROUPS`` groups.
    """
    ranked = tuple(group for group in decreasing(sizes, room) if counts[group])
    if len(ranked) > MOST_GROUPS:
        raise OutOfWork
    pattern = [0] * len(sizes)

    def fill(depth: int, left: Counts) -> Iterator[Counts]:
        if work is not None:
            work.step()
        if depth == len(ranked):
            if not any(pattern[g] < counts[g] and most(sizes[g], left) > 0 for g in ranked):
                yield tuple(pattern)
            return
        group = ranked[depth]
        for number in range(min(counts[group], most(sizes[group], left)), -1, -1):
            pattern[group] = number
            yield from fill(depth + 1, less(left, sizes[group], number))

    yield from fill(0, room)


def less(room: Counts, size: Counts, number: int) -> Counts:
    """Return what is left of a room once so many replicas of a size are in it."""
    return tuple(has - number * takes for has, takes in zip(room, size, strict=True))


def most(size: Counts, room: Counts) -> int:
    """Return how many replicas of a size fit in what a node has left."""
    return min((has // takes for takes, has in zip(size, room, strict=True) if takes), default=ANY)


def decreasing(sizes: tuple[Counts, ...], room: Counts) -> tuple[int, ...]:
    """Return the groups, the largest share of a node first."""
    shares = [
        max(
            (t / h if h else float("inf") for t, h in zip(size, room, strict=True) if t),
            default=0.0,
        )
        for size in sizes
    ]
    return tuple(sorted(range(len(sizes)), key=lambda g: (-shares[g], -sum(sizes[g]), g)))

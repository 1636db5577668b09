"""Sets that take one member at least of every set of a list."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

__all__ = ["hitting_sets"]

T = TypeVar("T")


def hitting_sets(sets: Sequence[frozenset[T]], size: int) -> Iterator[frozenset[T]]:
    """Yield every minimal-branching hitting set of exactly so many members, each once.

    Each further member is one of the first set that is not hit yet. So where no smaller set hits
    all of them, these are all hitting sets of the size.
    """
    yield from _grown(sets, size, frozenset(), frozenset())


def _grown(
    sets: Sequence[frozenset[T]], size: int, taken: frozenset[T], barred: frozenset[T]
) -> Iterator[frozenset[T]]:
    missed = next((each for each in sets if not each & taken), None)
    if missed is None:
        if len(taken) == size:
            yield taken
        return
    if len(taken) == size:
        return
    for member in sorted(missed - barred, key=str):
        yield from _grown(sets, size, taken | {member}, barred)
        barred |= {member}  # sets with it have been looked at

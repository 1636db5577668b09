"""Ways to fill one GPU with pods that share it, and such pods onto several GPUs."""

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np

from placement.formulation.milp import Ints
from placement.packing import Verdict, pack

__all__ = ["fillings", "onto_gpus"]


@cache
def fillings(shares: tuple[int, ...], room: int) -> Ints:
    """Return the ways to fill a GPU that no other way is at least as good as.

    A place for a share has room for every smaller one too, so ways are compared, and given, by
    their places for each share or more: ``(ways, shares)``, shares in falling order.
    """
    ways = np.array(list(_full(shares, room)), dtype=np.int64).reshape(-1, len(shares))
    places = np.unique(np.cumsum(ways, axis=1), axis=0)
    best = [not ((places >= way).all(1) & (places > way).any(1)).any() for way in places]
    found: Ints = places[np.array(best, dtype=bool)]
    return found


def onto_gpus(counts: dict[int, int], gpus: int, room: int) -> list[dict[int, int]] | None:
    """Return how many pods of each share are on each GPU, or None where they do not fit."""
    shares = tuple(sorted(counts, reverse=True))
    sizes, number = tuple((share,) for share in shares), tuple(counts[share] for share in shares)
    found = pack(sizes, number, (room,), gpus)
    if found.verdict is not Verdict.FITS:
        return None
    return [dict(zip(shares, on_one, strict=True)) for on_one in found.nodes]


def _full(shares: Sequence[int], room: int) -> Iterator[list[int]]:
    """Yield every way that leaves less room than the smallest share."""
    if not shares:
        yield []
        return
    first, rest = shares[0], shares[1:]
    most = room // first
    for number in range(most if not rest else 0, most + 1):
        for others in _full(rest, room - number * first):
            yield [number, *others]

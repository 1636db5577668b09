"""The GPUs of a whole catalog as arrays, each card once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from placement.memory.defaults import is_large
from placement.memory.gpus import usable_memory
from placement.problem.catalog import Gpu

__all__ = ["Bools", "Cards", "Floats", "Ints"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards:
    """Distinct cards, those with the defaults of a small GPU first, and the nodes that have them.

    A card here is all that memory depends on; GPUs that differ in name or count alone share one.

    Parameters
    ----------
    total
        ``(cards,)`` What CUDA reports, in bytes.
    most
        ``(cards,)`` The same, or the nominal memory where that is more and the card is unknown.
    small
        Cards with the defaults of a small GPU.
    card, count
        ``(nodes,)`` Card of each distinct node, and its GPUs.
    node
        ``(gpus,)`` Node of each ``Gpu``.
    first
        A ``Gpu`` for each node.
    """

    total: Floats
    most: Floats
    small: int
    card: Ints
    count: Ints
    node: Ints
    first: tuple[Gpu, ...]

    @classmethod
    def of(cls, gpus: Sequence[Gpu]) -> "Cards":
        """Return the cards of some GPUs."""
        seen = {gpu: _card(gpu) for gpu in dict.fromkeys(gpus)}
        cards = {card: index for index, card in enumerate(sorted(set(seen.values())))}
        nodes: dict[tuple[int, int], Gpu] = {}
        for gpu, card in seen.items():
            nodes.setdefault((cards[card], gpu.count), gpu)
        index = {node: number for number, node in enumerate(nodes)}
        return cls(
            total=np.array([total for _, total, _ in cards], np.float64),
            most=np.array([most for *_, most in cards], np.float64),
            small=sum(not large for large, *_ in cards),
            card=np.array([card for card, _ in nodes], np.int64),
            count=np.array([count for _, count in nodes], np.int64),
            node=np.array([index[cards[seen[gpu]], gpu.count] for gpu in gpus], np.int64),
            first=tuple(nodes.values()),
        )


def _card(gpu: Gpu) -> tuple[bool, int, int]:
    """Return whether a GPU counts as large, what CUDA reports, and what it has at most."""
    usable = usable_memory(gpu)
    total = usable.bytes_
    large = is_large(total, usable.card or gpu.model)
    return large, total, total if usable.known else max(total, gpu.memory)

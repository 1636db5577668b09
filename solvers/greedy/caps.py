"""The limits on further nodes as arrays by supply, so that all supplies are asked at once."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from placement.caps import Cap
from placement.formulation.milp import Ints
from placement.supply import Supply

__all__ = ["Caps", "caps_by_supply"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """The K limits on further nodes; a supply is under at most M of them.

    Parameters
    ----------
    labels
        ``(K,)`` what each limit is, in the words of the input.
    left
        ``(K,)`` what the running nodes leave, in units of the limit; negative where they are over.
    cap, amount
        ``(S, M)`` the limits that one node of each supply counts against, and how much;
        unused places hold limit 0 and amount 0.
    """

    labels: tuple[str, ...]
    left: Ints
    cap: Ints
    amount: Ints


def caps_by_supply(caps: Iterable[Cap], supplies: tuple[Supply, ...]) -> Caps:
    """Return the limits on buying nodes, those of minimal numbers left out."""
    labels: list[str] = []
    left: list[int] = []
    under: list[list[tuple[int, int]]] = [[] for _ in supplies]
    for cap in caps:
        if cap.family == "pool_minimum":
            continue
        remains = cap.bound
        for place, weight in zip(cap.supply.tolist(), cap.weight.tolist(), strict=True):
            if supplies[place].running:
                remains -= weight * len(supplies[place].nodes)
            under[place].append((len(labels), weight))
        labels.append(cap.label)
        left.append(remains)
    width = max([1, *map(len, under)])
    arrays = np.zeros((2, len(under), width), dtype=np.int64)
    for place, counted in enumerate(under):
        if counted:
            arrays[:, place, : len(counted)] = np.array(counted, dtype=np.int64).T
    return Caps(
        labels=tuple(labels),
        left=np.array(left or [0], dtype=np.int64),
        cap=arrays[0],
        amount=arrays[1],
    )

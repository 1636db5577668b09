"""Which limits on nodes are used up, so that no node more of some places can be had."""

import numpy as np

from placement.formulation.milp import Ints
from placement.instance import Instance

__all__ = ["UsedUp"]


class UsedUp:
    """The limits of an instance beside what a plan takes of them.

    Parameters
    ----------
    n
        ``(S,)`` nodes kept or bought of each supply.
    """

    def __init__(self, instance: Instance, n: Ints) -> None:
        self._caps = [cap for cap in instance.caps if cap.family != "pool_minimum"]
        sizes = [cap.supply.size for cap in self._caps]
        none = [np.zeros(0, dtype=np.int64)]
        self._cap: Ints = np.repeat(np.arange(len(sizes)), sizes)
        self._capped: Ints = np.concatenate([*none, *(cap.supply for cap in self._caps)])
        self._weight: Ints = np.concatenate([*none, *(cap.weight for cap in self._caps)])
        self._used: Ints = np.zeros(len(sizes), dtype=np.int64)
        np.add.at(self._used, self._cap, self._weight * n[self._capped])
        self._left: Ints = np.array([cap.bound for cap in self._caps], dtype=np.int64) - self._used
        self._supplies = n.size

    def says(self, mine: Ints) -> list[str]:
        """Return what stands against one node more of any of some supplies."""
        open_ = np.zeros(self._supplies, dtype=np.bool_)
        open_[mine] = True
        met = open_[self._capped]
        smallest = np.full(len(self._caps), np.iinfo(np.int64).max)
        np.minimum.at(smallest, self._cap[met], self._weight[met])
        there = np.zeros(len(self._caps), dtype=np.bool_)
        there[self._cap[met]] = True
        lines = []
        for number in np.flatnonzero(there & (smallest > self._left)).tolist():
            cap, used = self._caps[number], int(self._used[number])
            amounts = f"{cap.says(used)} of {cap.says(cap.bound)}"
            lines.append(f"{cap.family}: {cap.label} is used up ({amounts})")
        return lines

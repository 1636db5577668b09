"""The limits on further nodes as arrays by supply, and what is left of each."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from placement.caps import Cap
from placement.formulation.milp import Ints
from placement.supply import Supply

__all__ = ["MANY", "Limits"]

MANY = 2**31 - 1  # "no limit" as Karmada counts it (MaxInt32); sums of it stay far below 2^63


class Limits:
    """The K limits on buying nodes, those of minimal numbers left out; a supply is under M at most.

    Attributes
    ----------
    labels
        ``(K,)`` what each limit is, in the words of the input.
    left
        ``(K + 1,)`` what the nodes so far leave, in units of the limit; negative where they are
        over. The last counts nothing.
    cap, amount
        ``(S, M)`` the limits that one node of each supply counts against, and how much; unused
        places hold the last limit and amount 0.
    open
        ``(S,)`` whether a further node could be opened, of supplies that are bought.
    """

    def __init__(self, caps: Iterable[Cap], supplies: tuple[Supply, ...]) -> None:
        known = [cap for cap in caps if cap.family != "pool_minimum"]
        self.labels = tuple(cap.label for cap in known)
        running = np.array([len(supply.nodes) for supply in supplies], dtype=np.int64)
        left = [cap.bound - int(cap.weight @ running[cap.supply]) for cap in known]
        self.left: Ints = np.array([*left, 0], dtype=np.int64)
        self.cap, self.amount = _by_supply(known, len(supplies))
        self._under: dict[int, list[tuple[int, int]]] = {}
        self._known = known
        self._most = [int(cap.weight.max(initial=0)) for cap in known]
        self._bought = running == 0
        self.open = self._bought & self._some()

    def openable(self, supplies: Ints) -> Ints:
        """Return how many more nodes of each supply could be opened, each taken alone.

        Over a limit that is overrun by what runs, none can be.
        """
        amount = self.amount[supplies]
        left = np.maximum(self.left[self.cap[supplies]], 0)
        most: Ints = np.where(amount > 0, left // np.maximum(amount, 1), MANY).min(axis=1)
        return most

    def binding(self, supplies: Ints, nodes: int) -> list[str]:
        """Return the limits that forbid so many more nodes of some of these supplies, in words."""
        amount, cap = self.amount[supplies] * nodes, self.cap[supplies]
        tight = np.unique(cap[(amount > 0) & (self.left[cap] < amount)])
        return sorted(self.labels[number] for number in tight.tolist())

    def shared(self, supplies: Ints) -> bool:
        """Return whether two of these supplies are under one limit."""
        used = self.cap[supplies][self.amount[supplies] > 0]
        return np.unique(used).size < used.size

    def take(self, supply: int, wanted: int) -> int:
        """Count up to ``wanted`` nodes against the limits, and return how many there can be."""
        under = self._under.get(supply)
        if under is None:
            pairs = zip(self.cap[supply].tolist(), self.amount[supply].tolist(), strict=True)
            self._under[supply] = under = [(cap, amount) for cap, amount in pairs if amount]
        count = min(wanted, MANY)
        for cap, amount in under:
            count = min(count, max(self.left.item(cap), 0) // amount)
        for cap, amount in under:
            left = self.left.item(cap) - amount * count
            self.left[cap] = left
            if left < self._most[cap]:
                known = self._known[cap]
                self.open[known.supply[known.weight > left]] = False
        return count

    def most(self, supplies: Ints) -> Ints:
        """Return how many nodes of each supply could be opened if each in turn took all it can."""
        left, still_open = self.left.copy(), self.open.copy()
        counts = [self.take(supply, MANY) for supply in supplies.tolist()]
        self.left, self.open = left, still_open
        return np.array(counts, dtype=np.int64)

    def give_back(self, supply: int) -> None:
        """Count a node less against the limits."""
        self.left[self.cap[supply]] += self.amount[supply]
        self.open = self._bought & self._some()

    def _some(self) -> NDArray[np.bool_]:
        """Return whether the limits of each supply leave a node of it."""
        left = np.maximum(self.left, 0)
        return np.asarray((self.amount <= left[self.cap]).all(axis=1))


def _by_supply(caps: list[Cap], supplies: int) -> tuple[Ints, Ints]:
    """Return the limits of each supply, in their order, and what one node counts."""
    sizes = [cap.supply.size for cap in caps]
    cap = np.repeat(np.arange(len(caps), dtype=np.int64), sizes)
    none = np.zeros(0, dtype=np.int64)
    supply = np.concatenate([none, *(cap.supply for cap in caps)])
    weight = np.concatenate([none, *(cap.weight for cap in caps)])
    order = np.argsort(supply, kind="stable")
    counts = np.bincount(supply, minlength=supplies)
    place = np.arange(supply.size) - np.repeat(np.cumsum(counts) - counts, counts)
    shape = (supplies, max(1, int(counts.max(initial=0))))
    numbers = np.full(shape, len(caps), dtype=np.int64)
    amounts = np.zeros(shape, dtype=np.int64)
    numbers[supply[order], place], amounts[supply[order], place] = cap[order], weight[order]
    return numbers, amounts

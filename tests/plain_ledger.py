"""A ledger that looks at every node and counts every limit anew: slow, and plain to see right."""

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from placement.caps import find_caps
from placement.formulation.milp import Ints
from placement.solvers.greedy.ledger import MANY, Fit, Ledger

__all__ = ["PlainLedger"]

NONE: Mapping[int, int] = MappingProxyType({})


class PlainLedger(Ledger):
    """Answers as a ledger does."""

    def fit(self, workload: int, among: Ints | None = None) -> Fit:
        """Try the workload's candidates on every node."""
        found, rows = self.candidates, []
        own = {int(found.supply[one]): one for one in self.candidates_of(workload).tolist()}
        for node in range(len(self.supply)) if among is None else among.tolist():
            candidate = own.get(int(self.supply[node]))
            if candidate is not None:
                free, takes = self.free[node].tolist(), found.takes[candidate].tolist()
                fits = min(h // t for h, t in zip(free, takes, strict=True) if t)
                rows += [(node, candidate, fits)] if fits > 0 else []
        nodes, candidates, fits_of = np.array(rows, dtype=np.int64).reshape(-1, 3).T
        return nodes, candidates, fits_of

    def openable(self, supplies: Ints) -> Ints:
        """Count what stands against each limit, supply by supply."""
        return np.array([self._openable(supply) for supply in supplies.tolist()], dtype=np.int64)

    def open_offers(self, workload: int) -> Ints:
        """Ask for each offer alone."""
        found = self.candidates.supply
        offers = [one for one in self.offers(workload).tolist() if self._openable(int(found[one]))]
        return np.array(offers, dtype=np.int64)

    def jointly_openable(self, supplies: Ints) -> Ints:
        """Count each in turn beside those before it."""
        counts: dict[int, int] = {}
        for supply in supplies.tolist():
            counts[supply] = self._openable(supply, counts)
        return np.array([*counts.values()], dtype=np.int64)

    def open(self, supply: int, wanted: int) -> Ints:
        """Open node after node while the limits allow it."""
        start, count = self.supply.size, min(wanted, self._openable(supply))
        self._supply.add(count)[:] = supply
        self._free.add(count)[:] = self.room[supply]
        return np.arange(start, start + count)

    def open_filled(self, candidate: int, replicas: int) -> int:
        """Open a node, fill it, and go on."""
        placed, supply = 0, int(self.candidates.supply[candidate])
        while placed < replicas and (opened := self.open(supply, 1)).size:
            workload = int(self.candidates.workload[candidate])
            count = min(replicas - placed, int(self.fit(workload, opened)[2][0]))
            self.place(opened, np.array([candidate]), np.array([count]))
            placed += count
        return placed

    def binding_caps(self, supplies: Ints, nodes: int = 1) -> list[str]:
        """Hold what each limit leaves against so many nodes of each supply."""
        found = set()
        for label, weights, left in self._limits_now({}):
            here = [supply for supply in supplies.tolist() if supply in weights]
            if any(weights[supply] * nodes > left for supply in here):
                found.add(label)
        return sorted(found)

    def _openable(self, supply: int, beside: Mapping[int, int] = NONE) -> int:
        limits = self._limits_now(beside)
        figures = [max(0, left) // w[supply] for _, w, left in limits if supply in w]
        return min([MANY, *figures])

    def _limits_now(self, beside: Mapping[int, int]) -> list[tuple[str, dict[int, int], int]]:
        """Return each limit's name, what a node of each supply counts, and what is left."""
        there = Counter(int(self.supply[n]) for n in range(self.supply.size) if n not in self.gone)
        there.update(beside)
        limits = []
        for cap in find_caps(self.candidates.problem, self.candidates.supplies):
            if cap.family != "pool_minimum":
                weights = dict(zip(cap.supply.tolist(), cap.weight.tolist(), strict=True))
                used = sum(weights.get(supply, 0) * count for supply, count in there.items())
                limits.append((cap.label, weights, cap.bound - used))
        return limits

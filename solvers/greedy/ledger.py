"""What a greedy rule works on: the nodes with their free room, and what can still be opened."""

from collections.abc import Mapping

import numpy as np

from placement.candidates import Candidates
from placement.caps import find_caps
from placement.formulation.milp import Ints
from placement.needs import UNLIMITED
from placement.solvers.greedy.caps import caps_by_supply
from placement.solvers.greedy.demands import demands_of

__all__ = ["MANY", "Ledger"]

MANY = 2**31 - 1  # "no limit" as Karmada counts it (MaxInt32); sums of it stay far below 2^63


class Ledger:
    """Nodes that run or have been opened, and the limits on opening more.

    Attributes
    ----------
    demands
        What has to be placed.
    place_of
        ``(S,)`` the number of each supply's place; nodes of one replica are in one place.
    supply
        ``(N,)`` the supply of each node; running nodes first, in the order of the supplies.
    free
        ``(N, R)`` what each node has left, in base units.
    loads
        Rows of node, candidate and replicas; of a replica over several nodes, one on each.
    gone
        Running nodes that were let go.
    left
        ``(W,)`` what is left of each demand once what runs has been kept.
    held
        Replicas kept where they run, by workload and cluster.
    """

    def __init__(self, candidates: Candidates) -> None:
        self.candidates = candidates
        self.demands = demands_of(candidates)
        numbers: dict[tuple[str, ...], int] = {}
        places = [numbers.setdefault(each.place, len(numbers)) for each in candidates.supplies]
        self.place_of: Ints = np.array(places, dtype=np.int64)
        self.room: Ints = np.where(candidates.room == UNLIMITED, MANY, candidates.room)
        counts = [len(supply.nodes) for supply in candidates.supplies]
        self.supply: Ints = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
        self.free: Ints = self.room[self.supply]
        self.running = self.supply.size
        self.loads: list[tuple[int, int, int]] = []
        self.gone: set[int] = set()
        self.left = list(self.demands.asked)
        self.held: dict[int, dict[str, int]] = {}
        self.buyable = np.array([not supply.running for supply in candidates.supplies], dtype=bool)
        limits = find_caps(candidates.problem, candidates.supplies)
        self._caps = caps_by_supply(limits, candidates.supplies)
        self._left = self._caps.left.copy()
        first = np.searchsorted(candidates.workload, np.arange(len(candidates.problem.workloads)))
        self._first = [*first.tolist(), candidates.workload.size]

    def candidates_of(self, workload: int) -> Ints:
        """Return the candidates of a workload, in the order of their supplies."""
        return np.arange(self._first[workload], self._first[workload + 1])

    def offers(self, workload: int) -> Ints:
        """Return the candidates of a workload on nodes that are to be bought."""
        own = self.candidates_of(workload)
        offered: Ints = own[self.buyable[self.candidates.supply[own]]]
        return offered

    def per_node(self, candidates: Ints) -> Ints:
        """Return how many replicas of each candidate an empty node of its supply carries."""
        return self._fit(self.room[self.candidates.supply[candidates]], candidates)

    def openable(self, supplies: Ints) -> Ints:
        """Return how many more nodes of each supply could be opened, each taken alone.

        Over a limit that is overrun by what runs, none can be.
        """
        amount = self._caps.amount[supplies]
        left = np.maximum(self._left[self._caps.cap[supplies]], 0)
        most: Ints = np.where(amount > 0, left // np.maximum(amount, 1), MANY).min(axis=1)
        return most

    def binding_caps(self, supplies: Ints, nodes: int = 1) -> list[str]:
        """Return the limits that forbid so many more nodes of some of these supplies, in words."""
        amount, cap = self._caps.amount[supplies] * nodes, self._caps.cap[supplies]
        tight = np.unique(cap[(amount > 0) & (self._left[cap] < amount)])
        return sorted(self._caps.labels[number] for number in tight.tolist())

    def shared_caps(self, supplies: Ints) -> bool:
        """Return whether two of these supplies are under one limit."""
        used = self._caps.cap[supplies][self._caps.amount[supplies] > 0]
        return np.unique(used).size < used.size

    def jointly_openable(self, supplies: Ints) -> Ints:
        """Return how many nodes of each supply could be opened if each in turn took all it can."""
        if not self.shared_caps(supplies):
            return self.openable(supplies)
        kept = self._left.copy()
        counts = [self._take(int(supply), MANY) for supply in supplies.tolist()]
        self._left = kept
        return np.array(counts, dtype=np.int64)

    def open(self, supply: int, wanted: int) -> Ints:
        """Open up to ``wanted`` nodes of a supply and return their numbers."""
        count = self._take(supply, wanted)
        start = self.supply.size
        self.supply = np.concatenate([self.supply, np.full(count, supply, dtype=np.int64)])
        self.free = np.concatenate([self.free, np.repeat(self.room[[supply]], count, axis=0)])
        return np.arange(start, start + count)

    def release(self, nodes: list[int]) -> None:
        """Let empty running nodes go: their room is lost, and what they counted is free again."""
        self.gone.update(nodes)
        self.free[nodes] = 0
        for supply in self.supply[nodes].tolist():
            np.add.at(self._left, self._caps.cap[supply], self._caps.amount[supply])

    def fit(self, workload: int, among: Ints | None = None) -> tuple[Ints, Ints, Ints]:
        """Return the nodes that a workload may use, its candidate there, and the replicas that fit.

        Nodes with no room are left out; running nodes come first, then in order of opening. A node
        that a replica takes whole fits one.

        Parameters
        ----------
        among
            The nodes to look at, rising; absent: all.
        """
        own = self.candidates_of(workload)
        by_supply = np.full(len(self.candidates.supplies), -1, dtype=np.int64)
        by_supply[self.candidates.supply[own]] = own
        nodes = np.arange(self.supply.size) if among is None else among
        candidate = by_supply[self.supply[nodes]]
        nodes, candidate = nodes[candidate >= 0], candidate[candidate >= 0]
        fits = self._fit(self.free[nodes], candidate)
        keep = fits > 0
        return nodes[keep], candidate[keep], fits[keep]

    def place(self, nodes: Ints, candidate: Ints, replicas: Ints) -> None:
        """Put replicas of candidates on nodes, which must have the room."""
        self.free[nodes] -= replicas[:, None] * self.candidates.takes[candidate]
        self.loads.extend(zip(nodes.tolist(), candidate.tolist(), replicas.tolist(), strict=True))

    def take_back(self, counts: Mapping[int, int]) -> None:
        """Take so many replicas away again, by row of ``loads``."""
        for row, count in counts.items():
            node, candidate, replicas = self.loads[row]
            self.free[node] += count * self.candidates.takes[candidate]
            self.loads[row] = (node, candidate, replicas - count)
        self.loads = [row for row in self.loads if row[2]]

    def _take(self, supply: int, wanted: int) -> int:
        """Count up to ``wanted`` nodes against the limits, and return how many there can be."""
        count = min(wanted, int(self.openable(np.array([supply]))[0]))
        np.subtract.at(self._left, self._caps.cap[supply], self._caps.amount[supply] * count)
        return count

    def _fit(self, free: Ints, candidate: Ints) -> Ints:
        needs = self.candidates.takes[candidate]
        fits: Ints = np.where(needs > 0, free // np.maximum(needs, 1), MANY).min(axis=1)
        return fits

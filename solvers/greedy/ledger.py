"""What a greedy rule works on: the nodes with their free room, and what can still be opened."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import numpy as np

from placement.candidates import Candidates
from placement.caps import Cap, find_caps
from placement.formulation.milp import Ints
from placement.needs import UNLIMITED
from placement.solvers.greedy.caps import MANY, Limits
from placement.solvers.greedy.demands import demands_of
from placement.solvers.greedy.grown import Grown
from placement.solvers.greedy.roomy import Roomy

__all__ = ["MANY", "Fit", "Ledger"]

Fit: TypeAlias = tuple[Ints, Ints, Ints]
"""Nodes, rising, a workload's candidate on each, and how many of its replicas fit there."""

_NONE = np.zeros(0, dtype=np.int64)
DEAD = 4  # nodes with no room are forgotten once they are this part of those looked at


class Ledger:
    """Nodes that run or have been opened, and the limits on opening more.

    Attributes
    ----------
    demands
        What has to be placed.
    place_of
        ``(S,)`` the number of each supply's place; nodes of one replica are in one place.
    gone
        Running nodes that were let go.
    left
        ``(W,)`` what is left of each demand once what runs has been kept.
    held
        Replicas kept where they run, by workload and cluster.
    """

    def __init__(self, candidates: Candidates, caps: Iterable[Cap] | None = None) -> None:
        self.candidates = candidates
        self.demands = demands_of(candidates)
        supplies = candidates.supplies
        numbers: dict[tuple[str, ...], int] = {}
        places = [numbers.setdefault(each.place, len(numbers)) for each in supplies]
        self.place_of: Ints = np.array(places, dtype=np.int64)
        self.room: Ints = np.where(candidates.room == UNLIMITED, MANY, candidates.room)
        counts = [len(supply.nodes) for supply in supplies]
        self._supply = Grown(np.repeat(np.arange(len(counts), dtype=np.int64), counts))
        self._free = Grown(self.room[self.supply])
        self._loads = Grown(np.zeros((0, 3), dtype=np.int64))
        self.running = self.supply.size
        self.gone: set[int] = set()
        self.left = list(self.demands.asked)
        self.held: dict[int, dict[str, int]] = {}
        self.buyable = np.array([not supply.running for supply in supplies], dtype=bool)
        self._limits = Limits(
            find_caps(candidates.problem, supplies) if caps is None else caps, supplies
        )
        self._roomy = Roomy(len(supplies), candidates.takes)
        start = 0
        for supply, count in enumerate(counts):
            self._roomy.add(supply, range(start, start := start + count))
        first = np.searchsorted(candidates.workload, np.arange(len(candidates.problem.workloads)))
        self._first = [*first.tolist(), candidates.workload.size]

    @property
    def supply(self) -> Ints:
        """Return ``(N,)`` the supply of each node; running nodes first, in the supplies' order."""
        return self._supply.rows

    @property
    def free(self) -> Ints:
        """Return ``(N, R)`` what each node has left, in base units."""
        return self._free.rows

    @property
    def loads(self) -> Ints:
        """Return rows of node, candidate and replicas; of one over several nodes, one on each."""
        return self._loads.rows

    def candidates_of(self, workload: int) -> Ints:
        """Return the candidates of a workload, in the order of their supplies."""
        return np.arange(self._first[workload], self._first[workload + 1])

    def offers(self, workload: int) -> Ints:
        """Return the candidates of a workload on nodes that are to be bought."""
        start, end = self._first[workload], self._first[workload + 1]
        offered = self.buyable[self.candidates.supply[start:end]]
        return np.asarray(start + np.flatnonzero(offered))

    def open_offers(self, workload: int) -> Ints:
        """Return those of which a further node can be had."""
        start, end = self._first[workload], self._first[workload + 1]
        offered = self._limits.open[self.candidates.supply[start:end]]
        return np.asarray(start + np.flatnonzero(offered))

    def per_node(self, candidates: Ints) -> Ints:
        """Return how many replicas of each candidate an empty node of its supply carries."""
        return self._fit(self.room[self.candidates.supply[candidates]], candidates)

    def openable(self, supplies: Ints) -> Ints:
        """Return how many more nodes of each supply could be opened, each taken alone.

        Over a limit that is overrun by what runs, none can be.
        """
        return self._limits.openable(supplies)

    def binding_caps(self, supplies: Ints, nodes: int = 1) -> list[str]:
        """Return the limits that forbid so many more nodes of some of these supplies, in words."""
        return self._limits.binding(supplies, nodes)

    def jointly_openable(self, supplies: Ints) -> Ints:
        """Return how many nodes of each supply could be opened if each in turn took all it can."""
        if not self._limits.shared(supplies):
            return self.openable(supplies)
        return self._limits.most(supplies)

    def open(self, supply: int, wanted: int) -> Ints:
        """Open up to ``wanted`` nodes of a supply and return their numbers."""
        count, start = self._limits.take(supply, wanted), self.supply.size
        self._supply.add(count)[:] = supply
        self._free.add(count)[:] = self.room[supply]
        self._roomy.add(supply, range(start, start + count))
        return np.arange(start, start + count)

    def open_filled(self, candidate: int, replicas: int) -> int:
        """Open nodes for replicas of a candidate, each filled in turn; return how many they take.

        Of those nodes only the last may keep room.
        """
        supply = int(self.candidates.supply[candidate])
        room, takes = self.room[supply].tolist(), self.candidates.takes[candidate].tolist()
        pairs = [*zip(room, takes, strict=True)]
        each = min([has // take for has, take in pairs if take], default=MANY)
        count, start = self._limits.take(supply, -(-replicas // each)), self.supply.size
        placed = min(replicas, each * count)
        if count:
            last = placed - each * (count - 1)
            left = [[has - take * held for has, take in pairs] for held in (each, last)]
            loads = self._loads.add(count)
            loads[:, 0], loads[:, 1] = np.arange(start, start + count), candidate
            free, loads[:, 2] = self._free.add(count), each
            free[:], free[-1], loads[-1, 2] = *left, last
            self._supply.add(count)[:] = supply
            full = [not self._roomy.has_room(amounts) for amounts in left]
            self._roomy.add(supply, range(start + (count - 1) * full[0], start + count - full[1]))
        return placed

    def release(self, nodes: list[int]) -> None:
        """Let empty running nodes go: their room is lost, and what they counted is free again."""
        self.gone.update(nodes)
        self.free[nodes] = 0
        for supply in self.supply[nodes].tolist():
            self._limits.give_back(supply)

    def fit(self, workload: int, among: Ints | None = None) -> Fit:
        """Return the nodes that a workload may use, its candidate there, and the replicas that fit.

        Nodes with no room are left out; running nodes come first, then in order of opening. A node
        that a replica takes whole fits one.

        Parameters
        ----------
        among
            The nodes to look at, rising; absent: all.
        """
        start, end = self._first[workload], self._first[workload + 1]
        own = self.candidates.supply[start:end]
        nodes = self._roomy.of(own) if among is None else among
        if not nodes.size or not own.size:
            return _NONE, _NONE, _NONE
        supply = self.supply[nodes]
        position = np.searchsorted(own, supply)
        if among is not None:
            meant = own[np.minimum(position, own.size - 1)] == supply
            nodes, supply, position = nodes[meant], supply[meant], position[meant]
        candidate, free = position + start, self.free[nodes]
        fits = self._fit(free, candidate)
        keep = fits > 0
        dead = ~keep & (free < self._roomy.least).any(axis=1)
        if among is None and DEAD * np.count_nonzero(dead) > dead.size:
            self._roomy.drop(nodes[dead], supply[dead])
        return nodes[keep], candidate[keep], fits[keep]

    def place(self, nodes: Ints, candidate: Ints, replicas: Ints) -> None:
        """Put replicas of candidates on nodes, which must have the room."""
        self.free[nodes] -= replicas[:, None] * self.candidates.takes[candidate]
        rows = self._loads.add(nodes.size)
        rows[:, 0], rows[:, 1], rows[:, 2] = nodes, candidate, replicas

    def take_back(self, counts: Mapping[int, int]) -> None:
        """Take so many replicas away again, by row of ``loads``."""
        if not counts:
            return
        loads = self.loads
        for row, count in counts.items():
            node, candidate, _ = loads[row].tolist()
            self.free[node] += count * self.candidates.takes[candidate]
            loads[row, 2] -= count
        nodes = loads[list(counts), 0]
        self._roomy.back(nodes, self.supply[nodes])
        self._loads.keep(loads[loads[:, 2] > 0])

    def _fit(self, free: Ints, candidate: Ints) -> Ints:
        needs = self.candidates.takes[candidate]
        fits: Ints = np.where(needs > 0, free // np.maximum(needs, 1), MANY).min(axis=1)
        return fits

"""Whether a solution's replicas fit on its nodes, and what rules it out where they do not."""

import math
import time
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from placement.formulation.milp import Ints
from placement.formulation.patterns import Crowd, NoFit, Patterns
from placement.instance import Instance
from placement.members import Members
from placement.packing import WORK, Packing, Verdict, all_crowds, crowd, first_fit, pack
from placement.ways import Counts, OutOfWork, Work, maximal_patterns

__all__ = ["Fill", "Packer"]

MOST_PATTERNS = 400  # ways to fill one node beyond which a supply is cut, not enumerated


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """What is on the nodes of a supply, and whether that is known to fit.

    Parameters
    ----------
    candidate
        ``(k,)`` the candidates whose replicas these are.
    nodes
        Replicas of each candidate in ``candidate`` on each node that is used.
    """

    supply: int
    candidate: Ints
    verdict: Verdict
    nodes: tuple[Counts, ...] = ()


@dataclass(frozen=True)
class Packer:
    """Packs solutions of one instance; remembers what it has packed before."""

    instance: Instance
    _known: dict[tuple[object, ...], Packing] = field(default_factory=dict)

    @cached_property
    def _members(self) -> Members:
        return Members(self.instance.supply, len(self.instance.candidates.supplies))

    def fills(self, x: Ints, n: Ints) -> list[Fill]:
        """Return the fill of every supply that carries replicas.

        Parameters
        ----------
        x
            ``(C,)`` replicas of each candidate.
        n
            ``(S,)`` nodes of each supply.
        """
        used = np.flatnonzero(x)
        used = used[np.argsort(self.instance.supply[used], kind="stable")]
        supplies, starts = np.unique(self.instance.supply[used], return_index=True)
        parts = np.split(used, starts[1:]) if used.size else []
        return [
            self.fill(int(supply), members, x[members], int(n[supply]))
            for supply, members in zip(supplies, parts, strict=True)
        ]

    def fill(self, supply: int, members: Ints, counts: Ints, nodes: int) -> Fill:
        """Return the fill of one supply by so many replicas of some of its candidates."""
        needs, group = self._groups(members)
        packing = self.pack(supply, needs, _totals(group, counts, needs), nodes)
        spread = _ungrouped(packing.nodes, group, counts)
        return Fill(supply=supply, candidate=members, verdict=packing.verdict, nodes=spread)

    def _groups(self, members: Ints) -> tuple[tuple[Counts, ...], Ints]:
        """Return the distinct needs among candidates, and each candidate's group."""
        takes = [tuple(row) for row in self.instance.candidates.takes[members].tolist()]
        needs = sorted(set(takes))
        number = {need: group for group, need in enumerate(needs)}
        return tuple(needs), np.array([number[need] for need in takes], dtype=np.int64)

    def pack(self, supply: int, needs: tuple[Counts, ...], counts: Counts, nodes: int) -> Packing:
        """Return how groups of replicas fit on so many nodes of a supply."""
        room = self._room(supply)
        key = (needs, counts, room, nodes)
        if key not in self._known:
            self._known[key] = pack(needs, counts, room, nodes)
        return self._known[key]

    def first_fit(self, supply: int, members: Ints, counts: Ints) -> tuple[Counts, ...]:
        """Return how first-fit-decreasing fills as many nodes of a supply as it takes.

        Parameters
        ----------
        members, counts
            ``(k,)`` candidates that each fit an empty node, and their replicas.
        """
        needs, group = self._groups(members)
        filled = first_fit(needs, _totals(group, counts, needs), self._room(supply))
        return _ungrouped(filled or (), group, counts)

    def nodes_needed(self, fill: Fill, x: Ints) -> int:
        """Return how many nodes first-fit-decreasing needs for the replicas of a fill."""
        needs, group = self._groups(fill.candidate)
        filled = first_fit(needs, _totals(group, x[fill.candidate], needs), self._room(fill.supply))
        return 0 if filled is None else len(filled)

    def crowd(self, fill: Fill, x: Ints, nodes: int) -> Crowd | None:
        """Return a count that shows that the nodes are too few, or None where none does."""
        members = self._members.of(fill.supply)
        needs, group = self._groups(members)
        counts = _totals(group, x[members], needs)
        found = crowd(needs, counts, self._room(fill.supply), nodes)
        if found is None:
            return None
        large, most = found
        return Crowd(supply=fill.supply, candidate=members[np.isin(group, large)], most=most)

    def all_crowds(self, supply: int) -> tuple[Crowd, ...]:
        """Return every count of large replicas that a node of a supply limits."""
        members = self._members.of(supply)
        needs, group = self._groups(members)
        return tuple(
            Crowd(supply=supply, candidate=members[np.isin(group, large)], most=most)
            for large, most in all_crowds(needs, self._room(supply))
        )

    def _room(self, supply: int) -> Counts:
        return tuple(self.instance.candidates.room[supply].tolist())

    def patterns(self, supply: int) -> Patterns | None:
        """Return every way to fill a node of a supply, or None where there are too many."""
        members = self._members.of(supply)
        needs, group = self._groups(members)
        counts = _totals(group, self.instance.limit[members], needs)
        work, ways = Work(WORK), []
        try:
            for way in maximal_patterns(needs, counts, self._room(supply), work):
                ways.append(way)
                if len(ways) > MOST_PATTERNS:
                    return None
        except OutOfWork:
            return None
        return Patterns(
            supply=supply,
            candidate=members,
            group=group,
            count=np.array(ways, dtype=np.int64).reshape(len(ways), len(needs)),
        )

    def by_ways(self, patterns: Patterns, x: Ints, ways: Ints) -> Fill:
        """Return the fill of a supply whose nodes are filled in given ways.

        Parameters
        ----------
        x
            ``(C,)`` replicas of each candidate.
        ways
            ``(Q,)`` nodes filled in each way.
        """
        counts = x[patterns.candidate]
        left = np.bincount(patterns.group, weights=counts, minlength=patterns.count.shape[1])
        left = left.astype(np.int64)
        nodes: list[Counts] = []
        for way in np.repeat(np.arange(ways.size), ways).tolist():
            taken = np.minimum(patterns.count[way], left)
            left -= taken
            if taken.any():
                nodes.append(tuple(taken.tolist()))
        return Fill(
            supply=patterns.supply,
            candidate=patterns.candidate,
            verdict=Verdict.UNDECIDED if left.any() else Verdict.FITS,
            nodes=_ungrouped(tuple(nodes), patterns.group, counts),
        )

    def no_fit(self, fill: Fill, x: Ints, nodes: int, until: float = math.inf) -> NoFit:
        """Return a small set within an impossible fill that so many nodes cannot hold.

        Parameters
        ----------
        x
            ``(C,)`` replicas of each candidate.
        until
            When to take the set as it is then, on the clock of ``time.monotonic``.
        """
        members = self._members.of(fill.supply)
        needs, group = self._groups(members)
        least = list(_totals(group, x[members], needs))
        for index, most in enumerate(list(least)):
            low, high = 0, most  # high is known to be impossible; of fewer nothing is known yet
            while low < high and time.monotonic() < until:
                least[index] = (low + high) // 2
                packing = self.pack(fill.supply, needs, tuple(least), nodes)
                if packing.verdict is Verdict.IMPOSSIBLE:
                    high = least[index]
                else:
                    low = least[index] + 1
            least[index] = high
        kept = [index for index, replicas in enumerate(least) if replicas]
        return NoFit(
            supply=fill.supply,
            nodes=nodes,
            members=tuple(members[group == index] for index in kept),
            replicas=np.array([least[index] for index in kept], dtype=np.int64),
        )


def _totals(group: Ints, counts: Ints, needs: tuple[Counts, ...]) -> Counts:
    """Return the replicas of each group."""
    sums = np.bincount(group, weights=counts, minlength=len(needs))
    return tuple(sums.astype(np.int64).tolist())


def _ungrouped(nodes: tuple[Counts, ...], group: Ints, counts: Ints) -> tuple[Counts, ...]:
    """Return nodes by candidate: each group's places go to its candidates in order."""
    left = counts.tolist()
    members: list[list[int]] = [[] for _ in range(int(group.max(initial=-1)) + 1)]
    for position, number in enumerate(group.tolist()):
        members[number].append(position)
    for positions in members:
        positions.reverse()  # the next one to be served stands last
    spread = []
    for node in nodes:
        row = [0] * len(left)
        for number, places in enumerate(node):
            free, waiting = places, members[number] if places else []
            while free and waiting:
                position = waiting[-1]
                row[position] = min(free, left[position])
                left[position] -= row[position]
                free -= row[position]
                if not left[position]:
                    waiting.pop()
        spread.append(tuple(row))
    return tuple(spread)

"""Solutions whose replicas can be packed: with the nodes that this takes beyond the sums."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from placement.formulation.milp import Ints
from placement.instance import Instance
from placement.packer import Fill, Packer
from placement.packing import Verdict
from placement.solvers.decomposition.state import State
from placement.ways import Counts

__all__ = ["Packing"]


@dataclass(slots=True)
class Packing:
    """Packs solutions of one instance."""

    instance: Instance
    _packer: Packer = field(init=False)
    _order: Ints = field(init=False)
    _known: dict[int, tuple[Fill, Ints]] = field(default_factory=dict)
    _first: Ints = field(init=False)

    def __post_init__(self) -> None:
        """Index the candidates by supply."""
        supplies = np.arange(self.instance.price.size + 1)
        self._packer = Packer(self.instance)
        self._order = np.argsort(self.instance.supply, kind="stable")
        self._first = np.searchsorted(self.instance.supply[self._order], supplies)

    def remember(self, fills: Sequence[Fill]) -> None:
        """Take fills that are known to fit, which first-fit-decreasing may not find."""
        for fill in fills:
            counts = np.array(fill.nodes, dtype=np.int64).sum(axis=0)
            self._known[fill.supply] = (fill, counts)

    def mended(self, state: State, supplies: Ints) -> State:
        """Return a solution that can be packed: with the nodes that some supplies lack.

        Where limits forbid these, without the replicas that would be on them. Where sums decide,
        none lack any.
        """
        lacking = [
            found
            for supply in supplies[~state.market.rows.exact[supplies]].tolist()
            if (found := self._lacking(state, supply)) is not None
        ]
        if not lacking:
            return state
        several = np.array([one.supply for one in lacking])
        more = np.array([len(one.nodes) for one in lacking]) - state.n[several]
        raised = state.with_extra(several, state.extra[several] + more)
        if raised.holds:
            return raised
        for one in lacking:
            state = one.mended(state)
        return state

    def fills(self, state: State) -> tuple[Fill, ...]:
        """Return what is on the nodes of every supply."""
        return tuple(
            self._known[fill.supply][0]
            if fill.verdict is not Verdict.FITS
            and self._is_known(fill.supply, fill.candidate, state.x[fill.candidate])
            else fill
            for fill in self._packer.fills(state.x, state.n)
        )

    def _is_known(self, supply: int, members: Ints, counts: Ints) -> bool:
        """Return whether replicas of a supply are those of a fill that is known."""
        if supply not in self._known:
            return False
        fill, held = self._known[supply]
        return np.array_equal(fill.candidate, members) and np.array_equal(held, counts)

    def _lacking(self, state: State, supply: int) -> "_Lacking | None":
        """Return how a supply is filled that has too few nodes, None where it has enough."""
        members = self._order[self._first[supply] : self._first[supply + 1]]
        members = members[state.x[members] > 0]
        if not members.size:
            return None
        counts = state.x[members]
        fill = self._packer.fill(supply, members, counts, int(state.n[supply]))
        if fill.verdict is Verdict.FITS:
            return None
        known = self._is_known(supply, members, counts)
        if known and len(self._known[supply][0].nodes) <= int(state.n[supply]):
            return None
        nodes = self._packer.first_fit(supply, members, state.x[members])
        return _Lacking(supply=supply, candidate=members, nodes=nodes)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lacking:
    """A supply that has too few nodes, as first-fit-decreasing fills it.

    Parameters
    ----------
    candidate
        ``(k,)`` candidates with replicas there.
    nodes
        Replicas of each on each node.
    """

    supply: int
    candidate: Ints
    nodes: tuple[Counts, ...]

    def mended(self, state: State) -> State:
        """Return a solution with the nodes that are lacking, or without what would be on them."""
        supply, has = np.array([self.supply]), int(state.n[self.supply])
        extra = state.extra[supply] + len(self.nodes) - has
        raised = state.with_extra(supply, extra)
        if raised.holds:
            return raised
        lost = np.array(self.nodes[has:], dtype=np.int64).sum(axis=0)
        left = state.without(self.candidate, lost)
        return left.with_extra(supply, left.extra[supply] + has - left.n[supply])

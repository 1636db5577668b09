"""What replicas take of nodes, of candidates that were there and of those that joined."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from placement.formulation.milp import Ints
from placement.needs import Needs
from placement.packing import Verdict, first_fit, pack
from placement.solvers.decomposition.state import State
from placement.ways import Counts

__all__ = ["Sizes"]


@dataclass(slots=True)
class Sizes:
    """Sizes of candidates and nodes, exactly.

    Parameters
    ----------
    known
        ``(C, R)`` what a replica takes, of the candidates that were there.
    room
        ``(S, R)`` what one node has.
    joined
        ``(j, R)`` the same of candidates that joined.
    """

    known: Needs
    room: Ints
    joined: Ints = field(init=False)

    def __post_init__(self) -> None:
        """Begin with no candidate that joined."""
        self.joined = self.known[:0]

    def join(self, takes: Ints) -> None:
        """Add candidates."""
        self.joined = np.concatenate([self.joined, takes])

    def of(self, candidates: Ints) -> Ints:
        """Return ``(k, R)`` what replicas of candidates take."""
        late = candidates - self.known.shape[0]
        found = self.known[np.where(late < 0, candidates, 0)]
        found[late >= 0] = self.joined[late[late >= 0]]
        return found

    def packed(
        self, supply: int, candidates: Ints, counts: Ints, nodes: int
    ) -> tuple[tuple[Counts, ...], bool]:
        """Return what is on each node by candidate, and whether so many nodes are enough.

        Where they are not, as many as first-fit-decreasing takes.
        """
        needs = tuple(map(tuple, self.of(candidates).tolist()))
        room, number = tuple(self.room[supply].tolist()), tuple(counts.tolist())
        found = pack(needs, number, room, nodes)
        if found.verdict is Verdict.FITS:
            return found.nodes, True
        filled = first_fit(needs, number, room)
        return (filled or (), False)

    def mended(self, state: State, supplies: Sequence[int]) -> State | None:
        """Return a solution with the nodes that some supplies lack; None where limits forbid them.

        Where sums decide, none lack any.
        """
        market = state.market
        unsure = [supply for supply in supplies if not market.rows.exact[supply]]
        if not unsure:
            return state
        there = np.flatnonzero(state.x)
        lacking, extra = [], []
        for supply in unsure:
            own = there[market.supply[there] == supply]
            nodes, fits = self.packed(supply, own, state.x[own], int(state.n[supply]))
            if not fits:
                lacking.append(supply)
                extra.append(len(nodes) - int(state.n[supply]) + int(state.extra[supply]))
        if not lacking:
            return state
        found = state.with_extra(np.array(lacking), np.array(extra))
        return found if found.holds else None

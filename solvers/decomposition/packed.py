"""Solutions whose replicas can be packed: with the nodes that this takes beyond the sums."""

from dataclasses import dataclass, field

import numpy as np

from placement.formulation.milp import Ints
from placement.instance import Instance
from placement.packer import Fill, Packer
from placement.packing import Verdict
from placement.solvers.decomposition.state import State

__all__ = ["Packing"]


@dataclass(slots=True)
class Packing:
    """Packs solutions of one instance."""

    instance: Instance
    _packer: Packer = field(init=False)
    _order: Ints = field(init=False)
    _first: Ints = field(init=False)

    def __post_init__(self) -> None:
        """Index the candidates by supply."""
        supplies = np.arange(self.instance.price.size + 1)
        self._packer = Packer(self.instance)
        self._order = np.argsort(self.instance.supply, kind="stable")
        self._first = np.searchsorted(self.instance.supply[self._order], supplies)

    def mended(self, state: State, supplies: Ints) -> State | None:
        """Return a solution with the nodes that some supplies lack; None where limits forbid them.

        Where sums decide, none lack any.
        """
        rows = state.market.rows
        unsure = supplies[~rows.exact[supplies]]
        lacking, nodes = [], []
        for supply in unsure.tolist():
            fill = self._fill(state, supply)
            if fill is None or fill.verdict is Verdict.FITS:
                continue
            lacking.append(supply)
            needed = self._packer.nodes_needed(fill, state.x)
            nodes.append(needed - int(state.n[supply]) + int(state.extra[supply]))
        if not lacking:
            return state
        found = state.with_extra(np.array(lacking), np.array(nodes))
        return found if found.holds else None

    def fills(self, state: State) -> tuple[Fill, ...]:
        """Return what is on the nodes of every supply."""
        return tuple(self._packer.fills(state.x, state.n))

    def _fill(self, state: State, supply: int) -> Fill | None:
        members = self._order[self._first[supply] : self._first[supply + 1]]
        members = members[state.x[members] > 0]
        if not members.size:
            return None
        return self._packer.fill(supply, members, state.x[members], int(state.n[supply]))

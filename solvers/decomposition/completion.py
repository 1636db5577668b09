"""Replicas that are left out, placed where they cost least of what is left: greedily, at once."""

from dataclasses import dataclass

import numpy as np

from placement.formulation.milp import Floats, Ints
from placement.solvers.decomposition.market import Market
from placement.solvers.decomposition.state import State

__all__ = ["completed"]


def completed(state: State, reduced: Floats) -> State:
    """Return a solution with as many of the replicas left out as find a place, nothing moved.

    Parameters
    ----------
    reduced
        ``(C,)`` reduced costs: the order in which a workload looks at its candidates.
    """
    market = state.market
    out = np.flatnonzero(state.placed < market.replicas)
    if not out.size:
        return state
    room = _Room(
        market=market,
        x=state.x.copy(),
        n=state.n.copy(),
        loads=state.loads.copy(),
        sums=market.limits.sums(state.n),
    )
    for workload in out[np.argsort(market.rank[out], kind="stable")].tolist():
        left = int(market.replicas[workload] - state.placed[workload])
        own = np.arange(market.first[workload], market.first[workload + 1])
        for candidate in own[np.argsort(reduced[own], kind="stable")].tolist():
            left -= room.take(candidate, left)
            if not left:
                break
    found = State.of(market, room.x, room.n)
    return found if found.holds and found.worth < state.worth else state


@dataclass(slots=True, kw_only=True)
class _Room:
    """What nodes and limits have left."""

    market: Market
    x: Ints
    n: Ints
    loads: Ints
    sums: Ints

    def take(self, candidate: int, wanted: int) -> int:
        """Place up to so many replicas, on nodes there are, then on new ones; return how many."""
        market, rows = self.market, self.market.rows
        supply = int(market.supply[candidate])
        own = slice(int(rows.first[supply]), int(rows.first[supply + 1]))
        takes = rows.takes[candidate, : own.stop - own.start]
        used = takes > 0
        wanted = min(wanted, int(market.limit[candidate] - self.x[candidate]))
        each = int((rows.room[own][used] // takes[used]).min(initial=wanted))
        if wanted <= 0 or not each:
            return 0
        free = rows.room[own] * self.n[supply] - self.loads[own]
        fits = min(wanted, max(0, int((free[used] // takes[used]).min(initial=wanted))))
        if fits < wanted:
            more = min(-(-(wanted - fits) // each), self._openable(supply))
            self._open(supply, more)
            free = free + rows.room[own] * more
            fits = min(wanted, max(0, int((free[used] // takes[used]).min(initial=wanted))))
        self.x[candidate] += fits
        self.loads[own] += takes * fits
        return fits

    def _openable(self, supply: int) -> int:
        """Return how many more nodes of a supply bounds and limits allow."""
        limits = self.market.limits
        entries = limits.order[limits.first[supply] : limits.first[supply + 1]]
        left = limits.most[limits.row[entries]] - self.sums[limits.row[entries]]
        weight = limits.weight[entries]
        most = int(self.market.most[supply] - self.n[supply])
        return max(0, int((left[weight > 0] // weight[weight > 0]).min(initial=most)))

    def _open(self, supply: int, nodes: int) -> None:
        limits = self.market.limits
        entries = limits.order[limits.first[supply] : limits.first[supply + 1]]
        np.add.at(self.sums, limits.row[entries], limits.weight[entries] * nodes)
        self.n[supply] += nodes

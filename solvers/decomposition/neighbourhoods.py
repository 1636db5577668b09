"""Which workloads are placed anew together."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from placement.formulation.milp import Floats, Ints
from placement.solvers.decomposition.state import State

__all__ = ["Nearness", "regional", "waste", "wasteful"]

FARTHER = 10.0  # reduced cost in units of ``dear`` up to which room that is there is worth a column


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearness:
    """Which candidates are near the best, by the prices of a relaxation.

    Parameters
    ----------
    reduced
        ``(C,)`` reduced costs.
    dear
        Reduced cost above which a candidate is not worth a column.
    """

    reduced: Floats
    dear: float

    def wanted(self, state: State, candidates: Ints) -> np.ndarray:
        """Return which candidates of some workloads are worth a column.

        Near ones, used ones, and farther ones where a node has room; all of a workload that has
        replicas left out.
        """
        market = state.market
        reduced = self.reduced[candidates]
        out = (state.placed < market.replicas)[market.workload[candidates]]
        found: np.ndarray = (
            (reduced <= self.dear)
            | (state.x[candidates] > 0)
            | (state.roomy[market.supply[candidates]] & (reduced <= FARTHER * self.dear))
            | out
        )
        return found


def regional(state: State, size: int) -> Iterator[Ints]:
    """Yield all workloads, neighbours by the supply that carries most of each."""
    market = state.market
    if not market.price.size:
        return
    main = _main_supply(state)
    order = np.lexsort((np.arange(main.size), main, market.region[main]))
    parts = max(1, round(order.size / size))
    for part in np.array_split(order, parts):
        if part.size:
            yield np.sort(part)


def _main_supply(state: State) -> Ints:
    """Return ``(W,)`` the supply that carries most of each workload; 0 where none does."""
    market = state.market
    there = state.used
    there = there[np.lexsort((there, -state.x[there], market.workload[there]))]
    workload, first = np.unique(market.workload[there], return_index=True)
    main = np.zeros(market.replicas.size, dtype=np.int64)
    main[workload] = market.supply[there[first]]
    return main


def waste(state: State, near: Nearness) -> Floats:
    """Return ``(W,)`` what each workload costs beyond what it is worth at the prices.

    Room that is paid for and empty is charged to the workloads on the supply by what they take;
    replicas left out count as the dearest price.
    """
    market, rows = state.market, state.market.rows
    used = np.zeros(market.price.size)
    np.maximum.at(used, rows.supply, state.loads / rows.room)
    empty = market.price * np.maximum(state.n - np.maximum(used, market.least), 0.0)
    there = state.used
    on = np.bincount(market.supply[there], minlength=market.price.size)
    share = empty / np.maximum(on, 1)
    found = np.zeros(market.replicas.size)
    np.add.at(
        found,
        market.workload[there],
        share[market.supply[there]] + np.maximum(near.reduced[there], 0.0) * state.x[there],
    )
    return found + (market.replicas - state.placed) * float(market.dearest)


def wasteful(state: State, near: Nearness, seed: int, size: int) -> Ints:
    """Return a workload and its neighbours: those that are where it could be, then theirs."""
    market = state.market
    there = state.used
    chosen = np.zeros(market.replicas.size, dtype=np.bool_)
    chosen[seed] = True
    edge = np.array([seed], dtype=np.int64)
    while edge.size and int(chosen.sum()) < size:
        candidates = market.candidates_of(edge)
        could = np.unique(market.supply[candidates[near.wanted(state, candidates)]])
        reach = np.zeros(market.price.size, dtype=np.bool_)
        reach[could] = True
        meets = there[reach[market.supply[there]]]
        count = np.bincount(market.workload[meets], minlength=chosen.size)
        count[chosen] = 0
        order = np.lexsort((np.arange(count.size), -count))
        edge = order[: min(size - int(chosen.sum()), int((count > 0).sum()))]
        chosen[edge] = True
    return np.flatnonzero(chosen)

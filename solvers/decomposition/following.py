"""A solution in a market that has changed: what still holds of it stays as it is."""

from dataclasses import replace

import numpy as np

from placement.formulation.milp import Floats, Ints
from placement.solvers.decomposition.market import Market
from placement.solvers.decomposition.shelf_room import Sizes
from placement.solvers.decomposition.state import State, within

__all__ = ["followed"]


def followed(state: State, market: Market, gone: np.ndarray, dear: Floats, sizes: Sizes) -> State:
    """Return a solution without what is lost, is no longer asked for, or is beyond a limit.

    Parameters
    ----------
    gone
        ``(S,)`` supplies that are lost.
    dear
        ``(C,)`` what a replica costs beyond what it is worth: of those that are too many, the
        dearest go.
    """
    x = np.zeros(market.workload.size, dtype=np.int64)
    x[: state.x.size] = state.x
    there = np.flatnonzero(x)
    x[there[gone[market.supply[there]]]] = 0
    placed = np.bincount(market.workload[there], weights=x[there], minlength=market.replicas.size)
    for workload in np.flatnonzero(placed > market.replicas).tolist():
        _reduced(x, market, workload, int(placed[workload] - market.replicas[workload]), dear)
    found = _with_extra(state, market, x)
    if not found.holds:
        found = _with_extra(state, market, within(market, x))
    if found.holds:
        return found
    crowded = np.zeros(market.price.size, dtype=np.bool_)
    limits = market.limits
    most = np.where(limits.added(found.n) > 0, limits.kept, limits.most)
    over = limits.sums(found.n) > most
    crowded[limits.supply[over[limits.row]]] = True
    crowded |= found.n > market.most
    x = found.x.copy()
    x[crowded[market.supply] & ~market.rows.exact[market.supply]] = 0
    left = State.of(market, x)
    return left if left.holds else State.of(market, within(market, x))


def _reduced(x: Ints, market: Market, workload: int, many: int, dear: Floats) -> None:
    own = np.arange(int(market.first[workload]), int(market.first[workload + 1]))
    own = own[x[own] > 0]
    for candidate in own[np.lexsort((own, -dear[own]))].tolist():
        given = min(many, int(x[candidate]))
        x[candidate] -= given
        many -= given


def _with_extra(state: State, market: Market, x: Ints) -> State:
    """Return the solution of some replicas; where they are as before, so are the extra nodes."""
    found = State.of(market, x)
    kept = np.flatnonzero(state.extra)
    if not kept.size:
        return found
    other = np.flatnonzero(x[: state.x.size] != state.x)
    same = np.ones(market.price.size, dtype=np.bool_)
    same[market.supply[other]] = False
    kept = kept[same[kept]]
    return replace(found).with_extra(kept, state.extra[kept])

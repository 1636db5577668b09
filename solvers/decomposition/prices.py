"""What rows are worth, with the signs that make a bound valid, and the bound (Lagrange)."""

from dataclasses import dataclass

import numpy as np

from placement.formulation.milp import Floats, Ints
from placement.solvers.decomposition.engine import Costs, Engine
from placement.solvers.decomposition.market import Market

__all__ = ["Prices"]

ROUNDING = 1e-13  # of the sum of all terms' sizes: what adding 10**6 of them can lose, and more


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Prices of all rows.

    Parameters
    ----------
    worth, room, limit, left
        ``(W,)`` of a replica; ``(Q,)`` of a node's share of a row, at least 0; ``(K,)`` of a
        limit; ``(ranks,)`` of leaving a replica out, at most 0.
    """

    worth: Floats
    room: Floats
    limit: Floats
    left: Floats

    @classmethod
    def of(cls, engine: Engine, costs: Costs) -> "Prices":
        """Return the prices in an engine's duals."""
        market = engine.market
        sizes = [market.replicas.size, market.rows.room.size, market.limits.most.size]
        worth, room, limit, left = np.split(engine.duals(), np.cumsum(sizes))
        floors = np.where(market.limits.least > 0, np.inf, 0.0)
        tops = np.where(market.limits.most < market.limits.NONE, -np.inf, 0.0)
        limit = np.clip(limit, tops, floors)
        implied = engine.plain[market.rows.supply]
        node = cls._node(market, costs, limit)[market.rows.supply]
        room = np.where(implied, node + np.maximum(-room, 0.0), room)
        return cls(worth=worth, room=np.maximum(room, 0.0), limit=limit, left=np.minimum(left, 0.0))

    @staticmethod
    def _node(market: Market, costs: Costs, limit: Floats) -> Floats:
        """Return ``(S,)`` what a node costs, limits included."""
        limits = market.limits
        found = costs.n.copy()
        np.add.at(found, limits.supply, -limit[limits.row] * limits.weight)
        return found

    def reduced(self, market: Market, shares: Floats, cost: Floats) -> Floats:
        """Return ``(C,)`` reduced costs of all candidates."""
        start, width = market.rows.first[market.supply], np.diff(market.rows.first)[market.supply]
        found: Floats = cost - self.worth[market.workload]
        for place in range(shares.shape[1]):
            if place == 0:
                found += shares[:, 0] * self.room[start]
                continue
            has = np.flatnonzero(width > place)
            found[has] += shares[has, place] * self.room[start[has] + place]
        return found

    def bound(self, market: Market, costs: Costs, reduced: Floats, left: Ints | None) -> float:
        """Return the least of the objective at these prices: no solution is below it."""
        replicas = market.replicas.astype(np.float64)
        cheapest = np.zeros(market.replicas.size)
        own = np.flatnonzero(np.diff(market.first))
        if own.size:
            cheapest[own] = np.minimum.reduceat(reduced, market.first[own])
        out = costs.u - self.worth - (0.0 if left is None else self.left[market.rank])
        node = self._node(market, costs, self.limit)
        np.add.at(node, market.rows.supply, -self.room)
        bounds = np.where(self.limit < 0, market.limits.most, market.limits.least)
        held = np.zeros(market.ranks) if left is None else left.astype(np.float64)
        terms = (
            self.worth * replicas,
            replicas * np.minimum(np.minimum(cheapest, 0.0), out),
            np.where(node > 0, node * market.least, node * market.most),
            self.limit * bounds,
            self.left * held,
        )
        total = sum(float(term.sum()) for term in terms)
        return total - ROUNDING * sum(float(np.abs(term).sum()) for term in terms)

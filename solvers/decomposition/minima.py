"""Nodes that pools must have at the least, whether replicas need them or not."""

import numpy as np

from placement.formulation.milp import Ints
from placement.solvers.decomposition.market import Market

__all__ = ["with_minima"]


def with_minima(market: Market, nodes: Ints) -> Ints:
    """Return nodes with what pools must have at the least, by the cheapest ones that limits allow.

    Where these leave too few for another pool, by those that run now before any is added.
    """
    limits = market.limits
    if (limits.sums(nodes) >= limits.least).all():
        return nodes
    by_price = np.lexsort((np.arange(nodes.size), market.price))
    found = _raised(market, nodes, by_price)
    if limits.holds(found):
        return found
    running_first = by_price[np.argsort(limits.closed[by_price], kind="stable")]
    return _raised(market, nodes, running_first)


def _raised(market: Market, nodes: Ints, order: Ints) -> Ints:
    """Return nodes with as many more of each supply, in order, as minima lack and limits allow."""
    limits = market.limits
    nodes, sums, added = nodes.copy(), limits.sums(nodes), limits.added(nodes) > 0
    floors = limits.least > 0
    lacking = np.zeros(nodes.size, dtype=np.bool_)
    lacking[limits.supply[(sums < limits.least)[limits.row]]] = True
    for supply in order[lacking[order]].tolist():
        entries = limits.order[limits.first[supply] : limits.first[supply + 1]]
        row, weight, new = limits.row[entries], limits.weight[entries], limits.new[entries]
        missing = int((limits.least[row] - sums[row])[floors[row]].max(initial=0))
        top = np.where(added[row] | new, limits.kept[row], limits.most[row])
        room = int(((top - sums[row]) // weight).min(initial=missing))
        more = max(0, min(missing, room, int(market.most[supply] - nodes[supply])))
        if more:
            nodes[supply] += more
            sums[row] += weight * more
            added[row[new]] = True
    return nodes

"""The nodes that ``min_nodes`` asks for, before anything else is bought."""

from collections import defaultdict

import numpy as np

from placement.problem import NodePool
from placement.solvers.greedy.ledger import Ledger
from placement.supply import Supply

__all__ = ["meet_minimums", "pool_key"]


def pool_key(supply: Supply) -> tuple[str, str]:
    """Return cluster and pool of a supply; nodes of no pool have an empty pool name."""
    return (supply.cluster.name, supply.pool.name if supply.pool else "")


def meet_minimums(ledger: Ledger) -> list[str]:
    """Open the nodes that minima ask for; return the pools that cannot get theirs.

    Only where a limit stands in the way are releasable nodes let go first, down to their own
    pools' minima.
    """
    short = _open_missing(ledger)
    if short:
        ledger.release(_surplus(ledger))
        short = _open_missing(ledger)
    return short


def _open_missing(ledger: Ledger) -> list[str]:
    """Open what is missing: pools with the fewest zones first, in each its cheapest zone first."""
    supplies = ledger.candidates.supplies
    growing: dict[tuple[str, str], list[tuple[float, int]]] = defaultdict(list)
    for place, supply in enumerate(supplies):
        if not supply.running:
            growing[pool_key(supply)].append((supply.price, place))
    have = _counts(ledger)
    wanting = [
        (len(growing[key]), key, pool.min_nodes - have[key])
        for key, pool in _pools(ledger).items()
        if pool.min_nodes > have[key]
    ]
    short = []
    for _, key, missing in sorted(wanting):
        left = missing
        for _, place in sorted(growing[key]):
            left -= ledger.open(place, left).size
        if left:
            short.append("/".join(key))
    return short


def _pools(ledger: Ledger) -> dict[tuple[str, str], NodePool]:
    clusters = ledger.candidates.problem.clusters
    return {(one.name, pool.name): pool for one in clusters for pool in one.node_pools}


def _counts(ledger: Ledger) -> dict[tuple[str, str], int]:
    """Return the nodes of each pool that run or have been opened, those let go left out."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    supplies, sizes = np.unique(ledger.supply, return_counts=True)
    for place, size in zip(supplies.tolist(), sizes.tolist(), strict=True):
        counts[pool_key(ledger.candidates.supplies[place])] += size
    for node in ledger.gone:
        counts[pool_key(ledger.candidates.supplies[int(ledger.supply[node])])] -= 1
    return counts


def _surplus(ledger: Ledger) -> list[int]:
    """Return the releasable nodes above their pools' minima, the dearest first."""
    supplies, pools, have = ledger.candidates.supplies, _pools(ledger), _counts(ledger)
    running = enumerate(ledger.supply[: ledger.running].tolist())
    idle = sorted(
        (-supplies[place].price, node, pool_key(supplies[place]))
        for node, place in running
        if supplies[place].releasable and supplies[place].pool is not None
    )
    surplus = []
    for _, node, key in idle:
        if have[key] > pools[key].min_nodes:
            have[key] -= 1
            surplus.append(node)
    return surplus

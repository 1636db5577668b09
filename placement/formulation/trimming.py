"""Nodes that a packing does not need, taken out of a solution."""

import numpy as np

from placement.formulation.milp import Ints
from placement.instance import Instance
from placement.packer import Fill

__all__ = ["trimmed"]


def trimmed(instance: Instance, n: Ints, fills: list[Fill]) -> Ints:
    """Return ``(S,)`` nodes of each supply: those with replicas, those that stay, and the minima.

    Fewer empty nodes harm no rule: what they weigh under limits falls, and a pool keeps its
    minimum, by the nodes that cost least.

    Parameters
    ----------
    n
        ``(S,)`` nodes of each supply.
    fills
        What is on them; supplies without replicas have none.
    """
    used = np.zeros(n.size, dtype=np.int64)
    for fill in fills:
        used[fill.supply] = sum(any(node) for node in fill.nodes)
    least = np.minimum(n, np.maximum(instance.least, used))
    for cap in instance.caps:
        if cap.family != "pool_minimum":
            continue
        missing = cap.bound - int(least[cap.supply].sum())
        for supply in sorted(cap.supply.tolist(), key=lambda s: (int(instance.price[s]), s)):
            more = min(max(0, missing), int(n[supply] - least[supply]))
            least[supply] += more
            missing -= more
    return least

"""What becomes of the nodes once a greedy rule has ended: kept, bought, let go, or not bought."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from placement.formulation.milp import Ints
from placement.solvers.greedy.ledger import Ledger
from placement.solvers.greedy.minimums import pool_key

__all__ = ["Ending"]

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Ending:
    """The nodes of a ledger to which nothing is added any more."""

    ledger: Ledger

    @cached_property
    def pools(self) -> tuple[list[tuple[str, str]], Ints]:
        """Return cluster and pool by number, in the order of their names; and each supply's.

        Nodes of no pool have an empty pool name.
        """
        keys = [pool_key(supply) for supply in self.ledger.candidates.supplies]
        ordered = sorted(set(keys))
        number = {key: place for place, key in enumerate(ordered)}
        return ordered, np.array([number[key] for key in keys], dtype=np.int64)

    @cached_property
    def loaded(self) -> Bools:
        """Return ``(N,)`` which nodes carry replicas."""
        loaded = np.zeros(self.ledger.supply.size, dtype=np.bool_)
        loaded[self.ledger.loads[:, 0]] = True
        return loaded

    @cached_property
    def dropped(self) -> Bools:
        """Return the empty nodes that are let go, or not bought after all: the dearest first.

        A pool keeps its ``min_nodes``.
        """
        ledger, (keys, pool_of) = self.ledger, self.pools
        supplies, supply = ledger.candidates.supplies, ledger.supply
        pooled = np.array([each.pool is not None for each in supplies], dtype=np.bool_)
        loose = np.array([not s.running or s.releasable for s in supplies], dtype=np.bool_)
        dropped = np.zeros(supply.size, dtype=np.bool_)
        dropped[list(ledger.gone)] = True
        counted = pooled[supply] & ~dropped
        planned = np.bincount(pool_of[supply[counted]], minlength=len(keys)).tolist()
        idle = np.flatnonzero(counted & loose[supply] & ~self.loaded)
        price = np.array([supplies[place].price for place in supply[idle].tolist()])
        idle = idle[np.argsort(-price, kind="stable")]
        for node, place in zip(idle.tolist(), supply[idle].tolist(), strict=True):
            pool, number = supplies[place].pool, int(pool_of[place])
            if pool is not None and planned[number] > pool.min_nodes:
                planned[number] -= 1
                dropped[node] = True
        return dropped

    @cached_property
    def shown(self) -> Bools:
        """Return the nodes that a plan shows: every one of a pool, and others with replicas."""
        ledger = self.ledger
        pooled = [supply.pool is not None for supply in ledger.candidates.supplies]
        shown = np.array(pooled, dtype=np.bool_)[ledger.supply] | self.loaded
        shown[ledger.running :] &= ~self.dropped[ledger.running :]
        return shown

    @cached_property
    def planned(self) -> Ints:
        """Return ``(S,)`` the nodes of each supply that a plan shows and does not let go."""
        supply = self.ledger.supply[self.shown & ~self.dropped]
        planned: Ints = np.bincount(supply, minlength=len(self.ledger.candidates.supplies))
        return planned

    @cached_property
    def names(self) -> list[str]:
        """Return the nodes' names; new ones are numbered within their pool and clash with none.

        A node that is not bought after all takes a number, though its name is never read.
        """
        ledger, (keys, pool_of) = self.ledger, self.pools
        names = [name for supply in ledger.candidates.supplies for name in supply.nodes]
        clusters = ledger.candidates.problem.clusters
        taken = {cluster.name: {node.name for node in cluster.nodes} for cluster in clusters}
        last = [0] * len(keys)
        new = slice(ledger.running, None)
        numbers, dropped = pool_of[ledger.supply[new]].tolist(), self.dropped[new].tolist()
        for number, nowhere in zip(numbers, dropped, strict=True):
            cluster, pool = keys[number]
            last[number] += 1
            while (name := f"{pool}-new-{last[number]}") in taken[cluster] and not nowhere:
                last[number] += 1
            names.append(name)
        return names

    def by_name(self, nodes: Ints) -> list[int]:
        """Return nodes by cluster, pool and name."""
        keys, pool_of = self.pools
        found: list[list[int]] = [[] for _ in keys]
        numbers = pool_of[self.ledger.supply[nodes]].tolist()
        for node, number in zip(nodes.tolist(), numbers, strict=True):
            found[number].append(node)
        name = self.names.__getitem__
        return [node for pool in found for node in sorted(pool, key=name)]

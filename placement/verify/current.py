"""What runs now, and how much of it a plan leaves where it is.

Of the replicas that ``current`` tells, those stay for which their place still has one. The most
that can stay do: first on the nodes that are named, then anywhere in the pools.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from placement.problem import Workload
from placement.verify.hosts import Placed, Site

__all__ = ["Movement", "Place", "Pool", "movement_of", "pool_of"]

Pool = tuple[str, str | None]
"""Cluster and node pool; None: nodes of no pool."""

Place = tuple[str, str | None, str | None]
"""Cluster, node pool and node; None: nodes of no pool, and any node of the pool."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """How the replicas of one workload move.

    Parameters
    ----------
    stays, leaves
        Replicas that run now, by the place that ``current`` tells.
    on_node
        Replicas that the plan has on each node; one where it has a part of one.
    in_pool
        Replicas that the plan has in each pool.
    scaled_down
        How many of those that leave are no longer asked for.
    """

    workload: Workload
    stays: Mapping[Place, int]
    leaves: Mapping[Place, int]
    on_node: Mapping[Place, int]
    in_pool: Mapping[Pool, int]
    scaled_down: int

    @property
    def moved(self) -> int:
        """Return how many replicas are taken away from where they are."""
        return sum(self.leaves.values()) - self.scaled_down

    def arrives(self, place: Place) -> int:
        """Return how many replicas the plan has at a place beyond those that stay there."""
        if place[2] is not None:
            return self.on_node.get(place, 0) - self.stays.get(place, 0)
        pool = place[:2]
        kept = sum(count for at, count in self.stays.items() if at[:2] == pool)
        return self.in_pool.get(pool, 0) - kept

    @property
    def arrivals(self) -> int:
        """Return how many replicas the plan has beyond those that stay."""
        return sum(self.in_pool.values()) - sum(self.stays.values())


def movement_of(workload: Workload, carriers: Iterable[Placed]) -> Movement:
    """Return how a workload moves that the plan has on these nodes, with so many replicas."""
    on_node: Counter[Place] = Counter()
    nodes_in: Counter[Pool] = Counter()
    for host, _, taken in carriers:
        pool = pool_of(host.site)
        on_node[*pool, host.row.name] += taken
        nodes_in[pool] += taken
    in_pool = {pool: taken // workload.nodes_per_replica for pool, taken in nodes_in.items()}
    left, stays, leaves = dict(in_pool), dict[Place, int](), dict[Place, int]()
    for row in sorted(workload.current, key=lambda row: row.node is None):
        pool = (row.cluster, row.node_pool)
        there = left.get(pool, 0)
        if row.node is not None:
            there = min(there, on_node[*pool, row.node])
        place = (*pool, row.node)
        stays[place] = min(row.replicas, there)
        leaves[place] = row.replicas - stays[place]
        left[pool] = left.get(pool, 0) - stays[place]
    ran = sum(row.replicas for row in workload.current)
    wanted = sum(in_pool.values()) if workload.load is not None else workload.replicas or 0
    return Movement(
        workload=workload,
        stays=stays,
        leaves=leaves,
        on_node=on_node,
        in_pool=in_pool,
        scaled_down=max(0, ran - wanted),
    )


def pool_of(site: Site) -> Pool:
    """Return the pool of a node."""
    return (site.cluster.name, None if site.pool is None else site.pool.name)

"""What the loss of a zone leaves of a cluster, its node pools and its nodes."""

from collections import Counter
from typing import TYPE_CHECKING

from placement.problem.fleet import Cluster, Node, NodePool
from placement.problem.offers import pool_zones

if TYPE_CHECKING:
    from placement.problem.problem import Problem

__all__ = ["cluster_without_zone", "zones_of"]


def zones_of(problem: "Problem", region: str) -> list[str]:
    """Return the zones that clusters, pools and nodes in a region state, ascending."""
    found: set[str] = set()
    for cluster in problem.clusters:
        if cluster.region == region:
            found.update(cluster.zones)
            found.update(zone for pool in cluster.node_pools for zone in pool.zones)
            found.update(node.zone for node in cluster.nodes if node.zone is not None)
    return sorted(found)


def cluster_without_zone(cluster: Cluster, zone: str) -> Cluster:
    """Return a cluster as it is once a zone is lost; it still lists the zone."""
    pools = {pool.name: pool for pool in cluster.node_pools}
    nodes = tuple(
        node
        for node in cluster.nodes
        if _zone_of(cluster, pools.get(node.node_pool or ""), node) != zone
    )
    ran = Counter(node.node_pool for node in cluster.nodes)
    runs = Counter(node.node_pool for node in nodes)
    left = []
    for pool in cluster.node_pools:
        fewer = {"min_nodes": min(pool.min_nodes, runs[pool.name])}
        zones = pool_zones(cluster, pool)
        if zone not in zones:  # nodes may run elsewhere than their pool's zones say
            lost = runs[pool.name] < ran[pool.name]
            left.append(pool.model_copy(update=fewer) if lost else pool)
        elif others := tuple(other for other in zones if other != zone):
            left.append(pool.model_copy(update={**fewer, "zones": others}))
        elif mine := [node for node in nodes if node.node_pool == pool.name]:
            elsewhere = tuple(sorted({node.zone for node in mine if node.zone is not None}))
            closed = {"zones": elsewhere, "max_nodes": len(mine)}  # they stay, none is added
            left.append(pool.model_copy(update={**fewer, **closed}))
    return cluster.model_copy(update={"node_pools": tuple(left), "nodes": nodes})


def _zone_of(cluster: Cluster, pool: NodePool | None, node: Node) -> str | None:
    """Return a node's zone: its own, else its pool's, if that has one only."""
    zones = pool_zones(cluster, pool) if pool is not None else ()
    return node.zone if node.zone is not None or len(zones) != 1 else zones[0]

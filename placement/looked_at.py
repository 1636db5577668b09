"""What workloads look at on nodes: the keys that group them, zones, labels, resources, names."""

from dataclasses import dataclass

from placement.problem import Problem, Workload
from placement.problem.labels import KNOWN, ZONE_LABELS
from placement.quantity import PODS

__all__ = ["LookedAt", "keys_of", "looked_at", "meaning", "preferred_zones", "wanted_zones"]


def keys_of(workload: Workload) -> tuple[str, ...]:
    """Return what a workload's rules group nodes by."""
    if not workload.spread and not workload.survive:
        return ()
    spread = (each.by for each in workload.spread)
    return (*spread, *(each.loss_of for each in workload.survive))


def meaning(key: str) -> str:
    """Return the word for what a well-known label says of a node; any other key as it is."""
    return KNOWN.get(key, key)


def preferred_zones(workload: Workload) -> frozenset[str]:
    """Return the zones in which a replica of a workload may cost less."""
    return frozenset(z for each in workload.preferences for z in each.cluster_affinity.zones)


def wanted_zones(problem: Problem) -> frozenset[str]:
    """Return the zones that some workload asks for; elsewhere a new node's zone does not matter."""
    wanted: set[str] = set()
    for workload in problem.workloads:
        wanted.update(workload.cluster_affinity.zones)
        wanted.update(v for k, v in workload.node_selector.items() if k in ZONE_LABELS)
        wanted.update(preferred_zones(workload))
        if "zone" in map(meaning, keys_of(workload)):
            wanted.update(zone for cluster in problem.clusters for zone in cluster.zones)
            pools = (pool for cluster in problem.clusters for pool in cluster.node_pools)
            wanted.update(zone for pool in pools for zone in pool.zones)
    return frozenset(wanted)


@dataclass(frozen=True, slots=True)
class LookedAt:
    """What tells running nodes apart: label keys, resources, and nodes that are named."""

    labels: frozenset[str]
    resources: frozenset[str]
    nodes: frozenset[tuple[str, str | None]]


def looked_at(problem: Problem) -> LookedAt:
    """Return what the workloads of a problem look at."""
    workloads = problem.workloads
    labels = {key for w in workloads for key in (*w.node_selector, *keys_of(w))}
    resources = {PODS, *(key for workload in workloads for key in workload.requests)}
    resources |= {kind.gpu.resource for kind in problem.instance_types if kind.gpu}
    named = {(row.cluster, row.node) for workload in workloads for row in workload.current}
    return LookedAt(frozenset(labels), frozenset(resources), frozenset(named))

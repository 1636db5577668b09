"""Which group a kind of node is in, by what the rules of workloads group nodes by."""

from collections.abc import Hashable, Sequence
from dataclasses import replace

import numpy as np

from placement.formulation.milp import Ints
from placement.looked_at import keys_of, meaning
from placement.problem import Workload
from placement.problem.offers import pool_zones
from placement.supply import Supply

__all__ = ["by_node", "group_of", "groups_of", "looks_at_nodes", "split", "undecided"]


def looks_at_nodes(workload: Workload) -> bool:
    """Return whether a rule of a workload tells single nodes apart."""
    return "node" in map(meaning, keys_of(workload))


def by_node(key: str) -> bool:
    """Return whether a key groups by single nodes."""
    return meaning(key) == "node"


def group_of(key: str, supply: Supply) -> Hashable | None:
    """Return the group of the nodes of a supply by a key, None where they lack the key.

    A node pool belongs to its cluster and a zone to its region: equal names elsewhere are other
    groups. By ``node`` a supply must be one node.
    """
    cluster, pool = supply.cluster, supply.pool
    match meaning(key):
        case "cluster":
            return cluster.name
        case "region":
            return cluster.region
        case "zone":
            return (cluster.region, supply.zone) if supply.zone else None
        case "provider":
            return supply.provider
        case "node":
            return (cluster.name, supply.nodes, id(supply))
        case "node_pool":
            return (cluster.name, pool.name) if pool else None
        case "instance_type":
            return supply.type_name
        case "capacity_type":
            return supply.capacity_type
        case "spot":
            return "spot" if supply.capacity_type == "spot" else None
        case label:
            return cluster.labels.get(label, supply.labels.get(label))


def groups_of(key: str, supplies: Sequence[Supply]) -> Ints:
    """Return ``(S,)`` the number of each supply's group, -1 where it lacks the key."""
    numbers: dict[Hashable, int] = {}
    found = []
    for supply in supplies:
        group = group_of(key, supply)
        found.append(-1 if group is None else numbers.setdefault(group, len(numbers)))
    return np.array(found, dtype=np.int64)


def undecided(supply: Supply) -> bool:
    """Return whether the zone of new nodes is left open among several."""
    if supply.running or supply.zone is not None or supply.pool is None:
        return False
    return bool(pool_zones(supply.cluster, supply.pool))


def split(supply: Supply, most: int) -> list[Supply]:
    """Return a supply as single nodes: each running one, or so many new ones and the rest."""
    if supply.running:
        return [replace(supply, nodes=(name,)) for name in supply.nodes]
    singles = [replace(supply, single=True) for _ in range(most)]
    return [*singles, replace(supply, bulk=True)]

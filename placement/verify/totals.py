"""The rules ``quota`` and ``cluster_limit``: totals that running and new nodes share.

What already runs over a quota or limit may stay; nothing that counts is added to it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from placement.problem import CapacityType, InstanceType, Quota
from placement.quantity import CPU, format_quantity
from placement.verify.case import Case
from placement.verify.hosts import full_size
from placement.verify.violation import Violation

__all__ = ["check_cluster_limits", "check_quotas", "cluster_weight", "quota_weight"]


def check_quotas(case: Case) -> Iterator[Violation]:
    """Yield quotas that pool nodes, running and new, exceed while nodes are added."""
    planned: Counter[_Sort] = Counter()
    bought: Counter[_Sort] = Counter()
    for each in case.pools:
        sort = (each.cluster.region, each.pool.instance_type, each.pool.capacity_type)
        planned[sort] += each.planned
        bought[sort] += each.added
    for quota in case.problem.quotas:
        total = added = 0
        for sort, nodes in planned.items():
            if nodes and _covers(quota, sort):
                weight = quota_weight(case.kinds[sort[1]], quota.resource)
                total += weight * nodes
                added += weight * bought[sort]
        if added and total > quota.limit:
            message = _says(total, added, quota.limit, quota.resource)
            yield Violation(rule="quota", where=f"quotas[{quota.name}]", message=message)


_Sort = tuple[str, str, CapacityType]
"""Region, instance type and capacity type."""


def _covers(quota: Quota, sort: _Sort) -> bool:
    """Return whether nodes of a pool count against a quota; what is left empty covers all."""
    region, instance_type, capacity_type = sort
    return (
        quota.region in {None, region}
        and (not quota.instance_types or instance_type in quota.instance_types)
        and (not quota.capacity_types or capacity_type in quota.capacity_types)
    )


def quota_weight(kind: InstanceType, resource: str) -> int:
    """Return what one node counts: itself, its vCPUs, or its full size of a resource."""
    if resource == "nodes":
        return 1
    if resource == "vcpus":
        return -(-kind.allocatable.get(CPU, 0) // 1000) if kind.vcpus is None else kind.vcpus
    return full_size(kind).get(resource, 0)


def check_cluster_limits(case: Case) -> Iterator[Violation]:
    """Yield cluster limits that all its nodes exceed while nodes are added.

    Nodes of no pool count whether the plan lists them or not, since no plan lets them go.
    """
    pools: defaultdict[str, list[tuple[dict[str, int], int, int]]] = defaultdict(list)
    for each in case.pools:
        size = full_size(case.kinds[each.pool.instance_type])
        pools[each.cluster.name].append((size, each.planned, each.added))
    for cluster in case.problem.clusters:
        loose = [node for node in cluster.nodes if node.node_pool is None]
        for resource, limit in cluster.limits.items():
            total = added = 0
            for size, planned, bought in pools[cluster.name]:
                weight = cluster_weight(size, resource)
                total += weight * planned
                added += weight * bought
            for node in loose:
                free = node.free if node.allocatable is None else node.allocatable
                total += cluster_weight(free, resource)
            if added and total > limit:
                where = f"{cluster.name}.limits.{resource}"
                message = _says(total, added, limit, resource)
                yield Violation(rule="cluster_limit", where=where, message=message)


def cluster_weight(size: Mapping[str, int], resource: str) -> int:
    """Return what a node of this size counts: itself, or its amount of a resource."""
    return 1 if resource == "nodes" else size.get(resource, 0)


def _says(total: int, added: int, limit: int, resource: str) -> str:
    total_, added_, limit_ = (
        str(n) if resource in {"nodes", "vcpus"} else format_quantity(n, resource)
        for n in (total, added, limit)
    )
    return f"{total_} of {resource}, {added_} of it new; the limit is {limit_}"

"""The rules ``quota`` and ``cluster_limit``: totals that running and new nodes share.

What already runs over a quota or limit may stay; nothing that counts is added to it.
"""

from collections.abc import Iterator, Mapping

from placement.problem import InstanceType, Quota
from placement.quantity import CPU, format_quantity
from placement.verify.case import Case
from placement.verify.hosts import Host, full_size
from placement.verify.violation import Violation

__all__ = ["check_cluster_limits", "check_quotas", "cluster_weight", "covers", "quota_weight"]


def check_quotas(case: Case) -> Iterator[Violation]:
    """Yield quotas that pool nodes, running and new, exceed while nodes are added."""
    for quota in case.problem.quotas:
        total = added = 0
        for host in case.hosts:
            if host.stays and host.kind and covers(quota, host):
                weight = quota_weight(host.kind, quota.resource)
                total += weight
                added += weight if host.new else 0
        if added and total > quota.limit:
            message = _says(total, added, quota.limit, quota.resource)
            yield Violation(rule="quota", where=f"quotas[{quota.name}]", message=message)


def covers(quota: Quota, host: Host) -> bool:
    """Return whether a pool's node counts against a quota; what is left empty covers all."""
    return (
        host.pool is not None
        and quota.region in {None, host.cluster.region}
        and (not quota.instance_types or host.pool.instance_type in quota.instance_types)
        and (not quota.capacity_types or host.pool.capacity_type in quota.capacity_types)
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
    for cluster in case.problem.clusters:
        pools = [case.in_pool.get((cluster.name, pool.name), ()) for pool in cluster.node_pools]
        hosts = [host for members in pools for host in members if host.stays]
        loose = [node for node in cluster.nodes if node.node_pool is None]
        for resource, limit in cluster.limits.items():
            added = sum(cluster_weight(host.size, resource) for host in hosts if host.new)
            total = sum(cluster_weight(host.size, resource) for host in hosts)
            for node in loose:
                size = node.free if node.allocatable is None else node.allocatable
                total += cluster_weight(size, resource)
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

"""The rule ``nodes``: the plan's nodes are the problem's, told as they are.

Each running node of a pool is listed once; a node of no pool while it carries replicas; a new one
belongs to a pool and is what that pool's nodes are.
"""

from collections import Counter
from collections.abc import Iterator

from placement.verify.case import Case
from placement.verify.hosts import Host
from placement.verify.offers import possible_zones
from placement.verify.violation import Violation

__all__ = ["check_nodes"]


def check_nodes(case: Case) -> Iterator[Violation]:
    """Yield nodes that are missing, unknown, or told otherwise than they are."""
    known = {id(host.row) for host in case.hosts}
    for position, row in enumerate(case.plan.nodes):
        if id(row) not in known:
            what = "node pool" if row.state == "new" else "running node"
            where = f"nodes[{position}] {row.cluster}/{row.name}"
            message = f"the problem has no such {what}"
            yield Violation(rule="nodes", where=where, message=message)
    yield from _listed(case)
    for host in case.hosts:
        yield from _as_it_is(host)
        if host.running is None:
            yield from _zone_of_new(case, host)


def _listed(case: Case) -> Iterator[Violation]:
    listed = Counter((host.cluster.name, host.row.name) for host in case.hosts if host.running)
    for cluster in case.problem.clusters:
        for node in cluster.nodes:
            times = listed[cluster.name, node.name]
            where = f"{cluster.name}/{node.name}"
            if node.node_pool is not None and times != 1:
                message = f"a running node must be listed once, not {times} times"
                yield Violation(rule="nodes", where=where, message=message)
    for host in case.hosts:
        if host.pool is None and host.running and not host.row.replicas:
            message = "a node of no pool is listed only while it carries replicas"
            yield Violation(rule="nodes", where=host.where, message=message)


def _as_it_is(host: Host) -> Iterator[Violation]:
    pool = None if host.pool is None else host.pool.name
    for field, says, truth in (
        ("node_pool", host.row.node_pool, pool),
        ("instance_type", host.row.instance_type, host.type_name),
        ("capacity_type", host.row.capacity_type, host.capacity_type),
        ("zone", host.row.zone, host.zone),
    ):
        if says != truth:
            message = f"{field} must be {truth!r}, not {says!r}"
            yield Violation(rule="nodes", where=host.where, message=message)


def _zone_of_new(case: Case, host: Host) -> Iterator[Violation]:
    assert host.pool is not None  # a new node without a pool is no host
    zones = possible_zones(host.cluster, host.pool)
    if host.zone is None:
        if len(set(zones)) == 1:
            message = f"zone must be {zones[0]!r}, the only one of its pool"
        elif zones and case.market.is_zonal(host.cluster, host.pool):
            message = "zone must be told, because offerings are by zone"
        else:
            return
    elif host.zone in zones:
        return
    else:
        message = f"zone {host.zone!r} is none of its pool's"
    yield Violation(rule="nodes", where=host.where, message=message)

"""The rule ``nodes``: the plan's nodes are the problem's, told as they are.

Each running node of a pool is listed once; a node of no pool while it carries replicas; a new one
belongs to a pool and is what that pool's nodes are.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from placement.verify.case import Case
from placement.verify.hosts import Host, Site
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
    zones: dict[Site, str] = {}
    for host in case.hosts:
        site = host.site
        if site not in zones:
            zones[site] = "" if site.running else _wrong_zone(case, site)
        for message in (*_untrue(host), *filter(None, [zones[site]])):
            yield Violation(rule="nodes", where=host.where, message=message)


def _listed(case: Case) -> Iterator[Violation]:
    listed = Counter((h.row.cluster, h.row.name) for h in case.hosts if h.site.running)
    for cluster in case.problem.clusters:
        for node in cluster.nodes:
            times = listed[cluster.name, node.name]
            if node.node_pool is not None and times != 1:
                where = f"{cluster.name}/{node.name}"
                message = f"a running node must be listed once, not {times} times"
                yield Violation(rule="nodes", where=where, message=message)
    for host in case.hosts:
        if host.site.pool is None and host.site.running and not host.row.replicas:
            message = "a node of no pool is listed only while it carries replicas"
            yield Violation(rule="nodes", where=host.where, message=message)


def _untrue(host: Host) -> Iterable[str]:
    """Return what a row tells otherwise than it is."""
    site, row = host.site, host.row
    pool = None if site.pool is None else site.pool.name
    told = (row.node_pool, row.instance_type, row.capacity_type, row.zone)
    truth = (pool, site.type_name, site.capacity_type, site.zone)
    if told == truth:
        return ()
    fields = ("node_pool", "instance_type", "capacity_type", "zone")
    return [
        f"{field} must be {true!r}, not {says!r}"
        for field, says, true in zip(fields, told, truth, strict=True)
        if says != true
    ]


def _wrong_zone(case: Case, site: Site) -> str:
    """Return what is wrong with the zone of a new node; empty where nothing is."""
    assert site.pool is not None  # a new node without a pool is no host
    zones = possible_zones(site.cluster, site.pool)
    if site.zone is not None:
        return "" if site.zone in zones else f"zone {site.zone!r} is none of its pool's"
    if len(set(zones)) == 1:
        return f"zone must be {zones[0]!r}, the only one of its pool"
    if zones and case.market.is_zonal(site.cluster, site.pool):
        return "zone must be told, because offerings are by zone"
    return ""

"""What if something is lost: a region, a zone, a cluster, a provider, an instance type.

What is lost takes its running nodes, its node pools (minima with them) and its offerings along.
Names stay: a lost cluster is still listed, without nodes and pools, so that whatever names it, its
region or its labels stays valid and simply finds nothing there. Nodes that are gone cost nothing.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from placement.errors import InputError, Issue, nearest, show
from placement.problem.catalog import InstanceType, Offering
from placement.problem.fleet import Cluster, Node, NodePool
from placement.problem.revised import check_known, revised
from placement.problem.workload import Workload
from placement.problem.zone_loss import cluster_without_zone, zones_of

if TYPE_CHECKING:
    from placement.problem.problem import Problem

__all__ = [
    "LossOf",
    "emptied",
    "losses",
    "without_cluster",
    "without_instance_type",
    "without_provider",
    "without_region",
    "without_zone",
]

LossOf: TypeAlias = Literal["region", "zone", "cluster", "provider"]


def without_region(problem: "Problem", name: str) -> "Problem":
    """Return the problem after the loss of a region: its clusters are empty, nothing is sold there.

    Raises
    ------
    InputError
        When no cluster and no offering is in such a region.
    """
    offered = {row.region for row in problem.offerings}
    check_known("region", name, offered | {cluster.region for cluster in problem.clusters})
    clusters = [emptied(c) if c.region == name else c for c in problem.clusters]
    return _left(problem, clusters, (row for row in problem.offerings if row.region != name))


def without_zone(problem: "Problem", region: str, zone: str) -> "Problem":
    """Return the problem after the loss of a zone of a region.

    Pools that reach into other zones go on there, with a minimum of no more than the nodes that
    still run in them; pools of this zone alone are gone. Nothing is in stock in the zone. Nodes and
    pools that state no zone stay, and so does stock that is stated for the region as a whole.

    Raises
    ------
    InputError
        When the region has no such zone.
    """
    check_known("region", region, (cluster.region for cluster in problem.clusters))
    check_known(f"zone of {region}", zone, zones_of(problem, region))
    clusters = [
        cluster_without_zone(c, zone) if c.region == region else c for c in problem.clusters
    ]
    # The row stays, with no stock: without any zonal row, the region's would hold in every zone.
    offerings = (
        row.model_copy(update={"stock": 0}) if (row.region, row.zone) == (region, zone) else row
        for row in problem.offerings
    )
    return _left(problem, clusters, offerings)


def without_cluster(problem: "Problem", name: str) -> "Problem":
    """Return the problem after the loss of a cluster; what its region sells goes to the others.

    Raises
    ------
    InputError
        When no cluster has this name.
    """
    check_known("cluster", name, (cluster.name for cluster in problem.clusters))
    clusters = [emptied(c) if c.name == name else c for c in problem.clusters]
    return _left(problem, clusters, problem.offerings)


def without_provider(problem: "Problem", name: str) -> "Problem":
    """Return the problem after the loss of a provider, wherever it is.

    A pool or node is of the provider that its cluster states, else of its instance type's.

    Raises
    ------
    InputError
        When nothing is of such a provider.
    """
    check_known("provider", name, _providers(problem))

    def is_gone(cluster: Cluster, type_name: str | None) -> bool:
        if cluster.provider is not None:
            return cluster.provider == name
        kind = problem.types.get(type_name) if type_name else None
        return kind is not None and kind.provider == name

    clusters = [
        emptied(c) if c.provider == name else _without_types(c, partial(is_gone, c))
        for c in problem.clusters
    ]
    return _left(problem, clusters, problem.offerings)


def without_instance_type(problem: "Problem", name: str) -> "Problem":
    """Return the problem without nodes of an instance type: none run, and none are sold.

    To leave those that run where they are, set the stock of its offerings to 0 instead.

    Raises
    ------
    InputError
        When no instance type has this name.
    """
    check_known("instance type", name, {*problem.types, *_stated(problem.clusters)})
    clusters = [_without_types(c, lambda t: t == name) for c in problem.clusters]
    return _left(problem, clusters, (row for row in problem.offerings if row.instance_type != name))


def losses(problem: "Problem", of: LossOf) -> tuple[tuple[str, "Problem"], ...]:
    """Return the problem after the loss of every single region, zone, cluster or provider.

    Returns
    -------
    By name (of a zone: ``region/zone``), ascending, the problem after that loss.

    Raises
    ------
    InputError
        When ``of`` is none of these, or the problem has none such.
    """
    match of:
        case "region":
            names = sorted({cluster.region for cluster in problem.clusters})
            found = [(name, without_region(problem, name)) for name in names]
        case "zone":
            regions = sorted({cluster.region for cluster in problem.clusters})
            pairs = [(region, zone) for region in regions for zone in zones_of(problem, region)]
            found = [(f"{r}/{zone}", without_zone(problem, r, zone)) for r, zone in pairs]
        case "cluster":
            names = sorted(cluster.name for cluster in problem.clusters)
            found = [(name, without_cluster(problem, name)) for name in names]
        case "provider":
            found = [(name, without_provider(problem, name)) for name in _providers(problem)]
        case _:
            known = get_args(LossOf)
            rule = f"must be one of {', '.join(known)}{nearest(str(of), known)}"
            raise InputError([Issue(path="of", rule=rule, value=show(of))])
    if not found:
        rule = f"the problem names no {of}, so none can be lost"
        raise InputError([Issue(path="of", rule=rule, value=show(of))])
    return tuple(found)


def _left(
    problem: "Problem", clusters: Iterable[Cluster], offerings: Iterable[Offering]
) -> "Problem":
    """Return the problem with what is left; types that only lost nodes stated keep their names."""
    clusters = tuple(clusters)
    gone = _stated(problem.clusters) - _stated(clusters) - set(problem.types)
    names = [InstanceType(name=name, allocatable={}) for name in sorted(gone)]
    workloads = tuple(_runs_on(workload, clusters) for workload in problem.workloads)
    return revised(
        problem,
        workloads=workloads,
        clusters=clusters,
        offerings=tuple(offerings),
        instance_types=(*problem.instance_types, *names),
    )


def _runs_on(workload: Workload, clusters: tuple[Cluster, ...]) -> Workload:
    """Return a workload of which only what runs in places that are left runs now."""
    places: set[tuple[str, str | None, str | None]] = set()
    for cluster in clusters:
        places |= {(cluster.name, pool.name, None) for pool in cluster.node_pools}
        for node in cluster.nodes:
            places |= {(cluster.name, node.node_pool, name) for name in (None, node.name)}
    left = tuple(
        row for row in workload.current if (row.cluster, row.node_pool, row.node) in places
    )
    if len(left) == len(workload.current):
        return workload
    price = workload.move_cost if left else 0.0  # of nothing, which would be warned of
    return workload.model_copy(update={"current": left, "move_cost": price})


def _stated(clusters: Iterable[Cluster]) -> set[str]:
    """Return the types that nodes of no pool state themselves."""
    nodes = (node for cluster in clusters for node in cluster.nodes)
    return {node.instance_type for node in nodes if node.instance_type is not None}


def emptied(cluster: Cluster) -> Cluster:
    """Return a cluster without pools and nodes."""
    return cluster.model_copy(update={"node_pools": (), "nodes": ()})


def _without_types(cluster: Cluster, is_gone: Callable[[str | None], bool]) -> Cluster:
    """Return a cluster without the pools and nodes of some types."""
    pools = {pool.name: pool for pool in cluster.node_pools}

    def type_of(node: Node) -> str | None:
        return pools[node.node_pool].instance_type if node.node_pool else node.instance_type

    kept: tuple[NodePool, ...] = tuple(p for p in pools.values() if not is_gone(p.instance_type))
    nodes = tuple(node for node in cluster.nodes if not is_gone(type_of(node)))
    return cluster.model_copy(update={"node_pools": kept, "nodes": nodes})


def _providers(problem: "Problem") -> list[str]:
    """Return the providers that clusters state or, where they state none, their pools' types."""
    found = {cluster.provider for cluster in problem.clusters}
    for cluster in problem.clusters:
        if cluster.provider is None:
            found |= {problem.types[pool.instance_type].provider for pool in cluster.node_pools}
    return sorted(name for name in found if name is not None)

"""The kinds of node that can carry replicas: classes of running nodes, and nodes to be bought."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from placement.problem import (
    Cluster,
    InstanceType,
    Node,
    NodePool,
    Offering,
    Problem,
    Taint,
    Workload,
)
from placement.problem.labels import (
    CAPACITY_LABELS,
    KNOWN,
    REGION_LABELS,
    TYPE_LABELS,
    ZONE_LABELS,
)
from placement.problem.offers import Offers, node_zone, pool_zones
from placement.problem.stock import UncertainStock
from placement.quantity import PODS

__all__ = ["Supply", "keys_of", "meaning", "most_new", "preferred_zones", "provider_of", "supplies"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """Nodes that are alike: in place, type, price, labels, taints and room.

    Parameters
    ----------
    cluster, pool, kind
        Where the nodes are and what they are; ``pool`` and ``kind`` are None where unknown.
    zone
        The nodes' zone, or None where it is unknown or not decided.
    price
        Per node and hour.
    interruption_rate
        Interruptions per node and hour, as its offering has it; 0 where there is none.
    room
        What replicas can use on one node, by resource, in base units; absent is 0 (``pods``
        absent is no limit).
    size
        What quotas and limits count for one node, by resource, in base units.
    nodes
        Names of the running nodes, ascending; empty where nodes are to be bought.
    single
        Whether this is one new node by itself, because a rule looks at single nodes.
    bulk
        Whether these are the further new nodes beside single ones, for workloads without such a
        rule.
    releasable
        Whether running nodes may be let go once empty.
    """

    cluster: Cluster
    provider: str | None
    pool: NodePool | None
    kind: InstanceType | None
    type_name: str | None
    capacity_type: str
    zone: str | None
    price: float
    room: Mapping[str, int]
    size: Mapping[str, int]
    labels: Mapping[str, str]
    taints: tuple[Taint, ...]
    nodes: tuple[str, ...] = ()
    releasable: bool = False
    interruption_rate: float = 0.0
    single: bool = False
    bulk: bool = False

    @property
    def running(self) -> bool:
        """Return whether these nodes run now."""
        return bool(self.nodes)

    @property
    def place(self) -> tuple[str, str, str, str, str]:
        """Return what an assignment row says of a place; unknown sorts before every name."""
        pool = self.pool.name if self.pool else ""
        return (self.cluster.name, pool, self.type_name or "", self.capacity_type, self.zone or "")

    def describe(self) -> str:
        """Return the place in words, for people."""
        where = f"{self.cluster.name}/{self.pool.name}" if self.pool else self.cluster.name
        zone = f" in {self.zone}" if self.zone else ""
        what = self.type_name or "nodes of unknown type"
        if not self.running:
            return f"new {what} ({self.capacity_type}){zone} in {where}"
        names = self.nodes[0] if len(self.nodes) == 1 else f"{self.nodes[0]}..{self.nodes[-1]}"
        return f"{what} {names}{zone} in {where}"


def supplies(problem: Problem) -> tuple[Supply, ...]:
    """Return every kind of node of the fleet, in the order of their names.

    Running nodes come before new ones of the same place, so that equal plans use what runs.
    """
    offers = Offers(problem.offerings)
    wanted = _wanted_zones(problem)
    looked_at = _looked_at(problem)
    found: list[Supply] = []
    for cluster in problem.clusters:
        found.extend(_running(problem, offers, cluster, looked_at))
        for pool in cluster.node_pools:
            found.extend(_new(problem, offers, cluster, pool, wanted))
    return tuple(sorted(found, key=lambda s: (*s.place, not s.running, s.nodes)))


def most_new(problem: Problem, supply: Supply) -> int:
    """Return the most nodes that stock and the pool let anybody buy of a kind of new node."""
    if supply.pool is None or supply.running:
        return len(supply.nodes)
    pool = supply.pool
    rows = problem.offers.of(supply.cluster.region, pool.instance_type, pool.capacity_type)
    bounds = [supply.pool.max_nodes]
    stocks = [rows[zone].stock for zone in (supply.zone, None) if zone in rows]
    bounds += [s.most if isinstance(s, UncertainStock) else s for s in stocks]
    return min((bound for bound in bounds if bound is not None), default=2**31)


def provider_of(problem: Problem, cluster: Cluster) -> str | None:
    """Return a cluster's provider: its own, else its node pools' types', if they agree."""
    if cluster.provider is not None:
        return cluster.provider
    stated = {problem.types[pool.instance_type].provider for pool in cluster.node_pools} - {None}
    return stated.pop() if len(stated) == 1 else None


def preferred_zones(workload: Workload) -> frozenset[str]:
    """Return the zones in which a replica of a workload may cost less."""
    return frozenset(z for each in workload.preferences for z in each.cluster_affinity.zones)


def _wanted_zones(problem: Problem) -> frozenset[str]:
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


def keys_of(workload: Workload) -> tuple[str, ...]:
    """Return what a workload's rules group nodes by."""
    spread = (each.by for each in workload.spread)
    return (*spread, *(each.loss_of for each in workload.survive))


def meaning(key: str) -> str:
    """Return the word for what a well-known label says of a node; any other key as it is."""
    return KNOWN.get(key, key)


@dataclass(frozen=True, slots=True)
class _LookedAt:
    """What tells running nodes apart: label keys, resources, and nodes that are named."""

    labels: frozenset[str]
    resources: frozenset[str]
    nodes: frozenset[tuple[str, str | None]]


def _looked_at(problem: Problem) -> _LookedAt:
    workloads = problem.workloads
    labels = {key for w in workloads for key in (*w.node_selector, *keys_of(w))}
    resources = {PODS, *(key for workload in workloads for key in workload.requests)}
    resources |= {kind.gpu.resource for kind in problem.instance_types if kind.gpu}
    named = {(row.cluster, row.node) for workload in workloads for row in workload.current}
    return _LookedAt(frozenset(labels), frozenset(resources), frozenset(named))


def _new(
    problem: Problem, offers: Offers, cluster: Cluster, pool: NodePool, wanted: frozenset[str]
) -> Iterator[Supply]:
    """Yield one supply for every zone (or the region) in which the pool can grow.

    Where the region alone has an offer, nodes are of no zone, but for zones that are wanted.
    """
    rows = offers.of(cluster.region, pool.instance_type, pool.capacity_type)
    kind = problem.types[pool.instance_type]
    zones = pool_zones(cluster, pool)
    offered: dict[str | None, Offering]
    if not zones:
        offered = {None: rows[None]} if None in rows else {}
    elif any(zone is not None for zone in rows):
        offered = {zone: rows[zone] for zone in zones if zone in rows}
    elif None in rows:
        decided = zones if len(zones) == 1 else (None, *(z for z in zones if z in wanted))
        offered = dict.fromkeys(decided, rows[None])
    else:
        offered = {}
    for zone, offer in offered.items():
        yield Supply(
            cluster=cluster,
            provider=provider_of(problem, cluster),
            pool=pool,
            kind=kind,
            type_name=kind.name,
            capacity_type=pool.capacity_type,
            zone=zone,
            price=offer.price,
            interruption_rate=offer.interruption_rate,
            room=kind.capacity,
            size=_counted(kind),
            labels=_labels(cluster, zone, kind.name, pool.capacity_type, pool.labels),
            taints=(*cluster.taints, *pool.taints),
        )


def _running(
    problem: Problem, offers: Offers, cluster: Cluster, looked_at: "_LookedAt"
) -> list[Supply]:
    """Return the running nodes of a cluster, those that are alike as one supply.

    Alike means: in what some workload selects by, is grouped by or asks for. Other labels (a host
    name, say) and other resources tell no two nodes apart. A node that a current placement names
    is one by itself.
    """
    pools = {pool.name: pool for pool in cluster.node_pools}
    alike: dict[tuple[object, ...], list[tuple[str, Supply]]] = {}
    for node in cluster.nodes:
        pool = pools[node.node_pool] if node.node_pool else None
        supply = _of_node(problem, offers, cluster, pool, node)
        key = (
            *supply.place,
            supply.price,
            supply.interruption_rate,
            supply.releasable,
            tuple(
                sorted(
                    (key, room) for key, room in supply.room.items() if key in looked_at.resources
                )
            ),
            tuple(sorted(supply.size.items())),
            tuple(sorted((key, v) for key, v in supply.labels.items() if key in looked_at.labels)),
            tuple(taint for taint in supply.taints if taint.effect != "PreferNoSchedule"),
            node.name if (cluster.name, node.name) in looked_at.nodes else "",
        )
        alike.setdefault(key, []).append((node.name, supply))
    return [_merged(group) for group in alike.values()]


def _merged(group: list[tuple[str, Supply]]) -> Supply:
    first = group[0][1]
    fields = {name: getattr(first, name) for name in Supply.__slots__}
    return Supply(**{**fields, "nodes": tuple(sorted(name for name, _ in group))})


def _of_node(
    problem: Problem, offers: Offers, cluster: Cluster, pool: NodePool | None, node: Node
) -> Supply:
    """Return a running node as a supply of its own; it inherits from its pool."""
    type_name = pool.instance_type if pool else node.instance_type
    kind = problem.types.get(type_name) if type_name else None
    zone = node_zone(cluster, pool, node)
    price = 0.0
    size: Mapping[str, int] = node.free if node.allocatable is None else node.allocatable
    capacity_type = node.capacity_type or "on-demand"
    labels, taints, rate = node.labels, node.taints, 0.0
    if pool is not None and kind is not None:
        rows = offers.of(cluster.region, pool.instance_type, pool.capacity_type)
        row = rows.get(zone, rows.get(None))
        rate = row.interruption_rate if row else 0.0
        price = offers.node_price(cluster, pool, node) or 0.0
        size = _counted(kind)
        capacity_type = pool.capacity_type
        labels, taints = {**pool.labels, **node.labels}, (*pool.taints, *node.taints)
    return Supply(
        cluster=cluster,
        provider=provider_of(problem, cluster),
        pool=pool,
        kind=kind,
        type_name=type_name,
        capacity_type=capacity_type,
        zone=zone,
        price=price,
        interruption_rate=rate,
        room=node.free,
        size=size,
        labels=_labels(cluster, zone, type_name, capacity_type, labels),
        taints=(*cluster.taints, *taints),
        nodes=(node.name,),
        releasable=node.releasable and pool is not None,  # nobody lets other nodes go
    )


def _counted(kind: InstanceType) -> dict[str, int]:
    """Return what limits and quotas count of one node: its capacity, and its vCPUs."""
    return {**kind.capacity, "vcpus": kind.quota_vcpus}


def _labels(
    cluster: Cluster,
    zone: str | None,
    type_name: str | None,
    capacity_type: str,
    own: Mapping[str, str],
) -> dict[str, str]:
    """Return a node's labels: its own, and the well-known ones, of which what is known wins."""
    known = dict.fromkeys(REGION_LABELS, cluster.region)
    known.update(dict.fromkeys(ZONE_LABELS, zone) if zone else {})
    known.update(dict.fromkeys(TYPE_LABELS, type_name) if type_name else {})
    known.update(dict.fromkeys(CAPACITY_LABELS, capacity_type))
    return {**own, **known}

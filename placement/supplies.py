"""Every kind of node of a fleet: classes of running nodes, and nodes that pools can grow by."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from placement.looked_at import LookedAt, looked_at, wanted_zones
from placement.problem import Cluster, InstanceType, Node, NodePool, Offering, Problem
from placement.problem.labels import CAPACITY_LABELS, REGION_LABELS, TYPE_LABELS, ZONE_LABELS
from placement.problem.offers import Offers, node_zone, pool_zones
from placement.supply import Supply, provider_of

__all__ = ["supplies"]


def supplies(problem: Problem) -> tuple[Supply, ...]:
    """Return every kind of node of the fleet, in the order of their names.

    Running nodes come before new ones of the same place, so that equal plans use what runs.
    """
    wanted = wanted_zones(problem)
    look = looked_at(problem)
    market = _Market.of(problem)
    found: list[Supply] = []
    for cluster in problem.clusters:
        provider = provider_of(problem, cluster)
        found.extend(_running(market, cluster, provider, look))
        for pool in cluster.node_pools:
            found.extend(_new(market, cluster, provider, pool, wanted))
    return tuple(sorted(found, key=lambda s: (*s.place, not s.nodes, s.nodes)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Market:
    """What can be bought, and by type what a node holds and what limits and quotas count of it."""

    offers: Offers
    types: Mapping[str, InstanceType]
    capacity: Mapping[str, Mapping[str, int]]
    counted: Mapping[str, Mapping[str, int]]

    @classmethod
    def of(cls, problem: Problem) -> "_Market":
        capacity = {kind.name: kind.capacity for kind in problem.instance_types}
        counted = {
            kind.name: {**capacity[kind.name], "vcpus": kind.quota_vcpus}
            for kind in problem.instance_types
        }
        return cls(offers=problem.offers, types=problem.types, capacity=capacity, counted=counted)


def _new(
    market: _Market,
    cluster: Cluster,
    provider: str | None,
    pool: NodePool,
    wanted: frozenset[str],
) -> Iterator[Supply]:
    """Yield one supply for every zone (or the region) in which the pool can grow.

    Where the region alone has an offer, nodes are of no zone, but for zones that are wanted.
    """
    rows = market.offers.of(cluster.region, pool.instance_type, pool.capacity_type)
    kind = market.types[pool.instance_type]
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
            provider=provider,
            pool=pool,
            kind=kind,
            type_name=kind.name,
            capacity_type=pool.capacity_type,
            zone=zone,
            price=offer.price,
            interruption_rate=offer.interruption_rate,
            room=market.capacity[kind.name],
            size=market.counted[kind.name],
            labels=_labels(cluster, zone, kind.name, pool.capacity_type, pool.labels),
            taints=(*cluster.taints, *pool.taints),
        )


def _running(
    market: _Market, cluster: Cluster, provider: str | None, look: LookedAt
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
        supply = _of_node(market, cluster, provider, pool, node)
        key = (
            *supply.place,
            supply.price,
            supply.interruption_rate,
            supply.releasable,
            tuple(
                sorted((key, room) for key, room in supply.room.items() if key in look.resources)
            ),
            tuple(sorted(supply.size.items())),
            tuple(sorted((key, v) for key, v in supply.labels.items() if key in look.labels)),
            tuple(taint for taint in supply.taints if taint.effect != "PreferNoSchedule"),
            node.name if (cluster.name, node.name) in look.nodes else "",
        )
        alike.setdefault(key, []).append((node.name, supply))
    return [_merged(group) for group in alike.values()]


def _merged(group: list[tuple[str, Supply]]) -> Supply:
    first = group[0][1]
    fields = {name: getattr(first, name) for name in Supply.__slots__}
    return Supply(**{**fields, "nodes": tuple(sorted(name for name, _ in group))})


def _of_node(
    market: _Market, cluster: Cluster, provider: str | None, pool: NodePool | None, node: Node
) -> Supply:
    """Return a running node as a supply of its own; it inherits from its pool."""
    type_name = pool.instance_type if pool else node.instance_type
    kind = market.types.get(type_name) if type_name else None
    zone = node_zone(cluster, pool, node)
    price = 0.0
    size: Mapping[str, int] = node.free if node.allocatable is None else node.allocatable
    capacity_type = node.capacity_type or "on-demand"
    labels, taints, rate = node.labels, node.taints, 0.0
    if pool is not None and kind is not None:
        rows = market.offers.of(cluster.region, pool.instance_type, pool.capacity_type)
        row = rows.get(zone, rows.get(None))
        rate = row.interruption_rate if row else 0.0
        price = market.offers.node_price(cluster, pool, node) or 0.0
        size = market.counted[kind.name]
        capacity_type = pool.capacity_type
        labels, taints = {**pool.labels, **node.labels}, (*pool.taints, *node.taints)
    return Supply(
        cluster=cluster,
        provider=provider,
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

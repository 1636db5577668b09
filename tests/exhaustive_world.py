"""A problem as bins: every node that runs and every kind of node that can be bought.

Written from the meaning of the problem alone; shares nothing with the library but its input models
and its memory room, so that the exhaustive search is a second opinion on everything else.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from placement.problem import Cluster, InstanceType, Node, NodePool, Problem
from tests.exhaustive_groups import Group
from tests.exhaustive_sizes import gpus_of
from tests.exhaustive_static import costs, kind_size, needs

__all__ = ["Bin", "Group", "bins_of", "gpus_of"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Bin:
    """One running node, or one kind of new node.

    Parameters
    ----------
    node
        The running node; None for a kind of new node, of which many can be bought.
    room
        What pods may use, by resource; ``pods`` absent means unlimited.
    needs
        What a replica of each workload that may be here takes, by workload key.
    stock
        Positions of the offerings whose stock one new node takes from.
    costs
        What a replica of each workload that may be here costs per hour beside the node, in all.
    risks
        The part of it that is the price of interruptions.
    labels
        Of the pool and the node.
    """

    cluster: Cluster
    pool: NodePool | None
    node: Node | None
    kind: InstanceType | None
    group: Group
    price: Decimal
    room: dict[str, int]
    needs: dict[str, dict[str, int]]
    stock: tuple[int, ...] = ()
    costs: dict[str, Decimal] = field(default_factory=dict)
    risks: dict[str, Decimal] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)


def bins_of(problem: Problem) -> list[Bin]:
    """Return the bins of a problem: running nodes, then kinds of new nodes, cluster by cluster."""
    kinds = {kind.name: kind for kind in problem.instance_types}
    found = []
    for cluster in problem.clusters:
        pools = {pool.name: pool for pool in cluster.node_pools}
        for node in cluster.nodes:
            found.append(_running(problem, cluster, pools.get(node.node_pool or ""), node, kinds))
        for pool in cluster.node_pools:
            found += _new_kinds(problem, cluster, pool, kinds[pool.instance_type])
    return found


def _rows(problem: Problem, cluster: Cluster, pool: NodePool) -> dict[str | None, int]:
    sort = (cluster.region, pool.instance_type, pool.capacity_type)
    return {
        row.zone: position
        for position, row in enumerate(problem.offerings)
        if (row.region, row.instance_type, row.capacity_type) == sort
    }


def _running(
    problem: Problem,
    cluster: Cluster,
    pool: NodePool | None,
    node: Node,
    kinds: dict[str, InstanceType],
) -> Bin:
    zone, price, rate = node.zone, Decimal(0), 0.0
    name, capacity_type = node.instance_type, node.capacity_type or "on-demand"
    if pool is not None:
        name, capacity_type = pool.instance_type, pool.capacity_type
        possible = sorted({*(pool.zones or cluster.zones)})
        if zone is None and len(possible) == 1:
            zone = possible[0]
        rows = _rows(problem, cluster, pool)
        if rows.keys() & {zone, None}:
            rate = problem.offerings[rows.get(zone, rows.get(None, -1))].interruption_rate
        if node.price is not None:
            price = Decimal(str(node.price))
        else:
            price = Decimal(str(problem.offerings[rows.get(zone, rows.get(None, -1))].price))
    group = (cluster.name, pool.name if pool else None, name, capacity_type, zone)
    labels = {**(pool.labels if pool else {}), **node.labels}
    taints = [*cluster.taints, *(pool.taints if pool else ()), *node.taints]
    money = costs(problem, cluster, group, rate)
    return Bin(
        cluster=cluster,
        pool=pool,
        node=node,
        kind=kinds.get(name or ""),
        group=group,
        price=price,
        room=node.free,
        needs=needs(problem, cluster, group, own=labels, taints=taints),
        costs={key: total for key, (total, _) in money.items()},
        risks={key: risk for key, (_, risk) in money.items()},
        labels=labels,
    )


def _new_kinds(problem: Problem, cluster: Cluster, pool: NodePool, kind: InstanceType) -> list[Bin]:
    """Return the kinds of new nodes of a pool, one a zone.

    A new node's zone is part of the plan where zones matter. Where the whole region has one price
    and the pool several zones, that is where some workload may be in the zone and nowhere else.
    """
    rows = _rows(problem, cluster, pool)
    zones = sorted({*(pool.zones or cluster.zones)})
    if zones and any(zone is not None for zone in rows):
        return [
            _new_kind(
                problem,
                cluster,
                pool,
                kind,
                zone=zone,
                rows=(rows[zone], rows.get(None, rows[zone])),
            )
            for zone in zones
            if zone in rows
        ]
    if None not in rows:
        return []
    wide = (rows[None],)
    if len(zones) == 1:
        return [_new_kind(problem, cluster, pool, kind, zone=zones[0], rows=wide)]
    anywhere = _new_kind(problem, cluster, pool, kind, zone=None, rows=wide)
    zonal = [_new_kind(problem, cluster, pool, kind, zone=zone, rows=wide) for zone in zones]
    asked = {workload.key for workload in problem.workloads if workload.most_replicas}
    return [anywhere, *(each for each in zonal if _differs(each, anywhere, asked))]


def _differs(each: Bin, anywhere: Bin, asked: set[str]) -> bool:
    """Return whether the zone of a new node matters to a workload that may be in it."""
    mine = each.needs.keys() & asked
    return mine != anywhere.needs.keys() & asked or any(
        each.costs[key] != anywhere.costs[key] for key in mine
    )


def _new_kind(
    problem: Problem,
    cluster: Cluster,
    pool: NodePool,
    kind: InstanceType,
    *,
    zone: str | None,
    rows: tuple[int, ...],
) -> Bin:
    """Return a kind of new node, priced by the first of its offerings."""
    group = (cluster.name, pool.name, kind.name, pool.capacity_type, zone)
    taints = [*cluster.taints, *pool.taints]
    money = costs(problem, cluster, group, problem.offerings[rows[0]].interruption_rate)
    open_zone = zone is None and len({*(pool.zones or cluster.zones)}) > 1
    return Bin(
        cluster=cluster,
        pool=pool,
        node=None,
        kind=kind,
        group=group,
        price=Decimal(str(problem.offerings[rows[0]].price)),
        room=kind_size(kind),
        needs=needs(problem, cluster, group, own=pool.labels, taints=taints, open_zone=open_zone),
        costs={key: total for key, (total, _) in money.items()},
        risks={key: risk for key, (_, risk) in money.items()},
        labels=pool.labels,
        stock=tuple(sorted({*rows})),
    )

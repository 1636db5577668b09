"""A problem as bins: every node that runs and every kind of node that can be bought.

Written from the meaning of the problem alone; shares nothing with the library but its input models
and its memory room, so that the exhaustive search is a second opinion on everything else.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain

from placement.problem import (
    Cluster,
    ClusterAffinity,
    InstanceType,
    Node,
    NodePool,
    Problem,
    Taint,
    Workload,
)
from tests.exhaustive_sizes import gpus_of
from tests.exhaustive_users import replica_cost, too_far

__all__ = ["Bin", "Group", "bins_of", "gpus_of", "kind_size"]

Group = tuple[str, str | None, str | None, str, str | None]
"""Cluster, node pool, instance type, capacity type and zone: what one assignment row names."""


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
        What a replica of each workload that may be here costs per hour beside the node.
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
    return Bin(
        cluster=cluster,
        pool=pool,
        node=node,
        kind=kinds.get(name or ""),
        group=group,
        price=price,
        room=node.free,
        needs=_needs(problem, cluster, group, labels=labels, taints=taints),
        costs=_costs(problem, cluster, group, rate),
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
    asked = {workload.key for workload in problem.workloads if workload.replicas}
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
    return Bin(
        cluster=cluster,
        pool=pool,
        node=None,
        kind=kind,
        group=group,
        price=Decimal(str(problem.offerings[rows[0]].price)),
        room=kind_size(kind),
        needs=_needs(problem, cluster, group, labels=pool.labels, taints=taints),
        costs=_costs(problem, cluster, group, problem.offerings[rows[0]].interruption_rate),
        stock=tuple(sorted({*rows})),
    )


def kind_size(kind: InstanceType) -> dict[str, int]:
    """Return what one node of a type has, by resource."""
    return kind.allocatable | ({kind.gpu.resource: kind.gpu.count} if kind.gpu else {})


def _needs(
    problem: Problem,
    cluster: Cluster,
    group: Group,
    *,
    labels: dict[str, str],
    taints: list[Taint],
) -> dict[str, dict[str, int]]:
    """Return what each workload takes here, leaving out those that may not be here."""
    _, _, type_name, capacity_type, zone = group
    kind = next((each for each in problem.instance_types if each.name == type_name), None)
    known = {
        "topology.kubernetes.io/region": cluster.region,
        "failure-domain.beta.kubernetes.io/region": cluster.region,
        "topology.kubernetes.io/zone": zone,
        "failure-domain.beta.kubernetes.io/zone": zone,
        "node.kubernetes.io/instance-type": type_name,
        "beta.kubernetes.io/instance-type": type_name,
        "karpenter.sh/capacity-type": capacity_type,
    }
    labels = labels | {key: value for key, value in known.items() if value is not None}
    gpu_model = kind.gpu.model if kind and kind.gpu else None
    found = {}
    for workload in problem.workloads:
        gpus = gpus_of(problem, workload, kind)
        if (
            gpus is None
            or capacity_type not in workload.capacity_types
            or not workload.node_selector.items() <= labels.items()
            or not all(_tolerated(workload, taint) for taint in taints)
            or not _in_lists(workload.instance_types.allow, workload.instance_types.deny, type_name)
            or not _in_lists(workload.gpu_models.allow, workload.gpu_models.deny, gpu_model)
            or not _attracted(problem, workload.cluster_affinity, cluster, zone)
            or too_far(problem, workload, cluster)
        ):
            continue
        need = {**workload.requests, "pods": 1}
        if workload.model is not None and kind and kind.gpu:
            need[kind.gpu.resource] = gpus
        found[workload.key] = need
    return found


def _costs(problem: Problem, cluster: Cluster, group: Group, rate: float) -> dict[str, Decimal]:
    """Return what a replica of each workload costs here beside its node."""
    _, _, _, capacity_type, zone = group
    return {
        workload.key: replica_cost(
            problem,
            workload,
            cluster.region,
            rate if capacity_type == "spot" else 0.0,
            attracts=lambda wish: _attracted(problem, wish, cluster, zone),
        )
        for workload in problem.workloads
    }


def _tolerated(workload: Workload, taint: Taint) -> bool:
    return taint.effect == "PreferNoSchedule" or any(
        each.effect in {"", taint.effect}
        and each.key in {"", taint.key}
        and (each.operator == "Exists" or each.value == taint.value)
        for each in workload.tolerations
    )


def _in_lists(allow: tuple[str, ...], deny: tuple[str, ...], name: str | None) -> bool:
    return name not in deny and (name in allow if allow else True)


def _attracted(problem: Problem, wish: ClusterAffinity, cluster: Cluster, zone: str | None) -> bool:
    provider = cluster.provider
    if provider is None:
        used = [pool.instance_type for pool in cluster.node_pools]
        told = {k.provider for k in problem.instance_types if k.name in used and k.provider}
        provider = next(iter(told)) if len(told) == 1 else None
    expressions = [
        {
            "In": cluster.labels.get(part.key) in part.values,
            "NotIn": cluster.labels.get(part.key) not in part.values,
            "Exists": part.key in cluster.labels,
            "DoesNotExist": part.key not in cluster.labels,
        }[part.operator]
        for part in wish.label_selector.match_expressions
    ]
    return all(
        chain(
            expressions,
            [
                wish.label_selector.match_labels.items() <= cluster.labels.items(),
                not wish.cluster_names or cluster.name in wish.cluster_names,
                cluster.name not in wish.exclude,
                not wish.regions or cluster.region in wish.regions,
                not wish.providers or provider in wish.providers,
                not wish.zones or zone in wish.zones,
            ],
        )
    )

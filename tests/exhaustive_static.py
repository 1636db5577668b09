"""Where each workload may be at all, for the exhaustive search, and what a replica costs there."""

from decimal import Decimal
from itertools import chain

from placement.problem import (
    Cluster,
    ClusterAffinity,
    InstanceType,
    Problem,
    Taint,
    Workload,
)
from tests.exhaustive_groups import Group, group_of, provider_of, word_of
from tests.exhaustive_sizes import gpus_of
from tests.exhaustive_users import replica_cost, too_far

__all__ = ["costs", "kind_size", "needs"]


def kind_size(kind: InstanceType) -> dict[str, int]:
    """Return what one node of a type has, by resource."""
    return kind.allocatable | ({kind.gpu.resource: kind.gpu.count} if kind.gpu else {})


def needs(
    problem: Problem,
    cluster: Cluster,
    group: Group,
    *,
    own: dict[str, str],
    taints: list[Taint],
    open_zone: bool = False,
) -> dict[str, dict[str, int]]:
    """Return what each workload takes here, leaving out those that may not be here.

    ``own`` are labels of the pool and the node; ``open_zone`` says of a new node that its zone is
    one of several, which the plan does not tell.
    """
    kind = next((each for each in problem.instance_types if each.name == group[2]), None)
    labels = own | _known_labels(cluster, group)
    found = {}
    for workload in problem.workloads:
        gpus = gpus_of(problem, workload, kind)
        if (
            gpus is None
            or not _admitted(workload, kind, group)
            or not workload.node_selector.items() <= labels.items()
            or not all(_tolerated(workload, taint) for taint in taints)
            or not _attracted(problem, workload.cluster_affinity, cluster, group[4])
            or too_far(problem, workload, cluster)
            or any(not group_of(problem, cluster, group, own, s.by) for s in workload.spread)
            or (open_zone and _asks_for_zones(workload))
        ):
            continue
        need = {**workload.requests, "pods": 1}
        if workload.model is not None and kind and kind.gpu:
            need[kind.gpu.resource] = gpus
        found[workload.key] = need
    return found


def _known_labels(cluster: Cluster, group: Group) -> dict[str, str]:
    _, _, type_name, capacity_type, zone = group
    known = {
        "topology.kubernetes.io/region": cluster.region,
        "failure-domain.beta.kubernetes.io/region": cluster.region,
        "topology.kubernetes.io/zone": zone,
        "failure-domain.beta.kubernetes.io/zone": zone,
        "node.kubernetes.io/instance-type": type_name,
        "beta.kubernetes.io/instance-type": type_name,
        "karpenter.sh/capacity-type": capacity_type,
    }
    return {key: value for key, value in known.items() if value is not None}


def _admitted(workload: Workload, kind: InstanceType | None, group: Group) -> bool:
    """Return whether the type and the capacity type of a node are allowed."""
    gpu_model = kind.gpu.model if kind and kind.gpu else None
    return (
        group[3] in workload.capacity_types
        and _in_lists(workload.instance_types.allow, workload.instance_types.deny, group[2])
        and _in_lists(workload.gpu_models.allow, workload.gpu_models.deny, gpu_model)
        and (workload.load is None or group[2] in workload.load.per_replica)
    )


def _asks_for_zones(workload: Workload) -> bool:
    keys = [each.by for each in workload.spread] + [each.loss_of for each in workload.survive]
    return any(word_of(key) == "zone" for key in keys)


def costs(
    problem: Problem, cluster: Cluster, group: Group, rate: float
) -> dict[str, tuple[Decimal, Decimal]]:
    """Return what a replica of each workload costs here beside its node: in all, and its risk."""
    found = {}
    for workload in problem.workloads:

        def cost(risk: float, workload: Workload = workload) -> Decimal:
            return replica_cost(
                problem,
                workload,
                cluster.region,
                risk,
                attracts=lambda wish: _attracted(problem, wish, cluster, group[4]),
            )

        without = cost(0.0)
        whole = cost(rate) if rate and group[3] == "spot" else without
        found[workload.key] = (whole, whole - without)
    return found


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
    provider = provider_of(problem, cluster)
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

"""What a generated fleet of any size runs: a greedy plan of each region for itself.

One greedy plan of all regions together would hold every possible pair in memory at once.
"""

from collections import defaultdict
from collections.abc import Set
from random import Random

from placement import Plan, Problem
from placement.problem import Cluster, Workload
from placement.problem.revised import revised
from placement.solvers.greedy import BASELINES

__all__ = ["running_plan"]


def running_plan(problem: Problem, seed: int) -> Plan:
    """Return what ``cheapest`` places where each workload may use one region, drawn at random."""
    random = Random(seed)
    homes: dict[str, list[Workload]] = defaultdict(list)
    known: dict[str, list[str]] = {}
    for workload in problem.workloads:
        key = workload.cluster_affinity.model_dump_json()
        if key not in known:
            known[key] = [c.region for c in problem.clusters if _may_run(workload, c)]
        if known[key]:
            homes[random.choice(known[key])].append(workload)
    plans = [_region_plan(problem, region, homes[region]) for region in sorted(homes)]
    return Plan(
        status="feasible",
        currency=problem.currency,
        cost_per_hour=sum(plan.cost_per_hour for plan in plans),
        assignments=tuple(row for plan in plans for row in plan.assignments),
        nodes=tuple(node for plan in plans for node in plan.nodes),
    )


def _may_run(workload: Workload, cluster: Cluster) -> bool:
    """Return whether a workload may run in a cluster, as far as generated fleets bind them."""
    wanted = workload.cluster_affinity
    labels = wanted.label_selector.match_labels
    return (
        cluster.name not in wanted.exclude
        and (not wanted.cluster_names or cluster.name in wanted.cluster_names)
        and labels.items() <= cluster.labels.items()
    )


def _region_plan(problem: Problem, region: str, workloads: list[Workload]) -> Plan:
    clusters = tuple(c for c in problem.clusters if c.region == region)
    names = {cluster.name for cluster in clusters}
    part = revised(
        problem,
        clusters=clusters,
        offerings=tuple(row for row in problem.offerings if row.region == region),
        quotas=tuple(quota for quota in problem.quotas if quota.region == region),
        workloads=tuple(_narrowed(workload, names) for workload in workloads),
    )
    return BASELINES["cheapest"](part)


def _narrowed(workload: Workload, names: Set[str]) -> Workload:
    """Return a workload that names none but some clusters."""
    wanted = workload.cluster_affinity
    kept = {
        "cluster_names": tuple(name for name in wanted.cluster_names if name in names),
        "exclude": tuple(name for name in wanted.exclude if name in names),
    }
    return workload.model_copy(update={"cluster_affinity": wanted.model_copy(update=kept)})

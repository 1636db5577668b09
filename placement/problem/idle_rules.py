"""Rules and prices about spot and providers that nothing of the fleet can be meant by."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from placement.problem.fleet import Cluster

if TYPE_CHECKING:
    from placement.problem.problem import Problem

__all__ = ["idle_warnings"]


def idle_warnings(problem: "Problem") -> Iterator[str]:
    """Yield shares and prices of spot that change nothing, and losses that spare a cluster."""
    for workload in problem.workloads:
        if 0 < workload.max_spot_fraction < 1 and "spot" not in workload.capacity_types:
            yield f"{workload.key}: max_spot_fraction changes nothing: spot is not allowed at all"
    rated = {row.capacity_type for row in problem.offerings if row.interruption_rate}
    if rated - {"spot"}:
        yield "interruption_rate changes nothing where an offering is not of spot"
    if problem.objective.spot_interruption_cost and "spot" not in rated:
        said = "no offering of spot states an interruption_rate"
        yield f"objective.spot_interruption_cost changes nothing: {said}"
    losses = {loss.loss_of for workload in problem.workloads for loss in workload.survive}
    for cluster in problem.clusters:
        if "provider" in losses and _of_several(problem, cluster):
            said = (
                "is of no provider, as its node pools are of several; no survive counts it as lost"
            )
            yield f"cluster {cluster.name} {said}"


def _of_several(problem: "Problem", cluster: Cluster) -> bool:
    """Return whether a cluster states no provider, and its node pools' types have several."""
    types = {problem.types[pool.instance_type].provider for pool in cluster.node_pools}
    return cluster.provider is None and len(types - {None}) > 1

"""Whose each cluster is."""

from collections.abc import Mapping

from placement.problem import Problem

__all__ = ["providers_of"]


def providers_of(problem: Problem) -> Mapping[str, str | None]:
    """Return each cluster's provider by its name: stated, else what its pools' types agree on."""
    said = {kind.name: kind.provider for kind in problem.instance_types}
    found: dict[str, str | None] = {}
    for cluster in problem.clusters:
        agreed = {said.get(pool.instance_type) for pool in cluster.node_pools}
        agreed.discard(None)  # a type that states none contradicts nobody
        only = agreed.pop() if len(agreed) == 1 else None
        found[cluster.name] = only if cluster.provider is None else cluster.provider
    return found

"""The rule ``cluster_affinity``: which clusters and zones a workload may use."""

from collections.abc import Iterator, Mapping

from placement.problem import (
    Cluster,
    ClusterAffinity,
    LabelSelector,
    MatchExpression,
    Problem,
    Workload,
)
from placement.verify.case import Case
from placement.verify.hosts import Host
from placement.verify.refusals import refused
from placement.verify.violation import Violation

__all__ = ["check_cluster_affinity", "not_meant", "outside", "provider_of"]


def check_cluster_affinity(case: Case) -> Iterator[Violation]:
    """Yield replicas in clusters or zones that their workload excludes or does not name."""
    yield from refused(case, "cluster_affinity", not_meant)


def not_meant(case: Case, host: Host, workload: Workload) -> Iterator[str]:
    """Yield the parts of a workload's affinity that a node does not meet."""
    for what in outside(case.problem, workload.cluster_affinity, host):
        yield f"{workload.key} may not be here: cluster_affinity.{what}"


def outside(problem: Problem, rule: ClusterAffinity, host: Host) -> Iterator[str]:
    """Yield the parts of an affinity that a node does not meet."""
    cluster = host.cluster
    for holds, what in (
        (not rule.cluster_names or cluster.name in rule.cluster_names, "cluster_names"),
        (cluster.name not in rule.exclude, "exclude"),
        (_selects(rule.label_selector, cluster.labels), "label_selector"),
        (not rule.providers or provider_of(problem, cluster) in rule.providers, "providers"),
        (not rule.regions or cluster.region in rule.regions, "regions"),
        (not rule.zones or host.zone in rule.zones, "zones"),
    ):
        if not holds:
            yield what


def provider_of(problem: Problem, cluster: Cluster) -> str | None:
    """Return a cluster's provider: stated, else what its pools' types agree on."""
    if cluster.provider is not None:
        return cluster.provider
    used = {pool.instance_type for pool in cluster.node_pools}
    said = {kind.provider for kind in problem.instance_types if kind.name in used}
    said.discard(None)  # a type that states none contradicts nobody
    return said.pop() if len(said) == 1 else None


def _selects(selector: LabelSelector, labels: Mapping[str, str]) -> bool:
    """Return whether a Kubernetes label selector matches; an empty one matches all.

    Source: Kubernetes API reference, ``LabelSelector`` (v1.36); ``NotIn`` also matches where the
    key is absent (apimachinery, labels.Requirement.Matches).
    """
    if any(labels.get(key) != value for key, value in selector.match_labels.items()):
        return False
    return all(_expression_holds(part, labels) for part in selector.match_expressions)


def _expression_holds(part: MatchExpression, labels: Mapping[str, str]) -> bool:
    if part.operator == "Exists":
        return part.key in labels
    if part.operator == "DoesNotExist":
        return part.key not in labels
    inside = part.key in labels and labels[part.key] in part.values
    return inside if part.operator == "In" else not inside

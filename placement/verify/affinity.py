"""The rule ``cluster_affinity``: which clusters and zones a workload may use."""

from collections.abc import Iterator, Mapping

from placement.problem import (
    ClusterAffinity,
    LabelSelector,
    MatchExpression,
    Workload,
)
from placement.verify.case import Case
from placement.verify.hosts import Site
from placement.verify.refusals import refused
from placement.verify.violation import Violation

__all__ = ["check_cluster_affinity", "not_meant", "outside"]


def check_cluster_affinity(case: Case) -> Iterator[Violation]:
    """Yield replicas in clusters or zones that their workload excludes or does not name."""
    yield from refused(case, "cluster_affinity", not_meant)


def not_meant(case: Case, site: Site, workload: Workload) -> Iterator[str]:
    """Yield the parts of a workload's affinity that a node does not meet."""
    for what in outside(case, workload.cluster_affinity, site):
        yield f"{workload.key} may not be here: cluster_affinity.{what}"


def outside(case: Case, rule: ClusterAffinity, site: Site) -> Iterator[str]:
    """Yield the parts of an affinity that a node does not meet."""
    cluster = site.cluster
    if rule.cluster_names and cluster.name not in rule.cluster_names:
        yield "cluster_names"
    if cluster.name in rule.exclude:
        yield "exclude"
    if not _selects(rule.label_selector, cluster.labels):
        yield "label_selector"
    if rule.providers and case.providers[cluster.name] not in rule.providers:
        yield "providers"
    if rule.regions and cluster.region not in rule.regions:
        yield "regions"
    if rule.zones and site.zone not in rule.zones:
        yield "zones"


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

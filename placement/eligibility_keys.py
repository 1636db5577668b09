"""What the static rules look at of a workload, as keys; None where a rule asks nothing."""

from collections.abc import Hashable

from placement.groups import looks_at_nodes
from placement.problem import ClusterAffinity, Workload

__all__ = ["affinity_key", "spread_key", "types_key", "users_key"]


def affinity_key(wanted: ClusterAffinity) -> Hashable:
    """Return all that an affinity to clusters says."""
    selector = wanted.label_selector
    lists = (wanted.cluster_names, wanted.exclude, wanted.providers, wanted.regions, wanted.zones)
    terms = [(term.key, term.operator, term.values) for term in selector.match_expressions]
    key = (*lists, tuple(selector.match_labels.items()), tuple(terms))
    return key if any(key) else None


def types_key(workload: Workload) -> Hashable:
    """Return the types and GPUs that are allowed and denied."""
    types, models = workload.instance_types, workload.gpu_models
    key = (types.allow, types.deny, models.allow, models.deny)
    return key if any(key) else None


def users_key(workload: Workload) -> Hashable:
    """Return what decides whether a region is near enough to the users, and reached at all."""
    users = workload.users
    if not users.needs_latency and not users.needs_egress:
        return None
    return (tuple(users.regions.items()), users.max_ms, users.needs_latency, users.needs_egress)


def spread_key(workload: Workload) -> Hashable:
    """Return what a workload is spread by, and whether its rules look at single nodes."""
    key = (looks_at_nodes(workload), *(each.by for each in workload.spread))
    return key if any(key) else None

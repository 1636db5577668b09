"""Karmada's placement to fields of a workload: what can be said, is; the rest is named.

Source: Karmada ``pkg/apis/policy/v1alpha1/propagation_types.go`` and ``pkg/scheduler/core``
(v1.18); ACK One's placement is the same.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from pydantic import Field, model_validator

from placement.adapters.documents import Document
from placement.adapters.findings import Findings
from placement.adapters.karmada_affinity import Affinity, affinity_fields
from placement.adapters.known_clusters import KnownCluster
from placement.adapters.wire import Closed
from placement.errors import nearest

__all__ = ["Placement", "placement_of"]

_AT = "spec.placement"


class _Overflow(Affinity):
    affinity_name: str = ""


class _Term(_Overflow):
    overflow_affinities: list[_Overflow] = Field(default_factory=list)


class _Spread(Closed):
    spread_by_field: Literal["", "cluster", "region", "zone", "provider"] = ""
    spread_by_label: str = ""
    min_groups: int = Field(default=0, ge=0)
    max_groups: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _agrees(self) -> "_Spread":
        if self.spread_by_field and self.spread_by_label:
            raise ValueError("must have spreadByField or spreadByLabel, not both")
        if 0 < self.max_groups < self.min_groups:
            raise ValueError("maxGroups must not be below minGroups")
        return self


class _StaticWeight(Closed):
    target_cluster: Affinity = Affinity()
    weight: int = Field(default=1, ge=1)


class _Weights(Closed):
    static_weight_list: list[_StaticWeight] = Field(default_factory=list)
    dynamic_weight: Literal["", "AvailableReplicas"] = ""


class _Replicas(Closed):
    replica_scheduling_type: Literal["Divided", "Duplicated"] = "Divided"
    replica_division_preference: Literal["", "Aggregated", "Weighted"] = ""
    weight_preference: _Weights | None = None


class Placement(Closed):
    """A policy's rules for where replicas go."""

    cluster_affinity: Affinity | None = None
    cluster_affinities: list[_Term] = Field(default_factory=list)
    cluster_tolerations: list[dict[str, Any]] = Field(default_factory=list)
    spread_constraints: list[_Spread] = Field(default_factory=list)
    replica_scheduling: _Replicas | None = None
    workload_affinity: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_affinity(self) -> "Placement":
        if self.cluster_affinity is not None and self.cluster_affinities:
            raise ValueError("must have clusterAffinity or clusterAffinities, not both")
        return self

    @property
    def weights(self) -> list[_StaticWeight]:
        """Return the static weights that Karmada would divide by; none where they do not count."""
        division = self.replica_scheduling
        if division is None or division.replica_scheduling_type == "Duplicated":
            return []
        given = division.weight_preference
        if division.replica_division_preference == "Aggregated" or given is None:
            return []
        return [] if given.dynamic_weight else given.static_weight_list

    @property
    def groups(self) -> list[Affinity]:
        """Return the groups of clusters that may be used, in the policy's order."""
        if not self.cluster_affinities:
            return [self.cluster_affinity or Affinity()]
        return [
            group for term in self.cluster_affinities for group in (term, *term.overflow_affinities)
        ]


def placement_of(
    placement: Placement,
    clusters: Sequence[KnownCluster],
    document: Document,
    name: str,
    findings: Findings,
) -> dict[str, Any]:
    """Return the workload's fields that a policy's placement states.

    ``cluster_affinity``, ``tolerations`` and, where it has an effect, ``spread``.

    Parameters
    ----------
    name
        Of the policy, for warnings.
    """
    allowed = [
        cluster for cluster in clusters if any(group.matches(cluster) for group in placement.groups)
    ]
    _check_names(placement, clusters, document, name, findings)
    _check_division(placement, allowed, document, name, findings)
    if not allowed:
        rule = "no cluster of the input matches; add the cluster, or correct the policy"
        at = "clusterAffinities" if placement.cluster_affinities else "clusterAffinity"
        findings.refuse(document, f"{_AT}.{at}", rule)
    if placement.workload_affinity:
        rule = (
            "affinity between workloads is not supported in this version, and a plan that ignored "
            "it would be wrong; remove it to plan without it"
        )
        findings.refuse(document, f"{_AT}.workloadAffinity", rule)
    affinity = _affinity(placement, allowed, clusters)
    unweighted = _unweighted(placement, allowed)
    if unweighted:
        affinity["exclude"] = list(dict.fromkeys([*affinity.get("exclude", ()), *unweighted]))
        allowed = [cluster for cluster in allowed if cluster.name not in unweighted]
    fields: dict[str, Any] = {"cluster_affinity": affinity}
    if len(placement.groups) > 1:
        findings.warn(
            f"{name}: the order of its cluster groups is no rule of a plan: replicas go to the "
            "cheapest clusters of all groups together"
        )
    if placement.cluster_tolerations:
        fields["tolerations"] = list(placement.cluster_tolerations)
    if spread := list(_spread(placement, allowed)):
        fields["spread"] = spread
    return fields


def _affinity(
    placement: Placement, allowed: Sequence[KnownCluster], clusters: Sequence[KnownCluster]
) -> dict[str, Any]:
    """Return the affinity; several groups become the names of all their clusters."""
    if len(placement.groups) > 1:
        return {"cluster_names": [cluster.name for cluster in allowed]}
    return affinity_fields(placement.groups[0], clusters)


def _unweighted(placement: Placement, allowed: Sequence[KnownCluster]) -> list[str]:
    """Return the clusters that no static weight names: they get no replicas, if some have one."""
    targets = [one.target_cluster for one in placement.weights]
    without = [one.name for one in allowed if not any(target.matches(one) for target in targets)]
    return without if len(without) < len(allowed) else []


def _check_names(
    placement: Placement,
    clusters: Sequence[KnownCluster],
    document: Document,
    name: str,
    findings: Findings,
) -> None:
    """Warn of names that no cluster has; a policy may name clusters that joined no input."""
    known = [cluster.name for cluster in clusters]
    for group in placement.groups:
        for cluster in (*group.cluster_names, *group.exclude):
            if cluster not in known:
                findings.warn(
                    f"{document.source}: {name} names the cluster {cluster!r}, which is not in the "
                    f"input{nearest(cluster, known)}"
                )


def _check_division(
    placement: Placement,
    allowed: Sequence[KnownCluster],
    document: Document,
    name: str,
    findings: Findings,
) -> None:
    """Refuse duplication, and warn of weights: how replicas are divided is what is optimised."""
    division = placement.replica_scheduling
    at = f"{_AT}.replicaScheduling"
    if division is None or division.replica_scheduling_type == "Duplicated":
        if len(allowed) <= 1:
            return  # all replicas in the one cluster: duplicated and divided are the same
        rule = (
            "Duplicated (which is also meant where replicaScheduling is absent) runs all replicas "
            "in every cluster, which is not supported; set replicaSchedulingType: Divided"
        )
        findings.refuse(document, at, rule, "" if division is None else "Duplicated")
        return
    weights = division.weight_preference
    dynamic = weights is not None and weights.dynamic_weight
    if division.replica_division_preference != "Aggregated" and not dynamic:
        findings.warn(
            f"{name}: static weights are no rule of a plan: replicas are divided at the least cost "
            "over the clusters that have one"
        )


def _spread(placement: Placement, allowed: Sequence[KnownCluster]) -> Iterator[dict[str, Any]]:
    """Yield the spread constraints that have an effect, as the contract's rule ``spread``."""
    for one in placement.spread_constraints:
        by = one.spread_by_label or one.spread_by_field or "cluster"
        groups = {
            "cluster": {cluster.name for cluster in allowed},
            "region": {cluster.region for cluster in allowed},
            "provider": {cluster.provider for cluster in allowed},
            "zone": {zone for cluster in allowed for zone in cluster.zones},
        }.get(by, set())
        bound: dict[str, Any] = {}
        if one.min_groups > 1:
            bound["min_groups"] = one.min_groups
        if 0 < one.max_groups < len(groups) or (one.max_groups > 0 and by not in _FIELDS):
            bound["max_groups"] = one.max_groups
        if bound:
            yield {"by": by, **bound}


_FIELDS = ("cluster", "region", "provider", "zone")

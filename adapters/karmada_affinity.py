"""Karmada's ClusterAffinity: which clusters it names, and the same as a workload's field.

Source: Karmada ``pkg/apis/policy/v1alpha1`` and ``pkg/util/selector.go`` (v1.18): all parts must
hold, exclude wins, an empty one matches every cluster. A cluster's zones are ``In`` a list when
there are any and all of them are in it, and ``NotIn`` when none is.
"""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field

from placement.adapters.known_clusters import KnownCluster
from placement.adapters.label_selectors import Selector
from placement.adapters.wire import Closed

__all__ = ["Affinity", "affinity_fields"]


class _FieldExpression(Closed):
    key: Literal["provider", "region", "zone"]
    operator: Literal["In", "NotIn"]
    values: list[str] = Field(min_length=1)

    def matches(self, cluster: KnownCluster) -> bool:
        if self.key == "zone":
            inside = [zone in self.values for zone in cluster.zones]
            return bool(inside) and all(inside) if self.operator == "In" else not any(inside)
        found = cluster.provider if self.key == "provider" else cluster.region
        return (found in self.values) == (self.operator == "In")


class _FieldSelector(Closed):
    match_expressions: list[_FieldExpression] = Field(default_factory=list)


class Affinity(Closed):
    """A set of clusters."""

    label_selector: Selector | None = None
    field_selector: _FieldSelector = _FieldSelector()
    cluster_names: list[str] = Field(default_factory=list)
    exclude: list[str] = Field(default_factory=list)

    def matches(self, cluster: KnownCluster) -> bool:
        """Return whether the cluster is in the set."""
        if cluster.name in self.exclude:
            return False
        if self.cluster_names and cluster.name not in self.cluster_names:
            return False
        if self.label_selector and not self.label_selector.matches(cluster.labels):
            return False
        return all(one.matches(cluster) for one in self.field_selector.match_expressions)


def affinity_fields(affinity: Affinity, clusters: Sequence[KnownCluster]) -> dict[str, Any]:
    """Return a workload's ``cluster_affinity``.

    Providers and regions that must hold stay what they are. What the field cannot say (NotIn, and
    zones, which for Karmada are a property of a whole cluster) becomes the names of the clusters
    that it leaves out. Names that no cluster has are left away.
    """
    known = [cluster.name for cluster in clusters]
    fields: dict[str, Any] = {}
    if affinity.cluster_names:
        fields["cluster_names"] = [name for name in affinity.cluster_names if name in known]
    if affinity.label_selector:
        fields["label_selector"] = affinity.label_selector.fields()
    left_out = [name for name in affinity.exclude if name in known]
    for one in affinity.field_selector.match_expressions:
        target = {"provider": "providers", "region": "regions"}.get(one.key)
        if target and one.operator == "In" and target not in fields:
            fields[target] = list(one.values)
        else:
            left_out += [cluster.name for cluster in clusters if not one.matches(cluster)]
    if left_out:
        fields["exclude"] = list(dict.fromkeys(left_out))
    return fields

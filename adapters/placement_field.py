"""Karmada's ``Placement``: of a workload that has no policy, and as the JSON of its annotation."""

import json
from collections.abc import Mapping, Sequence

from placement.problem import ClusterAffinity, LabelSelector, Toleration, Workload

__all__ = ["applied_placement", "placement_of", "toleration_fields", "with_defaults"]

_FIELDS = (
    "affinityName",
    "clusterAffinity",
    "clusterAffinities",
    "clusterTolerations",
    "spreadConstraints",
    "replicaScheduling",
    "workloadAffinity",
    "labelSelector",
    "matchLabels",
    "matchExpressions",
    "fieldSelector",
    "clusterNames",
    "exclude",
    "overflowAffinities",
    "key",
    "operator",
    "value",
    "values",
    "effect",
    "tolerationSeconds",
    "spreadByField",
    "spreadByLabel",
    "maxGroups",
    "minGroups",
    "replicaSchedulingType",
    "replicaDivisionPreference",
    "weightPreference",
    "staticWeightList",
    "dynamicWeight",
    "targetCluster",
    "weight",
    "affinity",
    "antiAffinity",
    "groupByLabelKey",
)
"""The order of the fields in Karmada's Go structs, which is that of the JSON it writes.

Source: karmada-io/karmada, pkg/apis/policy/v1alpha1/propagation_types.go, commit f8fdd02df
(2026-08); it leaves no two fields of one struct in doubt.
"""
_ORDER = {name: position for position, name in enumerate(_FIELDS)}


def placement_of(workload: Workload) -> dict[str, object]:
    """Return the placement that says what a workload's cluster affinity says."""
    placement: dict[str, object] = {}
    if affinity := _affinity(workload.cluster_affinity):
        placement["clusterAffinity"] = affinity
    if workload.tolerations:
        placement["clusterTolerations"] = [toleration_fields(t) for t in workload.tolerations]
    return {**placement, "replicaScheduling": {"replicaSchedulingType": "Divided"}}


def with_defaults(placement: Mapping[str, object]) -> dict[str, object]:
    """Return a placement with the default that the API server fills in.

    Source: the CRDs of Karmada at commit f8fdd02df: ``replicaSchedulingType`` is ``Divided`` where
    a ``replicaScheduling`` does not say otherwise.
    """
    scheduling = placement.get("replicaScheduling")
    if not isinstance(scheduling, Mapping):
        return dict(placement)
    return {**placement, "replicaScheduling": {"replicaSchedulingType": "Divided", **scheduling}}


def applied_placement(placement: Mapping[str, object]) -> str:
    """Return the value of ``policy.karmada.io/applied-placement``, byte for byte as Karmada's."""
    text = json.dumps(_ordered(placement), ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":  # as Go's encoding/json escapes them
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def toleration_fields(toleration: Toleration) -> dict[str, object]:
    """Return a Kubernetes toleration without its empty fields."""
    fields = {
        "key": toleration.key,
        "operator": toleration.operator,
        "value": toleration.value,
        "effect": toleration.effect,
        "tolerationSeconds": toleration.toleration_seconds,
    }
    return {name: value for name, value in fields.items() if value not in ("", None)}


def _affinity(affinity: ClusterAffinity) -> dict[str, object]:
    fields = (
        ("provider", affinity.providers),
        ("region", affinity.regions),
        ("zone", affinity.zones),
    )
    parts: dict[str, object] = {
        "labelSelector": _selector(affinity.label_selector),
        "clusterNames": list(affinity.cluster_names),
        "exclude": list(affinity.exclude),
    }
    matches = [{"key": key, "operator": "In", "values": list(v)} for key, v in fields if v]
    if matches:
        parts["fieldSelector"] = {"matchExpressions": matches}
    return {name: part for name, part in parts.items() if part}


def _selector(selector: LabelSelector) -> dict[str, object]:
    expressions = [
        {"key": one.key, "operator": one.operator, "values": list(one.values)}
        for one in selector.match_expressions
    ]
    parts = {"matchLabels": dict(selector.match_labels), "matchExpressions": expressions}
    return {name: part for name, part in parts.items() if part}


def _ordered(value: object, *, labels: bool = False) -> object:
    """Return a value with every mapping's keys in Go's order; labels are a Go map, hence sorted."""
    if isinstance(value, Mapping):
        last = len(_ORDER)
        keys = sorted(value, key=lambda key: (0 if labels else _ORDER.get(key, last), key))
        return {key: _ordered(value[key], labels=key == "matchLabels") for key in keys}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_ordered(item) for item in value]
    return value

"""The metadata of a binding: what Karmada's controllers look for on it.

Source of the names: karmada-io/karmada, pkg/util/constants.go,
pkg/apis/policy/v1alpha1/well_known_constants.go and pkg/apis/work/v1alpha2/
well_known_constants.go, commit f8fdd02df (2026-08).
"""

from collections.abc import Mapping

from placement.adapters.origin import CLUSTER_POLICY, Origin, Policy
from placement.adapters.placement_field import applied_placement

__all__ = ["APPLIED_PLACEMENT", "binding_metadata", "binding_name"]

APPLIED_PLACEMENT = "policy.karmada.io/applied-placement"
FINALIZER = "karmada.io/binding-controller"
CLUSTER_FINALIZER = "karmada.io/cluster-resource-binding-controller"
MANAGED_BY = "binding.karmada.io/managed-by"
_POLICY = "propagationpolicy.karmada.io"
_CLUSTER_POLICY = "clusterpropagationpolicy.karmada.io"
_IDENTIFIED = (f"{_POLICY}/permanent-id", f"{_CLUSTER_POLICY}/permanent-id", MANAGED_BY)


def binding_name(origin: Origin) -> str:
    """Return the name that Karmada's detector gives the binding of an object."""
    return f"{origin.name}-{origin.kind}".lower().replace(":", ".")


def binding_metadata(origin: Origin, spec: Mapping[str, object]) -> dict[str, object]:
    """Return the metadata of a new binding, or the existing one's with what it lacks added.

    Notes
    -----
    Karmada looks at a binding only if it carries a policy's permanent id or the label
    ``binding.karmada.io/managed-by``. Where the policy's id is not known (a policy read from a
    file that no webhook has seen) or there is no policy, that label names the scheduler.
    """
    existing = _mapping(origin.binding, "metadata")
    labels = {**_labels(origin.policy), **_mapping(existing, "labels")}
    if not any(labels.get(key) for key in _IDENTIFIED):
        labels[MANAGED_BY] = spec["schedulerName"]
    annotations = {**_annotations(origin.policy), **_mapping(existing, "annotations")}
    placement = spec.get("placement")
    if isinstance(placement, Mapping):
        annotations[APPLIED_PLACEMENT] = applied_placement(placement)
    made: dict[str, object] = {
        "name": binding_name(origin),
        "finalizers": [FINALIZER if origin.namespace else CLUSTER_FINALIZER],
    }
    if origin.namespace:
        made["namespace"] = origin.namespace
    if origin.uid:
        made["ownerReferences"] = [_owner(origin)]
    made = {**made, **existing, "labels": labels, "annotations": annotations}
    made.pop("managedFields", None)
    return made


def _mapping(owner: Mapping[str, object] | None, field: str) -> dict[str, object]:
    found = owner.get(field) if owner else None
    return dict(found) if isinstance(found, Mapping) else {}


def _labels(policy: Policy | None) -> dict[str, object]:
    if policy is None or not policy.permanent_id:
        return {}
    group = _CLUSTER_POLICY if policy.kind == CLUSTER_POLICY else _POLICY
    return {f"{group}/permanent-id": policy.permanent_id}


def _annotations(policy: Policy | None) -> dict[str, object]:
    if policy is None:
        return {}
    if policy.kind == CLUSTER_POLICY:
        return {f"{_CLUSTER_POLICY}/name": policy.name}
    return {f"{_POLICY}/name": policy.name, f"{_POLICY}/namespace": policy.namespace}


def _owner(origin: Origin) -> dict[str, object]:
    return {
        "apiVersion": origin.api_version,
        "blockOwnerDeletion": True,
        "controller": True,
        "kind": origin.kind,
        "name": origin.name,
        "uid": origin.uid,
    }

"""The spec of a binding: the object, what a replica needs, the policy's wishes, the clusters."""

from collections.abc import Mapping

from placement.adapters.origin import Origin
from placement.adapters.placement_field import placement_of, toleration_fields, with_defaults
from placement.problem import Workload
from placement.quantity import format_quantity

__all__ = ["SCHEDULER", "binding_spec"]

SCHEDULER = "placement"
"""The scheduler named where nobody else is: karmada-scheduler leaves such bindings alone."""


def binding_spec(
    workload: Workload,
    origin: Origin,
    placed: Mapping[str, int],
    gpus: Mapping[str, int],
    scheduler_name: str,
) -> dict[str, object]:
    """Return the spec, with the replicas of each cluster sorted by the cluster's name.

    Parameters
    ----------
    placed
        Replicas by cluster.
    gpus
        GPUs per replica by resource, for workloads that do not state them.
    scheduler_name
        For a binding that names no scheduler itself or through its policy.

    Notes
    -----
    An existing binding keeps all it says, graceful evictions included; only ``clusters`` and
    ``replicas`` are new.
    """
    fresh: dict[str, object] = {
        "conflictResolution": origin.conflict_resolution or "Abort",
        "placement": with_defaults(
            placement_of(workload) if origin.placement is None else origin.placement
        ),
        "replicaRequirements": _requirements(workload, origin, gpus),
        "resource": _resource(origin),
        "schedulerName": origin.scheduler_name or scheduler_name,
        **_wishes(origin),
    }
    existing = origin.binding.get("spec") if origin.binding else None
    kept = dict(existing) if isinstance(existing, Mapping) else {}
    clusters = [{"name": name, "replicas": placed[name]} for name in sorted(placed)]
    made = {**fresh, **kept, "clusters": clusters, "replicas": workload.most_replicas}
    return {key: value for key, value in made.items() if value not in ({}, None)}


def _resource(origin: Origin) -> dict[str, object]:
    fields = {
        "apiVersion": origin.api_version,
        "kind": origin.kind,
        "name": origin.name,
        "namespace": origin.namespace,
        "resourceVersion": origin.resource_version,
        "uid": origin.uid,
    }
    return {name: value for name, value in fields.items() if value}


def _requirements(workload: Workload, origin: Origin, gpus: Mapping[str, int]) -> dict[str, object]:
    """Return what one replica needs: of the object where it is known, else of the workload.

    Of a replica over several nodes it is what all of its pods need together, as ``gpus`` is.
    """
    nodes = workload.nodes_per_replica
    asked = {**gpus, **{name: nodes * amount for name, amount in workload.requests.items()}}
    request = dict(origin.resource_request) or {
        name: format_quantity(amount, name) for name, amount in sorted(asked.items())
    }
    claim = origin.node_claim
    if claim is None:
        tolerations = [toleration_fields(toleration) for toleration in workload.tolerations]
        claim = {"nodeSelector": dict(workload.node_selector), "tolerations": tolerations}
    kept = {name: part for name, part in claim.items() if part}
    parts = {"nodeClaim": kept, "resourceRequest": request}
    return {name: part for name, part in parts.items() if part}


def _wishes(origin: Origin) -> dict[str, object]:
    """Return the policy's further fields, those that it states."""
    priority = origin.schedule_priority
    return {
        "failover": origin.failover,
        "preserveResourcesOnDeletion": origin.preserve_resources_on_deletion,
        "propagateDeps": origin.propagate_deps,
        "schedulePriority": None if priority is None else {"priority": priority},
        "suspension": origin.suspension,
    }

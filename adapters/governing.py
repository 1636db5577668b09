"""A workload under its policy: the fields that the policy adds, and its origin completed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from placement.adapters.findings import Findings
from placement.adapters.karmada_placement import placement_of
from placement.adapters.karmada_policies import GivenPolicy
from placement.adapters.known_clusters import KnownCluster
from placement.adapters.manifests import Manifest
from placement.adapters.origin import CLUSTER_POLICY, Origin, Policy
from placement.adapters.pieces import Piece

__all__ = ["policy_origin", "policy_piece"]

_WHERE = {
    "cluster_affinity": "spec.placement.clusterAffinity",
    "tolerations": "spec.placement.clusterTolerations",
    "spread": "spec.placement.spreadConstraints",
    "priority": "spec.schedulePriority.priorityClassName",
}


def policy_piece(
    manifest: Manifest,
    policy: GivenPolicy,
    clusters: Sequence[KnownCluster],
    priorities: Mapping[str, int],
    findings: Findings,
) -> Piece:
    """Return what the policy says of a workload, to be laid over its manifest.

    Tolerations of the manifest (for nodes) and of the policy (for clusters) are joined, since a
    workload's tolerations are for all taints; affinities must both hold.
    """
    fields = placement_of(
        policy.policy.spec.placement, clusters, policy.document, policy.name, findings
    )
    below = manifest.piece.fields
    if "tolerations" in fields:
        own = below.get("tolerations")
        both = [*(own if isinstance(own, list) else []), *fields["tolerations"]]
        fields["tolerations"] = [
            one for position, one in enumerate(both) if one not in both[:position]
        ]
    _narrow(fields["cluster_affinity"], below.get("cluster_affinity"), policy, manifest, findings)
    fields.update(_priority(policy, priorities, findings))
    return Piece(document=policy.document, values=fields, where=_WHERE)


def policy_origin(origin: Origin, policy: GivenPolicy, priorities: Mapping[str, int]) -> Origin:
    """Return the origin of a workload with what its policy says."""
    spec, metadata = policy.policy.spec, policy.policy.metadata
    label = f"{policy.document.kind.lower()}.karmada.io/permanent-id"
    raw = policy.document.content.get("spec")
    placement = raw.get("placement") if isinstance(raw, Mapping) else None
    named = spec.schedule_priority.priority_class_name if spec.schedule_priority else ""
    return replace(
        origin,
        policy=Policy(
            kind=policy.document.kind,
            name=metadata.name,
            namespace="" if policy.document.kind == CLUSTER_POLICY else policy.namespace,
            permanent_id=metadata.labels.get(label, ""),
        ),
        placement=placement if isinstance(placement, Mapping) else {},
        scheduler_name=spec.scheduler_name,
        conflict_resolution=spec.conflict_resolution,
        propagate_deps=spec.propagate_deps,
        preserve_resources_on_deletion=spec.preserve_resources_on_deletion,
        failover=spec.failover,
        suspension=spec.suspension,
        schedule_priority=priorities.get(named),
    )


def _narrow(
    affinity: dict[str, Any],
    own: object,
    policy: GivenPolicy,
    manifest: Manifest,
    findings: Findings,
) -> None:
    """Narrow the policy's affinity by regions and zones that the pod's node affinity requires."""
    for name, values in own.items() if isinstance(own, Mapping) else ():
        allowed = affinity.get(name) or values
        both = [value for value in allowed if value in values]
        affinity[name] = both
        if not both:
            rule = f"shares no {name} with the node affinity of {manifest.key}; correct one of them"
            findings.refuse(policy.document, "spec.placement", rule)


def _priority(
    policy: GivenPolicy, priorities: Mapping[str, int], findings: Findings
) -> dict[str, int]:
    asked = policy.policy.spec.schedule_priority
    if asked is None:
        return {}
    if asked.priority_class_name in priorities:
        return {"priority": priorities[asked.priority_class_name]}
    findings.warn(
        f"{policy.name}: the priority class {asked.priority_class_name!r} is not among the "
        "documents, so it sets no priority; add the PriorityClass"
    )
    return {}

"""A workload under its policy: the fields that the policy adds, and its origin completed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from placement.adapters.findings import Findings
from placement.adapters.karmada_placement import placement_of
from placement.adapters.karmada_policies import GivenPolicy, Policies
from placement.adapters.known_clusters import KnownCluster
from placement.adapters.manifests import Manifest
from placement.adapters.origin import CLUSTER_POLICY, Origin, Policy
from placement.adapters.pieces import Piece

__all__ = ["Governance"]

_WHERE = {
    "cluster_affinity": "spec.placement.clusterAffinity",
    "tolerations": "spec.placement.clusterTolerations",
    "spread": "spec.placement.spreadConstraints",
    "priority": "spec.schedulePriority.priorityClassName",
}


class Governance:
    """The policies of the input, and what they say of workloads.

    Parameters
    ----------
    policies
        In the order of the documents.
    clusters
        That policies choose among.
    priorities
        Values of priority classes by name.
    """

    def __init__(
        self,
        policies: Sequence[GivenPolicy],
        clusters: Sequence[KnownCluster],
        priorities: Mapping[str, int],
        findings: Findings,
    ) -> None:
        self._policies = Policies(policies)
        self._clusters, self._priorities, self._findings = clusters, priorities, findings
        self._placements: dict[int, dict[str, Any]] = {}

    def of(self, manifest: Manifest) -> tuple[Piece, Origin] | None:
        """Return what the governing policy says of a workload, or None where none selects it.

        The piece is to be laid over the manifest's. Tolerations of the manifest (for nodes) and of
        the policy (for clusters) are joined, since a workload's tolerations are for all taints;
        affinities must both hold.
        """
        policy = self._policies.governing(manifest.origin, manifest.labels)
        if policy is None:
            return None
        fields = dict(self._placement(policy))
        below = manifest.piece.fields
        if "tolerations" in fields:
            fields["tolerations"] = _joined(below.get("tolerations"), fields["tolerations"])
        own = below.get("cluster_affinity")
        fields["cluster_affinity"] = _narrowed(
            fields["cluster_affinity"], own, policy, manifest.key, self._findings
        )
        fields.update(_priority(policy, self._priorities, self._findings))
        piece = Piece(document=policy.document, values=fields, where=_WHERE)
        return piece, _origin(manifest.origin, policy, self._priorities)

    def _placement(self, policy: GivenPolicy) -> dict[str, Any]:
        """Return what a policy's placement says; once for each policy that governs something."""
        if id(policy) not in self._placements:
            self._placements[id(policy)] = placement_of(
                policy.policy.spec.placement,
                self._clusters,
                policy.document,
                policy.name,
                self._findings,
            )
        return self._placements[id(policy)]


def _joined(own: object, added: list[Any]) -> list[Any]:
    both = [*(own if isinstance(own, list) else []), *added]
    return [one for position, one in enumerate(both) if one not in both[:position]]


def _origin(origin: Origin, policy: GivenPolicy, priorities: Mapping[str, int]) -> Origin:
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


def _narrowed(
    affinity: Mapping[str, Any], own: object, policy: GivenPolicy, key: str, findings: Findings
) -> dict[str, Any]:
    """Return the policy's affinity within regions and zones that node affinity requires."""
    fields = dict(affinity)
    for name, values in own.items() if isinstance(own, Mapping) else ():
        allowed = fields.get(name) or values
        fields[name] = [value for value in allowed if value in values]
        if not fields[name]:
            rule = f"shares no {name} with the node affinity of {key}; correct one of them"
            findings.refuse(policy.document, "spec.placement", rule)
    return fields


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

"""Objects that are not read: most have no part in a placement, some only miss it by a misspelling.

A Deployment or a policy under a wrong group would otherwise go missing with no more than a count.
"""

from collections.abc import Mapping
from difflib import get_close_matches

from placement.adapters.ack import POLICY_GROUP
from placement.adapters.documents import Document
from placement.adapters.findings import Findings

__all__ = ["not_read"]

_KARMADA = f"policy.karmada.io/v1alpha1 or {POLICY_GROUP}/v1alpha1"
_READ = {
    "Deployment": "apps/v1",
    "ReplicaSet": "apps/v1",
    "StatefulSet": "apps/v1",
    "LeaderWorkerSet": "leaderworkerset.x-k8s.io/v1",
    "PropagationPolicy": _KARMADA,
    "ClusterPropagationPolicy": _KARMADA,
    "PriorityClass": "scheduling.k8s.io/v1",
}
_CLOSE = 0.85  # Deploymnet is 0.9 like Deployment, OpenShift's DeploymentConfig 0.77


def not_read(document: Document, findings: Findings) -> None:
    """Count an object that has no part in a placement, or warn where it seems meant to have one."""
    kind, version = document.kind, document.api_version
    near = get_close_matches(kind, _READ, n=1, cutoff=_CLOSE)
    if not near:
        findings.ignored[kind] += 1
        return
    metadata = document.content.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    rule = (
        f"its apiVersion {version!r} would have to be {_READ[kind]}"
        if kind in _READ
        else f"did you mean kind {near[0]}?"
    )
    findings.warn(f"{document.source}: {kind} {name} is not read: {rule}")

"""Where a workload of a problem came from: its Kubernetes object and the policy that spreads it.

The reader of manifests fills these in; the writer of bindings reads them. All mappings are in the
API's own spelling (camelCase), as they stood in the document.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["CLUSTER_POLICY", "POLICY", "Origin", "Policy"]

POLICY = "PropagationPolicy"
CLUSTER_POLICY = "ClusterPropagationPolicy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The policy that selected an object.

    Parameters
    ----------
    kind
        ``PropagationPolicy`` or ``ClusterPropagationPolicy``.
    name, namespace
        Of the policy; a ClusterPropagationPolicy has no namespace.
    permanent_id
        Its label ``propagationpolicy.karmada.io/permanent-id`` (or the cluster policy's), which
        the webhook puts on; empty where the document does not have it.
    """

    kind: str = POLICY
    name: str
    namespace: str = ""
    permanent_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The Kubernetes object behind a workload, and what its policy asks for.

    Parameters
    ----------
    api_version, kind, namespace, name
        Of the object; an empty namespace means that its kind is cluster-scoped.
    uid, resource_version
        As the API server gave them; empty where the object came from a file.
    policy
        The policy that selected it, if any.
    placement
        The policy's ``spec.placement``; None where no policy is known.
    scheduler_name, conflict_resolution, propagate_deps, preserve_resources_on_deletion
        The policy's fields of these names; None where it does not state them.
    failover, suspension
        The policy's fields of these names.
    schedule_priority
        The value of the policy's priority class.
    resource_request
        What one replica's pod asks for, as Kubernetes quantities (requests, else limits, summed
        over the containers); empty: what the workload of the problem asks for.
    node_claim
        ``nodeSelector``, ``tolerations`` and ``hardNodeAffinity`` of the pod; None: what the
        workload of the problem says.
    binding
        The ResourceBinding or ClusterResourceBinding that exists already, as read.
    """

    api_version: str = "apps/v1"
    kind: str = "Deployment"
    namespace: str = "default"
    name: str
    uid: str = ""
    resource_version: str = ""
    policy: Policy | None = None
    placement: Mapping[str, object] | None = None
    scheduler_name: str | None = None
    conflict_resolution: str | None = None
    propagate_deps: bool | None = None
    preserve_resources_on_deletion: bool | None = None
    failover: Mapping[str, object] | None = None
    suspension: Mapping[str, object] | None = None
    schedule_priority: int | None = None
    resource_request: Mapping[str, str] = field(default_factory=dict)
    node_claim: Mapping[str, object] | None = None
    binding: Mapping[str, object] | None = None

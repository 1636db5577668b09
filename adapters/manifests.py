"""Kubernetes workload manifests to workloads of a problem."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from placement.adapters.documents import Document
from placement.adapters.findings import Findings
from placement.adapters.node_affinity import placement_fields
from placement.adapters.origin import Origin
from placement.adapters.pieces import Piece
from placement.adapters.pods import PodSpec, pod_requests
from placement.adapters.vllm import VllmArguments
from placement.adapters.vllm_models import served_fields
from placement.adapters.wire import Metadata, Wire, read_wire
from placement.adapters.workload_objects import Replicated, read_replicated

__all__ = ["Manifest", "priority_classes", "read_manifest"]

_HIGHEST_PRIORITY = 2 * 10**9  # what is above, Kubernetes keeps for its own components
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


class _PriorityClass(Wire):
    metadata: Metadata
    value: int = 0
    global_default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A workload as its manifest states it.

    Parameters
    ----------
    piece
        The fields of the workload.
    origin
        The Kubernetes object.
    labels
        The object's own, by which policies select it.
    arguments
        Of its vLLM command, if it has one.
    """

    piece: Piece
    origin: Origin
    labels: Mapping[str, str]
    arguments: VllmArguments | None = None

    @property
    def key(self) -> str:
        """Return ``namespace/name``."""
        return f"{self.origin.namespace}/{self.origin.name}"


def priority_classes(documents: Iterable[Document], findings: Findings) -> dict[str, int]:
    """Return the values of PriorityClass objects by name; the global default's name is empty."""
    values: dict[str, int] = {}
    for document in documents:
        found = read_wire(_PriorityClass, document, findings)
        if found is not None:
            value = min(found.value, _HIGHEST_PRIORITY)
            values[found.metadata.name] = value
            if found.global_default:
                values[""] = value
    return values


def read_manifest(
    document: Document, priorities: Mapping[str, int], findings: Findings
) -> Manifest | None:
    """Return the workload of an object that runs pods, or None where it is skipped or refused.

    Parameters
    ----------
    priorities
        Values of priority classes by name, as ``priority_classes`` returns them.
    """
    found = read_replicated(document, findings)
    if found is None:
        return None
    requests = pod_requests(found.pod, document, found.path, findings)
    required = placement_fields(found.pod, document, found.path, findings)
    served, arguments, command = served_fields(found.pod, document, found.path, findings)
    namespace = found.metadata.namespace or "default"
    fields = {
        "name": found.metadata.name,
        "namespace": namespace,
        "replicas": found.replicas,
        "requests": requests,
        **_tolerations(found.pod),
        **_priority(found, priorities, findings),
        **required,
        **served,
    }
    return Manifest(
        piece=Piece(document=document, values=fields, where=_where(found.path, command)),
        origin=_origin(found, namespace, requests),
        labels=found.metadata.labels,
        arguments=arguments,
    )


def _tolerations(pod: PodSpec) -> dict[str, Any]:
    return {"tolerations": list(pod.tolerations)} if pod.tolerations else {}


def _priority(
    found: Replicated, priorities: Mapping[str, int], findings: Findings
) -> dict[str, int]:
    name = found.pod.priority_class_name
    if name in priorities:
        return {"priority": priorities[name]}
    if name:
        key = f"{found.metadata.namespace or 'default'}/{found.metadata.name}"
        findings.warn(
            f"{key}: the priority class {name!r} is not among the documents, so its priority is "
            "taken as 0; add the PriorityClass, or state priority in a problem document"
        )
    return {}


def _where(path: str, command: str) -> dict[str, str]:
    """Return the paths in the manifest of a workload's fields."""
    affinity = f"{path}.affinity.nodeAffinity.{_REQUIRED}"
    return {
        "name": "metadata.name",
        "namespace": "metadata.namespace",
        "replicas": "spec.replicas",
        "requests": f"{path}.containers",
        "tolerations": f"{path}.tolerations",
        "node_selector": f"{path}.nodeSelector",
        "priority": f"{path}.priorityClassName",
        "instance_types": affinity,
        "capacity_types": affinity,
        "cluster_affinity": affinity,
        "model": command,
        "serving": command,
    }


def _origin(found: Replicated, namespace: str, requests: Mapping[str, str]) -> Origin:
    pod = found.pod
    claim = {
        "nodeSelector": dict(pod.node_selector),
        "tolerations": list(pod.tolerations),
        "hardNodeAffinity": (pod.affinity.get("nodeAffinity") or {}).get(_REQUIRED),
    }
    return Origin(
        api_version=found.document.api_version,
        kind=found.document.kind,
        namespace=namespace,
        name=found.metadata.name,
        uid=found.metadata.uid,
        resource_version=found.metadata.resource_version,
        resource_request=dict(requests),
        node_claim={name: value for name, value in claim.items() if value},
    )

"""Kubernetes workload manifests to workloads of a problem."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from placement.adapters.documents import Document
from placement.adapters.findings import Findings
from placement.adapters.node_affinity import REQUIRED
from placement.adapters.origin import Origin
from placement.adapters.pieces import Piece
from placement.adapters.pod_groups import Asked, asked_of_nodes
from placement.adapters.vllm import VllmArguments
from placement.adapters.vllm_models import served_fields
from placement.adapters.wire import Metadata, Wire, read_wire
from placement.adapters.workload_objects import GROUP, Replicated, read_replicated

__all__ = ["Manifest", "priority_classes", "read_manifest"]

_HIGHEST_PRIORITY = 2 * 10**9  # what is above, Kubernetes keeps for its own components


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
    asked = asked_of_nodes(found, findings)
    served, arguments, command = _served(found, findings)
    fields = {
        "name": found.metadata.name,
        "namespace": found.namespace,
        "replicas": found.replicas,
        "requests": asked.requests,
        **({"nodes_per_replica": found.pods} if found.pods > 1 else {}),
        **_priority(found, priorities, findings),
        **asked.fields,
        **served,
    }
    return Manifest(
        piece=Piece(document=document, values=fields, where=_where(found, command)),
        origin=_origin(found, asked),
        labels=found.metadata.labels,
        arguments=arguments,
    )


def _served(
    found: Replicated, findings: Findings
) -> tuple[dict[str, Any], VllmArguments | None, str]:
    """Return what the first template with a vLLM command says of it: the leader's, else another."""
    read = [served_fields(one.pod, found.document, one.path, findings) for one in found.templates]
    return next((each for each in read if each[1] is not None), read[0])


def _priority(
    found: Replicated, priorities: Mapping[str, int], findings: Findings
) -> dict[str, int]:
    name = found.templates[0].pod.priority_class_name
    if name in priorities:
        return {"priority": priorities[name]}
    if name:
        findings.warn(
            f"{found.key}: the priority class {name!r} is not among the documents, so its priority "
            "is taken as 0; add the PriorityClass, or state priority in a problem document"
        )
    return {}


def _where(found: Replicated, command: str) -> dict[str, str]:
    """Return the paths in the manifest of a workload's fields."""

    def stated(name: str) -> str:
        paths = [one.path for one in found.templates if getattr(one.pod, name)]
        return (paths or [found.templates[0].path])[0]

    affinity = f"{stated('affinity')}.affinity.nodeAffinity.{REQUIRED}"
    return {
        "name": "metadata.name",
        "namespace": "metadata.namespace",
        "replicas": "spec.replicas",
        "nodes_per_replica": f"{GROUP}.size",
        "requests": f"{found.templates[0].path}.containers",
        "tolerations": f"{stated('tolerations')}.tolerations",
        "node_selector": f"{stated('node_selector')}.nodeSelector",
        "priority": f"{stated('priority_class_name')}.priorityClassName",
        "instance_types": affinity,
        "capacity_types": affinity,
        "cluster_affinity": affinity,
        "model": command,
        "serving": command,
    }


def _origin(found: Replicated, asked: Asked) -> Origin:
    return Origin(
        api_version=found.document.api_version,
        kind=found.document.kind,
        namespace=found.namespace,
        name=found.metadata.name,
        uid=found.metadata.uid,
        resource_version=found.metadata.resource_version,
        resource_request=dict(asked.in_all),
        node_claim=asked.claim,
    )

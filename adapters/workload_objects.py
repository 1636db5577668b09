"""Kubernetes objects that run pods: how many, and which pod.

Source: Kubernetes API reference ``apps/v1`` (v1.34); LeaderWorkerSet API
``leaderworkerset.x-k8s.io/v1`` (v0.7).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from placement.adapters.documents import Document
from placement.adapters.findings import Findings
from placement.adapters.pods import PodSpec
from placement.adapters.wire import Metadata, Wire, read_wire

__all__ = ["Replicated", "is_workload", "read_replicated"]

_REPLICATED = {
    ("apps", "Deployment"),
    ("apps", "ReplicaSet"),
    ("apps", "StatefulSet"),
    ("leaderworkerset.x-k8s.io", "LeaderWorkerSet"),
}
_NOT_REPLICATED = {("", "Pod"), ("apps", "DaemonSet"), ("batch", "CronJob"), ("batch", "Job")}


class _Template(Wire):
    spec: PodSpec


class _Spec(Wire):
    replicas: int = 1
    template: _Template


class _Workload(Wire):
    metadata: Metadata
    spec: _Spec


class _Group(Wire):
    size: int = 1
    leader_template: _Template | None = None
    worker_template: _Template


class _GroupSpec(Wire):
    replicas: int = 1
    leader_worker_template: _Group


class _GroupSet(Wire):
    metadata: Metadata
    spec: _GroupSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Replicated:
    """An object that keeps replicas of one pod running.

    Parameters
    ----------
    path
        Of the pod's specification in the document.
    """

    document: Document
    metadata: Metadata
    replicas: int
    pod: PodSpec
    path: str


def is_workload(document: Document) -> bool:
    """Return whether a document is an object that runs pods."""
    return (document.group, document.kind) in _REPLICATED | _NOT_REPLICATED


def read_replicated(document: Document, findings: Findings) -> Replicated | None:
    """Return the object, or None where it is skipped with a warning or refused.

    Objects that a controller made for another one (the ReplicaSets of a Deployment, pods) are
    counted as ignored: the other one speaks for them.
    """
    if (document.group, document.kind) in _NOT_REPLICATED:
        _skip(document, findings)
        return None
    if document.kind == "LeaderWorkerSet":
        return _group(document, findings)
    found = read_wire(_Workload, document, findings)
    if found is None:
        return None
    if found.metadata.is_owned:
        findings.ignored[document.kind] += 1
        return None
    return Replicated(
        document=document,
        metadata=found.metadata,
        replicas=found.spec.replicas,
        pod=found.spec.template.spec,
        path="spec.template.spec",
    )


def _group(document: Document, findings: Findings) -> Replicated | None:
    found = read_wire(_GroupSet, document, findings)
    if found is None:
        return None
    group = found.spec.leader_worker_template
    if group.size > 1:
        rule = (
            "a group of several pods (a replica over several nodes) is not supported in this "
            "version; only a size of 1 is"
        )
        path = "spec.leaderWorkerTemplate.size"
        findings.refuse(document, path, rule, str(group.size))
        return None
    name = "leaderTemplate" if group.leader_template else "workerTemplate"
    return Replicated(
        document=document,
        metadata=found.metadata,
        replicas=found.spec.replicas,
        pod=(group.leader_template or group.worker_template).spec,
        path=f"spec.leaderWorkerTemplate.{name}.spec",
    )


def _skip(document: Document, findings: Findings) -> None:
    metadata = document.content.get("metadata")
    known = metadata if isinstance(metadata, Mapping) else {}
    if known.get("ownerReferences"):
        findings.ignored[document.kind] += 1
        return
    name = f"{known.get('namespace') or 'default'}/{known.get('name')}"
    findings.warn(f"{document.kind} {name} is no replicated service; it is skipped")

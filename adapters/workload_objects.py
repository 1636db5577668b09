"""Kubernetes objects that run pods: how many, and which pod.

Source: Kubernetes API reference ``apps/v1`` (v1.34); LeaderWorkerSet API
``leaderworkerset.x-k8s.io/v1`` (v0.7), its labels, annotations and environment variables.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import Field

from placement.adapters.documents import Document
from placement.adapters.findings import Findings
from placement.adapters.pods import PodSpec
from placement.adapters.wire import Metadata, Wire, read_wire
from placement.errors import show

__all__ = ["GROUP", "Replicated", "Template", "is_workload", "read_replicated"]

GROUP = "spec.leaderWorkerTemplate"
"""Where a LeaderWorkerSet says what its groups are."""

_EXCLUSIVE = (
    "leaderworkerset.sigs.k8s.io/exclusive-topology",
    "leaderworkerset.sigs.k8s.io/subgroup-exclusive-topology",
)

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
    size: int = Field(default=1, ge=1)
    leader_template: _Template | None = None
    worker_template: _Template


class _GroupSpec(Wire):
    replicas: int = 1
    leader_worker_template: _Group


class _GroupSet(Wire):
    metadata: Metadata
    spec: _GroupSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A pod, and the path of its specification in the document."""

    pod: PodSpec
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replicated:
    """An object that keeps replicas running, each one pod or a group of pods.

    Parameters
    ----------
    pods
        In one replica, each on a node of its own.
    templates
        Of the pods: one for all, or the leader's and the other ones'.
    """

    document: Document
    metadata: Metadata
    replicas: int
    pods: int = 1
    templates: tuple[Template, ...]

    @property
    def namespace(self) -> str:
        """Return the namespace that the object is in."""
        return self.metadata.namespace or "default"

    @property
    def key(self) -> str:
        """Return ``namespace/name``."""
        return f"{self.namespace}/{self.metadata.name}"


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
        templates=(Template(pod=found.spec.template.spec, path="spec.template.spec"),),
    )


def _group(document: Document, findings: Findings) -> Replicated | None:
    found = read_wire(_GroupSet, document, findings)
    if found is None:
        return None
    _refuse_exclusive(document, findings)
    group = found.spec.leader_worker_template
    workers = _template(group.worker_template, "workerTemplate", group.size)
    leader = workers
    if group.leader_template is not None:
        leader = _template(group.leader_template, "leaderTemplate", group.size)
    several = group.size > 1 and leader is not workers
    return Replicated(
        document=document,
        metadata=found.metadata,
        replicas=found.spec.replicas,
        pods=group.size,
        templates=(leader, workers) if several else (leader,),
    )


def _template(template: _Template, name: str, size: int) -> Template:
    """Return a template of a group, whose containers are told the size of the group."""
    pod = template.spec.knowing("LWS_GROUP_SIZE", str(size))
    return Template(pod=pod, path=f"{GROUP}.{name}.spec")


def _refuse_exclusive(document: Document, findings: Findings) -> None:
    """Refuse groups that have a part of the topology each for themselves: no field says that."""
    metadata = document.content.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    for name in _EXCLUSIVE:
        if isinstance(annotations, Mapping) and annotations.get(name):
            rule = (
                "exclusive placement of groups is not supported in this version, and a plan that "
                "ignored it would be wrong; remove it to plan without it"
            )
            findings.refuse(document, f"metadata.annotations.{name}", rule, show(annotations[name]))


def _skip(document: Document, findings: Findings) -> None:
    metadata = document.content.get("metadata")
    known = metadata if isinstance(metadata, Mapping) else {}
    if known.get("ownerReferences"):
        findings.ignored[document.kind] += 1
        return
    name = f"{known.get('namespace') or 'default'}/{known.get('name')}"
    findings.warn(f"{document.kind} {name} is no replicated service; it is skipped")

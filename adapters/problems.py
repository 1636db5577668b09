"""Problem documents, Kubernetes manifests, policies and clusters to one problem."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from placement.adapters.documents import Document, read_documents
from placement.adapters.findings import Findings
from placement.adapters.governing import Governance
from placement.adapters.karmada_clusters import is_cluster, merged_cluster, read_cluster
from placement.adapters.karmada_policies import is_policy, read_policies
from placement.adapters.known_clusters import known_clusters
from placement.adapters.manifests import priority_classes, read_manifest
from placement.adapters.merging import Parts, is_problem, read_problems
from placement.adapters.origin import Origin
from placement.adapters.pieces import Item, Piece, overlaid, traced
from placement.adapters.settling import catalog_of, settled
from placement.adapters.unread import not_read
from placement.adapters.workload_objects import is_workload
from placement.errors import InputError, Issue
from placement.problem import Problem

__all__ = ["Loaded", "problem_of", "read_problem"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A problem, and what the documents said beyond it.

    Parameters
    ----------
    warnings
        What the translation assumed or left out, a sentence each. The problem's own warnings are
        ``problem.warnings()``.
    objects
        The Kubernetes object of each workload that came from a manifest, by ``namespace/name``.
    """

    problem: Problem
    warnings: tuple[str, ...] = ()
    objects: Mapping[str, Origin] = field(default_factory=dict)


def read_problem(paths: Iterable[str | Path]) -> Loaded:
    """Return the problem that files and folders hold together.

    Parameters
    ----------
    paths
        Of problem documents and Kubernetes, Karmada and ACK One manifests, mixed as they come; see
        ``read_documents``.

    Raises
    ------
    AdapterError
        With every fault that was found, each with its file and its path in it.
    """
    return problem_of(read_documents(paths))


def problem_of(documents: Sequence[Document]) -> Loaded:
    """Return the problem that documents hold together.

    Raises
    ------
    AdapterError
        With every fault that was found, each with its file and its path in it.
    """
    findings = Findings()
    sorts = _sorted(documents, findings)
    parts = read_problems(sorts.problems, findings)
    lists = {name: [Item.of(piece) for piece in pieces] for name, pieces in parts.lists.items()}
    lists["clusters"] = _clusters(sorts.clusters, parts, findings)
    lists["workloads"], origins = _workloads(sorts, parts, lists, findings)
    merged: dict[str, object] = {
        name: [item.values for item in items] for name, items in lists.items() if items
    }
    merged.update({name: piece.values for name, piece in parts.single.items()})
    problem = _validated(merged, parts, lists, findings)
    return Loaded(
        problem=problem, warnings=findings.all_warnings(), objects=MappingProxyType(origins)
    )


@dataclass(slots=True, kw_only=True)
class _Sorts:
    """Documents by what they are."""

    problems: list[Document] = field(default_factory=list)
    workloads: list[Document] = field(default_factory=list)
    priorities: list[Document] = field(default_factory=list)
    policies: list[Document] = field(default_factory=list)
    clusters: list[Document] = field(default_factory=list)


def _sorted(documents: Iterable[Document], findings: Findings) -> _Sorts:
    sorts = _Sorts()
    for document in documents:
        if is_problem(document):
            sorts.problems.append(document)
        elif not document.kind or not document.api_version:
            rule = "a Kubernetes object needs both apiVersion and kind, as strings"
            findings.refuse(document, "apiVersion" if document.kind else "kind", rule)
        elif is_workload(document):
            sorts.workloads.append(document)
        elif (document.group, document.kind) == ("scheduling.k8s.io", "PriorityClass"):
            sorts.priorities.append(document)
        elif is_policy(document):
            sorts.policies.append(document)
        elif is_cluster(document):
            sorts.clusters.append(document)
        else:
            not_read(document, findings)
    return sorts


def _clusters(documents: Iterable[Document], parts: Parts, findings: Findings) -> list[Item]:
    """Return the problem documents' clusters, with the Cluster objects of the same names."""
    listed = {str(piece.fields.get("name")): piece for piece in parts.lists["clusters"]}
    merged: dict[str, Item] = {}
    extra: list[Item] = []
    for document in documents:
        stated = read_cluster(document, findings)
        if stated is None:
            continue
        name = str(stated.fields["name"])
        item = merged_cluster(stated, listed.get(name), findings)
        if name in listed and name not in merged:
            merged[name] = item
        else:
            extra.append(item)
    own = [
        merged.pop(str(piece.fields.get("name")), Item.of(piece))
        for piece in parts.lists["clusters"]
    ]
    return [*own, *extra]


def _workloads(
    sorts: _Sorts, parts: Parts, lists: Mapping[str, list[Item]], findings: Findings
) -> tuple[list[Item], dict[str, Origin]]:
    """Return all workloads: those of manifests with policies and overlays, then the others."""
    catalog = catalog_of(
        (item.values for item in lists["instance_types"]),
        (item.values for item in lists["clusters"]),
    )
    clusters = known_clusters((item.values for item in lists["clusters"]), catalog.providers)
    priorities = priority_classes(sorts.priorities, findings)
    policies = read_policies(sorts.policies, findings)
    governance = Governance(policies, clusters, priorities, findings)
    overlays = {_key(piece): piece for piece in reversed(parts.lists["workloads"])}
    items: list[Item] = []
    origins: dict[str, Origin] = {}
    lone: list[Piece | None] = []
    for document in sorts.workloads:
        faults = len(findings.issues)
        manifest = read_manifest(document, priorities, findings)
        if manifest is None:
            if len(findings.issues) > faults:  # what is laid over it says too little alone
                lone.append(overlays.pop(_object_key(document), None))
            continue
        overlay = overlays.get(manifest.key)
        governed = governance.of(manifest)
        if sorts.policies and governed is None and overlay is None:
            findings.warn(f"{manifest.key}: no policy selects it, so it is not placed")
            continue
        overlays.pop(manifest.key, None)
        said, origins[manifest.key] = governed or (None, manifest.origin)
        over = [piece for piece in (said, overlay) if piece is not None]
        items.append(settled(manifest, overlaid(manifest.piece, *over), catalog, findings))
    used = {id(piece) for item in items for piece in item.pieces} | set(map(id, lone))
    rest = [Item.of(piece) for piece in parts.lists["workloads"] if id(piece) not in used]
    return [*items, *rest], origins


def _key(piece: Piece) -> str:
    return f"{piece.fields.get('namespace') or 'default'}/{piece.fields.get('name')}"


def _object_key(document: Document) -> str:
    metadata = document.content.get("metadata")
    return _key(Piece(document=document, values=metadata))


def _validated(
    merged: Mapping[str, object],
    parts: Parts,
    lists: Mapping[str, list[Item]],
    findings: Findings,
) -> Problem:
    """Return the problem, or raise everything that was found together."""
    try:
        problem = Problem.model_validate(merged)
    except InputError as error:
        found = list(_placed(error.issues, parts, lists))
        if findings.issues:  # what was refused is missing, so names may lead nowhere
            found = [issue for issue in found if not issue.rule.startswith("no ")]
        findings.issues += found
        raise findings.error() from None
    if findings.issues:
        raise findings.error()
    return problem


def _placed(
    issues: Iterable[Issue], parts: Parts, lists: Mapping[str, list[Item]]
) -> Iterable[Issue]:
    for issue in traced(issues, lists):
        name = issue.path.partition(".")[0]
        single = parts.single.get(name)
        yield (
            issue
            if issue.source or single is None
            else single.issue(issue.path[len(name) :], issue)
        )

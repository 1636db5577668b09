"""Problem documents to one problem: their lists joined, each item with its place."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pydantic.alias_generators import to_camel, to_snake

from placement.adapters.documents import Document
from placement.adapters.findings import Findings
from placement.adapters.huggingface import read_model_files
from placement.adapters.pieces import Piece
from placement.errors import AdapterError, InputError, nearest, show
from placement.problem import Problem

__all__ = ["Parts", "is_problem", "read_problems"]

_FIELDS = tuple(Problem.model_fields)
_LISTS = ("instance_types", "offerings", "quotas", "clusters", "workloads", "budgets", "limits")


@dataclass(slots=True, kw_only=True)
class Parts:
    """What problem documents hold.

    Parameters
    ----------
    lists
        The items of each list of a problem, in the order of the documents.
    single
        The fields that are no lists, each with the document that states it.
    """

    lists: dict[str, list[Piece]] = field(default_factory=dict)
    single: dict[str, Piece] = field(default_factory=dict)


def is_problem(document: Document) -> bool:
    """Return whether a document is no Kubernetes object, and so has to be a problem."""
    return "kind" not in document.content and "apiVersion" not in document.content


def read_problems(documents: Iterable[Document], findings: Findings) -> Parts:
    """Return the items of all problem documents; what several state singly must agree."""
    parts = Parts(lists={name: [] for name in _LISTS})
    for document in documents:
        if not any(_name(key) in _FIELDS for key in document.content):
            rule = (
                "is neither a problem (with fields such as clusters and workloads) nor a "
                "Kubernetes object (with apiVersion and kind)"
            )
            findings.refuse(document, "", rule, show(sorted(map(str, document.content))))
            continue
        for key, value in document.content.items():
            name = _name(key)
            if value is not None:
                _add(parts, name, Piece(document=document, path=key, values=value), findings)
    return parts


def _name(key: str) -> str:
    snake = to_snake(key)
    return snake if snake in _FIELDS and key in {snake, to_camel(snake)} else key


def _add(parts: Parts, name: str, piece: Piece, findings: Findings) -> None:
    """Add a field of a problem document."""
    document, key, value = piece.document, piece.path, piece.values
    if name not in _FIELDS:
        rule = f"the field {key!r} is not known{nearest(to_snake(key), _FIELDS)}"
        findings.refuse(document, key, rule, show(value))
    elif name not in _LISTS:
        known = parts.single.setdefault(name, piece)
        if known.values != value:
            rule = f"must agree with {known.document.source}, which has {show(known.values)}"
            findings.refuse(document, key, rule, show(value))
    elif not isinstance(value, list):
        findings.refuse(document, key, "must be a list", show(value))
    else:
        for position, item in enumerate(value):
            path = f"{key}[{position}]"
            parts.lists[name].append(_piece(name, item, path, document, findings))


def _piece(name: str, item: object, path: str, document: Document, findings: Findings) -> Piece:
    """Return an item; workloads and clusters with their fields in snake case, to be laid over."""
    if name not in {"workloads", "clusters"} or not isinstance(item, Mapping):
        return Piece(document=document, path=path, values=item)
    values, where = _snake(item, path, document, findings)
    serving = values.get("serving")
    if isinstance(serving, Mapping):
        values["serving"], _ = _snake(serving, where["serving"], document, findings)
    if name == "workloads" and isinstance(values.get("model"), str):
        values["model"] = _model(str(values["model"]), f"{path}.model", document, findings)
    return Piece(document=document, path=path, values=values, where=where)


def _snake(
    fields: Mapping[str, object], path: str, document: Document, findings: Findings
) -> tuple[dict[str, object], dict[str, str]]:
    """Return fields by their names in snake case, and the path of each as it is spelt."""
    values: dict[str, object] = {}
    where: dict[str, str] = {}
    for key, value in fields.items():
        snake = to_snake(key)
        name = snake if key == to_camel(snake) else key
        if name in values:
            rule = f"{name} is given twice, as {name} and as {to_camel(name)}; remove one"
            findings.refuse(document, f"{path}.{key}", rule)
        values[name] = value
        where[name] = f"{path}.{key}"
    return values, where


def _model(name: str, path: str, document: Document, findings: Findings) -> object:
    """Return the model in the folder that ``name`` leads to, or the name itself."""
    folder = document.folder / os.path.expanduser(name)
    if not os.path.exists(folder):  # unlike Path's own, false for what can be no path
        if name.startswith(("./", "../", "/", "~")):
            rule = "no model folder or config.json is there; relative paths start at the document"
            findings.refuse(document, path, rule, show(name))
        return name
    try:
        found = read_model_files(folder)
    except AdapterError as error:
        findings.issues += error.issues
    except InputError as error:
        findings.issues += (issue.at(document.source, path) for issue in error.issues)
    else:
        findings.warnings += (f"model {show(name)}: {note}" for note in found.notes)
        return found.model.model_dump(exclude_none=True)
    return name

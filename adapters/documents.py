"""Files and folders of YAML and JSON to documents: read with bounds, every fault with its place."""

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from placement.adapters.json_text import load_json
from placement.adapters.limits import MOST_DEPTH, MOST_FILES
from placement.adapters.tables import MOST_BYTES, read_text, shortened
from placement.adapters.yaml_text import load_yaml
from placement.errors import AdapterError, Issue, show

__all__ = ["STANDARD_INPUT", "Document", "documents_of", "read_documents"]

STANDARD_INPUT = "-"
_ENDINGS = (".json", ".yaml", ".yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One mapping that a file holds: a problem, or a Kubernetes object.

    Parameters
    ----------
    source
        The file as it was named, and the number of the document in it if it holds several.
    content
        The mapping itself.
    prefix
        Where ``content`` stands in the document, e.g. ``items[2]`` of a list; else empty.
    folder
        What relative paths in the document are relative to.
    """

    source: str
    content: Mapping[str, object]
    prefix: str = ""
    folder: Path = Path()

    @property
    def kind(self) -> str:
        """Return the Kubernetes kind; empty for what is no Kubernetes object."""
        kind = self.content.get("kind")
        return kind if isinstance(kind, str) else ""

    @property
    def api_version(self) -> str:
        """Return the Kubernetes group and version, such as ``apps/v1``; else empty."""
        version = self.content.get("apiVersion")
        return version if isinstance(version, str) else ""

    @property
    def group(self) -> str:
        """Return the API group; empty for the core group."""
        return self.api_version.rpartition("/")[0]

    def at(self, path: str) -> str:
        """Return ``path`` of this mapping as a path of the document."""
        return ".".join(part for part in (self.prefix, path) if part)

    def issue(self, path: str, rule: str, value: str = "") -> Issue:
        """Return an issue at ``path`` of this mapping."""
        return Issue(path=self.at(path), rule=rule, value=value, source=self.source)


def read_documents(paths: Iterable[str | Path]) -> tuple[Document, ...]:
    """Return every document of the files and folders, in the order given.

    Parameters
    ----------
    paths
        Files, folders (searched for ``*.yaml``, ``*.yml`` and ``*.json`` by name, folders within
        included, hidden ones and links to folders not) and ``-`` for standard input. A file that
        is named twice is read once.

    Raises
    ------
    AdapterError
        With the faults of all files together: what cannot be read, is larger than 64 MiB, not
        UTF-8, not YAML or JSON, empty, no mapping, or beyond the bounds of one document.
    """
    documents: list[Document] = []
    issues: list[Issue] = []
    for path in _files(paths, issues):
        try:
            documents += _read(path)
        except AdapterError as error:
            issues += error.issues
    if issues:
        raise AdapterError(shortened(issues))
    return tuple(documents)


def documents_of(values: Sequence[object], source: str, folder: Path) -> Iterator[Document]:
    """Yield the documents among a file's values; lists of Kubernetes objects are taken apart.

    Raises
    ------
    AdapterError
        When a value is no mapping, or all are empty.
    """
    if all(value is None for value in values):
        rule = "holds no document; write a problem or a Kubernetes object into it"
        raise AdapterError([Issue(path="", rule=rule, source=source)])
    issues: list[Issue] = []
    for position, value in enumerate(values, start=1):
        name = f"{source}, document {position}" if len(values) > 1 else source
        if isinstance(value, Mapping):
            yield from _flat(Document(source=name, content=value, folder=folder), issues)
        elif value is not None:
            rule = "must be a mapping: a problem, or a Kubernetes object"
            issues.append(Issue(path="", rule=rule, value=show(value), source=name))
    if issues:
        raise AdapterError(issues)


def _files(paths: Iterable[str | Path], issues: list[Issue]) -> Iterator[Path]:
    """Yield each file once; ``-`` stays as it is."""
    seen: set[str] = set()
    for path in map(Path, paths):
        if "\0" in str(path):
            issues.append(Issue(path="", rule="is no file name", source=show(str(path))))
            continue
        for file in _within(path, issues) if os.path.isdir(path) else [path]:
            real = os.path.realpath(file)
            if real not in seen and len(seen) < MOST_FILES:
                seen.add(real)
                yield file
            elif len(seen) == MOST_FILES:
                rule = f"holds more than {MOST_FILES} files; name those that are meant"
                issues.append(Issue(path="", rule=rule, source=str(path)))
                return


def _within(folder: Path, issues: list[Issue]) -> list[Path]:
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        shown = (name for name in names if not name.startswith("."))
        found += [Path(place, name) for name in shown if name.lower().endswith(_ENDINGS)]
        if len(found) > MOST_FILES:
            break
    if not found:
        rule = "holds no *.yaml, *.yml or *.json file; name another folder, or the files"
        issues.append(Issue(path="", rule=rule, source=str(folder)))
    return sorted(found, key=lambda path: path.parts)


def _read(path: Path) -> list[Document]:
    """Return the documents of one file."""
    if str(path) == STANDARD_INPUT:
        source, text, folder = "standard input", _standard_input(), Path()
    else:
        source, text, folder = str(path), read_text(path), path.parent
    return list(documents_of(_values(path, text, source), source, folder))


def _values(path: Path, text: str, source: str) -> list[object]:
    """Return the values of a text; what has no ending is JSON if it reads as such, else YAML."""
    if path.suffix.lower() == ".json":
        return [load_json(text, source)] if text.strip() else []
    if not path.suffix and text.lstrip()[:1] in {"{", "["}:
        with contextlib.suppress(AdapterError):
            return [load_json(text, source)]
    return load_yaml(text, source)


def _standard_input() -> str:
    content = sys.stdin.buffer.read(MOST_BYTES + 1)
    try:
        if len(content) > MOST_BYTES:
            raise ValueError(f"must not be larger than {MOST_BYTES // 2**20} MiB")
        return content.decode("utf-8-sig")
    except ValueError as error:  # UnicodeDecodeError is one
        rule = "must be UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        raise AdapterError([Issue(path="", rule=rule, source="standard input")]) from error


def _flat(document: Document, issues: list[Issue], depth: int = 0) -> Iterator[Document]:
    """Yield the items of a Kubernetes list, or the document itself."""
    items = document.content.get("items")
    if not document.kind.endswith("List") or not isinstance(items, list):
        yield document
        return
    item_kind = document.kind.removesuffix("List")
    for position, item in enumerate(items):
        prefix = document.at(f"items[{position}]")
        if not isinstance(item, Mapping):
            rule = "must be a Kubernetes object"
            issues.append(document.issue(f"items[{position}]", rule, show(item)))
            continue
        content = item
        if item_kind and "kind" not in item:  # the API leaves it out within a typed list
            content = {"apiVersion": document.api_version, "kind": item_kind, **item}
        within = Document(
            source=document.source, content=content, prefix=prefix, folder=document.folder
        )
        if depth < MOST_DEPTH:
            yield from _flat(within, issues, depth + 1)

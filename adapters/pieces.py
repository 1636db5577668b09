"""Items put together from several documents, which know where each of their fields came from."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from placement.adapters.documents import Document
from placement.errors import Issue

__all__ = ["Item", "Piece", "overlaid", "traced"]

_MERGED = ("labels", "node_selector", "requests", "serving")  # by key; all else as a whole
_PATH = re.compile(r"(?P<list>[^.\[]+)(?:\[(?P<position>\d+)\])?(?:\.(?P<field>[^.\[]+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What one document says of an item of a problem.

    Parameters
    ----------
    document, path
        The document, and where the item stands in it; an empty path is the document itself.
    values
        The fields, by the contract's names; whatever stands there if it is no mapping.
    where
        The path in the document of a field that is spelt otherwise there.
    """

    document: Document
    path: str = ""
    values: object = field(default_factory=dict)
    where: Mapping[str, str] = field(default_factory=dict)

    @property
    def fields(self) -> Mapping[str, object]:
        """Return the fields; none where the item is no mapping."""
        return self.values if isinstance(self.values, Mapping) else {}

    def issue(self, path: str, issue: Issue, name: str = "") -> Issue:
        """Return ``issue``, found at ``path`` below the field ``name``, with its place here."""
        start = self.where.get(name)
        if start is None:
            start = ".".join(part for part in (self.path, name) if part)
        at = self.document.at(f"{start}{path}")
        return replace(issue, source=self.document.source, path=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item of a problem, from one or more pieces.

    Parameters
    ----------
    values
        What the problem is built from.
    pieces
        What it was put together from; the first speaks for the item as a whole.
    """

    values: object
    pieces: tuple[Piece, ...]

    @classmethod
    def of(cls, piece: Piece) -> "Item":
        """Return an item of a single piece."""
        return cls(values=piece.values, pieces=(piece,))

    @property
    def overlaid(self) -> frozenset[str]:
        """Return the fields that a piece other than the first states."""
        return frozenset(name for piece in self.pieces[1:] for name in piece.fields)

    def owner(self, name: str, path: str) -> Piece:
        """Return the piece that a field came from; ``path`` leads on from it, as in ``.cpu``."""
        stating = [piece for piece in self.pieces if name in piece.fields]
        for piece in reversed(stating):
            below = piece.fields[name]
            if name not in _MERGED or not isinstance(below, Mapping):
                return piece
            if any(f"{path}.".startswith(f".{key}.") for key in below):
                return piece
        return stating[-1] if stating else self.pieces[0]


def overlaid(base: Piece, *over: Piece) -> Item:
    """Return ``base`` with each further piece laid over it.

    Labels, node selector, requests and serving are merged key by key; every other field is taken
    whole from the last piece that states it.
    """
    values: dict[str, object] = dict(base.fields)
    for piece in over:
        for name, value in piece.fields.items():
            below = values.get(name)
            if name in _MERGED and isinstance(below, Mapping) and isinstance(value, Mapping):
                values[name] = {**below, **value}
            elif value is not None:
                values[name] = value
    return Item(values=values, pieces=(base, *over))


def traced(issues: Iterable[Issue], lists: Mapping[str, list[Item]]) -> Iterable[Issue]:
    """Yield the issues of a merged problem with their places in the documents it came from."""
    for issue in issues:
        match = _PATH.match(issue.path)
        items = lists.get(match["list"], []) if match else []
        position = int(match["position"] or 0) if match else 0
        if match is None or position >= len(items):
            yield issue
            continue
        item = items[position]
        if match["position"] is None:  # of the list as a whole: told where it begins
            document = item.pieces[0].document
            yield replace(issue, source=document.source, path=document.at(issue.path))
            continue
        name, rest = match["field"] or "", issue.path[match.end() :]
        yield item.owner(name, rest).issue(rest, issue, name)

"""YAML text to plain values, with the tags, aliases and numbers that are safe, and no others.

The values are built from libyaml's events, not by PyYAML's constructors: no tag can name Python,
every value has its line, and an alias is counted at its full size before anything expands it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from placement.adapters.limits import MOST_DEPTH, MOST_ISSUES, MOST_VALUES, integer, number
from placement.errors import AdapterError, Issue, show

__all__ = ["load_yaml"]

_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = {f"{_TAG}{name}" for name in ("str", "int", "float", "bool", "null")}
_COLLECTION_TAGS = {f"{_TAG}{name}" for name in ("map", "seq")}
# Booleans of YAML 1.1 as PyYAML and kubectl read them.
_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_BOOLEANS = {
    spelling: value
    for word, value in _WORDS.items()
    for spelling in (word, word.title(), word.upper())
}
_NULLS = {"", "~", "null", "Null", "NULL"}
_FLOAT = re.compile(r"[-+]?(?:\.[0-9][0-9_]*|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


@dataclass(slots=True)
class _Open:
    """A mapping or list that has begun and not ended."""

    value: dict[str, object] | list[object]
    anchor: str | None
    size: int = 1
    height: int = 1
    key: str | None = None
    merging: bool = False
    merged: list[Mapping[str, object]] = field(default_factory=list)


class _Refused(Exception):
    """Reading ends here: what follows has no meaning or no bound."""

    def __init__(self, rule: str, line: int, value: str = "") -> None:
        super().__init__(rule)
        self.rule, self.line, self.value = rule, line, value


def load_yaml(text: str, source: str) -> list[object]:
    """Return the value of every document in ``text``; dates stay strings.

    Raises
    ------
    AdapterError
        When the text is not YAML, holds a key twice, a tag beyond the core ones, a number that is
        not finite or a whole one of more than a hundred digits, or nests or expands too far. Every
        issue's source is ``source:line``.
    """
    reader = _Reader(source)
    try:
        reader.read(text)
    except _Refused as end:
        reader.refuse(end.rule, end.line, end.value)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        rule = f"is not YAML: {error.problem or error.context}"
        reader.refuse(rule, mark.line if mark else 0)
    except yaml.reader.ReaderError as error:
        found = error.character
        shown = f"U+{found:04X}" if isinstance(found, int) else repr(found)
        rule = f"is not text: it holds the character {shown}; save it as plain UTF-8 text"
        reader.refuse(rule, text.count("\n", 0, error.position))
    except yaml.YAMLError as error:
        reader.refuse(f"is not YAML: {' '.join(str(error).split())}", 0)
    if reader.issues:
        raise AdapterError(reader.issues)
    return reader.documents


class _Reader:
    """Builds values from events; one for each text."""

    def __init__(self, source: str) -> None:
        self.documents: list[object] = []
        self.issues: list[Issue] = []
        self._source = source
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[object, int, int]] = {}  # value, size, height
        self._values = 0

    def refuse(self, rule: str, line: int, value: str = "") -> None:
        place = f"{self._source}:{line + 1}"
        self.issues.append(Issue(path="", rule=rule, value=value, source=place))

    def read(self, text: str) -> None:
        for event in _events(text):
            if len(self.issues) >= MOST_ISSUES:
                return
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event)
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event)
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                self._begin(event)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                self._end(event)
            elif isinstance(event, yaml.DocumentStartEvent):
                self._anchors.clear()

    def _scalar(self, event: Any) -> None:
        line = event.start_mark.line
        top = self._stack[-1] if self._stack else None
        if top and isinstance(top.value, dict) and top.key is None:
            if event.tag not in {None, "!", *_PLAIN_TAGS}:
                raise _Refused(_tag_rule(event.tag), line)
            if event.anchor:
                self._anchors[event.anchor] = (event.value, 1, 0)
            plain = event.tag is None and event.implicit[0]
            self._key(top, event.value, line, merging=plain and event.value == "<<")
            return
        try:
            value = _value(event)
        except ValueError as error:
            self.refuse(str(error), line, show(event.value))
            value = None
        if event.anchor:
            self._anchors[event.anchor] = (value, 1, 0)
        self._add(value, 1, 0, line)

    def _alias(self, event: Any) -> None:
        line, name = event.start_mark.line, event.anchor
        if name not in self._anchors:
            rule = f"the alias *{name} names no value that ended before it"
            raise _Refused(rule, line)
        value, size, height = self._anchors[name]
        top = self._stack[-1] if self._stack else None
        if top and isinstance(top.value, dict) and top.key is None:
            if not isinstance(value, str):
                raise _Refused("a key must be a string", line, f"*{name}")
            self._key(top, value, line, merging=False)
            return
        self._add(value, size, height, line)

    def _begin(self, event: Any) -> None:
        line = event.start_mark.line
        top = self._stack[-1] if self._stack else None
        if top and isinstance(top.value, dict) and top.key is None:
            raise _Refused("a key must be a string, not a mapping or a list", line)
        if event.tag not in {None, "!", *_COLLECTION_TAGS}:
            raise _Refused(_tag_rule(event.tag), line)
        if len(self._stack) >= MOST_DEPTH:
            raise _Refused(f"must not nest deeper than {MOST_DEPTH} levels", line)
        mapping = isinstance(event, yaml.MappingStartEvent)
        self._stack.append(_Open({} if mapping else [], event.anchor))

    def _end(self, event: Any) -> None:
        done = self._stack.pop()
        if isinstance(done.value, dict):
            for merged in done.merged:
                for key, value in merged.items():
                    done.value.setdefault(key, value)
        if done.anchor:
            self._anchors[done.anchor] = (done.value, done.size, done.height)
        # The members were counted as they came; only the whole is new.
        self._add(done.value, done.size, done.height, event.start_mark.line, counted=done.size - 1)

    def _key(self, top: _Open, key: str, line: int, *, merging: bool) -> None:
        if not merging and isinstance(top.value, dict) and key in top.value:
            self.refuse("the key is given twice in one mapping; remove one", line, show(key))
        top.key, top.merging = key, merging

    def _add(self, value: object, size: int, height: int, line: int, *, counted: int = 0) -> None:
        self._values += size - counted
        if self._values > MOST_VALUES:
            raise _Refused(f"must not hold more than {MOST_VALUES} values, aliases expanded", line)
        if len(self._stack) + height > MOST_DEPTH:
            raise _Refused(f"must not nest deeper than {MOST_DEPTH} levels", line)
        if not self._stack:
            self.documents.append(value)
            return
        top = self._stack[-1]
        top.size += size
        top.height = max(top.height, height + 1)
        if isinstance(top.value, list):
            top.value.append(value)
        elif top.merging:
            top.merged += self._merged(value, line)
            top.key, top.merging = None, False
        elif top.key is not None:
            top.value[top.key] = value
            top.key = None

    def _merged(self, value: object, line: int) -> list[Mapping[str, object]]:
        parts = value if isinstance(value, list) else [value]
        found: list[Mapping[str, object]] = [part for part in parts if isinstance(part, dict)]
        if len(found) < len(parts):
            self.refuse("the merge key << takes a mapping or a list of mappings", line)
        return found


def _events(text: str) -> Iterator[Any]:
    """Yield libyaml's events; PyYAML's own parser, where it was built without, is slower."""
    return iter(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def _value(event: Any) -> object:
    """Return what a scalar stands for."""
    tag, text = event.tag, event.value
    if tag not in {None, "!", *_PLAIN_TAGS}:
        raise ValueError(_tag_rule(tag))
    if tag in {"!", f"{_TAG}str"} or (tag is None and not event.implicit[0]):
        return text
    value = _resolved(text)
    if tag is not None and not isinstance(value, _KINDS[tag]):
        raise ValueError(f"does not agree with its tag !!{tag.removeprefix(_TAG)}")
    return value


_KINDS: dict[str, type | tuple[type, ...]] = {
    f"{_TAG}int": int,
    f"{_TAG}float": (int, float),
    f"{_TAG}bool": bool,
    f"{_TAG}null": type(None),
}


def _resolved(text: str) -> object:
    """Return a plain scalar as null, a boolean, a number or, all else, a string."""
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if text[0] not in "+-.0123456789":
        return text
    if _NOT_FINITE.fullmatch(text):
        raise ValueError("a number must be finite")
    whole = integer(text)
    if whole is not None:
        return whole
    return number(text) if _FLOAT.fullmatch(text) and not _leading_zero(text) else text


def _leading_zero(text: str) -> bool:
    """Return whether digits such as 0890 are a name, not a number."""
    return text.isdigit() and text.startswith("0")


def _tag_rule(tag: str) -> str:
    shown = tag.replace(_TAG, "!!")
    return (
        f"the tag {shown} is not allowed; only plain values, lists and mappings are, so remove it"
    )

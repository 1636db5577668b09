"""Plain values to YAML text that diff tools can read: one value, one spelling.

Block style, two spaces, keys sorted (``apiVersion``, ``kind``, ``metadata``, ``spec``, ``status``
first at the top), no aliases, no folded lines. Strings that some YAML reader would take for another
type are quoted: those of YAML 1.1 (``on``, ``0o7``, ``12:30``) and of YAML 1.2 (``1e3``) alike.
"""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = ["to_yaml"]

_HEAD = ("apiVersion", "kind", "metadata", "spec", "status")
# A Kubernetes quantity is no number to any reader. Any other plain string
# starts with a letter, a slash or an underscore; blanks only inside and never before a "#"; a
# colon only before something that is not a blank. Everything else is quoted.
_QUANTITY = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:m|k|M|G|T|P|[KMGTPE]i)")
_PLAIN = re.compile(r"[A-Za-z_/](?:[A-Za-z0-9_./@+(),;=<>-]|:(?=[^\s:])| (?=[^\s#]))*")
_NAMED = re.compile(r"(?:y|n|yes|no|on|off|true|false|null|nan|inf|infinity)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")


def to_yaml(documents: Iterable[object], *, sort: bool = True) -> str:
    """Return documents as YAML text, separated by ``---``, with a line feed at the end.

    Parameters
    ----------
    documents
        Plain values: mappings with string keys, lists, strings, numbers, booleans, None.
    sort
        Sort the keys of every mapping; else they stay in the order given.

    Raises
    ------
    TypeError, ValueError
        When a value is of another type, a key is no string, or a number is not finite.
    """
    return "---\n".join("".join(_document(document, sort)) for document in documents)


def _document(value: object, sort: bool) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        order = [key for key in _HEAD if key in value] if sort else []
        rest = [key for key in value if key not in order]
        yield from _mapping(value, order + (sorted(rest) if sort else rest), 0, sort)
    elif isinstance(value, list | tuple) and value:
        yield from _sequence(value, 0, sort)
    else:
        yield f"{_scalar(value)}\n"


def _mapping(
    value: Mapping[str, object], keys: Sequence[str], depth: int, sort: bool
) -> Iterator[str]:
    """Yield the lines of a mapping; the first one has its indent too."""
    pad = "  " * depth
    for key in keys:
        if not isinstance(key, str):
            raise TypeError(f"a key must be a string, not {key!r}")
        item = value[key]
        name = f"{pad}{_string(key)}:"
        if isinstance(item, Mapping) and item:
            yield f"{name}\n"
            yield from _mapping(item, sorted(item) if sort else list(item), depth + 1, sort)
        elif isinstance(item, list | tuple) and item:
            yield f"{name}\n"
            yield from _sequence(item, depth, sort)
        else:
            yield f"{name} {_scalar(item)}\n"


def _sequence(value: Sequence[object], depth: int, sort: bool) -> Iterator[str]:
    """Yield the lines of a list; a mapping or list in it starts on the line of its hyphen."""
    pad = "  " * depth
    for item in value:
        if isinstance(item, Mapping) and item:
            keys = sorted(item) if sort else list(item)
            lines = _mapping(item, keys, depth + 1, sort)
        elif isinstance(item, list | tuple) and item:
            lines = _sequence(item, depth + 1, sort)
        else:
            lines = iter([f"{pad}  {_scalar(item)}\n"])
        first = next(lines)
        yield f"{pad}- {first[len(pad) + 2 :]}"
        yield from lines


def _scalar(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, list | tuple):
        return "[]"
    raise TypeError(f"YAML has no spelling for a {type(value).__name__}")


def _float(value: float) -> str:
    """Return the shortest decimal that reads back as the same float, with a point in it."""
    if not math.isfinite(value):
        raise ValueError("a number must be finite")
    mantissa, exponent, power = repr(value).partition("e")
    point = "" if "." in mantissa else ".0"
    return f"{mantissa}{point}{exponent}{power}"


def _string(text: str) -> str:
    """Return a string plain where no reader mistakes it, else in quotes."""
    if _CONTROL.search(text):
        quoted = json.dumps(text, ensure_ascii=False)
        return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)
    if _QUANTITY.fullmatch(text):
        return text
    if _NAMED.fullmatch(text) or not text or text[0] in "0123456789+-.":
        return json.dumps(text, ensure_ascii=False)
    if _PLAIN.fullmatch(text):
        return text
    return "'" + text.replace("'", "''") + "'"

"""JSON text to plain values, under the same bounds as YAML."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import NoReturn

from placement.adapters.limits import MOST_DEPTH, MOST_VALUES, integer, number
from placement.adapters.yaml_text import load_yaml
from placement.errors import AdapterError, Issue, show

__all__ = ["load_json"]


class _Twice(ValueError):
    """An object holds a key twice."""


def load_json(text: str, source: str, *, most: int = MOST_VALUES, locate: bool = True) -> object:
    """Return the value that ``text`` holds.

    Parameters
    ----------
    most
        Values that it may hold.
    locate
        Whether the line of a key that is given twice is looked for, which takes a second reading.

    Raises
    ------
    AdapterError
        When the text is not JSON, holds a key twice, a number that is not finite or a whole one of
        more than a hundred digits, or nests too deep or holds too many values.
    """
    if sum(map(text.count, ",[{")) > most:
        raise _refused(f"must not hold more than {most} values", source)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_once,
            parse_int=integer,
            parse_float=number,
            parse_constant=_constant,
        )
        deep = not _within(value, MOST_DEPTH)
    except RecursionError:
        deep = True
    except json.JSONDecodeError as error:
        raise _refused(f"is not JSON: {error.msg}", f"{source}:{error.lineno}") from error
    except _Twice as error:
        if locate:
            load_yaml(text, source)  # JSON is YAML, and that reader knows the line
        raise _refused(str(error), source) from error
    except ValueError as error:
        raise _refused(str(error), source) from error
    if deep:
        raise _refused(f"must not nest deeper than {MOST_DEPTH} levels", source)
    return value


def _refused(rule: str, source: str) -> AdapterError:
    return AdapterError([Issue(path="", rule=rule, source=source)])


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = next(name for name in counts if counts[name] > 1)
        raise _Twice(f"the key {show(twice)} is given twice in one object; remove one")
    return found


def _constant(name: str) -> NoReturn:
    raise ValueError(f"a number must be finite, not {name}")


def _within(value: object, depth: int) -> bool:
    """Return whether ``value`` nests at most ``depth`` levels."""
    level = [value]
    for _ in range(depth):
        level = [
            member
            for part in level
            if isinstance(part, list | Mapping)
            for member in (part.values() if isinstance(part, Mapping) else part)
        ]
        if not level:
            return True
    return not any(isinstance(part, list | Mapping) for part in level)

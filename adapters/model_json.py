"""JSON of a model's files, which may come from anywhere, in bounded time and memory."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from placement.adapters.limits import MOST_DEPTH, integer, number
from placement.adapters.model_folders import fault, read_file
from placement.errors import show

__all__ = ["parse_object", "read_object"]

MOST_VALUES = 1_000_000  # of a file: a tensor has six, and DeepSeek-R1 about 90,000 tensors
MOST_BYTES = 64 * 2**20  # of a file: the index of a model with 100,000 tensors has 12 MiB


def read_object(file: Path) -> Mapping[str, Any]:
    """Return the JSON object that a file of at most 64 MiB holds.

    Raises
    ------
    AdapterError
        When it cannot be read, or as :func:`parse_object`.
    """
    return parse_object(read_file(file, MOST_BYTES), file)


def parse_object(text: str, file: Path) -> Mapping[str, Any]:
    """Return the JSON object that ``text`` holds.

    Raises
    ------
    AdapterError
        When it is not one JSON object, holds a key twice or a number that is not finite, nests
        deeper than 100 levels or holds more than 1,000,000 values.
    """
    if sum(map(text.count, ",[{")) > MOST_VALUES:
        raise fault(f"must not hold more than {MOST_VALUES} values", file)
    if not text.strip():
        raise fault("is empty; must hold one JSON object", file)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_once,
            parse_int=integer,
            parse_float=number,
            parse_constant=_constant,
        )
    except RecursionError as error:
        raise fault(f"must not nest deeper than {MOST_DEPTH} levels", file) from error
    except json.JSONDecodeError as error:
        raise fault(f"is not JSON: {error.msg} in line {error.lineno}", file) from error
    except ValueError as error:
        raise fault(str(error), file) from error
    if not isinstance(value, Mapping):
        raise fault("must hold one JSON object", file, value=show(value))
    if _deep(value):
        raise fault(f"must not nest deeper than {MOST_DEPTH} levels", file)
    return value


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = next(name for name in counts if counts[name] > 1)
        raise ValueError(f"the key {show(twice)} is given twice in one object; remove one")
    return found


def _constant(name: str) -> NoReturn:
    raise ValueError(f"a number must be finite, not {name}")


def _deep(value: object) -> bool:
    level = [value]
    for _ in range(MOST_DEPTH):
        level = [
            member
            for part in level
            if isinstance(part, list | Mapping)
            for member in (part.values() if isinstance(part, Mapping) else part)
        ]
        if not level:
            return False
    return any(isinstance(part, list | Mapping) for part in level)

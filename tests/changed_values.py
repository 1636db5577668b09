"""Documents with one value changed or taken away, for laws about what is read or refused."""

import copy
from collections.abc import Iterator
from typing import Any

__all__ = ["changed", "places"]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value within ``value``."""
    if path:
        yield path
    steps = value if isinstance(value, dict) else range(len(value) if type(value) is list else 0)
    for step in steps:
        yield from places(value[step], (*path, step))


def changed(document: Any, path: tuple[Any, ...], value: object, *, remove: bool) -> Any:
    """Return a copy with another value at ``path``, or without the field there."""
    copied = copy.deepcopy(document)
    holder: Any = copied
    for step in path[:-1]:
        holder = holder[step]
    if remove and isinstance(holder, dict):
        del holder[path[-1]]
    else:
        holder[path[-1]] = copy.deepcopy(value)
    return copied

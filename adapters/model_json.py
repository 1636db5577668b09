"""JSON of a model's files, which may come from anywhere, in bounded time and memory."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from placement.adapters.json_text import load_json
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
    if not text.strip():
        raise fault("is empty; must hold one JSON object", file)
    value = load_json(text, str(file), most=MOST_VALUES, locate=False)
    if not isinstance(value, Mapping):
        raise fault("must hold one JSON object", file, value=show(value))
    return value

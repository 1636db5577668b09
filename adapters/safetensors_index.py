"""The index of a model that is stored in several .safetensors files."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from placement.adapters.model_folders import fault, holds, names_in
from placement.adapters.model_json import read_object
from placement.errors import show

__all__ = ["INDEX", "StoredIndex", "read_index", "weight_files"]

INDEX = "model.safetensors.index.json"
_SHARD = re.compile(r"(.+)-\d{5}-of-(\d{5})\.safetensors")
_MOST_BYTES = 10**15


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredIndex:
    """What an index says.

    Parameters
    ----------
    total_size
        Bytes of all tensors, or None where it does not say.
    weight_map
        The file of each tensor.
    """

    total_size: int | None = None
    weight_map: Mapping[str, str] = field(default_factory=dict)


def read_index(folder: Path) -> StoredIndex | None:
    """Return what the index in a folder says, or None where there is none.

    Raises
    ------
    AdapterError
        When it cannot be read, or its size or map is of another kind than it has to be.
    """
    if not holds(folder, INDEX):
        return None
    file = folder / INDEX
    content = read_object(file)
    metadata = content.get("metadata")
    size = metadata.get("total_size") if isinstance(metadata, Mapping) else None
    if size is not None:
        whole = isinstance(size, int | float) and not isinstance(size, bool) and size % 1 == 0
        if not whole or not 1 <= size <= _MOST_BYTES:
            rule = "must be a whole number of bytes above zero"
            raise fault(rule, file, "metadata.total_size", show(size))
    return StoredIndex(
        total_size=None if size is None else int(size),
        weight_map=_map(content.get("weight_map"), file),
    )


def _map(value: Any, file: Path) -> Mapping[str, str]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise fault("must be an object of tensors and files", file, "weight_map", show(value))
    for tensor, name in value.items():
        if not isinstance(name, str) or not name or name != Path(name).name or "\\" in name:
            rule = "must be the name of a file in the model's folder"
            raise fault(rule, file, f"weight_map.{show(tensor)}", show(name))
    return value


def weight_files(folder: Path, index: StoredIndex | None, notes: list[str]) -> Sequence[Path]:
    """Return the .safetensors files that are the model, none where some of them are missing."""
    names = names_in(folder)
    stored = set(names)
    if index is not None and index.weight_map:
        wanted = sorted(set(index.weight_map.values()))
    elif "model.safetensors" in stored:
        wanted = ["model.safetensors"]
    else:
        wanted = [name for name in names if _SHARD.fullmatch(name)]
        wanted = wanted or [name for name in names if name.endswith(".safetensors")][:1]
        if match := _SHARD.fullmatch(wanted[0]) if wanted else None:
            wanted = [
                f"{match[1]}-{n:05d}-of-{match[2]}.safetensors" for n in range(1, int(match[2]) + 1)
            ]
    missing = [name for name in wanted if name not in stored]
    if missing and len(missing) < len(wanted):
        notes.append(
            f"{missing[0]} and {len(missing) - 1} more of {len(wanted)} files of weights are not "
            "there; none of them was read"
        )
    return () if missing else [folder / name for name in wanted]

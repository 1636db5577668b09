"""The headers of .safetensors files: which tensors, of which type and shape. No weights are read.

A file begins with 8 bytes, the length of its header, little-endian; then that header, a JSON object
of ``{name: {dtype, shape, data_offsets}}``; then the bytes of the tensors without gaps. Source: the
format's own description, README.md of huggingface/safetensors, 0.6.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from placement.adapters.model_folders import fault, open_file
from placement.adapters.model_json import parse_object
from placement.errors import show

__all__ = ["Tensor", "read_header", "read_headers"]

MOST_HEADER = 100_000_000
"""Bytes of one header, as safetensors itself allows."""

MOST_HEADERS = 256 * 2**20
"""Bytes of all headers of a model: 3 KiB for each of 90,000 tensors; Kimi-K2, with as many matrices
of experts, has 30 MiB."""

BITS: dict[str, int] = {
    "F4": 4,
    **dict.fromkeys(("F6_E2M3", "F6_E3M2"), 6),
    **dict.fromkeys(("BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0"), 8),
    **dict.fromkeys(("F8_E4M3FNUZ", "F8_E5M2FNUZ"), 8),
    **dict.fromkeys(("I16", "U16", "F16", "BF16"), 16),
    **dict.fromkeys(("I32", "U32", "F32"), 32),
    **dict.fromkeys(("I64", "U64", "F64", "C64"), 64),
}
"""Bits of one number of each type. Source: ``Dtype`` in safetensors/src/tensor.rs, 0.6."""

_PLAUSIBLE = 2**63  # numbers in one tensor
_MOST_DIMENSIONS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Tensor:
    """One tensor as it is stored.

    Parameters
    ----------
    dtype
        As the file names it, such as ``BF16`` or ``F8_E4M3``.
    numbers
        How many of that type.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    numbers: int
    bytes: int


def read_headers(files: Iterable[Path]) -> tuple[Tensor, ...]:
    """Return the tensors of all files of a model.

    Raises
    ------
    AdapterError
        As :func:`read_header`; when a name occurs twice, or the headers have over 256 MiB in all.
    """
    found: dict[str, Tensor] = {}
    left = MOST_HEADERS
    for file in files:
        tensors, length = read_header(file, left)
        left -= length
        for tensor in tensors:
            if tensor.name in found:
                rule = "the tensor is in another file of the model, too; remove one"
                raise fault(rule, file, value=show(tensor.name))
            found[tensor.name] = tensor
    return tuple(found.values())


def read_header(file: Path, most: int = MOST_HEADERS) -> tuple[tuple[Tensor, ...], int]:
    """Return the tensors of one file, in the order of their bytes, and the header's length.

    Raises
    ------
    AdapterError
        When the file is no regular one inside its folder, is cut short, or its header is too long,
        is not JSON, or describes tensors that overlap, leave gaps or do not have the size that
        their shape makes.
    """
    with open_file(file) as (stream, size):
        start = stream.read(8)
        length = int.from_bytes(start, "little")
        _check_length(file, start, length, size)
        if length > most:
            raise fault(f"the model's headers must not have over {MOST_HEADERS >> 20} MiB", file)
        try:
            text = stream.read(length).decode("utf-8")
        except UnicodeDecodeError as error:
            raise fault("the header must be UTF-8", file) from error
    return _tensors(parse_object(text, file), file, size - 8 - length), length


def _check_length(file: Path, start: bytes, length: int, size: int) -> None:
    if start == b"version ":
        rule = "is a pointer of Git LFS, not the file itself; fetch it with `git lfs pull`"
        raise fault(rule, file)
    if len(start) < 8 or length > size - 8:
        rule = "the file ends before its header does; it is cut short, or no safetensors file"
        raise fault(rule, file)
    if length > MOST_HEADER:
        raise fault(f"the header must not have over {MOST_HEADER:,} bytes", file, value=f"{length}")


def _tensors(header: Mapping[str, Any], file: Path, data: int) -> tuple[Tensor, ...]:
    spans: list[tuple[int, int, Tensor]] = []
    for name, entry in header.items():
        if name != "__metadata__":
            spans.append(_tensor(name, entry, file))
    spans.sort(key=lambda span: span[:2])
    end = 0
    for first, last, tensor in spans:
        if first != end:
            word = "overlaps the one before it" if first < end else "leaves a gap before it"
            raise fault(f"the tensor {word}", file, path=f"{show(tensor.name)}.data_offsets")
        end = last
    if end > data:
        rule = f"the header describes {end} bytes of tensors; the file is cut short"
        raise fault(rule, file, value=f"{data} bytes")
    if end < data:
        rule = f"must end with its last tensor, at {end} bytes after the header"
        raise fault(rule, file, value=f"{data} bytes")
    return tuple(tensor for _, _, tensor in spans)


def _tensor(name: str, entry: object, file: Path) -> tuple[int, int, Tensor]:
    """Return the first byte of a tensor, the one after its last, and the tensor."""
    path = show(name)
    if not isinstance(entry, Mapping):
        raise fault("must be an object of dtype, shape and data_offsets", file, path, show(entry))
    dtype = entry.get("dtype")
    if not isinstance(dtype, str) or dtype not in BITS:
        raise fault("must be a known type of numbers", file, f"{path}.dtype", show(dtype))
    shape = _sizes(entry.get("shape"), f"{path}.shape", file)
    span = _sizes(entry.get("data_offsets"), f"{path}.data_offsets", file)
    numbers = prod(shape)
    if numbers > _PLAUSIBLE:
        raise fault("the tensor is absurdly large", file, f"{path}.shape", show(shape))
    size = -(-numbers * BITS[dtype] // 8)
    if len(span) != 2 or span[1] - span[0] != size:
        rule = f"must span the {size} bytes that dtype and shape make"
        raise fault(rule, file, f"{path}.data_offsets", show(span))
    tensor = Tensor(name=name, dtype=dtype, shape=shape, numbers=numbers, bytes=size)
    return span[0], span[1], tensor


def _sizes(value: object, path: str, file: Path) -> tuple[int, ...]:
    if isinstance(value, list) and len(value) <= _MOST_DIMENSIONS and all(map(_is_size, value)):
        return tuple(value)
    raise fault("must be a list of whole numbers, zero or more", file, path, show(value))


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _PLAUSIBLE

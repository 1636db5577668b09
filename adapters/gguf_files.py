"""The header of a GGUF file: its key-value pairs and its tensors. No weights are read.

The ``gguf`` package of ggml-org maps the whole file and, in version 0.19, walks an array of any
stated length even beyond the end of the file; so the header is read here, under bounds. Source: the
GGUF specification, docs/gguf.md of ggml-org/ggml, versions 2 and 3.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import BinaryIO

from placement.adapters.model_folders import fault, open_file
from placement.errors import AdapterError, show

__all__ = ["GgufHeader", "GgufTensor", "Value", "read_gguf_header"]

MOST_TENSORS = 200_000  # DeepSeek-R1 has 1,025
MOST_PAIRS = 10_000
MOST_KEPT = 65_536  # values of an array; longer ones, such as vocabularies, keep their length alone
MOST_WORDS = (
    5_000_000  # words of all arrays: the largest vocabulary has 262,208, its merges 580,604
)
MOST_NAME = 65_535  # bytes of a key, by the specification
MOST_TEXT = 2**24  # bytes of a text
MOST_DIMENSIONS = 8

SIZES: dict[int, tuple[str, int, int]] = {
    0: ("F32", 1, 4),
    1: ("F16", 1, 2),
    2: ("Q4_0", 32, 18),
    3: ("Q4_1", 32, 20),
    6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24),
    8: ("Q8_0", 32, 34),
    9: ("Q8_1", 32, 40),
    10: ("Q2_K", 256, 84),
    11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176),
    14: ("Q6_K", 256, 210),
    15: ("Q8_K", 256, 292),
    16: ("IQ2_XXS", 256, 66),
    17: ("IQ2_XS", 256, 74),
    18: ("IQ3_XXS", 256, 98),
    19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18),
    21: ("IQ3_S", 256, 110),
    22: ("IQ2_S", 256, 82),
    23: ("IQ4_XS", 256, 136),
    24: ("I8", 1, 1),
    25: ("I16", 1, 2),
    26: ("I32", 1, 4),
    27: ("I64", 1, 8),
    28: ("F64", 1, 8),
    29: ("IQ1_M", 256, 56),
    30: ("BF16", 1, 2),
    34: ("TQ1_0", 256, 54),
    35: ("TQ2_0", 256, 66),
    39: ("MXFP4", 32, 17),
    40: ("NVFP4", 64, 36),
}
"""Name, weights of a block and bytes of a block by type. Source: gguf 0.19.0, constants.py."""

_SCALARS = {
    **{0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?"},
    **{10: "<Q", 11: "<q", 12: "<d"},
}
_TEXT, _ARRAY = 8, 9

Value = int | float | bool | str | tuple[int | float | bool | str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GgufTensor:
    """One tensor: its type's name, how many weights, and its bytes."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    weights: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GgufHeader:
    """What a file says of itself.

    Parameters
    ----------
    pairs
        Values by key; of a long array its length, under the key and ``.length``.
    """

    pairs: Mapping[str, Value]
    tensors: tuple[GgufTensor, ...]


def read_gguf_header(file: Path) -> GgufHeader:
    """Return the key-value pairs and the tensors of a GGUF file.

    Raises
    ------
    AdapterError
        When it is no regular file in its folder, no GGUF of version 2 or 3, cut short, or states
        absurd counts, unknown types, keys or tensors twice, or tensors that overlap.
    """
    with open_file(file) as (stream, size):
        reader = _Reader(stream, size, file)
        if reader.take(4) != b"GGUF":
            raise fault("must begin with GGUF", file)
        version = reader.scalar("<I")
        if version not in (2, 3):
            rule = "must be GGUF version 2 or 3, little-endian"
            raise fault(rule, file, "version", str(version))
        tensors, pairs = int(reader.scalar("<Q")), int(reader.scalar("<Q"))
        # A tensor takes at least 24 bytes of header, a pair 13.
        _check_count("tensor_count", tensors, min(MOST_TENSORS, size // 24), file)
        _check_count("metadata_kv_count", pairs, min(MOST_PAIRS, size // 13), file)
        found = _pairs(reader, pairs)
        spans = [_tensor(reader) for _ in range(tensors)]
        alignment = found.get("general.alignment", 32)
        if type(alignment) is not int or not 1 <= alignment <= 2**20:
            raise fault("must be a power of two", file, "general.alignment", show(alignment))
        start = -(-reader.position // alignment) * alignment
        _check_spans(spans, size - start, file)
    return GgufHeader(pairs=found, tensors=tuple(tensor for _, tensor in spans))


def _check_count(name: str, count: int, most: int, file: Path) -> None:
    if count > most:
        raise fault(f"must not be more than {most} in this file", file, name, str(count))


def _pairs(reader: "_Reader", count: int) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for _ in range(count):
        key = reader.text(MOST_NAME)
        if key in found:
            raise fault("the key is given twice", reader.file, show(key))
        kind = int(reader.scalar("<I"))
        found[key] = None
        value = reader.value(kind, key)
        if isinstance(value, _Length):
            found[f"{key}.length"] = value.count
        else:
            found[key] = value
    return found


def _tensor(reader: "_Reader") -> tuple[int, GgufTensor]:
    """Return where a tensor begins, and the tensor."""
    name = reader.text(MOST_NAME)
    count = int(reader.scalar("<I"))
    if count > MOST_DIMENSIONS:
        rule = f"must not have more than {MOST_DIMENSIONS} dimensions"
        raise fault(rule, reader.file, show(name), str(count))
    shape = tuple(int(reader.scalar("<Q")) for _ in range(count))
    kind, offset = int(reader.scalar("<I")), int(reader.scalar("<Q"))
    if kind not in SIZES:
        raise fault("must have a known type", reader.file, show(name), str(kind))
    dtype, block, size = SIZES[kind]
    weights = prod(shape)
    if weights > 2**63 or weights % block:
        rule = f"must have a size that is whole blocks of {block}, and below 2^63"
        raise fault(rule, reader.file, show(name), show(shape))
    tensor = GgufTensor(
        name=name, dtype=dtype, shape=shape, weights=weights, bytes=weights // block * size
    )
    return offset, tensor


def _check_spans(spans: list[tuple[int, GgufTensor]], data: int, file: Path) -> None:
    end, names = 0, set()
    for offset, tensor in sorted(spans, key=lambda span: (span[0], span[1].bytes)):
        if tensor.name in names:
            raise fault("the tensor is there twice", file, show(tensor.name))
        names.add(tensor.name)
        if offset < end:
            raise fault("the tensor overlaps the one before it", file, show(tensor.name))
        end = offset + tensor.bytes
    if end > max(data, 0):
        rule = f"the header describes {end} bytes of tensors; the file is cut short"
        raise fault(rule, file, value=f"{max(data, 0)} bytes")


@dataclass(frozen=True, slots=True)
class _Length:
    """Stands for an array that is too long to keep."""

    count: int


class _Reader:
    """Reads on in a file, never beyond its end."""

    def __init__(self, stream: BinaryIO, size: int, file: Path) -> None:
        self.stream, self.size, self.file = stream, size, file
        self.position = 0
        self.words = 0

    def take(self, count: int) -> bytes:
        if count > self.size - self.position:
            raise self._short()
        self.position += count
        content = self.stream.read(count)
        if len(content) < count:
            raise self._short()
        return content

    def scalar(self, code: str) -> int | float | bool:
        value: int | float | bool = struct.unpack(code, self.take(struct.calcsize(code)))[0]
        return value

    def text(self, most: int) -> str:
        length = int(self.scalar("<Q"))
        if length > most:
            raise fault(f"a text must not have more than {most} bytes", self.file, "", str(length))
        return self.take(length).decode("utf-8", "replace")

    def value(self, kind: int, key: str) -> "Value | _Length":
        if kind == _TEXT:
            return self.text(MOST_TEXT)
        if kind == _ARRAY:
            return self._array(int(self.scalar("<I")), int(self.scalar("<Q")), key)
        if kind not in _SCALARS:
            raise fault("must have a known type", self.file, show(key), str(kind))
        return self.scalar(_SCALARS[kind])

    def _array(self, kind: int, count: int, key: str) -> "Value | _Length":
        if kind == _TEXT:
            self.words += count
            if self.words > MOST_WORDS:
                rule = f"arrays must not have more than {MOST_WORDS} words in all"
                raise fault(rule, self.file, show(key), str(count))
            for _ in range(count):
                self.text(MOST_TEXT)
            return _Length(count)
        if kind not in _SCALARS:
            raise fault("must be an array of a known type", self.file, show(key), str(kind))
        code = _SCALARS[kind]
        size = struct.calcsize(code)
        if count * size > self.size - self.position:
            raise self._short()
        if count > MOST_KEPT:
            self.stream.seek(count * size, 1)
            self.position += count * size
            return _Length(count)
        return struct.unpack(f"<{count}{code[1]}", self.take(count * size))

    def _short(self) -> AdapterError:
        return fault("the file ends before its header does; it is cut short", self.file)

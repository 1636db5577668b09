"""GGUF files for tests, byte by byte; weights are holes."""

import struct
from collections.abc import Mapping, Sequence
from math import prod
from pathlib import Path

Value = int | str | list[int] | list[str]
BLOCKS = {0: (1, 4), 1: (1, 2), 8: (32, 34), 12: (256, 144), 14: (256, 210), 39: (32, 17)}


def text(value: str) -> bytes:
    raw = value.encode()
    return struct.pack("<Q", len(raw)) + raw


def pair(key: str, value: Value) -> bytes:
    if isinstance(value, str):
        return text(key) + struct.pack("<I", 8) + text(value)
    if isinstance(value, int):
        return text(key) + struct.pack("<II", 4, value)
    words = [text(one) if isinstance(one, str) else struct.pack("<I", one) for one in value]
    kind = 8 if value and isinstance(value[0], str) else 4
    return text(key) + struct.pack("<IIQ", 9, kind, len(value)) + b"".join(words)


def gguf(
    pairs: Mapping[str, Value],
    tensors: Mapping[str, tuple[int, Sequence[int]]],
    version: int = 3,
    count: int | None = None,
) -> tuple[bytes, int]:
    """Return the header of a file, and the bytes of its tensors, each aligned to 32."""
    head = struct.pack("<IQQ", version, len(tensors) if count is None else count, len(pairs))
    body = b"".join(pair(key, value) for key, value in pairs.items())
    offset, infos = 0, b""
    for name, (kind, shape) in tensors.items():
        infos += text(name) + struct.pack(f"<I{len(shape)}Q", len(shape), *shape)
        infos += struct.pack("<IQ", kind, offset)
        block, size = BLOCKS[kind]
        offset += -(-(prod(shape) // block * size) // 32) * 32
    raw = b"GGUF" + head + body + infos
    return raw + b"\0" * (-len(raw) % 32), offset


def write(file: Path, raw: bytes, size: int) -> Path:
    """Write a header and so many bytes after it."""
    with file.open("wb") as stream:
        stream.write(raw)
        stream.truncate(len(raw) + size)
    return file


def llama(kind: int = 12) -> tuple[dict[str, Value], dict[str, tuple[int, Sequence[int]]]]:
    """Return the pairs and tensors of a small Llama, its matrices of a type."""
    pairs: dict[str, Value] = {
        "general.architecture": "llama",
        "llama.block_count": 2,
        "llama.embedding_length": 256,
        "llama.feed_forward_length": 512,
        "llama.attention.head_count": 4,
        "llama.attention.head_count_kv": 2,
        "llama.context_length": 1024,
        "tokenizer.ggml.tokens": [f"w{n}" for n in range(300)],
        "tokenizer.ggml.scores": list(range(300)),
    }
    tensors: dict[str, tuple[int, Sequence[int]]] = {
        "token_embd.weight": (14, (256, 300)),
        "output.weight": (14, (256, 300)),
        "output_norm.weight": (0, (256,)),
        "rope_freqs.weight": (0, (32,)),
    }
    for layer in range(2):
        at = f"blk.{layer}"
        tensors[f"{at}.attn_q.weight"] = (kind, (256, 256))
        tensors[f"{at}.attn_k.weight"] = (kind, (256, 128))
        tensors[f"{at}.attn_v.weight"] = (kind, (256, 128))
        tensors[f"{at}.attn_output.weight"] = (kind, (256, 256))
        for name in ("gate", "up"):
            tensors[f"{at}.ffn_{name}.weight"] = (kind, (256, 512))
        tensors[f"{at}.ffn_down.weight"] = (kind, (512, 256))
        for name in ("attn", "ffn"):
            tensors[f"{at}.{name}_norm.weight"] = (0, (256,))
    return pairs, tensors

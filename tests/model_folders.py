"""Model folders for tests: configurations of real models, and files of weights made up for them."""

import json
import struct
from collections.abc import Mapping, Sequence
from functools import cache
from math import prod
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parent / "data" / "models" / "configs.json"
BYTES = {"BF16": 2, "F16": 2, "F32": 4, "F8_E4M3": 1, "I32": 4, "U8": 1, "I8": 1, "I64": 8}

Tensors = Mapping[str, tuple[str, Sequence[int]]]


@cache
def samples() -> dict[str, dict[str, Any]]:
    """Return the configurations of real models with their published numbers of weights."""
    found: dict[str, dict[str, Any]] = json.loads(SAMPLES.read_text("utf-8"))
    return found


def folder(path: Path, config: object, **files: object) -> Path:
    """Write a folder with a configuration and further JSON files; ``__`` stands for a dot."""
    path.mkdir(parents=True, exist_ok=True)
    (path / "config.json").write_text(json.dumps(config))
    for name, content in files.items():
        (path / name.replace("__", ".")).write_text(json.dumps(content))
    return path


def header(tensors: Tensors) -> tuple[dict[str, Any], int]:
    """Return the header of a safetensors file, and the bytes of its tensors."""
    entries: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, (dtype, shape) in tensors.items():
        start, end = end, end + prod(shape) * BYTES[dtype]
        entries[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [start, end]}
    return entries, end


def write_safetensors(file: Path, tensors: Tensors) -> int:
    """Write a file with holes instead of weights; return the bytes of its tensors."""
    entries, size = header(tensors)
    return write_raw(file, json.dumps(entries).encode(), size)


def write_raw(file: Path, text: bytes, size: int, length: int | None = None) -> int:
    """Write a file of this header, and of so many bytes after it."""
    with file.open("wb") as stream:
        stream.write(struct.pack("<Q", len(text) if length is None else length) + text)
        stream.truncate(8 + len(text) + size)
    return size


def llama_tensors(config: Mapping[str, Any], dtype: str = "BF16", head: bool = True) -> Tensors:
    """Return the tensors of a Llama of this configuration, as published files have them."""
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    size = hidden // config["num_attention_heads"]
    keys = config["num_key_value_heads"] * size
    found: dict[str, tuple[str, Sequence[int]]] = {
        "model.embed_tokens.weight": ("BF16", (config["vocab_size"], hidden)),
        "model.norm.weight": ("BF16", (hidden,)),
    }
    if head:
        found["lm_head.weight"] = ("BF16", (config["vocab_size"], hidden))
    for layer in range(config["num_hidden_layers"]):
        at = f"model.layers.{layer}"
        for name, shape in (
            ("self_attn.q_proj", (hidden, hidden)),
            ("self_attn.k_proj", (keys, hidden)),
            ("self_attn.v_proj", (keys, hidden)),
            ("self_attn.o_proj", (hidden, hidden)),
            ("mlp.gate_proj", (inner, hidden)),
            ("mlp.up_proj", (inner, hidden)),
            ("mlp.down_proj", (hidden, inner)),
        ):
            found[f"{at}.{name}.weight"] = (dtype, shape)
            if dtype != "BF16":
                found[f"{at}.{name}.weight_scale"] = ("F32", (shape[0], 1))
        for name in ("input_layernorm", "post_attention_layernorm"):
            found[f"{at}.{name}.weight"] = ("BF16", (hidden,))
    return found

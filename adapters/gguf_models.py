"""A model as the header of its GGUF files describes it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from placement.adapters.gguf_files import GgufHeader, GgufTensor, Value, read_gguf_header
from placement.adapters.model_files import ModelFiles
from placement.adapters.model_folders import fault, holds, names_in
from placement.errors import AdapterError
from placement.problem.issues import issues_of
from placement.problem.model import Model

__all__ = ["gguf_in", "read_gguf"]

_KEYS: dict[str, tuple[str, ...]] = {
    "layers": ("block_count",),
    "hidden_size": ("embedding_length",),
    "intermediate_size": ("feed_forward_length",),
    "attention_heads": ("attention.head_count",),
    "kv_heads": ("attention.head_count_kv",),
    "head_dim": ("attention.key_length_mla", "attention.key_length"),
    "max_position_embeddings": ("context_length",),
    "experts": ("expert_count",),
    "experts_per_token": ("expert_used_count",),
    "expert_intermediate_size": ("expert_feed_forward_length",),
    "kv_lora_rank": ("attention.kv_lora_rank",),
    "q_lora_rank": ("attention.q_lora_rank",),
    "dense_layers": ("leading_dense_block_count",),
    "vocab_size": ("vocab_size",),
}
_EVERY = {"gemma2": 2, "gemma3": 6, "gpt-oss": 2, "cohere2": 4}  # one layer in so many sees all
_DTYPES = {"F32": "float16", "F64": "float16", "F16": "float16", "BF16": "bfloat16"}
_DTYPES |= {"MXFP4": "mxfp4", "NVFP4": "nvfp4"}
_PART = re.compile(r"(.+)-(\d{5})-of-(\d{5})\.gguf")
_PLAIN = {"F32", "F16", "BF16", "F64"}


def gguf_in(given: Path, config: str) -> Path | None:
    """Return the GGUF file that is meant, or None: the file itself, or the one of a folder.

    Raises
    ------
    AdapterError
        When a folder without a ``config.json`` holds several models.
    """
    if not given.is_dir():
        return given if given.suffix.lower() == ".gguf" else None
    if holds(given, config):
        return None
    names = [name for name in names_in(given) if name.lower().endswith(".gguf")]
    names = [name for name in names if not name.lower().startswith("mmproj")]
    firsts = [name for name in names if not (part := _PART.fullmatch(name)) or int(part[2]) == 1]
    if len(firsts) > 1:
        raise fault(f"holds several GGUF models; name one, such as {firsts[0]}", given)
    return given / firsts[0] if firsts else None


def read_gguf(file: Path) -> ModelFiles:
    """Return the model of a GGUF file, or of all parts of one that is split.

    Raises
    ------
    AdapterError
        When a file is not what it has to be, a part is missing, or the header lacks what memory
        needs to know.

    Notes
    -----
    Source of the keys: the GGUF specification, docs/gguf.md of ggml-org/ggml.
    """
    files = _parts(file)
    headers = [read_gguf_header(part) for part in files]
    tensors = tuple(tensor for header in headers for tensor in header.tensors)
    notes = ["vLLM serves GGUF experimentally, and may need more memory than for other formats"]
    fields = _fields(headers[0], tensors, notes)
    fields["name"] = re.sub(r"-\d{5}-of-\d{5}$", "", file.stem)
    sums: dict[str, int] = {}
    for tensor in tensors:
        sums[tensor.dtype] = sums.get(tensor.dtype, 0) + tensor.bytes
    try:
        model = Model.model_validate(fields)
    except ValidationError as error:
        issues = (issue.at(str(file)) for issue in issues_of(error, Model, fields))
        raise AdapterError(issues) from error
    return ModelFiles(
        model=model,
        source=f"header of {file.name}" if len(files) == 1 else f"headers of {len(files)} parts",
        notes=tuple(notes),
        bytes_by_dtype=dict(sorted(sums.items())),
    )


def _parts(file: Path) -> Sequence[Path]:
    part = _PART.fullmatch(file.name)
    if part is None:
        return (file,)
    stored = set(names_in(file.parent))
    names = [f"{part[1]}-{n:05d}-of-{part[3]}.gguf" for n in range(1, int(part[3]) + 1)]
    if missing := [name for name in names if name not in stored]:
        raise fault(f"is one of {len(names)} parts, of which {missing[0]} is not there", file)
    return [file.with_name(name) for name in names]


def _fields(header: GgufHeader, tensors: Sequence[GgufTensor], notes: list[str]) -> dict[str, Any]:
    family = str(header.pairs.get("general.architecture") or "")
    fields: dict[str, Any] = {}
    for field, keys in _KEYS.items():
        found = (header.pairs.get(f"{family}.{key}") for key in keys)
        value = next((one for one in found if one is not None), None)
        if number := _whole(value):
            fields[field] = number
    shapes = {tensor.name: tensor.shape for tensor in tensors}
    words = header.pairs.get("tokenizer.ggml.tokens.length")
    table = shapes.get("token_embd.weight", ())
    fields.setdefault("vocab_size", table[-1] if len(table) == 2 else words)
    fields["tie_word_embeddings"] = "output.weight" not in shapes
    _attention(fields, header.pairs, family, notes)
    _experts(fields, header.pairs, family)
    fields.update(_weights(tensors, notes))
    return {key: value for key, value in fields.items() if value is not None}


def _whole(value: Value) -> int | None:
    """Return a whole number; of an array, one for each layer, the largest."""
    if isinstance(value, tuple):
        numbers = [one for one in value if type(one) is int]
        return max(numbers, default=None)
    return value if type(value) is int else None


def _attention(
    fields: dict[str, Any], pairs: Mapping[str, Value], family: str, notes: list[str]
) -> None:
    heads, hidden = fields.get("attention_heads"), fields.get("hidden_size")
    if heads and hidden:
        fields.setdefault("kv_heads", heads)
        fields.setdefault("head_dim", hidden // heads or None)
    per_layer = pairs.get(f"{family}.attention.head_count_kv")
    if isinstance(per_layer, tuple) and (states := sum(1 for one in per_layer if one == 0)):
        fields["state_layers"] = states
        fields["full_attention_layers"] = len(per_layer) - states
    rotary = _whole(pairs.get(f"{family}.rope.dimension_count"))
    if fields.get("kv_lora_rank"):
        fields["qk_rope_head_dim"] = rotary
    elif rotary and fields.get("max_position_embeddings") and rotary != fields.get("head_dim"):
        fields["rotary_numbers"] = rotary * fields["max_position_embeddings"]
    window = _whole(pairs.get(f"{family}.attention.sliding_window"))
    if window and family in _EVERY and fields.get("layers"):
        fields["sliding_window"] = window
        fields["full_attention_layers"] = fields["layers"] // _EVERY[family]
    elif window:
        notes.append(f"which layers of {family} see only {window} tokens is not known; none does")


def _experts(fields: dict[str, Any], pairs: Mapping[str, Value], family: str) -> None:
    if not fields.get("experts"):
        for name in ("experts_per_token", "expert_intermediate_size", "dense_layers"):
            fields.pop(name, None)
        return
    if inner := fields.get("expert_intermediate_size"):
        fields.setdefault("intermediate_size", inner)
    shared = _whole(pairs.get(f"{family}.expert_shared_count")) or 0
    width = _whole(pairs.get(f"{family}.expert_shared_feed_forward_length"))
    if width and inner:
        shared = -(-width // inner)
    if shared:
        fields["shared_experts"] = shared
        fields["experts"] += shared


def _weights(tensors: Iterable[GgufTensor], notes: list[str]) -> dict[str, Any]:
    """Return the exact bytes and number of weights, and the type that comes nearest."""
    loaded = [tensor for tensor in tensors if not tensor.name.startswith("rope_freqs")]
    count, size = sum(t.weights for t in loaded), sum(t.bytes for t in loaded)
    inner = [t for t in loaded if not t.name.startswith(("token_embd", "output"))]
    by_type: dict[str, int] = {}
    for tensor in inner or loaded:
        by_type[tensor.dtype] = by_type.get(tensor.dtype, 0) + tensor.weights
    main = max(sorted(by_type), key=lambda dtype: by_type[dtype], default="F16")
    bits = 8 * sum(t.bytes for t in inner) / max(1, sum(t.weights for t in inner))
    near = "int4" if bits < 6 else "int8"
    dtype = _DTYPES.get(main, near)
    if main not in _PLAIN:
        notes.append(f"{main} with {bits:.2f} bits a weight is counted as {dtype}")
    return {"dtype": dtype, "parameters": count or None, "weight_bytes": size or None}

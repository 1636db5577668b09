"""Laws of stored weights: what headers say adds up to what the index says."""

import json
import struct
from math import prod
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from placement.adapters.huggingface import read_model_files
from tests.property.memory_cases import laws

SIZES = {"F32": 4, "F16": 2, "BF16": 2, "F8_E4M3": 1, "U8": 1, "I32": 4, "I64": 8}
CONFIG = {
    "model_type": "llama",
    "architectures": ["LlamaForCausalLM"],
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": 100,
    "max_position_embeddings": 512,
    "torch_dtype": "bfloat16",
}
NAMES = ("embed_tokens.weight", "layers.0.mlp.up_proj.weight", "layers.1.self_attn.q_proj.weight")
SHAPES = st.lists(st.integers(1, 70), min_size=0, max_size=3)
TENSORS = st.lists(
    st.tuples(st.sampled_from(sorted(SIZES)), SHAPES, st.integers(1, 3)), min_size=1, max_size=12
)
Drawn = list[tuple[str, list[int], int]]


def write(file: Path, tensors: dict[str, tuple[str, list[int]]]) -> int:
    """Write a file by hand, its weights a hole; return the bytes of its tensors."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, (dtype, shape) in tensors.items():
        begin, end = end, end + prod(shape) * SIZES[dtype]
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    file.write_bytes(struct.pack("<Q", len(text)) + text)
    with file.open("r+b") as stream:
        stream.truncate(8 + len(text) + end)
    return end


def folder_of(folder: Path, drawn: Drawn, *, claimed: int = 0) -> dict[str, int]:
    """Write a model of three files with an index; return its bytes by type."""
    files: dict[str, dict[str, tuple[str, list[int]]]] = {}
    sums: dict[str, int] = {}
    for number, (dtype, shape, shard) in enumerate(drawn):
        name = f"model.{NAMES[number]}" if number < len(NAMES) else f"model.extra.{number}.weight"
        files.setdefault(f"model-{shard:05}-of-00003.safetensors", {})[name] = (dtype, shape)
        sums[dtype] = sums.get(dtype, 0) + prod(shape) * SIZES[dtype]
    total = sum(write(folder / file, tensors) for file, tensors in files.items())
    where = {name: file for file, tensors in files.items() for name in tensors}
    index = {"metadata": {"total_size": claimed or total}, "weight_map": where}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    (folder / "config.json").write_text(json.dumps(CONFIG))
    return sums


@laws
@given(TENSORS)
def test_bytes_by_dtype_add_up_to_the_total_of_the_index(drawn: Drawn) -> None:
    with TemporaryDirectory() as name:
        sums = folder_of(Path(name), drawn)
        read = read_model_files(name)
        index = json.loads((Path(name) / "model.safetensors.index.json").read_text())
    assert read.bytes_by_dtype == sums
    assert sum(read.bytes_by_dtype.values()) == index["metadata"]["total_size"]
    assert not any("the headers have" in note for note in read.notes)


@laws
@given(TENSORS, st.integers(1, 1000))
def test_an_index_that_says_otherwise_is_told(drawn: Drawn, more: int) -> None:
    with TemporaryDirectory() as name:
        total = sum(prod(shape) * SIZES[dtype] for dtype, shape, _ in drawn)
        sums = folder_of(Path(name), drawn, claimed=total + more)
        read = read_model_files(name)
    assert read.bytes_by_dtype == sums
    assert any("the headers have" in note for note in read.notes)

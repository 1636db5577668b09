"""Models read from the headers of GGUF files."""

import struct
from pathlib import Path
from typing import Any

import pytest

from placement.adapters.huggingface import read_model_files
from placement.errors import AdapterError
from placement.memory import parameters_of
from tests.gguf_bytes import gguf, llama, pair, text, write


def test_a_llama_is_read_with_its_exact_bytes(tmp_path: Path) -> None:
    pairs, tensors = llama()
    found = read_model_files(write(tmp_path / "small-Q4_K.gguf", *gguf(pairs, tensors)))
    model = found.model
    assert (model.name, model.dtype, model.layers, model.kv_heads) == ("small-Q4_K", "int4", 2, 2)
    assert (model.head_dim, model.vocab_size, model.tie_word_embeddings) == (64, 300, False)
    assert model.parameters == parameters_of(model)
    matrices = 2 * (2 * 256 * 256 + 2 * 256 * 128 + 3 * 256 * 512)
    wide = 4 * (256 + 2 * 2 * 256)
    assert model.weight_bytes == matrices * 144 // 256 + 2 * 256 * 300 * 210 // 256 + wide
    assert found.bytes_by_dtype == {
        "F32": wide + 4 * 32,
        "Q4_K": matrices * 144 // 256,
        "Q6_K": 2 * 256 * 300 * 210 // 256,
    }
    assert any("experimentally" in note for note in found.notes)
    assert any("Q4_K with 4.5" in note for note in found.notes)


@pytest.mark.parametrize(
    ("kind", "dtype"), [(1, "float16"), (8, "int8"), (12, "int4"), (14, "int8"), (39, "mxfp4")]
)
def test_the_nearest_type_is_taken(tmp_path: Path, kind: int, dtype: str) -> None:
    file = write(tmp_path / "m.gguf", *gguf(*llama(kind)))
    assert read_model_files(file).model.dtype == dtype


def test_a_folder_with_one_gguf_file_is_that_model(tmp_path: Path) -> None:
    write(tmp_path / "m.gguf", *gguf(*llama()))
    (tmp_path / "mmproj-m.gguf").write_bytes(b"")
    assert read_model_files(tmp_path).model.layers == 2
    write(tmp_path / "n.gguf", *gguf(*llama()))
    with pytest.raises(AdapterError, match=r"several GGUF models; name one, such as m\.gguf"):
        read_model_files(tmp_path)


def test_a_split_model_is_the_sum_of_its_parts(tmp_path: Path) -> None:
    pairs, tensors = llama()
    whole = read_model_files(write(tmp_path / "w.gguf", *gguf(pairs, tensors)))
    names = list(tensors)
    split = tmp_path / "split"
    split.mkdir()
    for number, half in enumerate((names[:5], names[5:]), 1):
        part = {name: tensors[name] for name in half}
        header = gguf(pairs if number == 1 else {"general.architecture": "llama"}, part)
        write(split / f"m-0000{number}-of-00002.gguf", *header)
    found = read_model_files(split)
    assert found.model == whole.model.model_copy(update={"name": "m"})
    (split / "m-00002-of-00002.gguf").unlink()
    with pytest.raises(AdapterError, match=r"m-00002-of-00002\.gguf is not there"):
        read_model_files(split)


def test_experts_and_latent_attention_are_read(tmp_path: Path) -> None:
    _, tensors = llama()
    pairs: dict[str, Any] = {
        "general.architecture": "deepseek2",
        "deepseek2.block_count": 27,
        "deepseek2.embedding_length": 2048,
        "deepseek2.feed_forward_length": 10944,
        "deepseek2.expert_feed_forward_length": 1408,
        "deepseek2.expert_count": 64,
        "deepseek2.expert_used_count": 6,
        "deepseek2.expert_shared_count": 2,
        "deepseek2.leading_dense_block_count": 1,
        "deepseek2.attention.head_count": 16,
        "deepseek2.attention.key_length": 192,
        "deepseek2.attention.kv_lora_rank": 512,
        "deepseek2.rope.dimension_count": 64,
        "deepseek2.context_length": 163840,
    }
    model = read_model_files(write(tmp_path / "m.gguf", *gguf(pairs, tensors))).model
    assert (model.experts, model.shared_experts, model.dense_layers) == (66, 2, 1)
    assert (model.head_dim, model.qk_rope_head_dim, model.kv_lora_rank) == (192, 64, 512)


def test_windows_are_known_of_some_families_and_said_of_others(tmp_path: Path) -> None:
    pairs, tensors = llama()
    gemma = {key.replace("llama", "gemma2"): value for key, value in pairs.items()}
    gemma |= {"general.architecture": "gemma2", "gemma2.attention.sliding_window": 64}
    model = read_model_files(write(tmp_path / "g.gguf", *gguf(gemma, tensors))).model
    assert (model.sliding_window, model.full_attention_layers) == (64, 1)
    pairs["llama.attention.sliding_window"] = 64
    found = read_model_files(write(tmp_path / "l.gguf", *gguf(pairs, tensors)))
    assert found.model.sliding_window is None
    assert any("see only 64 tokens" in note for note in found.notes)


def test_layers_without_kv_heads_have_a_state(tmp_path: Path) -> None:
    pairs, tensors = llama()
    pairs["llama.attention.head_count_kv"] = [0, 2]
    model = read_model_files(write(tmp_path / "m.gguf", *gguf(pairs, tensors))).model
    assert (model.kv_heads, model.state_layers, model.full_attention_layers) == (2, 1, 1)


def bad(name: str) -> tuple[bytes, int]:
    """Return a hostile file of this name."""
    pairs, tensors = llama()
    raw, size = gguf(pairs, tensors)
    start = b"GGUF" + struct.pack("<I", 3)
    array = text("a") + struct.pack("<IIQ", 9, 4, 2**62)
    return {
        "empty": (b"", 0),
        "magic": (b"GGML" + raw[4:], size),
        "version": (gguf(pairs, tensors, version=9)[0], size),
        "big-endian": (b"GGUF" + struct.pack(">I", 3) + raw[8:], size),
        "tensors": (gguf(pairs, tensors, count=2**63)[0], size),
        "more tensors than are there": (gguf(pairs, tensors, count=60)[0], size),
        "pairs": (start + struct.pack("<QQ", 0, 2**60), 10**6),
        "cut in the header": (raw[:200], 0),
        "cut in the weights": (raw, size - 64),
        "long key": (start + struct.pack("<QQQ", 0, 1, 2**40), 10**6),
        "endless array": (start + struct.pack("<QQ", 0, 1) + array, 10**6),
        "endless words": (
            start + struct.pack("<QQ", 0, 1) + text("a") + struct.pack("<IIQ", 9, 8, 2**62),
            10**6,
        ),
        "arrays of arrays": (
            start + struct.pack("<QQ", 0, 1) + text("a") + struct.pack("<IIQ", 9, 9, 1),
            10**6,
        ),
        "unknown type": (start + struct.pack("<QQ", 0, 1) + text("a") + struct.pack("<I", 77), 99),
        "a key twice": (start + struct.pack("<QQ", 0, 2) + 2 * pair("a", 1), 99),
        "dimensions": (
            start + struct.pack("<QQ", 1, 0) + text("t") + struct.pack("<I", 2**31),
            999,
        ),
        "absurd shape": (
            start
            + struct.pack("<QQ", 1, 0)
            + text("t")
            + struct.pack("<IQQIQ", 2, 2**60, 2**60, 0, 0),
            999,
        ),
        "unknown tensor type": (
            start + struct.pack("<QQ", 1, 0) + text("t") + struct.pack("<IQIQ", 1, 32, 99, 0),
            999,
        ),
        "overlap": (
            start
            + struct.pack("<QQ", 2, 0)
            + b"".join(
                text(n) + struct.pack("<IQIQ", 1, 32, 0, o) for n, o in (("a", 0), ("b", 32))
            ),
            999,
        ),
        "a tensor twice": (
            start
            + struct.pack("<QQ", 2, 0)
            + b"".join(text("a") + struct.pack("<IQIQ", 1, 8, 0, o) for o in (0, 32)),
            999,
        ),
        "alignment": (start + struct.pack("<QQ", 0, 1) + pair("general.alignment", 0), 999),
        "no architecture": (start + struct.pack("<QQ", 0, 0), 999),
    }[name]


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("empty", "ends before"),
        ("magic", "must begin with GGUF"),
        ("version", "version 2 or 3"),
        ("big-endian", "little-endian"),
        ("tensors", "tensor_count"),
        ("more tensors than are there", "must|ends before|there twice"),
        ("pairs", "metadata_kv_count"),
        ("cut in the header", "ends before|must not be more"),
        ("cut in the weights", "is cut short"),
        ("long key", "65535 bytes"),
        ("endless array", "ends before"),
        ("endless words", "words in all"),
        ("arrays of arrays", "array of a known type"),
        ("unknown type", "known type"),
        ("a key twice", "given twice"),
        ("dimensions", "8 dimensions"),
        ("absurd shape", "whole blocks"),
        ("unknown tensor type", "known type"),
        ("overlap", "overlaps"),
        ("a tensor twice", "there twice"),
        ("alignment", "power of two"),
        ("no architecture", "needs parameters"),
    ],
)
def test_hostile_files_end_in_a_named_error(tmp_path: Path, name: str, rule: str) -> None:
    file = write(tmp_path / "bad.gguf", *bad(name))
    with pytest.raises(AdapterError, match=rule) as caught:
        read_model_files(file)
    assert all("bad.gguf" in issue.source for issue in caught.value.issues)

"""What the files of weights say: exact bytes and numbers, from headers alone."""

import json
from pathlib import Path
from typing import Any

import pytest

from placement.adapters.huggingface import INDEX, read_model_files
from tests.model_folders import folder, llama_tensors, samples, write_safetensors

SMALL: dict[str, Any] = {
    "model_type": "llama",
    "torch_dtype": "bfloat16",
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "num_hidden_layers": 3,
    "vocab_size": 500,
    "max_position_embeddings": 256,
    "tie_word_embeddings": False,
}
COUNT = 2 * 500 * 64 + 64 + 3 * (2 * 64 * 64 + 2 * 32 * 64 + 3 * 64 * 128 + 2 * 64)


def test_bytes_by_type_add_up_to_the_size_in_the_index(tmp_path: Path) -> None:
    tensors = llama_tensors(SMALL)
    names = list(tensors)
    where = folder(tmp_path / "m", SMALL)
    files = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")
    halves = names[:9], names[9:]
    total = sum(
        write_safetensors(where / file, {name: tensors[name] for name in half})
        for file, half in zip(files, halves, strict=True)
    )
    spread = {name: file for file, half in zip(files, halves, strict=True) for name in half}
    (where / INDEX).write_text(
        json.dumps({"metadata": {"total_size": total}, "weight_map": spread})
    )
    found = read_model_files(where)
    assert found.model.parameters == COUNT
    assert found.model.weight_bytes == total == 2 * COUNT
    assert found.bytes_by_dtype == {"BF16": total}
    assert found.notes == ()
    assert found.source == "config.json, headers of 2 .safetensors files"


def test_headers_count_where_the_index_says_another_size(tmp_path: Path) -> None:
    where = folder(tmp_path, SMALL)
    total = write_safetensors(where / "model.safetensors", llama_tensors(SMALL))
    spread = dict.fromkeys(llama_tensors(SMALL), "model.safetensors")
    (where / INDEX).write_text(
        json.dumps({"metadata": {"total_size": total + 2}, "weight_map": spread})
    )
    found = read_model_files(where)
    assert found.model.weight_bytes == total
    assert any(f"{total + 2:,}" in note and f"{total:,}" in note for note in found.notes)


def test_a_head_that_is_tied_and_stored_is_not_loaded(tmp_path: Path) -> None:
    where = folder(tmp_path, {**SMALL, "tie_word_embeddings": True})
    write_safetensors(where / "model.safetensors", llama_tensors(SMALL))
    found = read_model_files(where)
    assert found.model.parameters == COUNT - 500 * 64
    assert found.model.weight_bytes == 2 * (COUNT - 500 * 64)
    assert any("64,000 bytes of a head that is tied" in note for note in found.notes)


def test_layers_beyond_the_last_and_rotary_tables_are_not_loaded(tmp_path: Path) -> None:
    where = folder(tmp_path, SMALL)
    extra = {
        "model.layers.3.eh_proj.weight": ("BF16", (64, 128)),
        "model.layers.0.self_attn.rotary_emb.inv_freq": ("F32", (8,)),
    }
    write_safetensors(where / "model.safetensors", {**llama_tensors(SMALL), **extra})
    found = read_model_files(where)
    assert found.model.weight_bytes == 2 * COUNT
    assert sum(found.bytes_by_dtype.values()) == 2 * COUNT + 2 * 64 * 128 + 32
    assert any("multi-token prediction" in note for note in found.notes)
    assert any("rotary" in note for note in found.notes)


def test_a_tower_that_sees_is_counted_by_the_names_of_its_tensors(tmp_path: Path) -> None:
    where = folder(tmp_path, {**SMALL, "vision_config": {"hidden_size": 8}})
    tower = {
        "vision_tower.layers.9.fc1.weight": ("BF16", (10, 10)),
        "multi_modal_projector.linear_1.weight": ("BF16", (7, 3)),
    }
    write_safetensors(where / "model.safetensors", {**llama_tensors(SMALL), **tower})
    model = read_model_files(where).model
    assert (model.vision_parameters, model.parameters) == (121, COUNT + 121)


def test_scales_are_bytes_and_no_weights(tmp_path: Path) -> None:
    config = {**SMALL, "quantization_config": {"quant_method": "fp8"}}
    where = folder(tmp_path, config)
    total = write_safetensors(where / "model.safetensors", llama_tensors(SMALL, "F8_E4M3"))
    found = read_model_files(where)
    assert found.model.parameters == COUNT
    assert found.model.weight_bytes == total
    assert found.model.dtype == "fp8"
    assert set(found.bytes_by_dtype) == {"BF16", "F32", "F8_E4M3"}


def test_packed_weights_are_counted_each(tmp_path: Path) -> None:
    plain = llama_tensors(SMALL)
    packed: dict[str, Any] = {}
    for name, (dtype, shape) in plain.items():
        if "_proj" not in name:
            packed[name] = (dtype, shape)
            continue
        stem = name.removesuffix("weight")
        packed[f"{stem}qweight"] = ("I32", (shape[1] // 8, shape[0]))
        packed[f"{stem}scales"] = ("F16", (shape[1] // 32, shape[0]))
        packed[f"{stem}qzeros"] = ("I32", (shape[1] // 32, shape[0] // 8))
    how = {"quant_method": "awq", "bits": 4, "group_size": 32}
    where = folder(tmp_path, {**SMALL, "quantization_config": how})
    total = write_safetensors(where / "model.safetensors", packed)
    model = read_model_files(where).model
    assert (model.parameters, model.weight_bytes, model.group_size) == (COUNT, total, 32)


def test_parts_that_keep_16_bits_are_seen_in_the_tensors(tmp_path: Path) -> None:
    narrow, wide = llama_tensors(SMALL, "F8_E4M3"), llama_tensors(SMALL)
    mixed = {
        name: wide.get(name, narrow[name]) if "attn" in name else narrow[name] for name in narrow
    }
    where = folder(tmp_path, {**SMALL, "quantization_config": {"quant_method": "fp8"}})
    write_safetensors(where / "model.safetensors", mixed)
    assert read_model_files(where).model.unquantized == ("attention",)


def test_narrow_weights_that_the_configuration_hides_are_seen(tmp_path: Path) -> None:
    where = folder(tmp_path, SMALL)
    write_safetensors(where / "model.safetensors", llama_tensors(SMALL, "F8_E4M3"))
    found = read_model_files(where)
    assert found.model.dtype == "fp8"
    assert any("F8_E4M3" in note for note in found.notes)


def test_weights_quantised_at_the_start_are_stored_wide_and_said(tmp_path: Path) -> None:
    how = {"quant_method": "bitsandbytes", "load_in_4bit": True}
    where = folder(tmp_path, {**SMALL, "quantization_config": how})
    write_safetensors(where / "model.safetensors", llama_tensors(SMALL))
    found = read_model_files(where)
    assert (found.model.dtype, found.model.weight_bytes) == ("nf4", None)
    assert any("quantises at its start" in note for note in found.notes)


def test_weights_stored_in_32_bits_take_16_in_memory(tmp_path: Path) -> None:
    where = folder(tmp_path, {**SMALL, "torch_dtype": "float32"})
    tensors = {name: ("F32", shape) for name, (_, shape) in llama_tensors(SMALL).items()}
    total = write_safetensors(where / "model.safetensors", tensors)
    found = read_model_files(where)
    assert found.model.weight_bytes == total // 2 == 2 * COUNT
    assert sum(found.bytes_by_dtype.values()) == total


def test_files_that_are_missing_are_said_and_none_is_read(tmp_path: Path) -> None:
    where = folder(tmp_path, SMALL)
    write_safetensors(where / "model-00002-of-00003.safetensors", llama_tensors(SMALL))
    found = read_model_files(where)
    assert found.bytes_by_dtype == {}
    assert any("model-00001-of-00003.safetensors and 1 more of 3" in note for note in found.notes)


def test_an_index_alone_gives_the_bytes_of_quantised_weights(tmp_path: Path) -> None:
    config = samples()["Qwen/Qwen2.5-7B-Instruct-AWQ"]["config"]
    where = folder(tmp_path, config, **{INDEX: {"metadata": {"total_size": 5_570_000_000}}})
    found = read_model_files(where)
    assert found.model.weight_bytes == 5_570_000_000
    assert found.model.parameters == 7_615_616_512
    assert found.source == f"config.json, {INDEX}"


def test_an_index_that_counts_more_than_is_loaded_is_passed_over(tmp_path: Path) -> None:
    spread = {"model.layers.61.eh_proj.weight": "model-1.safetensors"}
    index = {"metadata": {"total_size": 688_586_727_753}, "weight_map": spread}
    config = samples()["deepseek-ai/DeepSeek-R1"]["config"]
    found = read_model_files(folder(tmp_path, config, **{INDEX: index}))
    assert found.model.weight_bytes is None
    assert any("multi-token prediction" in note for note in found.notes)


def test_an_index_far_from_the_architecture_is_passed_over_and_said(tmp_path: Path) -> None:
    index = {"metadata": {"total_size": 1000}}
    found = read_model_files(folder(tmp_path, SMALL, **{INDEX: index}))
    assert found.model.parameters == COUNT
    assert any("far from" in note for note in found.notes)


@pytest.mark.parametrize("link", ["model", "blob"])
def test_a_snapshot_of_a_hugging_face_cache_is_read(tmp_path: Path, link: str) -> None:
    cache = tmp_path / "models--org--small"
    (cache / "blobs").mkdir(parents=True)
    (cache / "blobs" / "abc").write_text(json.dumps(SMALL))
    snapshot = cache / "snapshots" / "0123"
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").symlink_to("../../blobs/abc")
    given: Path = snapshot
    if link == "model":
        given = tmp_path / "linked"
        given.symlink_to(snapshot)
    found = read_model_files(given)
    assert (found.model.name, found.model.parameters) == ("org/small", COUNT)

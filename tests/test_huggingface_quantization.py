"""How quantised models are read: type, groups, and what keeps 16 bits."""

from pathlib import Path
from typing import Any

import pytest

from placement.adapters.huggingface import ModelFiles, read_model_files
from placement.errors import AdapterError
from tests.model_folders import folder, samples

LLAMA = "meta-llama/Llama-3.1-8B-Instruct"
MOE = "Qwen/Qwen3-30B-A3B"


def read(path: Path, how: Any, name: str = LLAMA, **files: object) -> ModelFiles:
    config = {**samples()[name]["config"], "quantization_config": how}
    return read_model_files(folder(path, config, **files))


def groups(*weights: dict[str, Any], **more: Any) -> dict[str, Any]:
    found = {f"group_{n}": {"weights": one} for n, one in enumerate(weights)}
    return {"quant_method": "compressed-tensors", "config_groups": found, **more}


@pytest.mark.parametrize(
    ("how", "dtype", "group"),
    [
        ({"quant_method": "awq", "bits": 4, "group_size": 64}, "int4", 64),
        ({"quant_method": "awq", "w_bit": 4, "q_group_size": 128}, "int4", None),
        ({"quant_method": "gptq", "bits": 4, "group_size": -1}, "int4", None),
        ({"quant_method": "gptq", "bits": 3, "group_size": 128}, "int4", 128),
        ({"quant_method": "auto-round", "bits": 4, "group_size": 128}, "int4", 128),
        ({"quant_method": "auto-round", "bits": 4, "data_type": "mx_fp4"}, "mxfp4", None),
        ({"quant_method": "auto-round", "bits": 4, "data_type": "nv_fp4"}, "nvfp4", None),
        ({"quant_method": "bitsandbytes", "load_in_4bit": True}, "nf4", None),
        ({"quant_method": "modelopt", "quant_algo": "FP8"}, "fp8", None),
        ({"quant_method": "modelopt", "quant_algo": "FP8_PB_WO"}, "fp8", None),
        ({"quant_method": "modelopt", "quant_algo": "W4A16_AWQ", "group_size": 128}, "int4", 128),
        ({"quant_method": "modelopt_fp4"}, "float16", None),
        (groups({"num_bits": 4, "type": "float", "group_size": 16}), "nvfp4", None),
        (groups({"num_bits": 4, "type": "float", "group_size": 32}), "mxfp4", None),
        (groups({"num_bits": 4, "type": "int", "group_size": 32}), "int4", 32),
        (groups({"num_bits": 8, "type": "int"}), "int8", None),
        ({"quant_method": "torchao", "quant_type": "int4_weight_only"}, "int4", None),
        (
            {"quant_method": "quark", "global_quant_config": {"weight": {"dtype": "fp8_e4m3"}}},
            "fp8",
            None,
        ),
    ],
)
def test_methods_are_read(
    tmp_path: Path, how: dict[str, Any], dtype: str, group: int | None
) -> None:
    found = read(tmp_path, how)
    wanted = "bfloat16" if dtype == "float16" else dtype
    assert (found.model.dtype, found.model.group_size) == (wanted, group)
    assert found.model.parameters == 8_030_261_248


def test_a_method_that_is_not_known_counts_16_bits_and_is_named(tmp_path: Path) -> None:
    found = read(tmp_path, {"quant_method": "spooky", "bits": 4})
    assert found.model.dtype == "bfloat16"
    assert any("'spooky'" in note for note in found.notes)


def test_parts_quantised_in_different_ways_count_as_the_widest_and_are_named(
    tmp_path: Path,
) -> None:
    how = groups({"num_bits": 4, "type": "float"}, {"num_bits": 8, "type": "float"})
    found = read(tmp_path, how)
    assert found.model.dtype == "fp8"
    assert any("fp8, nvfp4" in note for note in found.notes)


def test_mixed_precision_counts_as_most_of_its_experts(tmp_path: Path) -> None:
    layers = {f"model.layers.{n}.mlp.experts": {"quant_algo": "NVFP4"} for n in range(48)}
    layers["model.layers.0.self_attn.q_proj"] = {"quant_algo": "FP8"}
    how = {"quant_method": "modelopt", "quant_algo": "MIXED_PRECISION", "quantized_layers": layers}
    found = read(tmp_path, how, MOE)
    assert found.model.dtype == "nvfp4"
    assert any("precision is mixed" in note for note in found.notes)


@pytest.mark.parametrize(
    ("names", "parts"),
    [
        (["lm_head", "model.embed_tokens", "re:.*mlp.gate$", "model.vision_tower*"], ()),
        ([f"model.layers.{n}.mlp.gate" for n in range(48)], ()),
        (["re:.*self_attn.*"], ("attention",)),
        ([f"model.layers.{n}.self_attn*" for n in range(48)], ("attention",)),
        (["q_proj", "k_proj", "v_proj", "o_proj"], ("attention",)),
        (["re:.*mlp\\.experts\\..*"], ("experts",)),
        (["re:.*shared_experts.*"], ("shared_experts",)),
        (["re:.*mlp\\.(gate|up|gate_up|down)_proj.*"], ("mlp",)),
        (["model.layers.48*", "model.layers.99.self_attn"], ()),
        ([f"model.layers.{n}.mlp.experts.{e}.up_proj" for n in range(48) for e in range(128)], ()),
    ],
)
def test_parts_that_keep_16_bits_are_told_by_the_names_left_out(
    tmp_path: Path, names: list[str], parts: tuple[str, ...]
) -> None:
    assert read(tmp_path, groups({"num_bits": 8}, ignore=names), MOE).model.unquantized == parts


def test_a_part_left_out_here_and_there_counts_as_quantised_and_is_named(tmp_path: Path) -> None:
    names = [f"model.layers.{n}.self_attn" for n in range(5)] + ["model.layers.0.zebra"]
    found = read(tmp_path, groups({"num_bits": 8}, ignore=names), MOE)
    assert found.model.unquantized == ()
    assert any("some of the attention keeps 16 bits" in note for note in found.notes)
    assert any("zebra" in note for note in found.notes)


def test_the_whole_mlp_of_a_layer_with_experts_is_its_experts(tmp_path: Path) -> None:
    names = [f"model.layers.{n}.mlp" for n in range(48)]
    found = read(tmp_path, groups({"num_bits": 8}, ignore=names), MOE)
    assert "experts" in found.model.unquantized


def test_model_optimizers_file_beside_the_configuration_is_read(tmp_path: Path) -> None:
    names = [f"model.layers.{n}.self_attn*" for n in range(61)] + ["model.layers.61*", "lm_head"]
    how = {"quant_algo": "NVFP4", "kv_cache_quant_algo": "FP8", "exclude_modules": names}
    config = {**samples()["deepseek-ai/DeepSeek-R1"]["config"], "quantization_config": None}
    found = read_model_files(folder(tmp_path, config, hf_quant_config__json={"quantization": how}))
    assert (found.model.dtype, found.model.unquantized) == ("nvfp4", ("attention",))
    assert found.source == "config.json, hf_quant_config.json"
    assert any("quantised KV cache" in note for note in found.notes)


@pytest.mark.parametrize(
    ("how", "path"),
    [
        (7, "quantization_config"),
        (groups({"num_bits": 8}, ignore="lm_head"), "quantization_config.ignore"),
        (groups({"num_bits": 8}, ignore=[1]), "quantization_config.ignore"),
    ],
)
def test_what_is_of_another_type_is_named(tmp_path: Path, how: Any, path: str) -> None:
    with pytest.raises(AdapterError) as caught:
        read(tmp_path, how)
    assert [issue.path for issue in caught.value.issues] == [path]


def test_weights_stored_in_8_bits_without_a_word_are_fp8(tmp_path: Path) -> None:
    config = {**samples()[LLAMA]["config"], "torch_dtype": "float8_e4m3fn"}
    assert read_model_files(folder(tmp_path, config)).model.dtype == "fp8"

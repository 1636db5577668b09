"""Models read from config.json and the safetensors index."""

import json
from pathlib import Path
from typing import Any

import pytest

from placement.adapters.huggingface import INDEX, read_model
from placement.adapters.problems import read_problem
from placement.errors import AdapterError
from placement.memory import known_model
from placement.problem import Model

QWEN3_8B: dict[str, Any] = {
    "architectures": ["Qwen3ForCausalLM"],
    "attention_bias": False,
    "head_dim": 128,
    "hidden_size": 4096,
    "intermediate_size": 12288,
    "max_position_embeddings": 40960,
    "model_type": "qwen3",
    "num_attention_heads": 32,
    "num_hidden_layers": 36,
    "num_key_value_heads": 8,
    "rope_scaling": None,
    "sliding_window": None,
    "tie_word_embeddings": False,
    "torch_dtype": "bfloat16",
    "vocab_size": 151936,
}
LLAMA_2_7B: dict[str, Any] = {
    "hidden_size": 4096,
    "intermediate_size": 11008,
    "model_type": "llama",
    "num_attention_heads": 32,
    "num_hidden_layers": 32,
    "torch_dtype": "float16",
    "vocab_size": 32000,
}
DEEPSEEK_R1: dict[str, Any] = {
    "first_k_dense_replace": 3,
    "hidden_size": 7168,
    "intermediate_size": 18432,
    "kv_lora_rank": 512,
    "model_type": "deepseek_v3",
    "moe_intermediate_size": 2048,
    "n_routed_experts": 256,
    "n_shared_experts": 1,
    "num_attention_heads": 128,
    "num_hidden_layers": 61,
    "num_key_value_heads": 128,
    "q_lora_rank": 1536,
    "qk_nope_head_dim": 128,
    "qk_rope_head_dim": 64,
    "quantization_config": {"quant_method": "fp8", "weight_block_size": [128, 128]},
    "torch_dtype": "bfloat16",
    "vocab_size": 129280,
}


def folder(path: Path, config: object, index: object = None) -> Path:
    model = path / "my-model"
    model.mkdir()
    text = config if isinstance(config, str) else json.dumps(config)
    (model / "config.json").write_text(text)
    if index is not None:
        (model / INDEX).write_text(json.dumps(index))
    return model


def read(path: Path, config: object, index: object = None) -> Model:
    return read_model(folder(path, config, index))


def fault(path: Path, config: object, index: object = None) -> AdapterError:
    with pytest.raises(AdapterError) as caught:
        read(path, config, index)
    return caught.value


def test_qwen3_8b_is_the_model_of_the_table(tmp_path: Path) -> None:
    known = known_model("Qwen3-8B")
    assert known is not None
    assert read(tmp_path, QWEN3_8B) == known.model_copy(update={"name": "my-model"})


def test_the_file_itself_may_be_named(tmp_path: Path) -> None:
    where = folder(tmp_path, QWEN3_8B)
    assert read_model(str(where / "config.json")) == read_model(where)


def test_absent_heads_follow_from_the_others(tmp_path: Path) -> None:
    found = read(tmp_path, LLAMA_2_7B)
    assert (found.kv_heads, found.head_dim, found.parameters) == (32, 128, 6_738_415_616)
    assert found.dtype == "float16"
    assert not found.tie_word_embeddings


def test_the_index_says_how_many_weights_there_are(tmp_path: Path) -> None:
    found = read(tmp_path, QWEN3_8B, {"metadata": {"total_size": 16381470720}, "weight_map": {}})
    assert found.parameters == 8_190_735_360


@pytest.mark.parametrize("metadata", [{}, {"format": "pt"}])
def test_an_index_without_a_size_is_passed_over(tmp_path: Path, metadata: dict[str, str]) -> None:
    assert read(tmp_path, QWEN3_8B, {"metadata": metadata}).parameters == 8_190_735_360


def test_weights_stored_in_32_bits_are_served_in_16(tmp_path: Path) -> None:
    config = {**LLAMA_2_7B, "torch_dtype": "float32"}
    found = read(tmp_path, config, {"metadata": {"total_size": 4 * 6_738_415_616}})
    assert (found.dtype, found.parameters) == ("float16", 6_738_415_616)


def test_latent_attention_and_experts_are_read(tmp_path: Path) -> None:
    found = read(tmp_path, DEEPSEEK_R1, {"metadata": {"total_size": 1}})
    assert found.dtype == "fp8"
    assert (found.experts, found.expert_intermediate_size) == (257, 2048)
    assert (found.kv_lora_rank, found.qk_rope_head_dim, found.head_dim) == (512, 64, 192)
    assert found.parameters == pytest.approx(671.026e9, rel=1e-4)


def test_a_nested_language_model_is_read(tmp_path: Path) -> None:
    config = {
        "model_type": "mistral3",
        "torch_dtype": "bfloat16",
        "vision_config": {"hidden_size": 1024},
        "text_config": {**LLAMA_2_7B, "num_key_value_heads": 8, "torch_dtype": None},
    }
    found = read(tmp_path, config)
    assert (found.hidden_size, found.kv_heads, found.dtype) == (4096, 8, "bfloat16")


def test_older_names_are_read(tmp_path: Path) -> None:
    config = {
        "model_type": "gpt2",
        "n_layer": 12,
        "n_head": 12,
        "n_embd": 768,
        "n_positions": 1024,
        "vocab_size": 50257,
        "n_inner": None,
    }
    found = read(tmp_path, config)
    assert (found.layers, found.kv_heads, found.head_dim) == (12, 12, 64)
    assert (found.intermediate_size, found.max_position_embeddings) == (3072, 1024)
    assert found.tie_word_embeddings
    assert found.parameters == pytest.approx(124.4e6, rel=0.01)


def test_multi_query_attention_has_one_head(tmp_path: Path) -> None:
    config = {**LLAMA_2_7B, "model_type": "gpt_bigcode", "multi_query": True}
    assert read(tmp_path, config).kv_heads == 1


def test_a_window_that_is_switched_off_is_none(tmp_path: Path) -> None:
    on = {**LLAMA_2_7B, "sliding_window": 4096}
    assert read(tmp_path, on).sliding_window == 4096
    (tmp_path / "off").mkdir()
    assert read(tmp_path / "off", {**on, "use_sliding_window": False}).sliding_window is None


@pytest.mark.parametrize(
    ("quantisation", "dtype"),
    [
        ({"quant_method": "fp8"}, "fp8"),
        ({"quant_method": "fbgemm_fp8"}, "fp8"),
        ({"quant_method": "awq", "bits": 4}, "int4"),
        ({"quant_method": "gptq", "bits": 8}, "int8"),
        ({"quant_method": "mxfp4"}, "mxfp4"),
        ({"quant_method": "modelopt", "quant_algo": "NVFP4"}, "nvfp4"),
        ({"quant_method": "bitsandbytes", "load_in_4bit": True}, "nf4"),
        ({"quant_method": "bitsandbytes", "load_in_8bit": True}, "int8"),
        (
            {"config_groups": {"group_0": {"weights": {"num_bits": 8, "type": "float"}}}},
            "fp8",
        ),
        ({"config_groups": {"group_0": {"weights": {"num_bits": 8, "type": "int"}}}}, "int8"),
        ({"config_groups": {"group_0": {"weights": {"num_bits": 4, "type": "int"}}}}, "int4"),
        ({"quant_method": "something-new", "bits": 3}, "float16"),
        ({"config_groups": {"group_0": None}}, "float16"),
    ],
)
def test_quantisation_is_read_and_an_unknown_one_counts_in_full(
    tmp_path: Path, quantisation: dict[str, Any], dtype: str
) -> None:
    found = read(tmp_path, {**LLAMA_2_7B, "quantization_config": quantisation})
    assert found.dtype == dtype
    assert found.parameters == 6_738_415_616


def test_missing_and_wrong_fields_are_named_with_their_place(tmp_path: Path) -> None:
    config = {"text_config": {**LLAMA_2_7B, "num_hidden_layers": "32", "vocab_size": -1}}
    error = fault(tmp_path, config)
    assert [issue.path for issue in error.issues] == [
        "text_config.num_hidden_layers",
        "text_config.vocab_size",
    ]
    assert all("config.json" in issue.source for issue in error.issues)


def test_a_figure_out_of_range_is_named_as_the_file_names_it(tmp_path: Path) -> None:
    error = fault(tmp_path, {**LLAMA_2_7B, "num_hidden_layers": 10**9})
    assert [issue.path for issue in error.issues] == ["num_hidden_layers"]


def test_a_file_without_an_architecture_says_what_is_needed(tmp_path: Path) -> None:
    (issue,) = fault(tmp_path, {"model_type": "llama"}).issues
    assert "layers, hidden_size" in issue.rule


def test_an_unknown_type_of_weights_is_refused(tmp_path: Path) -> None:
    (issue,) = fault(tmp_path, {**LLAMA_2_7B, "torch_dtype": "complex64"}).issues
    assert (issue.path, issue.value) == ("torch_dtype", "'complex64'")


@pytest.mark.parametrize("size", [True, -5, "big", 1.5])
def test_an_index_with_a_wrong_size_is_refused(tmp_path: Path, size: object) -> None:
    (issue,) = fault(tmp_path, LLAMA_2_7B, {"metadata": {"total_size": size}}).issues
    assert issue.path == "metadata.total_size"
    assert issue.source.endswith(INDEX)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"a": NaN}', '{"a": Infinity}', "[" * 100_000, "{" * 500]
)
def test_what_is_no_sound_json_object_is_refused(tmp_path: Path, text: str) -> None:
    assert "config.json" in str(fault(tmp_path, text))


def test_files_of_weights_are_not_taken_for_the_configuration(tmp_path: Path) -> None:
    where = folder(tmp_path, QWEN3_8B, {"metadata": {}})
    for name in (INDEX, "model.safetensors", "hf_quant_config.json"):
        (where / name).touch()
        with pytest.raises(AdapterError, match="name its folder"):
            read_model(where / name)


def test_notes_on_a_model_are_warnings_of_the_problem(tmp_path: Path) -> None:
    folder(tmp_path, {**QWEN3_8B, "model_type": "zebra"})
    workload = {"name": "a", "replicas": 1, "model": "./my-model"}
    (tmp_path / "problem.json").write_text(json.dumps({"workloads": [workload]}))
    (warning,) = read_problem([tmp_path / "problem.json"]).warnings
    assert warning.startswith("model './my-model': models of type 'zebra' are not known")


def test_a_path_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AdapterError, match="is not there"):
        read_model(tmp_path / "nothing")
    with pytest.raises(AdapterError, match=r"config\.json: is not there"):
        read_model(tmp_path)

"""Configurations of real models: how many weights they count, and what each family has."""

from pathlib import Path
from typing import Any

import pytest

from placement.adapters.huggingface import ModelFiles, read_model_files
from tests.model_folders import folder, samples

ESTIMATED = {  # what is not counted to the last weight, and how far off that may be
    "deepseek-ai/DeepSeek-R1": 1e-8,
    "google/gemma-3-12b-it": 1e-6,
    "google/gemma-3-27b-it": 1e-6,
    "google/gemma-3-4b-it": 2e-6,
    "llava-hf/llava-1.5-7b-hf": 3e-6,
    "meta-llama/Llama-3.2-11B-Vision-Instruct": 0.025,
    "meta-llama/Llama-4-Maverick-17B-128E-Instruct": 1e-4,
    "meta-llama/Llama-4-Scout-17B-16E-Instruct": 3e-4,
    "mistralai/Mistral-Small-3.1-24B-Instruct-2503": 2e-5,
    "moonshotai/Kimi-VL-A3B-Instruct": 2e-3,
    "Qwen/Qwen2-VL-7B-Instruct": 1e-5,
    "Qwen/Qwen2.5-VL-3B-Instruct": 1e-5,
    "Qwen/Qwen2.5-VL-7B-Instruct": 1e-5,
    "Qwen/Qwen3-VL-30B-A3B-Instruct": 1e-5,
    "Qwen/Qwen3-VL-8B-Instruct": 1e-5,
    "zai-org/GLM-4.5-Air": 1e-8,
}


def read(path: Path, name: str, **changes: Any) -> ModelFiles:
    return read_model_files(folder(path, {**samples()[name]["config"], **changes}))


@pytest.mark.parametrize("name", samples())
def test_weights_are_counted_as_published(tmp_path: Path, name: str) -> None:
    sample, found = samples()[name], read(tmp_path, name).model.parameters
    assert found
    if sample["parameters"] is None:
        assert found == pytest.approx(sample["about"], rel=1e-3)
    elif name in ESTIMATED:
        assert found == pytest.approx(sample["parameters"], rel=ESTIMATED[name])
        assert found != sample["parameters"]
    else:
        assert found == sample["parameters"]


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        (
            "meta-llama/Llama-4-Maverick-17B-128E-Instruct",
            {
                "experts": 129,
                "shared_experts": 1,
                "dense_layers": 24,
                "intermediate_size": 16384,
                "expert_intermediate_size": 8192,
                "sliding_window": None,
                "full_attention_layers": None,
            },
        ),
        ("meta-llama/Llama-4-Scout-17B-16E-Instruct", {"dense_layers": 0, "experts": 17}),
        (
            "Qwen/Qwen1.5-MoE-A2.7B",
            {"experts": 64, "shared_experts": 4, "experts_per_token": 4, "sliding_window": None},
        ),
        (
            "Qwen/Qwen3-Next-80B-A3B-Instruct",
            {"state_layers": 36, "full_attention_layers": 12, "rotary_numbers": 262144 * 64},
        ),
        (
            "deepseek-ai/DeepSeek-R1",
            {"head_dim": 192, "dense_layers": 3, "shared_experts": 1, "experts": 257},
        ),
        ("google/gemma-2-9b-it", {"full_attention_layers": 21, "tie_word_embeddings": True}),
        (
            "google/gemma-3-4b-it",
            {"full_attention_layers": 5, "kv_heads": 4, "head_dim": 256, "vocab_size": 262208},
        ),
        ("google/gemma-3-27b-it", {"full_attention_layers": 10, "sliding_window": 1024}),
        ("microsoft/phi-2", {"mlp_matrices": 2, "rotary_numbers": 2048 * 32}),
        ("microsoft/Phi-3-mini-4k-instruct", {"sliding_window": 2047, "full_attention_layers": 0}),
        ("openai/gpt-oss-120b", {"dtype": "mxfp4", "unquantized": ("attention",)}),
        ("openai/gpt-oss-20b", {"full_attention_layers": 12, "experts_per_token": 4}),
        ("ibm-granite/granite-4.0-h-tiny", {"state_layers": 36, "shared_experts": 2}),
        ("nvidia/Nemotron-H-8B-Base-8K", {"layers": 28, "state_layers": 24, "mlp_matrices": 2}),
        ("mistralai/Mistral-Small-3.1-24B-Instruct-2503", {"sliding_window": None}),
        ("MiniMaxAI/MiniMax-M2", {"dtype": "fp8", "rotary_numbers": 196608 * 64}),
        ("tiiuae/falcon-7b", {"kv_heads": 1, "mlp_matrices": 2, "tie_word_embeddings": True}),
        ("llava-hf/llava-1.5-7b-hf", {"layers": 32, "hidden_size": 4096}),
        ("OpenGVLab/InternVL3-78B", {"layers": 80, "hidden_size": 8192}),
        (
            "moonshotai/Kimi-K2.5",
            {"group_size": 32, "unquantized": ("attention", "mlp", "shared_experts")},
        ),
    ],
)
def test_what_a_family_has_is_read(tmp_path: Path, name: str, fields: dict[str, Any]) -> None:
    model = read(tmp_path, name).model
    assert {field: getattr(model, field) for field in fields} == fields


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("google/gemma-3-4b-it", 131072 * 256 * (8 + 1)),
        ("google/gemma-3-1b-it", 32768 * 256 * 2),
        ("microsoft/Phi-4-mini-instruct", (4096 + 131072) * 96),
        ("deepseek-ai/DeepSeek-R1", 4096 * 40 * 64),
        ("moonshotai/Kimi-K2.5", 4096 * 64 * 64),
        ("Qwen/Qwen2.5-VL-7B-Instruct", 128000 * 128 * 4),
        ("zai-org/GLM-4.7-FP8", 202752 * 64),
        ("openai/gpt-oss-20b", None),
        ("meta-llama/Llama-3.1-8B-Instruct", None),
        ("meta-llama/Llama-4-Scout-17B-16E-Instruct", None),
        ("nvidia/Nemotron-H-8B-Base-8K", 0),
    ],
)
def test_tables_of_rotary_embeddings_are_as_long_as_the_engine_makes_them(
    tmp_path: Path, name: str, numbers: int | None
) -> None:
    assert read(tmp_path, name).model.rotary_numbers == numbers


@pytest.mark.parametrize(
    ("rope", "positions"),
    [
        ({"type": "linear", "factor": 4.0}, 4 * 32768),
        ({"rope_type": "dynamic", "factor": 2.0}, 2 * 32768),
        ({"rope_type": "dynamic", "alpha": 1000.0}, 32768),
        ({"type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32768}, 131072),
        ({"rope_type": "llama3", "factor": 8.0}, 32768),
        ({"rope_type": "linear", "factor": -3}, 32768),
    ],
)
def test_scaling_lengthens_the_tables(tmp_path: Path, rope: dict[str, Any], positions: int) -> None:
    model = read(tmp_path, "Qwen/Qwen2.5-7B-Instruct", rope_scaling=rope).model
    assert (model.rotary_numbers or 32768 * 128) == positions * 128


def test_towers_that_see_are_estimated_and_what_is_not_modelled_is_said(tmp_path: Path) -> None:
    found = read(tmp_path, "google/gemma-3-4b-it")
    assert found.model.vision_parameters == pytest.approx(420e6, rel=0.01)
    assert any("profiling with images is not modelled" in note for note in found.notes)
    assert any("leaves out head_dim" in note and "gemma3_text" in note for note in found.notes)


def test_a_tower_without_figures_is_said_not_to_count(tmp_path: Path) -> None:
    found = read(tmp_path, "google/gemma-3-4b-it", vision_config={"model_type": "new"})
    assert found.model.vision_parameters == 0
    assert any("lacks layers or sizes" in note for note in found.notes)


def test_an_unknown_architecture_is_counted_like_a_llama_and_said(tmp_path: Path) -> None:
    known = read(tmp_path / "a", "meta-llama/Llama-3.1-8B-Instruct")
    new = read(tmp_path / "b", "meta-llama/Llama-3.1-8B-Instruct", model_type="zebra")
    assert new.model.parameters == known.model.parameters
    assert known.notes == ()
    assert any("'zebra'" in note for note in new.notes)


def test_a_dense_model_with_nothing_to_assume_has_no_notes(tmp_path: Path) -> None:
    found = read(tmp_path, "Qwen/Qwen3-8B")
    assert (found.notes, found.source, found.bytes_by_dtype) == ((), "config.json", {})


@pytest.mark.parametrize(
    ("changes", "dense"),
    [
        ({"mlp_only_layers": [0, 1, 2]}, 3),
        ({"decoder_sparse_step": 2}, 24),
        ({"first_k_dense_replace": 4}, 4),
        ({"moe_layer_freq": [0, 0] + [1] * 46}, 2),
        ({"moe_layers": list(range(1, 48, 2))}, 24),
        ({"expert_layer_period": 2, "expert_layer_offset": 1}, 24),
        ({}, 0),
    ],
)
def test_layers_without_experts_are_counted(
    tmp_path: Path, changes: dict[str, Any], dense: int
) -> None:
    assert read(tmp_path, "Qwen/Qwen3-30B-A3B", **changes).model.dense_layers == dense


@pytest.mark.parametrize(
    ("changes", "full", "states"),
    [
        ({"layer_types": ["sliding_attention", "full_attention"] * 18}, 18, 0),
        ({"sliding_window_pattern": 3}, 12, 0),
        ({"sliding_window_pattern": "LLLG"}, 9, 0),
        ({"attn_layer_indices": [3, 9]}, 2, 34),
        ({"attn_layer_period": 6, "attn_layer_offset": 2}, 6, 30),
        ({"full_attention_interval": 4}, 9, 27),
        ({"layer_types": ["mamba"] * 30 + ["attention"] * 6}, 6, 30),
        ({}, 0, 0),
    ],
)
def test_kinds_of_layers_are_counted(
    tmp_path: Path, changes: dict[str, Any], full: int, states: int
) -> None:
    plain = {**samples()["Qwen/Qwen3-8B"]["config"], "model_type": "llama", "sliding_window": 512}
    model = read_model_files(folder(tmp_path, {**plain, **changes})).model
    assert (model.full_attention_layers, model.state_layers) == (full, states)


def test_a_window_wider_than_the_context_is_none(tmp_path: Path) -> None:
    assert read(tmp_path, "microsoft/Phi-4-mini-instruct").model.sliding_window is None


def test_unknown_kinds_of_layers_count_in_full_and_are_named(tmp_path: Path) -> None:
    kinds = ["telepathy"] * 4 + ["sliding_attention"] * 20
    found = read(tmp_path, "openai/gpt-oss-20b", layer_types=kinds)
    assert found.model.full_attention_layers == 4
    assert any("telepathy" in note for note in found.notes)

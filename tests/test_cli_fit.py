"""``placement fit``: GPU memory by model and card, for people and programs."""

import json
from pathlib import Path
from typing import Any

import pytest

from placement.memory import fit, known_gpu, known_model
from placement.problem import Serving
from tests.cli_command import command, written

FIELDS = [
    *("model", "gpu", "tensor_parallel", "pipeline_parallel", "total_gib", "weights_gib"),
    *("activation_gib", "non_torch_gib", "cuda_graph_gib", "kv_gib", "kv_bytes_per_token"),
    *("kv_tokens", "max_concurrency", "fits", "reasons", "assumed"),
]
CONFIG = {
    "architectures": ["Qwen3ForCausalLM"],
    "model_type": "qwen3",
    "hidden_size": 4096,
    "intermediate_size": 12288,
    "num_hidden_layers": 36,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "head_dim": 128,
    "vocab_size": 151936,
    "max_position_embeddings": 40960,
    "tie_word_embeddings": False,
    "torch_dtype": "bfloat16",
}


def rows(*arguments: str) -> list[dict[str, Any]]:
    """Return what ``placement fit --json`` prints."""
    ended = command("fit", "--json", *arguments)
    assert (ended.code, ended.err) == (0, "")
    found: list[dict[str, Any]] = json.loads(ended.out)
    return found


def test_json_has_the_fields_of_the_contract_in_order() -> None:
    (row,) = rows("Qwen/Qwen3-8B", "--gpu", "A10")
    assert list(row) == FIELDS
    assert (row["model"], row["gpu"]) == ("Qwen/Qwen3-8B", "A10")


def test_figures_are_those_of_the_library() -> None:
    flags = ("--max-model-len", "8192", "--gpu-memory-utilization", "0.95", "--enforce-eager")
    (row,) = rows("qwen3-8b", "--gpu", "A10", "--tensor-parallel", "1", *flags)
    model, gpu = known_model("qwen3-8b"), known_gpu("A10")
    assert model is not None
    assert gpu is not None
    serving = Serving(max_model_len=8192, gpu_memory_utilization=0.95, enforce_eager=True)
    expected = fit(model, serving, gpu, 1).to_dict()
    for name in FIELDS[4:-1]:
        assert row[name] == expected[name], name


def test_one_row_for_every_model_and_card_in_the_order_given() -> None:
    found = rows("qwen3-8b", "Qwen/Qwen3-32B", "--gpu", "L4,H100", "--gpu", "A100-40GB")
    assert [(row["model"], row["gpu"]) for row in found] == [
        (model, gpu)
        for model in ("qwen3-8b", "Qwen/Qwen3-32B")
        for gpu in ("L4", "H100", "A100-40GB")
    ]


def test_cards_after_one_flag_are_cards() -> None:
    assert [row["gpu"] for row in rows("qwen3-8b", "--gpu", "A10", "L4")] == ["A10", "L4"]


def test_without_a_card_all_that_run_vllm_are_tried() -> None:
    cards = {row["gpu"] for row in rows("qwen3-8b")}
    assert {"A10", "A100-40GB", "A100-80GB", "H100", "T4"} <= cards
    assert not {"K80", "P100"} & cards


def test_the_smallest_degree_that_fits_is_chosen_unless_fixed() -> None:
    (free,) = rows("Qwen/Qwen3-32B", "--gpu", "H100", "--max-model-len", "8192")
    (fixed,) = rows("Qwen/Qwen3-32B", "--gpu", "H100", "--max-model-len", "8192", "-tp", "4")
    assert free["fits"] == "yes"
    assert free["tensor_parallel"] < fixed["tensor_parallel"] == 4


def test_degrees_above_a_node_are_sized_when_asked_for() -> None:
    (row,) = rows("deepseek-ai/DeepSeek-R1", "--gpu", "H100", "-tp", "8", "-pp", "2")
    assert (row["tensor_parallel"], row["pipeline_parallel"]) == (8, 2)
    assert not any("on one node" in reason for reason in row["reasons"])


@pytest.mark.parametrize("path", ["", "config.json"])
def test_a_folder_or_its_config_is_a_model(tmp_path: Path, path: str) -> None:
    written(tmp_path, {"mine/config.json": json.dumps(CONFIG)})
    (row,) = rows(str(tmp_path / "mine" / path), "--gpu", "A10", "--tensor-parallel", "1")
    (known,) = rows("Qwen/Qwen3-8B", "--gpu", "A10", "--tensor-parallel", "1")
    assert row["weights_gib"] == known["weights_gib"]


def test_a_whole_vllm_command_is_read() -> None:
    flags = ("--max-model-len", "8k", "--tensor-parallel-size", "2", "--enforce-eager")
    (words,) = rows("--gpu", "L4", "--", "vllm", "serve", "Qwen/Qwen3-8B", *flags)
    (plain,) = rows("Qwen/Qwen3-8B", "--gpu", "L4", *flags)
    assert words == plain
    assert words["cuda_graph_gib"] == 0


def test_what_a_command_asks_beyond_the_model_is_assumed_aloud() -> None:
    (row,) = rows("--gpu", "L4", "--", "vllm", "serve", "qwen3-8b", "--cpu-offload-gb", "4")
    assert any("--cpu-offload-gb" in text for text in row["assumed"])


def test_quantization_narrows_the_weights_and_says_so() -> None:
    (plain,) = rows("qwen3-8b", "--gpu", "A10", "-tp", "1")
    for method in ("awq", "int4", "fp8", "experts_int8"):
        (row,) = rows("qwen3-8b", "--gpu", "A10", "-tp", "1", "--quantization", method)
        assert row["weights_gib"] < plain["weights_gib"]
        assert any("weights take" in text for text in row["assumed"])


def test_a_dtype_of_twice_the_width_doubles_the_weights() -> None:
    (half,) = rows("qwen3-8b", "--gpu", "H100", "-tp", "1", "--dtype", "half")
    (full,) = rows("qwen3-8b", "--gpu", "H100", "-tp", "1", "--dtype", "float32")
    assert full["weights_gib"] == pytest.approx(2 * half["weights_gib"], rel=1e-3)


def test_an_old_engine_is_assumed_aloud_and_a_new_one_is_not() -> None:
    (old,) = rows("qwen3-8b", "--gpu", "A10", "--engine-version", "0.9.1")
    (new,) = rows("qwen3-8b", "--gpu", "A10", "--engine-version", "v0.21.0rc1")
    assert any("0.9.1 is not modelled" in text for text in old["assumed"])
    assert not any("not modelled" in text for text in new["assumed"])


def test_memory_that_was_measured_replaces_the_table() -> None:
    (named,) = rows("qwen3-8b", "--gpu", "A10", "--gpu-total-gib", "21.5")
    (unnamed,) = rows("qwen3-8b", "--gpu-total-gib", "21.5")
    assert named["total_gib"] == unnamed["total_gib"] == 21.5
    assert (named["gpu"], unnamed["gpu"]) == ("A10", "21.5 GiB")


def test_more_memory_than_the_table_has_is_believed() -> None:
    (row,) = rows("qwen3-8b", "--gpu", "my-card", "--gpu-total-gib", "300")
    assert (row["gpu"], row["total_gib"]) == ("my-card", 300)


def test_the_table_lists_parts_reasons_and_assumptions() -> None:
    out = command("fit", "Qwen/Qwen3-32B", "--gpu", "T4", "-tp", "1").out
    assert "Qwen/Qwen3-32B: GiB per GPU" in out
    assert "Why not:\n  - T4: needs" in out
    assert "Assumed:" in out

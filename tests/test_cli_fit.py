"""``placement fit``: GPU memory by model and card, for people and programs."""

import json
from pathlib import Path
from typing import Any

import pytest

from placement.memory import fit, known_gpu, known_model
from placement.problem import Serving
from tests.cli_command import command, written

CONTRACT = [
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


def test_json_has_the_fields_of_the_contract_in_order_and_the_advice_at_the_end() -> None:
    (row,) = rows("Qwen/Qwen3-8B", "--gpu", "A10")
    assert [name for name in row if name in CONTRACT] == CONTRACT
    assert list(row)[-1] == "advice"
    assert (row["model"], row["gpu"]) == ("Qwen/Qwen3-8B", "A10")


def test_figures_are_those_of_the_library() -> None:
    flags = ("--max-model-len", "8192", "--gpu-memory-utilization", "0.95", "--enforce-eager")
    (row,) = rows("qwen3-8b", "--gpu", "A10", "--tensor-parallel", "1", *flags)
    model, gpu = known_model("qwen3-8b"), known_gpu("A10")
    assert model is not None
    assert gpu is not None
    serving = Serving(max_model_len=8192, gpu_memory_utilization=0.95, enforce_eager=True)
    expected = fit(model, serving, gpu, 1).to_dict()
    assert {name: row[name] for name in expected if name not in {"model", "assumed"}} == {
        name: value for name, value in expected.items() if name not in {"model", "assumed"}
    }


def test_max_num_seqs_admits_requests_and_concurrency_holds_them() -> None:
    asked = ("qwen3-8b", "--gpu", "H100", "-tp", "1", "--max-num-seqs", "64")
    (admitted,) = rows(*asked)
    (held,) = rows(*asked, "--concurrency", "64")
    assert (admitted["fits"], admitted["max_num_seqs"]) == ("yes", 64)
    assert held["fits"] == "no"
    assert "of 64 requests of 40960 tokens at once" in held["reasons"][0]


def test_advice_makes_it_fit_when_it_is_taken() -> None:
    asked = ("qwen3-8b", "--gpu", "A10", "-tp", "1")
    (row,) = rows(*asked)
    assert row["fits"] == "no"
    assert len(row["advice"]) > 1
    for change in row["advice"]:
        assert list(change) == ["flag", "text"]
        (changed,) = rows(*asked, *change["flag"].split())
        assert (changed["fits"], changed["advice"]) == ("yes", [])


def test_more_nodes_are_advised_where_one_is_too_small() -> None:
    asked = ("deepseek-ai/DeepSeek-R1", "--gpu", "H100")
    (one,) = rows(*asked)
    (two,) = rows(*asked, "--nodes", "2")
    assert one["fits"] == "no"
    (change,) = one["advice"]
    assert change["flag"] == "--tensor-parallel-size 8 --pipeline-parallel-size 2"
    assert "16 GPUs on 2 nodes" in change["text"]
    assert (two["fits"], two["tensor_parallel"], two["pipeline_parallel"]) == ("yes", 8, 2)
    (changed,) = rows(*asked, *change["flag"].split())
    assert changed["fits"] == "yes"


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


@pytest.mark.parametrize("quoted", [False, True])
def test_a_whole_vllm_command_is_read(quoted: bool) -> None:
    flags = ("--max-model-len", "8k", "--tensor-parallel-size", "2", "--enforce-eager")
    line = ("vllm", "serve", "Qwen/Qwen3-8B", *flags)
    (words,) = rows("--gpu", "L4", "--", *([" ".join(line)] if quoted else line))
    (plain,) = rows("Qwen/Qwen3-8B", "--gpu", "L4", *flags)
    assert words == plain
    assert words["cuda_graph_gib"] == 0


def test_a_command_without_a_degree_starts_on_one_gpu_as_vllm_does() -> None:
    line = ("--", "vllm", "serve", "Qwen/Qwen3-32B", "--max-model-len", "4096")
    (as_it_is,) = rows("--gpu", "H100", *line)
    (chosen,) = rows("--gpu", "H100", "--parallel-choice", "smallest", *line)
    assert (as_it_is["tensor_parallel"], as_it_is["fits"]) == (1, "yes")
    assert (chosen["tensor_parallel"], chosen["fits"]) == (1, "yes")
    (as_it_is,) = rows("--gpu", "A10", *line)
    (chosen,) = rows("--gpu", "A10", "--parallel-choice", "smallest", *line)
    assert (as_it_is["tensor_parallel"], as_it_is["fits"]) == (1, "no")
    assert any("as vLLM starts" in text for text in as_it_is["assumed"])
    assert (chosen["tensor_parallel"], chosen["fits"]) == (4, "yes")


def test_a_command_is_shaped_where_nodes_are_asked_for() -> None:
    line = ("--", "vllm", "serve", "deepseek-ai/DeepSeek-R1")
    (row,) = rows("--gpu", "H100", "--nodes", "2", *line)
    assert (row["tensor_parallel"], row["pipeline_parallel"], row["fits"]) == (8, 2, "yes")


def test_the_cheapest_choice_needs_the_fewest_gpus_for_each_request() -> None:
    asked = ("Qwen/Qwen3-32B", "--gpu", "H100-NVL")
    (smallest,) = rows(*asked)
    (cheapest,) = rows(*asked, "--parallel-choice", "cheapest")
    each = [row["tensor_parallel"] / row["max_concurrency"] for row in (smallest, cheapest)]
    assert smallest["tensor_parallel"] < cheapest["tensor_parallel"]
    assert each[1] < each[0]


def test_adapters_take_room_only_where_they_are_enabled() -> None:
    asked = ("qwen3-8b", "--gpu", "H100", "--max-lora-rank", "64")
    (off,) = rows(*asked)
    (one,) = rows(*asked, "--enable-lora")
    (four,) = rows(*asked, "--enable-lora", "--max-loras", "4")
    assert off["lora_gib"] == 0
    assert four["lora_gib"] == pytest.approx(4 * one["lora_gib"], rel=0.01)


def test_a_draft_takes_its_weights_and_ngram_takes_none() -> None:
    asked = ("qwen3-8b", "--gpu", "H100", "--speculative-config")
    (draft,) = rows(*asked, '{"model": "Qwen/Qwen3-0.6B", "num_speculative_tokens": 5}')
    (small,) = rows("Qwen/Qwen3-0.6B", "--gpu", "H100")
    (ngram,) = rows(*asked, '{"method": "ngram", "num_speculative_tokens": 5}')
    assert draft["draft_gib"] == pytest.approx(small["weights_gib"], rel=0.01)
    assert ngram["draft_gib"] == 0


def test_a_model_may_be_given_by_its_size_alone() -> None:
    (row,) = rows("8B", "--gpu", "H100")
    assert row["weights_gib"] == pytest.approx(8e9 * 2 / 2**30, rel=0.01)
    assert any("not given" in text for text in row["assumed"])


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


def test_the_version_of_the_engine_selects_its_constants() -> None:
    found = {
        version: rows("qwen3-8b", "--gpu", "H100", "--engine-version", version)[0]
        for version in ("0.16.0", "v0.19.1", "0.22")
    }
    assert [row["engine"] for row in found.values()] == [
        *("vLLM 0.11 to 0.16", "vLLM 0.18 and 0.19", "vLLM 0.22 and newer")
    ]
    activation = [row["activation_gib"] for row in found.values()]
    assert activation[0] > 2 * activation[1]
    assert [row["gpu_memory_utilization"] for row in found.values()] == [0.9, 0.9, 0.92]
    (newest,) = rows("qwen3-8b", "--gpu", "H100")
    assert newest == found["0.22"]


def test_an_engine_that_was_hardly_measured_is_at_risk() -> None:
    (old,) = rows("qwen3-8b", "--gpu", "A100-80GB", "--engine-version", "0.9.1")
    assert old["fits"] == "at-risk"
    assert any("not modelled" in text for text in old["reasons"])


def test_memory_that_was_measured_replaces_the_table() -> None:
    (named,) = rows("qwen3-8b", "--gpu", "A10", "--gpu-total-gib", "21.5")
    (unnamed,) = rows("qwen3-8b", "--gpu-total-gib", "21.5")
    assert named["total_gib"] == unnamed["total_gib"] == 21.5
    assert (named["gpu"], unnamed["gpu"]) == ("A10", "21.5 GiB")


def test_more_memory_than_the_table_has_is_believed() -> None:
    (row,) = rows("qwen3-8b", "--gpu", "my-card", "--gpu-total-gib", "300")
    assert (row["gpu"], row["total_gib"]) == ("my-card", 300)


def test_the_name_that_a_folder_is_taken_for_is_said() -> None:
    line = "vllm serve /models/x --served-model-name Qwen3-8B --max-model-len 8192"
    (row,) = rows("--gpu", "L4", "--", *line.split())
    taken = "'/models/x' is taken to be Qwen/Qwen3-8B, by the name 'Qwen3-8B'"
    assert (row["model"], row["fits"]) == ("/models/x", "yes")
    assert taken in row["assumed"]


def test_a_degree_that_the_model_does_not_allow_is_answered_with_one_that_it_does() -> None:
    (row,) = rows("qwen3-8b", "--gpu", "H100", "--tensor-parallel", "1024")
    (change,) = row["advice"]
    assert change["flag"] == "--tensor-parallel-size 1"
    assert change["text"] == "1 GPU for each replica, instead of 1024"


def test_flags_may_have_underscores_as_in_vllm_and_lists_of_cards_blanks() -> None:
    found = rows("qwen3-8b", "--gpu", "L4, A10,", "--max_model_len", "8k", "--enforce_eager")
    assert [(row["gpu"], row["max_model_len"]) for row in found] == [("L4", 8000), ("A10", 8000)]
    assert {row["cuda_graph_gib"] for row in found} == {0}

"""The table of models agrees with the configurations that the models publish."""

import json
from pathlib import Path

import pytest

from placement.adapters.huggingface import read_model
from placement.memory import known_model, known_model_names
from placement.problem import Model
from tests.model_folders import folder, samples

LISTED = [name for name in samples() if known_model(name) is not None]


def known(name: str) -> Model:
    model = known_model(name)
    assert model is not None, name
    return model


def test_most_configurations_are_of_models_in_the_table() -> None:
    assert len(LISTED) > 35


@pytest.mark.parametrize("name", LISTED)
def test_a_configuration_reads_as_the_row_of_its_model(tmp_path: Path, name: str) -> None:
    row = known(name)
    if name == "zai-org/GLM-4.7-FP8":  # its copied configuration lacks how it is quantised
        row = row.model_copy(update={"dtype": "bfloat16"})
    if name == "Qwen/Qwen3-VL-235B-A22B-Thinking":  # and this one the joints of its tower
        row = row.model_copy(update={"vision_parameters": 452_929_392})
    read = read_model(folder(tmp_path, samples()[name]["config"]))
    loose = {"name", "parameters", "vision_parameters"}
    assert read.model_dump(exclude=loose) == row.model_dump(exclude=loose)
    assert read.parameters == pytest.approx(row.parameters, rel=5e-3)
    assert read.vision_parameters == pytest.approx(row.vision_parameters, rel=0.07)


@pytest.mark.parametrize(
    ("base", "quantised", "dtype"),
    [
        ("Llama-3.3-70B-Instruct", "RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic", "fp8"),
        ("Llama-3.3-70B-Instruct", "redhatai/Llama-3.3-70B-Instruct-quantized.w8a8", "int8"),
        ("Llama-3.1-8B", "RedHatAI/Meta-Llama-3.1-8B-Instruct-quantized.w4a16", "int4"),
        ("Qwen2.5-7B-Instruct", "Qwen/Qwen2.5-7B-Instruct-AWQ", "int4"),
        ("QwQ-32B", "Qwen/QwQ-32B-AWQ", "int4"),
        ("Qwen3-30B-A3B", "nvidia/Qwen3-30B-A3B-FP4", "nvfp4"),
        ("Llama-3.1-405B", "meta-llama/Meta-Llama-3.1-405B-Instruct-FP8", "fp8"),
        ("phi-4", "kaitchup/Phi-4-AutoRound-GPTQ-4bit", "int4"),
        ("Qwen3-Coder-480B-A35B-Instruct", "Qwen3-Coder-480B-A35B-Instruct-FP8", "fp8"),
    ],
)
def test_quantised_repositories_are_their_model_in_another_type(
    base: str, quantised: str, dtype: str
) -> None:
    row = known(quantised)
    other = {"name", "dtype", "group_size", "unquantized"}
    assert row.dtype == dtype
    assert row.model_dump(exclude=other) == known(base).model_dump(exclude=other)


def test_every_row_is_sound() -> None:
    for name in known_model_names():
        model = known(name)
        assert model.layers, name
        assert model.state_layers + (model.full_attention_layers or 0) <= model.layers, name
        assert model.dense_layers < model.layers, name
        assert model.shared_experts < (model.experts or 1), name
        assert model.vision_parameters < (model.parameters or 0) / 2, name
        assert (model.sliding_window is None) or model.full_attention_layers is not None, name
        assert model.weight_bytes is None, name


def test_every_row_names_its_source_and_no_name_is_given_twice() -> None:
    path = Path(__file__).parent.parent / "placement" / "memory" / "models.json"
    table = json.loads(path.read_text("utf-8"))
    names = [name for row, entry in table.items() for name in (row, *entry["aliases"])]
    assert len({name.lower() for name in names}) == len(names)
    assert all(len(entry["source"]) > 10 for entry in table.values())

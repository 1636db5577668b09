"""Quantised variants of well-known models, told by their names."""

import pytest

from placement.memory import known_model, known_variant


@pytest.mark.parametrize(
    ("name", "base", "dtype"),
    [
        ("RedHatAI/Qwen3-8B-quantized.w4a16", "Qwen/Qwen3-8B", "int4"),
        ("RedHatAI/Qwen3-14B-FP8-dynamic", "Qwen/Qwen3-14B", "fp8"),
        ("nvidia/Llama-3.1-8B-Instruct-FP8", "meta-llama/Llama-3.1-8B-Instruct", "fp8"),
        ("someone/qwen3-8b-nvfp4", "Qwen/Qwen3-8B", "nvfp4"),
        ("Qwen/Qwen2.5-7B-Instruct-GPTQ-Int4", "Qwen/Qwen2.5-7B-Instruct", "int4"),
        ("Qwen/Qwen2.5-7B-Instruct-GPTQ-Int8", "Qwen/Qwen2.5-7B-Instruct", "int8"),
        ("unsloth/Qwen3-8B-bnb-4bit", "Qwen/Qwen3-8B", "nf4"),
        ("phi-4-quantized.w8a8", "microsoft/phi-4", "int8"),
    ],
)
def test_the_ending_of_a_name_is_the_format_of_its_weights(
    name: str, base: str, dtype: str
) -> None:
    found, plain = known_variant(name), known_model(base)
    assert found is not None
    assert plain is not None
    model, assumed = found
    assert (model.name, model.dtype, model.layers) == (name, dtype, plain.layers)
    assert f"taken as {plain.name} with {dtype} weights" in assumed


def test_a_model_of_the_table_is_itself_and_nothing_is_assumed() -> None:
    assert known_variant("Qwen/Qwen3-8B") == (known_model("Qwen/Qwen3-8B"), "")


@pytest.mark.parametrize(
    "name", ["Qwen/Qwen3-8B-GGUF", "Unheard-1B-AWQ", "-AWQ", "AWQ", "openai/gpt-oss-20b-AWQ"]
)
def test_other_names_are_not_guessed(name: str) -> None:
    assert known_variant(name) is None

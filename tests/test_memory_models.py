"""The table of models, and counting parameters from an architecture."""

import pytest
from pydantic import ValidationError

from placement.errors import InputError
from placement.memory import known_model, known_model_names, parameters_of
from placement.memory.architecture import architecture_of
from placement.problem import Model, Problem, Workload

QK_NORM = ("Qwen3-0.6B", "Qwen3-1.7B", "Qwen3-4B", "Qwen3-8B", "Qwen3-14B", "Qwen3-32B")
PLAIN = ("Llama-3.1-8B", "Llama-3.3-70B", "Llama-2-13b-hf", "Llama-3.2-1B", "phi-4", "gemma-7b")
BIASED = ("Qwen2.5-0.5B", "Qwen2.5-7B-Instruct", "Qwen2.5-72B")


def known(name: str) -> Model:
    model = known_model(name)
    assert model is not None, name
    return model


@pytest.mark.parametrize("name", ["Qwen/Qwen3-8B", "qwen/qwen3-8b", "Qwen3-8B", " qwen3-8b "])
def test_a_model_is_found_in_any_case_with_or_without_organisation(name: str) -> None:
    assert known(name).name == "Qwen/Qwen3-8B"
    assert known(name).parameters == 8_190_735_360


def test_a_model_that_is_not_there_is_none() -> None:
    assert known_model("Qwen3-9B") is None
    assert known_model("") is None


@pytest.mark.parametrize(
    "name",
    [
        *QK_NORM,
        *PLAIN,
        *BIASED,
        "Qwen3-30B-A3B",
        "Qwen3-235B-A22B",
        "Llama-3.1-405B-Instruct",
        "Llama-2-7b",
        "Mistral-7B-Instruct-v0.3",
        "Mixtral-8x7B-Instruct-v0.1",
        "Mixtral-8x22B",
        "gpt-oss-20b",
        "gpt-oss-120b",
        "DeepSeek-R1",
        "DeepSeek-V3",
        "gemma-2-9b-it",
        "gemma-3-27b-it",
    ],
)
def test_the_table_holds_the_models_that_people_serve(name: str) -> None:
    model = known(name)
    assert model.parameters
    assert model.layers
    assert model.kv_heads
    assert model.head_dim
    assert model.max_position_embeddings


def test_every_name_of_the_table_is_a_whole_model() -> None:
    names = known_model_names()
    assert list(names) == sorted(names, key=str.lower)
    for name in names:
        model = known(name)
        assert model.name == name
        assert architecture_of(model).cache_known, name
        assert architecture_of(model).width_known, name


@pytest.mark.parametrize("name", PLAIN)
def test_parameters_of_dense_models_are_exact(name: str) -> None:
    assert parameters_of(known(name)) == known(name).parameters


@pytest.mark.parametrize("name", QK_NORM)
def test_parameters_count_the_norms_of_queries_and_keys(name: str) -> None:
    assert parameters_of(known(name), qk_norm=True) == known(name).parameters


@pytest.mark.parametrize("name", BIASED)
def test_parameters_count_the_biases_of_queries_keys_and_values(name: str) -> None:
    assert parameters_of(known(name), qkv_bias=True) == known(name).parameters


@pytest.mark.parametrize(
    ("name", "relative"), [("Mixtral-8x7B", 1e-4), ("Qwen3-30B-A3B", 1e-3), ("DeepSeek-R1", 0.06)]
)
def test_parameters_of_mixtures_are_near_and_not_below(name: str, relative: float) -> None:
    model = known(name)
    assert model.parameters
    assert parameters_of(model) == pytest.approx(model.parameters, rel=relative)
    assert parameters_of(model) > model.parameters * (1 - 1e-4)


def test_parameters_need_the_architecture() -> None:
    with pytest.raises(ValueError, match="layers, hidden_size"):
        parameters_of(Model(parameters=1))


def test_a_guessed_cache_is_at_least_that_of_every_known_model() -> None:
    for name in known_model_names():
        model = known(name)
        real, guess = architecture_of(model), architecture_of(Model(parameters=model.parameters))
        width = 2 * real.kv_heads * real.head_dim
        if model.kv_lora_rank:
            width = model.kv_lora_rank + (model.qk_rope_head_dim or 0)
        assert guess.layers * 2 * guess.kv_heads * guess.head_dim >= real.layers * width, name
        assert not guess.cache_known


def test_a_model_needs_a_size() -> None:
    with pytest.raises(ValidationError, match="needs parameters, or else the architecture"):
        Model(layers=36, kv_heads=8, head_dim=128)


def test_a_workload_may_name_a_built_in_model() -> None:
    workload = Workload.model_validate({"name": "a", "replicas": 1, "model": "Qwen3-8B"})
    assert workload.model == known_model("Qwen3-8B")


def test_a_workload_may_change_a_built_in_model() -> None:
    fields = {"name": "Qwen3-8B", "dtype": "fp8"}
    workload = Workload.model_validate({"name": "a", "replicas": 1, "model": fields})
    assert workload.model is not None
    assert (workload.model.dtype, workload.model.layers) == ("fp8", 36)


def test_a_model_stated_in_full_is_taken_as_stated() -> None:
    fields = {"name": "Qwen3-8B", "parameters": 5}
    workload = Workload.model_validate({"name": "a", "replicas": 1, "model": fields})
    assert workload.model == Model(name="Qwen3-8B", parameters=5)


def test_an_unknown_model_is_refused_with_the_nearest_name_and_its_path() -> None:
    workloads = [{"name": "a", "replicas": 1, "model": "Qwen/Qwen3-8BB"}]
    with pytest.raises(InputError) as caught:
        Problem.model_validate({"workloads": workloads})
    (issue,) = caught.value.issues
    assert issue.path == "workloads[0].model"
    assert "'Qwen/Qwen3-8B'" in issue.rule
    assert "config.json" in issue.rule


def test_the_schema_lets_a_model_be_a_name() -> None:
    schema = Workload.model_json_schema()["properties"]["model"]
    assert {"type": "string"} in schema["anyOf"]

"""What would make a model fit: single flags, cheapest first."""

import pytest

from placement.memory import advice, fit, known_gpu, known_model
from placement.problem import Gpu, Model, Serving


def model(name: str) -> Model:
    found = known_model(name)
    assert found is not None
    return found


def card(name: str) -> Gpu:
    found = known_gpu(name)
    assert found is not None
    return found


def test_nothing_is_advised_where_it_fits() -> None:
    assert advice(model("Qwen3-0.6B"), Serving(max_model_len=4096), card("H100"), 8) == ()


def test_each_advice_alone_makes_it_fit_and_is_the_least_of_its_kind() -> None:
    """Qwen3-8B on an A10 with its own 40960 tokens: 5.6 GiB of cache where 4 are left."""
    serving = Serving(tensor_parallel=1)
    found = advice(model("Qwen3-8B"), serving, card("A10"), 4)
    assert [each.flag.split()[0] for each in found] == [
        "--max-model-len",
        "--kv-cache-dtype",
        "--tensor-parallel-size",
    ]
    assert {each.fit.fits for each in found} == {"yes"}
    longest = int(found[0].flag.split()[1])
    assert longest % 1024 == 0
    longer = serving.model_copy(update={"max_model_len": longest + 1024})
    assert fit(model("Qwen3-8B"), longer, card("A10"), 1).fits != "yes"


def test_fewer_sequences_come_first_where_they_help() -> None:
    """The sampler of 1024 requests takes 5.5 GiB at a vocabulary of 151,936."""
    serving = Serving(max_model_len=20_000, tensor_parallel=1, engine_version="0.16.0")
    tight = serving.model_copy(update={"max_num_seqs": 1024, "concurrency": 1})
    found = advice(model("Qwen3-32B"), tight, card("H100"), 1)
    assert found[0].flag.startswith("--max-num-seqs ")
    most = int(found[0].flag.split()[1])
    above = tight.model_copy(update={"max_num_seqs": most + 1})
    assert fit(model("Qwen3-32B"), above, card("H100"), 1).fits != "yes"


def test_a_share_that_is_too_high_is_lowered() -> None:
    serving = Serving(
        max_model_len=8192, gpu_memory_utilization=0.99, max_num_seqs=1, enforce_eager=True
    )
    found = advice(model("Qwen3-8B"), serving, card("A10"), 1)
    assert [each.flag for each in found] == ["--gpu-memory-utilization 0.97"]


@pytest.mark.parametrize("gpus", [1, 4])
def test_nothing_is_advised_where_no_single_change_helps(gpus: int) -> None:
    assert advice(model("Llama-3.1-405B"), Serving(), card("T4"), gpus) == ()


def test_no_context_beyond_the_models_own_is_advised() -> None:
    found = advice(model("Qwen3-8B"), Serving(max_model_len=10**9), card("H100"), 1)
    assert found[0].flag == "--max-model-len 40960"

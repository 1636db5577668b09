"""A whole catalog at once gives what each workload on each node gives."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from placement.memory import (
    accepted,
    fit,
    gpus_needed,
    known_gpu,
    known_gpu_names,
    known_model,
    known_model_names,
    smallest_fit,
    verdict_of,
)
from placement.memory.cards import CARDS
from placement.memory.catalog_fit import CatalogFit, fit_catalog
from placement.memory.engine import NEWEST
from placement.memory.share import tightest_share
from placement.memory.units import GIB
from placement.memory.verdict import MARGIN, VISION
from placement.problem import Gpu, Model, Serving

Workload = tuple[Model, Serving]

OPTIONS: dict[str, tuple[Any, ...]] = {
    "max_model_len": (None, 1, 100, 4096, 8192, 32_768, 40_000, 131_072),
    "max_num_seqs": (None, 1, 8, 100, 256, 1024),
    "concurrency": (None, None, 1, 10, 200),
    "max_num_batched_tokens": (None, None, 1, 512, 2048, 16_384),
    "gpu_memory_utilization": (None, 0.1, 0.57, 0.8, 0.9, 0.95, 0.97, 1.0),
    "tensor_parallel": (None, None, None, 1, 2, 3, 8),
    "parallel_choice": ("smallest", "cheapest"),
    "pipeline_parallel": (1, 1, 1, 2, 3, 4, 100),
    "kv_cache_dtype": ("auto", "float16", "fp8"),
    "enforce_eager": (True, False),
    "max_loras": (0, 0, 1, 4),
    "max_lora_rank": (16, 64),
    "engine_version": (None, "0.6.3", "0.9", "0.11.0", "0.17", "0.19.1", "0.21"),
    "allow_at_risk": (True, False),
}

CHANGES: dict[str, tuple[Any, ...]] = {
    "dtype": ("float32", "fp8", "int4", "mxfp4", "nvfp4", "nf4"),
    "parameters": (10**6, 10**12),
    "group_size": (32, 100, 1000),
    "unquantized": (("attention",), ("mlp", "experts"), ("shared_experts",)),
    "weight_bytes": (10**9, 123_456_789_012),
    "layers": (None, 1, 13, 70),
    "hidden_size": (None, 1000),
    "intermediate_size": (None,),
    "vocab_size": (None,),
    "attention_heads": (None, 12),
    "kv_heads": (None, 1, 3),
    "head_dim": (None, 96),
    "mlp_matrices": (2,),
    "experts": (None, 16),
    "shared_experts": (0, 1, 20),
    "experts_per_token": (None, 4),
    "kv_lora_rank": (None, 512),
    "dense_layers": (0, 3),
    "tie_word_embeddings": (True, False),
    "max_position_embeddings": (None,),
    "sliding_window": (None, 1024),
    "full_attention_layers": (None, 0, 2, 20),
    "state_layers": (3,),
    "vision_parameters": (10**9,),
    "rotary_numbers": (0,),
}

GPUS = (
    Gpu(model="T4", count=1, memory=16 * GIB),
    Gpu(model="L4", count=3, memory=24 * GIB),
    Gpu(model="NVIDIA-A10G", count=4, memory=24 * GIB),
    Gpu(model="L40S", count=8, memory=48 * GIB),
    Gpu(model="A100", count=1, memory=80 * GIB),
    Gpu(model="A100", count=16, memory=40 * GIB),
    Gpu(model="H100", count=2, memory=80 * GIB),
    Gpu(model="H100-SXM", count=8, memory=80 * GIB),
    Gpu(model="H100", count=8, memory=80 * GIB),
    Gpu(model="H100", count=8, memory=80 * GIB, usable_memory=50 * GIB),
    Gpu(model="H200", count=6, memory=141 * GIB),
    Gpu(model="B200", count=72, memory=180 * GIB),
    Gpu(model="mystery", count=4, memory=24 * GIB),
    Gpu(model="mystery", count=2, memory=192 * GIB),
)


def drawn_model(random: Random) -> Model:
    """Return a model of the table with a tenth of its figures changed or missing."""
    found = known_model(random.choice(known_model_names()))
    assert found is not None
    changed = {name: values for name, values in CHANGES.items() if random.random() < 0.1}
    return found.model_copy(update={name: random.choice(each) for name, each in changed.items()})


def drawn(random: Random) -> Workload:
    options = {name: random.choice(values) for name, values in OPTIONS.items()}
    draft = known_model("Qwen/Qwen3-0.6B") if random.random() < 0.2 else None
    return drawn_model(random), Serving(**options, draft=draft)


def assert_as_each_alone(workloads: Sequence[Workload], gpus: Sequence[Gpu]) -> CatalogFit:
    found = fit_catalog(workloads, gpus)
    for row, (model, serving) in enumerate(workloads):
        for column, gpu in enumerate(gpus):
            alone = smallest_fit(model, serving, gpu, gpu.count)
            expected = {
                "gpus": alone.gpus if accepted(alone, serving) else 0,
                "tensor_parallel": alone.tensor_parallel,
                "verdict": found.verdicts.index(alone.fits),
                "weights": alone.weights,
                "kv": alone.kv,
                "kv_tokens": alone.kv_tokens,
                "max_concurrency": alone.max_concurrency,
            }
            shown = {name: getattr(found, name)[row, column] for name in expected}
            assert shown == expected, (model, serving, gpu)
            assert gpus_needed(model, serving, gpu, gpu.count) == (expected["gpus"] or None)
            degree = alone.tensor_parallel
            whole = fit(model, serving, gpu, degree)
            assert verdict_of(model, serving, gpu, degree) == whole.fits
    return found


@pytest.mark.parametrize("seed", range(3))
def test_drawn_workloads_fit_as_each_alone(seed: int) -> None:
    random = Random(seed)
    found = assert_as_each_alone([drawn(random) for _ in range(90)], GPUS)
    assert len(np.unique(found.verdict)) == len(found.verdicts)


def test_the_table_of_models_fits_every_card_as_each_alone() -> None:
    models = [model for name in known_model_names() if (model := known_model(name))]
    cards = [known_gpu(name) for name in known_gpu_names()]
    gpus = [card.model_copy(update={"count": 4}) for card in cards if card]
    assert len(gpus) == len(CARDS)
    assert_as_each_alone([(model, Serving()) for model in models], gpus)


def test_what_is_known_only_by_its_size_fits_as_it_does_alone() -> None:
    random = Random(5)
    models = [Model(parameters=int(10 ** random.uniform(6, 12))) for _ in range(60)]
    workloads = [(model, Serving(max_num_seqs=random.choice((1, 64)))) for model in models]
    assert_as_each_alone(workloads, GPUS)


@pytest.mark.parametrize("share", [0.1, 0.57, 0.7, 0.9, 0.92, 0.999999, 1.0])
def test_a_share_of_any_memory_is_rounded_as_it_is_for_one(share: float) -> None:
    random = Random(7)
    sizes = [random.randrange(2**30, 2**41) for _ in range(40)]
    gpus = [Gpu(model="odd", count=1, memory=size, usable_memory=size) for size in sizes]
    assert_as_each_alone([(Model(parameters=10**8), Serving(gpu_memory_utilization=share))], gpus)


def test_a_byte_more_or_less_changes_a_verdict_where_it_does_alone() -> None:
    random = Random(13)
    workloads, gpus = [], []
    for _ in range(12):
        model, serving = drawn_model(random), Serving(gpu_memory_utilization=0.5, max_model_len=100)
        size = 2**42
        share = tightest_share(model, serving, one_card(size), 1, NEWEST)
        for margin in (0, MARGIN, VISION):
            exact = size - 2 * (share.left - share.request - margin)
            gpus += [one_card(exact + more) for more in (-2, 0, 2)]
        workloads += [(model, serving)]
    assert_as_each_alone(workloads, gpus)


def one_card(size: int) -> Gpu:
    return Gpu(model="odd", count=1, memory=size, usable_memory=size)


SMALL = Model(
    layers=12,
    hidden_size=512,
    intermediate_size=2048,
    vocab_size=1000,
    attention_heads=8,
    kv_heads=8,
)


def test_too_many_stages_are_refused_as_they_are_alone() -> None:
    found = assert_as_each_alone(
        [(SMALL, Serving(pipeline_parallel=count, max_num_seqs=1)) for count in (12, 13, 72, 73)],
        GPUS,
    )
    largest = [gpu.count for gpu in GPUS].index(72)
    assert (found.gpus[:, largest] > 0).tolist() == [True, False, False, False]


def test_stages_that_only_assumed_layers_are_too_few_for_are_judged_as_they_are_alone() -> None:
    served = Model(parameters=8 * 10**9)  # taken to have 37 layers
    gpus = [Gpu(model="H100", count=72, memory=80 * GIB)]
    workloads = [(served, Serving(pipeline_parallel=count)) for count in (37, 38)]
    assert (assert_as_each_alone(workloads, gpus).gpus > 0).tolist() == [[True], [False]]


def test_more_requests_at_once_than_tokens_of_a_step_are_refused_as_they_are_alone() -> None:
    served = Model(parameters=10**9)
    servings = [Serving(max_num_seqs=most, concurrency=1) for most in (2048, 2049, 8192, 8193)]
    gpus = [Gpu(model="A", count=8, memory=size * GIB) for size in (60, 90)]
    found = assert_as_each_alone([(served, serving) for serving in servings], gpus)
    assert (found.gpus > 0).T.tolist() == [[True, False, False, False], [True, True, True, False]]


def test_stages_with_and_without_experts_are_told_apart() -> None:
    # Layers of four stages: 3, 4, 4 and 3, of the first two stages 5 without experts.
    sparse = SMALL.model_copy(update={"layers": 14, "experts": 64, "dense_layers": 5})
    workloads = [(sparse, Serving(pipeline_parallel=count)) for count in (1, 2, 4, 7, 14)]
    assert_as_each_alone(workloads, GPUS)


def test_stored_bytes_are_shared_exactly_whatever_their_size() -> None:
    random = Random(17)
    long = SMALL.model_copy(update={"layers": 9973})
    sizes = [random.randrange(10**14, 5 * 10**14) for _ in range(300)]
    halves = Serving(pipeline_parallel=2, tensor_parallel=1)
    workloads = [(long.model_copy(update={"weight_bytes": size}), halves) for size in sizes]
    assert_as_each_alone(workloads, GPUS[-1:])


HUGE = Model(
    layers=10_000,
    hidden_size=10**6,
    intermediate_size=10**7,
    expert_intermediate_size=10**7,
    vocab_size=10**8,
    attention_heads=10**5,
    kv_heads=10**5,
    head_dim=10**5,
    experts=10**5,
    experts_per_token=10**5,
)
MOST = Serving(
    max_model_len=10**9,
    max_num_seqs=10**6,
    max_num_batched_tokens=10**9,
    max_loras=10_000,
    max_lora_rank=10_000,
)


def test_figures_beyond_the_arrays_are_left_to_the_laws_for_one() -> None:
    small = Model(parameters=10**9)
    workloads = [(HUGE, Serving()), (small, MOST), (HUGE, MOST), (small, Serving())]
    found = fit_catalog(workloads, GPUS)
    for row, (model, serving) in enumerate(workloads):
        alone = [smallest_fit(model, serving, gpu, gpu.count) for gpu in GPUS]
        assert [found.verdicts[each] for each in found.verdict[row]] == [it.fits for it in alone]
        assert found.weights[row].tolist() == [min(it.weights, 2**60) for it in alone]
        assert found.kv[row].tolist() == [it.kv for it in alone]


def test_a_gpu_beyond_the_arrays_is_left_to_the_laws_for_one() -> None:
    gpus = [Gpu(model="L4", count=1, memory=24 * GIB)]
    gpus += [Gpu(model="vast", count=2, memory=2**power + 12_345) for power in (50, 53, 57, 60)]
    small = Model(parameters=10**9)
    assert_as_each_alone([(small, Serving()), (small, Serving(max_num_seqs=64))], gpus)


def test_nothing_to_fit_gives_empty_arrays() -> None:
    small = (Model(parameters=10**9), Serving())
    assert fit_catalog([], GPUS).gpus.shape == (0, len(GPUS))
    assert fit_catalog([small], []).gpus.shape == (1, 0)


def test_more_workloads_than_are_taken_at_a_time_keep_their_order() -> None:
    random = Random(11)
    kinds = [drawn(random) for _ in range(6)]
    numbers = [random.randrange(len(kinds)) for _ in range(3000)]
    few, many = fit_catalog(kinds, GPUS), fit_catalog([kinds[each] for each in numbers], GPUS)
    assert (many.gpus == few.gpus[numbers]).all()
    assert (many.kv_tokens == few.kv_tokens[numbers]).all()


def test_the_example_of_the_document_runs() -> None:
    text = (Path(__file__).parents[1] / "docs" / "memory-catalog.md").read_text("utf-8")
    names: dict[str, Any] = {}
    exec(text.split("```python\n")[1].split("```")[0], names)
    assert names["found"].gpus.shape == (2, 2)
    assert (names["found"].gpus > 0).any()


def test_the_laws_themselves_do_without_numpy() -> None:
    code = "import sys, placement.memory; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

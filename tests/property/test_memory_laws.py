"""Laws of memory: what more GPUs, longer contexts and narrower numbers may and may not change."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from placement.memory import MemoryFit, engine_of, fit, known_model
from placement.memory.architecture import architecture_of
from placement.memory.defaults import LARGE_GPU
from placement.memory.formats import BYTES
from placement.memory.stages import stages_of
from placement.memory.units import GIB, MIB
from placement.memory.weights import rotary_bytes, stored_bytes, weight_bytes
from placement.problem import Gpu, Model, Serving
from tests.property.memory_cases import (
    DENSE,
    EXPERTS,
    GPUS,
    LATENT,
    MODELS,
    SERVINGS,
    dense,
    gpu,
    laws,
)

BETTER = {"no": 0, "unknown": 1, "at-risk": 2, "yes": 3}
DEGREES = st.sampled_from([1, 2, 4])
TENSORS = 8  # matrices of a layer at most: MLA and experts with shared ones


def rounding(model: Model) -> int:
    """Return the most that the allocator adds to the matrices of all layers and the ends.

    A segment of 2 MiB is lost by half at most; a matrix has its scales beside it.
    """
    matrices = TENSORS * (model.layers or 0) + 2
    return matrices * len(BYTES[model.dtype]) * MIB


def whole(model: Model, degree: int) -> int:
    """Return the weights of all layers on one of so many GPUs."""
    return weight_bytes(model, degree, stages_of(model.layers or 1, 1)[0])


def width(serving: Serving) -> int:
    """Return the bytes of one number in the cache."""
    return 1 if serving.kv_cache_dtype == "fp8" else 2


def taken(found: MemoryFit) -> int:
    """Return what is taken before the cache."""
    return found.weights + found.activation + found.non_torch + found.cuda_graph + found.outside


@laws
@given(MODELS, SERVINGS, GPUS, DEGREES)
def test_more_gpus_never_raise_memory_per_gpu_beyond_libraries_and_rounding(
    model: Model, serving: Serving, card: Gpu, degree: int
) -> None:
    few, many = (fit(model, serving, card, n) for n in (degree, 2 * degree))
    engine = engine_of(serving.engine_version)
    nccl = engine.non_torch_parallel + engine.non_torch_doubling
    context = 2 * GIB if degree == 1 else 0  # of GPUs that are linked
    assert many.weights <= few.weights + rounding(model)
    assert many.activation <= few.activation
    assert many.kv_needed <= few.kv_needed
    assert taken(many) <= taken(few) + nccl + context + rounding(model)


@laws
@given(MODELS, DEGREES)
def test_no_weight_gets_lost_when_a_model_is_shared(model: Model, degree: int) -> None:
    assert 2 * whole(model, 2 * degree) >= whole(model, degree) - 2 * rounding(model)


@laws
@given(MODELS, SERVINGS, GPUS, DEGREES, st.integers(1, 100_000))
def test_a_longer_context_never_frees_memory(
    model: Model, serving: Serving, card: Gpu, degree: int, more: int
) -> None:
    length = (serving.max_model_len or 0) + more
    longer = serving.model_copy(update={"max_model_len": length})
    short, long = (fit(model, flags, card, degree) for flags in (serving, longer))
    assert long.kv_needed >= short.kv_needed
    assert long.kv <= short.kv
    assert BETTER[long.fits] <= BETTER[short.fits]


@laws
@given(MODELS, SERVINGS, st.integers(8 * GIB, 200 * GIB), st.integers(0, 80 * GIB), DEGREES)
def test_yes_stays_yes_with_more_usable_memory(
    model: Model, serving: Serving, usable: int, more: int, degree: int
) -> None:
    flags = {"max_num_seqs": 256, "max_num_batched_tokens": 2048}  # else defaults grow with the GPU
    given = {name: getattr(serving, name) or value for name, value in flags.items()}
    serving = serving.model_copy(update={"concurrency": 1, **given})
    small, large = (fit(model, serving, gpu(size), degree) for size in (usable, usable + more))
    assert BETTER[large.fits] >= BETTER[small.fits]


@pytest.mark.parametrize(("version", "utilization"), [("0.19.0", 0.96), ("0.20.0", 0.98)])
def test_yes_stays_yes_where_a_gpu_becomes_a_large_one(version: str, utilization: float) -> None:
    flags = Serving(
        max_model_len=4096,
        max_num_seqs=256,
        max_num_batched_tokens=2048,
        concurrency=1,
        gpu_memory_utilization=utilization,
        engine_version=version,
    )
    model = known_model("meta-llama/Llama-3.1-8B-Instruct")
    assert model is not None
    sizes = (LARGE_GPU - 1, LARGE_GPU)
    small, large = (fit(model, flags, gpu(size), 2) for size in sizes)
    assert small.fits == "yes"
    assert large.fits == "yes"


@laws
@given(MODELS, SERVINGS, GPUS, DEGREES, st.integers(1, 1024))
def test_more_sequences_never_free_memory(
    model: Model, serving: Serving, card: Gpu, degree: int, more: int
) -> None:
    number = (serving.max_num_seqs or 0) + more
    few, many = (
        fit(model, flags, card, degree)
        for flags in (serving, serving.model_copy(update={"max_num_seqs": number}))
    )
    assert many.activation >= few.activation
    assert many.kv <= few.kv
    assert BETTER[many.fits] <= BETTER[few.fits]


@laws
@given(MODELS, SERVINGS, GPUS, DEGREES)
def test_a_cache_of_8_bits_never_takes_more_than_one_of_16(
    model: Model, serving: Serving, card: Gpu, degree: int
) -> None:
    narrow, wide = (
        fit(model, serving.model_copy(update={"kv_cache_dtype": dtype}), card, degree)
        for dtype in ("fp8", "bfloat16")
    )
    assert 2 * narrow.kv_bytes_per_token == wide.kv_bytes_per_token
    assert narrow.kv_needed < wide.kv_needed
    assert narrow.kv_tokens >= wide.kv_tokens
    assert BETTER[narrow.fits] >= BETTER[wide.fits]


@given(st.integers(1, 10_000), st.integers(1, 64))
@laws
def test_every_layer_is_on_exactly_one_stage(layers: int, count: int) -> None:
    assume(count <= layers)
    stages = stages_of(layers, count)
    held = [n for s in stages for n in range(s.first_layer, s.first_layer + s.layers)]
    assert held == list(range(layers))
    assert [stage.first for stage in stages] == [True, *[False] * (count - 1)]
    assert [stage.last for stage in stages] == [*[False] * (count - 1), True]
    assert max(s.layers for s in stages) - min(s.layers for s in stages) <= 1


@laws
@given(MODELS, DEGREES, st.integers(2, 4))
def test_the_stages_of_a_pipeline_hold_the_model_once(
    model: Model, degree: int, count: int
) -> None:
    layers = model.layers or 0
    parts = [weight_bytes(model, degree, stage) for stage in stages_of(layers, count)]
    tables = (count - 1) * rotary_bytes(model, architecture_of(model))
    again = 2 * (model.vocab_size or 0) * (model.hidden_size or 0) // degree  # where they are tied
    twice = (again + 3 * MIB) * model.tie_word_embeddings
    slack = count * layers + 64 * 2 * (model.hidden_size or 0)
    assert (
        whole(model, degree) - slack <= sum(parts) - tables <= whole(model, degree) + twice + slack
    )


@laws
@given(MODELS)
def test_one_gpu_holds_at_least_the_bytes_that_are_stored(model: Model) -> None:
    assert whole(model, 1) >= stored_bytes(model)


@laws
@given(st.one_of(DENSE, EXPERTS), DEGREES)
def test_narrower_weights_take_less(model: Model, degree: int) -> None:
    by_dtype = [
        whole(model.model_copy(update={"dtype": dtype}), degree)
        for dtype in ("int4", "fp8", "bfloat16", "float32")
    ]
    assert by_dtype == sorted(set(by_dtype))


@laws
@given(dense(sliding_window=None, full_attention_layers=None), SERVINGS, GPUS)
def test_beyond_one_head_a_gpu_more_gpus_cache_the_same(
    model: Model, serving: Serving, card: Gpu
) -> None:
    tokens = {n: fit(model, serving, card, n).kv_bytes_per_token for n in (1, 2, 4, 8, 16)}
    kv_heads = model.kv_heads or 0
    one = (model.layers or 0) * 2 * (model.head_dim or 0) * width(serving)
    assert tokens == {n: one * max(1, kv_heads // n) for n in tokens}


@laws
@given(LATENT, SERVINGS, GPUS)
def test_a_compressed_cache_is_not_shared(model: Model, serving: Serving, card: Gpu) -> None:
    tokens = {fit(model, serving, card, n).kv_bytes_per_token for n in (1, 2, 4, 8)}
    rank, rotary = model.kv_lora_rank or 0, model.qk_rope_head_dim or 0
    assert tokens == {(model.layers or 0) * (rank + rotary) * width(serving)}

"""Random models, flags and GPUs for the laws of memory."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from placement.memory.units import GIB
from placement.problem import Gpu, Model, Serving

__all__ = ["DENSE", "DTYPES", "EXPERTS", "GPUS", "LATENT", "MODELS", "SERVINGS", "laws"]

laws = settings(derandomize=True, database=None, deadline=None, max_examples=60)

DTYPES = ("bfloat16", "fp8", "int8", "int4", "nvfp4", "mxfp4", "nf4")


@st.composite
def dense(draw: st.DrawFn, /, **fields: Any) -> Model:
    """Draw a dense model whose figures divide by every degree up to eight."""
    head_dim, heads = draw(st.sampled_from([64, 80, 128])), 8 * draw(st.integers(1, 8))
    layers = draw(st.integers(4, 96))
    drawn: dict[str, Any] = {
        "dtype": draw(st.sampled_from(DTYPES)),
        "layers": layers,
        "hidden_size": 64 * draw(st.integers(8, 128)),
        "intermediate_size": 128 * draw(st.integers(8, 256)),
        "vocab_size": draw(st.integers(1000, 262_208)),
        "attention_heads": heads,
        "kv_heads": draw(st.sampled_from([kv for kv in (1, 2, 4, 8) if heads % kv == 0])),
        "head_dim": head_dim,
        "tie_word_embeddings": draw(st.booleans()),
        "max_position_embeddings": draw(st.sampled_from([4096, 32_768, 131_072])),
        "mlp_matrices": draw(st.sampled_from([2, 3])),
    }
    if draw(st.booleans()):
        full = draw(st.integers(1, layers - 1))
        drawn |= {
            "sliding_window": draw(st.sampled_from([128, 4096])),
            "full_attention_layers": full,
        }
    return Model(**{**drawn, **fields})


@st.composite
def with_experts(draw: st.DrawFn) -> Model:
    """Draw a mixture of experts."""
    shared = draw(st.integers(0, 2))
    return draw(
        dense(
            experts=draw(st.sampled_from([8, 64, 128])) + shared,
            shared_experts=shared,
            experts_per_token=draw(st.integers(1, 8)),
            expert_intermediate_size=128 * draw(st.integers(4, 16)),
            dense_layers=draw(st.integers(0, 3)),
        )
    )


@st.composite
def latent(draw: st.DrawFn) -> Model:
    """Draw a model with multi-head latent attention."""
    fields: dict[str, Any] = {
        "kv_lora_rank": draw(st.sampled_from([256, 512])),
        "q_lora_rank": draw(st.sampled_from([None, 1536])),
        "qk_rope_head_dim": 64,
        "head_dim": 192,
        "sliding_window": None,
        "full_attention_layers": None,
    }
    return draw(dense(**fields))


DENSE, EXPERTS, LATENT = dense(), with_experts(), latent()
MODELS = st.one_of(DENSE, EXPERTS, LATENT)

VERSIONS = ("0.8.5", "0.11.0", "0.17.0", "0.19.0", "0.20.0", "0.30.0")


@st.composite
def servings(draw: st.DrawFn) -> Serving:
    """Draw flags, all of them given."""
    return Serving(
        max_model_len=draw(st.integers(1, 200_000)),
        max_num_seqs=draw(st.sampled_from([1, 16, 256, 1024])),
        max_num_batched_tokens=draw(st.sampled_from([2048, 8192, 16_384])),
        concurrency=draw(st.integers(1, 4)),
        gpu_memory_utilization=draw(st.sampled_from([0.5, 0.9, 0.92, 0.95])),
        kv_cache_dtype=draw(st.sampled_from(["auto", "fp8"])),
        enforce_eager=draw(st.booleans()),
        engine_version=draw(st.sampled_from(VERSIONS)),
    )


SERVINGS = servings()


def gpu(usable: int) -> Gpu:
    """Return a GPU with so much memory."""
    return Gpu(model="Card", count=8, memory=usable + GIB, usable_memory=usable)


GPUS = st.integers(8 * GIB, 200 * GIB).map(gpu)

"""The large tensors of a model as one GPU holds them under tensor parallelism."""

from collections.abc import Iterator
from dataclasses import dataclass

from placement.memory.architecture import Architecture
from placement.problem.model import Model

__all__ = ["Tensor", "embedding_tensors", "expert_layers", "layer_tensors"]

VOCABULARY_PAD = 64
"""Rows that embedding and head are padded to a multiple of.

Source: vLLM, ``vllm/model_executor/layers/vocab_parallel_embedding.py``,
``DEFAULT_VOCAB_PADDING_SIZE``.
"""

MXFP4_HIDDEN, MXFP4_INNER = 256, 128
"""What hidden size and inner size per GPU are padded to in experts of MXFP4.

Source: vLLM, ``vllm/model_executor/layers/quantization/mxfp4.py``, ``create_weights`` for the
Marlin kernels; the Triton ones of Hopper come to within 7 % less for gpt-oss-120b.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tensor:
    """A matrix, or a stack of them, on one GPU.

    Parameters
    ----------
    numbers
        Weights on one GPU.
    wide
        Whether it keeps 16 bits in a quantised model.
    made
        Whether the engine makes it, so that no file stores it.
    """

    numbers: int
    wide: bool = False
    made: bool = False


def embedding_tensors(known: Architecture, degree: int) -> Tensor:
    """Return the embedding, or the head, on one GPU: rows of the vocabulary are shared."""
    rows = -(-known.vocabulary // VOCABULARY_PAD) * VOCABULARY_PAD
    return Tensor(numbers=-(-rows // degree) * known.hidden, wide=True)


def expert_layers(known: Architecture, model: Model) -> int:
    """Return how many layers hold experts; the first ``dense_layers`` do not."""
    return max(0, known.layers - model.dense_layers) if model.experts else 0


def layer_tensors(
    known: Architecture, model: Model, degree: int, *, experts: bool
) -> Iterator[Tensor]:
    """Yield the matrices of one layer on one GPU.

    Parameters
    ----------
    degree
        Tensor-parallel degree: heads, inner sizes and vocabulary are shared by it; KV heads until
        every GPU has one; router and MLA's projections to the compressed form are not.
    experts
        Whether the layer holds experts in place of one MLP.
    """
    yield from _attention(known, model, degree)
    if not experts:
        wide = "mlp" in model.unquantized
        yield from _mlp(known.hidden, _shared(known.intermediate, degree), model, wide=wide)
        return
    inner, hidden = _shared(known.expert_intermediate, degree), known.hidden
    if model.dtype == "mxfp4" and "experts" not in model.unquantized:
        hidden = -(-hidden // MXFP4_HIDDEN) * MXFP4_HIDDEN
        inner = -(-inner // MXFP4_INNER) * MXFP4_INNER
    routed = (model.experts or 0) - model.shared_experts
    wide = "experts" in model.unquantized
    yield Tensor(numbers=routed * (model.mlp_matrices - 1) * hidden * inner, wide=wide)
    yield Tensor(numbers=routed * hidden * inner, wide=wide)
    yield Tensor(numbers=routed * known.hidden, wide=True)  # the router
    if model.shared_experts:
        inner = _shared(model.shared_experts * known.expert_intermediate, degree)
        wide = "shared_experts" in model.unquantized
        yield from _mlp(known.hidden, inner, model, wide=wide)


def _mlp(hidden: int, inner: int, model: Model, *, wide: bool) -> Iterator[Tensor]:
    """Yield gate and up, which vLLM keeps as one, and down."""
    yield Tensor(numbers=(model.mlp_matrices - 1) * hidden * inner, wide=wide)
    yield Tensor(numbers=hidden * inner, wide=wide)


def _attention(known: Architecture, model: Model, degree: int) -> Iterator[Tensor]:
    wide = "attention" in model.unquantized
    heads, size = _shared(known.attention_heads, degree), known.head_dim
    if model.kv_lora_rank:
        yield from _latent_attention(known, model, heads, wide=wide)
        return
    keys_and_values = 2 * max(1, _shared(known.kv_heads, degree))
    yield Tensor(numbers=known.hidden * (heads + keys_and_values) * size, wide=wide)
    yield Tensor(numbers=heads * size * known.hidden, wide=wide)


def _latent_attention(
    known: Architecture, model: Model, heads: int, *, wide: bool
) -> Iterator[Tensor]:
    """Yield MLA's matrices; those that the engine multiplies out for decoding count in 16 bits.

    Source: vLLM, ``vllm/v1/attention/backends/mla/common.py``, ``process_weights_after_loading``:
    ``W_UK_T`` and ``W_UV`` stand beside ``kv_b_proj``.
    """
    rank, rotary, size = model.kv_lora_rank or 0, model.qk_rope_head_dim or 0, known.head_dim
    plain = size - rotary
    down = rank + rotary
    if model.q_lora_rank:
        down += model.q_lora_rank
        yield Tensor(numbers=model.q_lora_rank * heads * size, wide=wide)
    else:
        yield Tensor(numbers=known.hidden * heads * size, wide=wide)
    yield Tensor(numbers=known.hidden * down, wide=wide)
    yield Tensor(numbers=rank * heads * 2 * plain, wide=wide)
    yield Tensor(numbers=rank * heads * 2 * plain, wide=True, made=True)
    yield Tensor(numbers=heads * plain * known.hidden, wide=wide)


def _shared(count: int, degree: int) -> int:
    return -(-count // degree)

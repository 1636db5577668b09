"""The figures of a model that the laws need: as given, as they follow, or as guessed."""

from collections.abc import Iterator
from dataclasses import dataclass

from placement.problem.workload import Model

__all__ = ["Architecture", "architecture_of", "assumptions", "parameters_of"]

GUESSED_WIDTH = 2.35
"""A model of P parameters is guessed to be 2.35 x P^(1/3) wide.

A decoder has about 12 x layers x width^2 parameters (attention 4, gated MLP 8) and is about 128
times as wide as it has layers, so width = (128 x P / 12)^(1/3) = 2.2 x P^(1/3). The factor is
raised to 2.35 so that the KV cache guessed from it is at least that of every model of the built-in
table (the tests hold it to that); most, with fewer KV heads than query heads, need far less.
"""

GUESSED_HEAD = 128  # size of a head in most models of the built-in table
GUESSED_ASPECT = 128  # width over layers, as above
GUESSED_VOCABULARY = 262_208  # the largest vocabulary of the built-in table (Gemma 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """A model with every figure known or guessed.

    Parameters
    ----------
    attention
        Weights of the attention of all layers.
    cache_known
        Whether the size of the KV cache follows from what was given.
    width_known
        Whether hidden and inner size and vocabulary were given.
    """

    parameters: int
    layers: int
    hidden: int
    intermediate: int
    vocabulary: int
    attention_heads: int
    kv_heads: int
    head_dim: int
    attention: int
    tied: bool
    cache_known: bool
    width_known: bool


def parameters_of(
    model: Model, *, qkv_bias: bool = False, qk_norm: bool = False, gated: bool = True
) -> int:
    """Return the number of weights of a Llama-like decoder, exact for dense models.

    Counted are embeddings and head (once if tied), attention with grouped KV heads or MLA, a gated
    MLP or its experts with their router, two norms a layer and a last one. Layers of a mixture of
    experts all count as such, though some models begin with dense ones: an upper bound then.

    Parameters
    ----------
    qkv_bias
        Queries, keys and values have a bias, as in Qwen 2 and 2.5.
    qk_norm
        Queries and keys are normalised by head, as in Qwen 3.
    gated
        The MLP has three matrices, not two as in GPT-2 and Phi-2.

    Raises
    ------
    ValueError
        When a figure of the architecture is missing.
    """
    layers, hidden, inner, vocabulary, heads = (
        model.layers,
        model.hidden_size,
        model.intermediate_size,
        model.vocab_size,
        model.attention_heads,
    )
    if not (layers and hidden and inner and vocabulary and heads):
        raise ValueError(
            "layers, hidden_size, intermediate_size, vocab_size, attention_heads needed"
        )
    size = model.head_dim or hidden // heads
    kv_heads = model.kv_heads or heads
    attention = _attention(model, hidden, heads, kv_heads, size)
    matrices = 3 if gated else 2
    mlp = matrices * hidden * inner
    if model.experts:
        each = matrices * hidden * (model.expert_intermediate_size or inner)
        mlp = model.experts * (each + hidden)
    extras = (heads + 2 * kv_heads) * size * qkv_bias + 2 * size * qk_norm + 2 * hidden
    embeddings = vocabulary * hidden * (1 if model.tie_word_embeddings else 2)
    return layers * (attention + mlp + extras) + embeddings + hidden


def architecture_of(model: Model) -> Architecture:
    """Return a model's figures, with what is missing derived or guessed on the large side."""
    parameters = model.parameters or parameters_of(model)
    guess = round(GUESSED_WIDTH * parameters ** (1 / 3))
    heads, size = model.attention_heads, model.head_dim
    hidden = model.hidden_size or (heads * size if heads and size else max(1, guess))
    size = size or (max(1, hidden // heads) if heads else GUESSED_HEAD)
    kv_heads = model.kv_heads or heads or -(-hidden // size)
    inner = model.expert_intermediate_size if model.experts else model.intermediate_size
    layers = model.layers or max(1, -(-guess // GUESSED_ASPECT))
    return Architecture(
        parameters=parameters,
        layers=layers,
        hidden=hidden,
        intermediate=inner or model.intermediate_size or 4 * hidden,
        vocabulary=model.vocab_size or GUESSED_VOCABULARY,
        attention_heads=heads or kv_heads,
        kv_heads=kv_heads,
        head_dim=size,
        attention=layers * _attention(model, hidden, heads or kv_heads, kv_heads, size),
        tied=model.tie_word_embeddings,
        cache_known=bool(model.layers and (model.kv_lora_rank or _heads_follow(model))),
        width_known=bool(model.hidden_size and model.vocab_size),
    )


def assumptions(model: Model) -> Iterator[str]:
    """Yield what :func:`architecture_of` and the laws assume of a model, a sentence each."""
    known = architecture_of(model)
    if not known.cache_known:
        yield (
            "layers, kv_heads or head_dim are not given: KV cache assumed that of a model with "
            f"{known.layers} layers of {known.kv_heads} KV heads of {known.head_dim}, "
            "which is more than most need"
        )
    if not model.vocab_size:
        yield f"vocab_size is not given: {known.vocabulary} assumed, the largest known"
    if not model.hidden_size:
        yield f"hidden_size is not given: {known.hidden} assumed from the other figures"
    if model.sliding_window:
        yield "every layer's KV cache is counted in full, though some see only a window"


def _heads_follow(model: Model) -> bool:
    heads = model.kv_heads or model.attention_heads
    size = model.head_dim or (model.hidden_size and model.attention_heads)
    return bool(heads and size)


def _attention(model: Model, hidden: int, heads: int, kv_heads: int, size: int) -> int:
    """Return the weights of one layer's attention; ``size`` is that of a query head.

    Source of MLA: DeepSeek-V2 (arXiv 2405.04434, section 2.1): queries go through ``q_lora_rank``
    if there is one, keys and values through ``kv_lora_rank`` beside the shared rotary part.
    """
    if not model.kv_lora_rank:
        return 2 * hidden * size * (heads + kv_heads)
    rank, rotary = model.kv_lora_rank, model.qk_rope_head_dim or 0
    plain = size - rotary
    queries = hidden * heads * size
    if model.q_lora_rank:
        queries = model.q_lora_rank * (hidden + heads * size + 1)
    keys_and_values = hidden * (rank + rotary) + rank * (2 * heads * plain + 1)
    return queries + keys_and_values + heads * plain * hidden

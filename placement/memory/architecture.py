"""The figures of a model that the laws need: as given, as they follow, or as guessed."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from placement.memory.parameters import attention_weights, parameters_of
from placement.problem.model import Model

__all__ = ["Architecture", "architecture_of", "assumptions"]

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
        Whether hidden size and vocabulary were given.
    shapes_known
        Whether the shape of every large tensor follows from what was given.
    """

    parameters: int
    layers: int
    hidden: int
    intermediate: int
    expert_intermediate: int
    vocabulary: int
    attention_heads: int
    kv_heads: int
    head_dim: int
    attention: int
    tied: bool
    cache_known: bool
    width_known: bool
    shapes_known: bool


@lru_cache(maxsize=1024)
def architecture_of(model: Model) -> Architecture:
    """Return a model's figures, with what is missing derived or guessed on the large side."""
    parameters = model.parameters or parameters_of(model)
    guess = round(GUESSED_WIDTH * parameters ** (1 / 3))
    heads, size = model.attention_heads, model.head_dim
    hidden = model.hidden_size or (heads * size if heads and size else max(1, guess))
    size = size or (max(1, hidden // heads) if heads else GUESSED_HEAD)
    kv_heads = model.kv_heads or heads or -(-hidden // size)
    inner = model.intermediate_size or model.expert_intermediate_size or 4 * hidden
    layers = model.layers or max(1, -(-guess // GUESSED_ASPECT))
    return Architecture(
        parameters=parameters,
        layers=layers,
        hidden=hidden,
        intermediate=inner,
        expert_intermediate=model.expert_intermediate_size or inner,
        vocabulary=model.vocab_size or GUESSED_VOCABULARY,
        attention_heads=heads or kv_heads,
        kv_heads=kv_heads,
        head_dim=size,
        attention=layers * attention_weights(model, hidden, heads or kv_heads, kv_heads, size),
        tied=model.tie_word_embeddings,
        cache_known=bool(model.layers and (model.kv_lora_rank or _heads_follow(model))),
        width_known=bool(model.hidden_size and model.vocab_size),
        shapes_known=bool(
            layers == model.layers
            and model.hidden_size
            and model.vocab_size
            and model.attention_heads
            and (model.intermediate_size or (model.experts and model.expert_intermediate_size))
        ),
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
    if model.sliding_window and model.full_attention_layers is None:
        yield "every layer's KV cache is counted in full, though some see only a window"
    if model.vision_parameters:
        yield "profiling of pictures or sound is not modelled: activation is that of the text part"
    if model.state_layers:
        yield f"the recurrent state of {model.state_layers} layers is not modelled"


def _heads_follow(model: Model) -> bool:
    heads = model.kv_heads or model.attention_heads
    size = model.head_dim or (model.hidden_size and model.attention_heads)
    return bool(heads and size)

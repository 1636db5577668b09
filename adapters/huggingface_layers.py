"""What each layer of a model is: attention over everything, over a window, a state; dense."""

from collections.abc import Sequence
from typing import Any

from placement.adapters.huggingface_config import Config

__all__ = ["dense_layers", "layer_figures", "layer_kinds"]

FULL, WINDOW, STATE, NONE = "full", "window", "state", "none"
_KINDS = {
    **dict.fromkeys(("full_attention", "attention", "global", "global_attention", "*"), FULL),
    **dict.fromkeys(("sliding_attention", "chunked_attention", "local", "sliding"), WINDOW),
    **dict.fromkeys(("linear_attention", "mamba", "mamba2", "recurrent", "conv", "M"), STATE),
    **dict.fromkeys(("short_conv", "lightning_attention"), STATE),
    **dict.fromkeys(("mlp", "moe", "-", "E"), NONE),
}
_EVERY = {"gemma2": 2, "gemma3": 6, "gemma3_text": 6, "gemma4_text": 6, "gemma3n_text": 5}
_EVERY |= {"gpt_oss": 2, "cohere2": 4, "exaone4": 4, "olmo3": 4}
_INTERVAL = ("qwen3_next", "qwen3_5", "qwen3_5_text", "qwen3_5_moe", "qwen3_5_moe_text")
_MOST_LAYERS = 10_000  # what a Model may have


def layer_figures(figures: dict[str, Any], config: Config, notes: list[str]) -> None:
    """Add how many layers are of which kind to the figures of a model.

    Raises
    ------
    AdapterError
        When a field about layers is of another type than it has to be.
    """
    kinds = layer_kinds(figures.get("layers", 0), config, notes)
    window = config.number("sliding_window", "attention_chunk_size")
    if config.get("attention_chunk_size") and not config.get("sliding_window"):
        # vLLM's VLLM_ALLOW_CHUNKED_LOCAL_ATTN_WITH_HYBRID_KV_CACHE is off in some versions.
        notes.append("layers of chunked attention are counted in full, as most versions keep them")
        window = None
    if config.family.startswith("qwen") and config.get("use_sliding_window") is not True:
        window = window if config.get("layer_types") and WINDOW in kinds else None
    if config.get("use_sliding_window") is False:
        window = None
    if NONE in kinds:
        _mixers(figures, kinds, notes)
    if states := kinds.count(STATE):
        figures["state_layers"] = states
        figures["full_attention_layers"] = kinds.count(FULL)
        notes.append(f"{states} layers keep a state of fixed size instead of a KV cache")
    if window and window >= figures.get("max_position_embeddings", 10**9):
        window = None  # nothing lies outside it
    if window and (WINDOW in kinds or not kinds):
        figures["sliding_window"] = window
        figures["full_attention_layers"] = kinds.count(FULL)
    if "experts" in figures and (dense := dense_layers(figures.get("layers", 0), config)):
        figures["dense_layers"] = dense


def layer_kinds(layers: int, config: Config, notes: list[str]) -> tuple[str, ...]:
    """Return the kind of every layer, or nothing where the configuration makes no difference."""
    if not 0 < layers <= _MOST_LAYERS and not config.get("hybrid_override_pattern"):
        return ()
    pattern = config.get("hybrid_override_pattern")
    named = config.texts("layer_types", "layers_block_type", "attn_type_list")
    if isinstance(pattern, str) and len(pattern) <= _MOST_LAYERS:
        named = tuple(pattern)
    if not named:
        return _by_rule(layers, config)
    if unknown := sorted({name for name in named if name not in _KINDS}):
        notes.append(f"layers of type {', '.join(unknown[:5])} are counted as full attention")
    return tuple(_KINDS.get(name, FULL) for name in named)


def dense_layers(layers: int, config: Config) -> int:
    """Return how many layers of a mixture of experts have one dense MLP instead."""
    if not 0 < layers <= _MOST_LAYERS:
        return 0
    sparse = config.positions("moe_layers")
    if sparse is not None:
        return layers - len(sparse & set(range(layers)))
    frequency = config.get("moe_layer_freq")
    if isinstance(frequency, list):
        return sum(1 for one in frequency[:layers] if one == 0)
    if step := config.number("interleave_moe_layer_step"):
        return layers - layers // step
    if period := config.number("expert_layer_period"):
        return layers - len(range(config.number("expert_layer_offset") or 0, layers, period))
    only = config.positions("mlp_only_layers") or frozenset()
    first = config.number("first_k_dense_replace", "moe_layer_start_index") or 0
    step = config.number("decoder_sparse_step") or 1
    every = config.number("moe_layer_freq") or 1
    dense = {
        layer
        for layer in range(layers)
        if layer in only or layer < first or (layer + 1) % step or layer % every
    }
    return len(dense)


def _by_rule(layers: int, config: Config) -> tuple[str, ...]:
    """Return the kinds by the rule of a family, without a list of them."""
    attention = config.positions("attn_layer_indices")
    if attention is not None:
        return tuple(FULL if layer in attention else STATE for layer in range(layers))
    if period := config.number("attn_layer_period"):
        offset = config.number("attn_layer_offset") or 0
        return tuple(FULL if layer % period == offset else STATE for layer in range(layers))
    interval = config.number("full_attention_interval")
    if config.family in _INTERVAL or interval:
        return _every(layers, interval or 4, STATE)
    if config.get("attention_chunk_size"):
        return _chunked(layers, config)
    if config.get("use_sliding_window") is True and config.get("max_window_layers") is not None:
        below = min(layers, config.number("max_window_layers") or 0)
        return (FULL,) * below + (WINDOW,) * (layers - below)
    every = config.get("sliding_window_pattern")
    if isinstance(every, str) and every:
        return tuple(WINDOW if every[n % len(every)] == "L" else FULL for n in range(layers))
    every = config.number("sliding_window_pattern") or _EVERY.get(config.family, 0)
    return _every(layers, every, WINDOW) if every else ()


def _every(layers: int, interval: int, other: str) -> tuple[str, ...]:
    return tuple(other if layer % interval else FULL for layer in range(1, layers + 1))


def _chunked(layers: int, config: Config) -> tuple[str, ...]:
    """Return the kinds of Llama 4: layers without rotary embedding see everything."""
    rotary = config.get("no_rope_layers")
    if isinstance(rotary, list) and rotary:
        return tuple(WINDOW if one else FULL for one in rotary[:layers])
    return _every(layers, config.number("no_rope_layer_interval") or 4, WINDOW)


def _mixers(figures: dict[str, Any], kinds: Sequence[str], notes: list[str]) -> None:
    """Count what mixes tokens as layers, and the MLPs that stand alone as parts of those."""
    mixers = len(kinds) - kinds.count(NONE)
    if mixers:
        figures["layers"] = mixers
        notes.append(
            f"of {len(kinds)} blocks {mixers} are attention or state layers and count as layers; "
            "the MLPs that stand alone are shared out among them"
        )

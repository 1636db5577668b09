"""Counting a model's weights from its architecture, with what its family has besides."""

from collections.abc import Mapping
from typing import Any

from placement.adapters.huggingface_config import Config
from placement.memory.parameters import attention_weights, parameters_of
from placement.problem.model import Model

__all__ = ["counted_parameters"]

_QK_NORM = ("qwen3", "gemma3", "gemma4")  # families that normalise queries and keys by head
_QKV_BIAS = ("qwen2", "phi", "glm4_moe")  # with a bias there that may go unmentioned
_FOUR_NORMS = ("gemma2", "gemma3", "gemma4", "glm4")  # norms a layer; others have two
_ONE_NORM = ("cohere", "phi")  # for attention and MLP together
_WIDE_NORM = ("olmo2", "olmo3", "minimax_m2")  # queries and keys are normalised over all heads
_ALL_BIASED = (
    "bloom",
    "gpt2",
    "gpt_bigcode",
    "gpt_neox",
    "opt",
)  # every matrix and norm has a bias
_NO_BIAS = ("phi3", "phi4")


def counted_parameters(figures: Mapping[str, Any], config: Config) -> int | None:
    """Return the weights of the language model, or None where the architecture is not complete.

    Notes
    -----
    Source: the modelling files of each family in transformers 5.24.0.
    """
    fields = {key: value for key, value in figures.items() if key in Model.model_fields}
    family = config.family
    try:
        model = Model.model_validate({**fields, "parameters": 1})
        count = parameters_of(
            model,
            qkv_bias=_has_bias(config),
            qk_norm=family.startswith(_QK_NORM) or config.get("use_qk_norm") is True,
        )
    except ValueError:  # the final validation names what is missing or out of range
        return None
    return count + _besides(model, config) + _states(model, config) + _by_layer(config)


def _has_bias(config: Config) -> bool:
    stated = config.get("attention_bias", "qkv_bias", "use_qkv_bias")
    if isinstance(stated, bool):
        return stated
    return config.family.startswith(_QKV_BIAS) and not config.family.startswith(_NO_BIAS)


def _besides(model: Model, config: Config) -> int:
    """Return norms, biases and gates that the plain count leaves out."""
    family, hidden, layers = config.family, model.hidden_size or 0, model.layers or 0
    inner, heads = model.intermediate_size or 0, model.attention_heads or 0
    keys, each = model.kv_heads or 0, 0
    if family.startswith(_FOUR_NORMS) and family != "glm4_moe":
        each += 2 * hidden
    if family == "phi":  # layer norms and every matrix have a bias
        each += 2 * hidden + inner  # one norm with its bias instead of two; output, fc1 and fc2
        return layers * each + hidden + (model.vocab_size or 0)
    if family.startswith(_ALL_BIASED) or config.get("use_bias") is True:
        each += 4 * hidden + inner
        each += 0 if _has_bias(config) else (heads + 2 * keys) * (model.head_dim or 0)
    if family.startswith(_WIDE_NORM):
        each += (heads + keys) * (model.head_dim or 0)
    if family.startswith(_ONE_NORM) and not family.startswith(_NO_BIAS):
        each -= hidden
    if family == "gpt_oss":  # biases of output, router and experts; sinks
        width = model.expert_intermediate_size or inner
        each += hidden + heads + (model.experts or 0) * (2 * width + hidden + 1)
    if model.shared_experts and family.startswith(("qwen2_moe", "qwen3_next", "qwen3_5")):
        each += hidden  # the gate of the shared expert
    if model.experts and family.startswith(("deepseek_v3", "kimi", "glm4_moe", "minimax")):
        each += model.experts - model.shared_experts  # corrections of the router
    return layers * each + _around(model, config)


def _around(model: Model, config: Config) -> int:
    """Return what stands before and after the layers: learnt positions, biases of norms."""
    hidden, positions = model.hidden_size or 0, model.max_position_embeddings or 0
    family = config.family
    last = hidden if family.startswith((*_ALL_BIASED, "falcon", "starcoder2")) else 0
    if family.startswith(("gpt2", "gpt_bigcode")):
        return last + positions * hidden
    if family.startswith("opt"):  # two positions more than tokens
        return last + (positions + 2) * hidden
    return last + (2 * hidden if family.startswith("bloom") else 0)


def _states(model: Model, config: Config) -> int:
    """Return what layers with a state have more than an attention layer, maybe less than none."""
    hidden, heads, size = model.hidden_size or 0, model.attention_heads or 0, model.head_dim or 0
    more = 0
    if config.family.startswith(("qwen3_next", "qwen3_5")):  # queries have a gate beside them
        more += ((model.layers or 0) - model.state_layers) * hidden * heads * size
    if not model.state_layers:
        return more + _alone(model, config)
    attention = attention_weights(model, hidden, heads, model.kv_heads or heads, size)
    state = _delta_net(config, hidden) or _mamba(config, hidden) or attention
    return more + model.state_layers * (state - attention) + _alone(model, config)


def _delta_net(config: Config, hidden: int) -> int:
    """Return the weights of a gated delta network, as in Qwen3-Next."""
    values = config.number("linear_num_value_heads") or 0
    keys = (config.number("linear_num_key_heads") or 0) * (
        config.number("linear_key_head_dim") or 0
    )
    each = config.number("linear_value_head_dim") or 0
    wide = values * each
    if not (keys and wide):
        return 0
    kernel = config.number("linear_conv_kernel_dim") or 4
    projections = hidden * (2 * keys + 2 * wide + 2 * values) + wide * hidden
    return projections + kernel * (2 * keys + wide) + 2 * values + each


def _mamba(config: Config, hidden: int) -> int:
    """Return the weights of a Mamba 2 layer, as in Granite 4 and Nemotron-H."""
    heads = config.number("mamba_n_heads", "mamba_num_heads") or 0
    state = config.number("mamba_d_state", "ssm_state_size") or 0
    groups = config.number("mamba_n_groups", "n_groups") or 1
    size = config.get("mamba_d_head") or config.get("mamba_head_dim")
    wide = heads * size if type(size) is int else 2 * hidden
    if not (heads and state):
        return 0
    mixed = wide + 2 * groups * state
    kernel = config.number("mamba_d_conv", "conv_kernel") or 4
    return hidden * (wide + mixed + heads) + wide * hidden + (kernel + 1) * mixed + 3 * heads + wide


def _alone(model: Model, config: Config) -> int:
    """Return the correction for MLPs that stand alone: there are not as many as mixers."""
    pattern = config.get("hybrid_override_pattern")
    if not isinstance(pattern, str) or not model.layers:
        return 0
    each = model.mlp_matrices * (model.hidden_size or 0) * (model.intermediate_size or 0)
    if model.experts:
        width = model.expert_intermediate_size or model.intermediate_size or 0
        each = model.mlp_matrices * (model.hidden_size or 0) * width * model.experts
    return (pattern.count("-") + pattern.count("E") - model.layers) * each


def _by_layer(config: Config) -> int:
    """Return embeddings that every layer has of its own, as in Gemma 3n and 4."""
    width = config.number("hidden_size_per_layer_input") or 0
    words = config.number("vocab_size_per_layer_input") or config.number("vocab_size") or 0
    layers = config.number("num_hidden_layers") or 0
    hidden = config.number("hidden_size") or 0
    return layers * width * (words + 3 * hidden)

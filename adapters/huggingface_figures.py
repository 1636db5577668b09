"""The figures of a model, by any of the names that configurations give them."""

from collections.abc import Callable
from typing import Any

from placement.adapters.huggingface_config import Config
from placement.adapters.huggingface_layers import layer_figures
from placement.adapters.huggingface_rotary import rotary_numbers
from placement.errors import AdapterError, Issue

__all__ = ["figures_of"]

_NAMES: dict[str, tuple[str, ...]] = {
    "layers": ("num_hidden_layers", "n_layer", "n_layers", "num_layers"),
    "hidden_size": ("hidden_size", "n_embd", "d_model", "dim"),
    "intermediate_size": ("intermediate_size", "ffn_hidden_size", "ffn_dim", "n_inner"),
    "vocab_size": ("vocab_size", "padded_vocab_size"),
    "attention_heads": ("num_attention_heads", "n_head", "n_heads"),
    "kv_heads": (
        "num_key_value_heads",
        "num_kv_heads",
        "n_head_kv",
        "multi_query_group_num",
        "num_attention_groups",
    ),
    "head_dim": ("head_dim", "kv_channels", "attention_head_dim"),
    "max_position_embeddings": (
        "max_position_embeddings",
        "n_positions",
        "max_sequence_length",
        "max_seq_len",
        "seq_length",
    ),
    "experts": (
        "num_experts",
        "num_local_experts",
        "n_routed_experts",
        "moe_num_experts",
        "num_routed_experts",
    ),
    "expert_intermediate_size": ("moe_intermediate_size", "expert_ffn_hidden_size"),
    "experts_per_token": (
        "num_experts_per_tok",
        "num_experts_per_token",
        "moe_topk",
        "moe_k",
        "moe_top_k",
        "top_k_experts",
    ),
    "kv_lora_rank": ("kv_lora_rank",),
    "q_lora_rank": ("q_lora_rank",),
    "qk_rope_head_dim": ("qk_rope_head_dim",),
}
_TIED = (
    "bloom",
    "cohere",
    "falcon",
    "gemma",
    "gpt2",
    "gpt_bigcode",
    "mpt",
    "opt",
    "starcoder2",
)
_UNGATED = (
    "bloom",
    "falcon",
    "gpt2",
    "gpt_bigcode",
    "gpt_neox",
    "gptj",
    "mpt",
    "nemotron",
    "opt",
    "starcoder",
)
_FOURFOLD = ("bloom", "falcon", "gpt2", "gpt_bigcode", "gptj", "mpt")  # inner size 4 x hidden


def figures_of(config: Config, notes: list[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the fields of a model but its weights', and the place in the file of each.

    Zero counts as absent, as models write it for what they do not have. What is assumed is added to
    ``notes``.

    Raises
    ------
    AdapterError
        With every field that is of another type than it has to be.

    Notes
    -----
    Source: the ``configuration_*.py`` of each model in transformers 5.24.0.
    """
    issues: list[Issue] = []
    figures: dict[str, Any] = {}
    keys: dict[str, str] = {}
    for field, names in _NAMES.items():
        key = next((name for name in names if config.get(name) is not None), names[0])
        keys[field] = config.place(key)
        try:
            if value := _figure(config, key):
                figures[field] = value
        except AdapterError as error:
            issues += error.issues
    steps: tuple[Callable[[dict[str, Any], Config, list[str]], None], ...] = (
        _heads,
        _inner_sizes,
        layer_figures,
        _positions,
    )
    for step in steps:
        try:
            step(figures, config, notes)
        except AdapterError as error:
            issues += error.issues
    if issues:
        raise AdapterError(dict.fromkeys(issues))
    tied = config.get("tie_word_embeddings")
    figures["tie_word_embeddings"] = config.family.startswith(_TIED) if tied is None else tied
    if config.family.startswith(_UNGATED) or config.family == "phi":
        figures["mlp_matrices"] = 2
    return figures, keys


def _figure(config: Config, key: str) -> int | None:
    """Return a whole number; of a list of them, one for each layer, the largest."""
    value = config.get(key)
    if isinstance(value, list) and value and all(type(one) is int and one >= 0 for one in value):
        return max(map(int, value))
    return config.number(key)


def _heads(figures: dict[str, Any], config: Config, notes: list[str]) -> None:
    heads, hidden = figures.get("attention_heads"), figures.get("hidden_size", 0)
    old = config.family in {"falcon", "RefinedWeb", "RefinedWebModel"}
    if old and not config.get("new_decoder_architecture"):
        figures.pop("kv_heads", None)  # falcon-7b writes its query heads there
    multi_query = old if config.get("multi_query") is None else config.get("multi_query")
    if multi_query is True and not config.get("new_decoder_architecture"):
        figures.setdefault("kv_heads", 1)
    if heads:
        figures.setdefault("kv_heads", heads)
    if "kv_lora_rank" in figures:
        plain = config.number("qk_nope_head_dim") or 0
        figures["head_dim"] = (plain + figures.get("qk_rope_head_dim", 0)) or None
        value = config.number("v_head_dim")
        if plain and value and value != plain:
            notes.append(f"heads of values have {value} numbers; counted as {plain}, as keys have")
    elif heads and heads <= hidden:
        figures.setdefault("head_dim", hidden // heads)


def _inner_sizes(figures: dict[str, Any], config: Config, notes: list[str]) -> None:
    """Tell the inner size of dense layers from that of experts, and count shared experts."""
    if "hidden_size" in figures and config.family.startswith(_FOURFOLD):
        figures.setdefault("intermediate_size", 4 * figures["hidden_size"])
    if "experts" not in figures:
        if shared := config.number("shared_intermediate_size"):
            figures["intermediate_size"] = shared  # Granite 4 without experts
        for name in ("expert_intermediate_size", "experts_per_token"):
            figures.pop(name, None)
        return
    if dense := config.number("intermediate_size_mlp"):  # Llama 4
        figures["expert_intermediate_size"] = figures.get("intermediate_size")
        figures["intermediate_size"] = dense
    inner = figures.get("expert_intermediate_size") or figures.get("intermediate_size")
    if inner:
        figures.setdefault("intermediate_size", inner)
    if shared := _shared_experts(inner, config, notes):
        figures["shared_experts"] = shared
        figures["experts"] += shared


def _shared_experts(inner: int | None, config: Config, notes: list[str]) -> int:
    """Return the experts that every token uses, counted in routed ones."""
    if config.family.startswith("llama4"):
        return 1
    names = (
        "shared_expert_intermediate_size",
        "moe_shared_expert_intermediate_size",
        "shared_intermediate_size",
    )
    size = config.number(*names)
    if size and inner:
        if size % inner:
            notes.append(
                f"the shared expert is {size} wide, no multiple of {inner}; counted as "
                f"{-(-size // inner)} experts"
            )
        return -(-size // inner)
    return config.number("n_shared_experts", "num_shared_experts", "moe_num_shared_experts") or 0


def _positions(figures: dict[str, Any], config: Config, notes: list[str]) -> None:
    numbers = rotary_numbers(figures, config, notes)
    if numbers is not None:
        figures["rotary_numbers"] = numbers

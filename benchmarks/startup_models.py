"""Models of the start-ups: from the built-in table, else from the figures beside the start-ups."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from startups import StartUp

from placement.memory import known_model
from placement.problem import Model

__all__ = ["model_of"]

DATA = Path(__file__).parent / "data" / "memory" / "model_configs.json"

PLAIN = {
    "layers": "num_hidden_layers",
    "hidden_size": "hidden_size",
    "vocab_size": "vocab_size",
    "attention_heads": "num_attention_heads",
    "kv_heads": "num_key_value_heads",
    "head_dim": "head_dim",
    "tie_word_embeddings": "tie_word_embeddings",
    "max_position_embeddings": "max_position_embeddings",
    "mlp_matrices": "mlp_matrices",
    "sliding_window": "sliding_window",
    "state_layers": "linear_layers",
    "experts_per_token": "num_experts_per_tok",
    "kv_lora_rank": "kv_lora_rank",
    "q_lora_rank": "q_lora_rank",
    "qk_rope_head_dim": "qk_rope_head_dim",
    "dense_layers": "first_k_dense_replace",
}
"""Fields of a model that a configuration has under another name."""


def model_of(start: StartUp) -> Model | None:
    """Return the model that was started, or None where its architecture is not known.

    The name as stated comes first, then the architecture it is said to have. A format of weights
    that the start-up states replaces the published one.
    """
    name = next((n for n in (start.model, start.config_key) if n and known_model(n)), None)
    model = known_model(name) if name else _configured(start.config_key)
    if model is None:
        return _stored(start)
    return model if start.dtype is None else _with_format(model, start.dtype)


def _with_format(model: Model, dtype: str) -> Model:
    """Return the model with its weights in another format; MXFP4 leaves attention as it is."""
    if model.dtype == dtype:
        return model
    kept = ("attention",) if dtype == "mxfp4" else ()
    changed = {"dtype": dtype, "unquantized": kept, "weight_bytes": None}
    return Model(**{**model.model_dump(exclude_unset=True), **changed})


def _stored(start: StartUp) -> Model | None:
    """Return a model of which only the size of its files is known."""
    size = start.measured.get("checkpoint_gib")
    if size is None:
        return None
    stored = int(size * 2**30)
    return Model(name=start.model, parameters=stored // 2, weight_bytes=stored)


def _configured(key: str | None) -> Model | None:
    """Return the model of a configuration beside the start-ups."""
    found = _configurations().get(key or "")
    if found is None:
        return None
    fields = {field: found[name] for field, name in PLAIN.items() if found.get(name) is not None}
    fields |= _experts(found)
    inner = found.get("intermediate_size_mlp") or found["intermediate_size"]
    fields |= {"name": key, "dtype": "bfloat16", "intermediate_size": inner}
    fields["parameters"] = round(found["total_params_B"] * 1e9)
    if found.get("kv_lora_rank"):
        fields["head_dim"] = found["qk_nope_head_dim"] + found["qk_rope_head_dim"]
    if found.get("vision_params_B"):
        fields["vision_parameters"] = round(found["vision_params_B"] * 1e9)
    if found.get("sliding_window"):
        counts = found.get("layer_types_count", {})
        halves = found["num_hidden_layers"] // 2
        full = found.get("full_layers") or counts.get("full_attention") or halves
        fields["full_attention_layers"] = full
    return Model(**fields)


def _experts(found: dict[str, Any]) -> dict[str, int]:
    names = ("num_experts", "n_routed_experts", "num_local_experts")
    routed = next((found[name] for name in names if found.get(name)), 0)
    if not routed:
        return {}
    inner = found.get("moe_intermediate_size") or found["intermediate_size"]
    shared = found.get("n_shared_experts") or found.get("shared_expert_intermediate_size", 0)
    shared = shared if found.get("n_shared_experts") else shared // inner
    return {
        "experts": routed + shared,
        "shared_experts": shared,
        "expert_intermediate_size": inner,
    }


@cache
def _configurations() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(DATA.read_text("utf-8"))
    return found

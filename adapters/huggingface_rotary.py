"""The tables of rotary embeddings that the engine keeps beside the weights."""

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any, TypeGuard

from placement.adapters.huggingface_config import Config

__all__ = ["rotary_numbers"]

_PARTIAL = {
    **dict.fromkeys(("phi", "glm", "glm4", "glm4_moe", "chatglm", "nemotron", "bamba"), 0.5),
    **dict.fromkeys(("qwen3_next", "qwen3_5", "qwen3_5_text", "gpt_neox", "stablelm"), 0.25),
    **dict.fromkeys(("qwen3_5_moe", "qwen3_5_moe_text"), 0.25),
}
_NONE = ("bloom", "mpt", "opt", "gpt2", "gpt_bigcode", "nemotron_h", "jamba")
_BY_SECTION = ("qwen2_vl", "qwen2_5_vl", "qwen3_vl", "qwen3_5", "glm4v", "qwen2_5_omni")
_LOCAL = ("gemma3", "gemma3_text", "gemma3n_text")  # windowed layers have a table of their own


def rotary_numbers(figures: Mapping[str, Any], config: Config, notes: list[str]) -> int | None:
    """Return the numbers in the tables of cosines and sines, None where they are the plain ones.

    Plain is ``max_position_embeddings`` times ``head_dim``. The rotary size is the part of a head
    that is rotated; the positions are those that the scaling of the embedding reaches.

    Notes
    -----
    Source: vLLM, ``vllm/model_executor/layers/rotary_embedding`` of 2026: ``get_rope`` for the
    rotary size; ``linear_scaling_rope.py`` and ``dynamic_ntk_scaling_rope.py`` (positions times
    factor), ``yarn_scaling_rope.py`` and ``deepseek_scaling_rope.py`` (original positions times
    factor), ``phi3_long_rope_scaled_rope.py`` (a table of the original positions and one of all),
    ``mrope.py`` (four times the positions). Defaults of the share: transformers 5.24.0.
    """
    positions, size = figures.get("max_position_embeddings"), figures.get("head_dim")
    if not positions or not size:
        return None
    if config.family.startswith(_NONE):
        return 0
    latent = figures.get("qk_rope_head_dim")
    numbers = 0
    for rope in _tables(config):
        width = latent or _width(size, config, rope)
        numbers += width * _positions(positions, config, rope, notes)
    return None if numbers == positions * size else numbers


def _tables(config: Config) -> Iterator[Mapping[str, Any]]:
    """Yield the parameters of each table; a kind of layer may have its own."""
    rope = config.part("rope_parameters", "rope_scaling")
    own = [part for part in rope.values() if isinstance(part, Mapping)]
    if own:
        yield from own
        return
    yield rope
    if config.family in _LOCAL:
        yield {}


def _width(size: int, config: Config, rope: Mapping[str, Any]) -> int:
    """Return how many numbers of a head are rotated."""
    rotated = config.number("rotary_dim")
    if rotated:
        return min(rotated, size)
    default = _PARTIAL.get(config.family, 1.0)
    stated = (config.get("partial_rotary_factor"), config.get("rotary_pct"))
    found = (rope.get("partial_rotary_factor"), *stated)
    share = next((value for value in found if value), default)
    return int(size * share) if _is_number(share) and 0 < share <= 1 else size


def _positions(positions: int, config: Config, rope: Mapping[str, Any], notes: list[str]) -> int:
    kind = str(rope.get("rope_type") or rope.get("type") or "default")
    factor = rope.get("factor")
    original = rope.get("original_max_position_embeddings") or config.get(
        "original_max_position_embeddings"
    )
    times = factor if _is_number(factor) and 1 <= factor <= 10**6 else 1.0
    whole = original if type(original) is int and 0 < original <= 10**9 else positions
    if kind in {"longrope", "su"} or "short_factor" in rope:
        return positions + whole
    if kind == "yarn":
        reach = int((whole if original else positions / times) * times)
    elif kind in {"linear", "dynamic"} and "alpha" not in rope:
        reach = int(positions * times)
    else:
        reach = positions
        if kind not in {"default", "llama3", "ntk", "dynamic", "mrope", "proportional", "mllama4"}:
            notes.append(f"rotary scaling of type {kind[:40]} is counted as unscaled")
    sections = "mrope_section" in rope or config.family.startswith(_BY_SECTION)
    return 4 * reach if sections else reach


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)

"""Which parts of a quantised model keep 16 bits, by the names of the modules left out."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from placement.errors import show

__all__ = ["part_of", "unquantised_parts"]

_PARTS = ("attention", "mlp", "experts", "shared_experts")
_MOST_NAMES = 200_000  # a checkpoint that lists each matrix of each expert has about 50,000
_MOST_LENGTH = 1000  # characters of a name
_ASIDE = re.compile(  # 16 bits in any case: vision, embeddings, head, norms, router, further heads
    r"lm_head|embed|norm|vision|visual|image|audio|merger|projector|mm_|patch|router|mtp|"
    r"shared_expert_gate|(?:^|[._])(?:gate|wte|wpe|e_score)(?:\.weight|_correction_bias)?[$*]*$|"
    r"eh_proj|rotary|linear_1|linear_2|mixer\.conv|conv1d|dt_proj|in_proj_[ab]"
)
_ATTENTION = re.compile(
    r"attn|attention|(?:^|[._])[qkvo]_proj|qkv|kv_[ab]_proj|q_[ab]_proj|c_attn|linear_attn"
)
_MLP = re.compile(r"mlp|feed_forward|ffn|(?:gate|up|down|gate_up)_proj|block_sparse_moe|fc[12]|moe")
_MATRIX = re.compile(r"(?:[qkvo]|gate|up|down|[qk]v?_[ab])_proj|kv_a_proj_with_mqa|w[123]\b")
_LAYER = re.compile(r"(?:layers|h|blocks)\.(\d{1,5})(?!\d)")
_WHOLE = re.compile(r"[\w.]*layers\.(\d{1,5})\.?\*?")
_EXPERT = re.compile(r"experts\.(\d{1,5})(?!\d)")


def part_of(name: str) -> str:
    """Return the part that a module or tensor belongs to; empty for what always has 16 bits."""
    plain = name.replace("\\", "")
    if _ASIDE.search(plain):
        return ""
    if "shared_expert" in plain or "shared_mlp" in plain:
        return "shared_experts"
    if "experts" in plain:
        return "experts"
    if _ATTENTION.search(plain):
        return "attention"
    return "mlp" if _MLP.search(plain) else "unknown"


def unquantised_parts(
    names: Iterable[str], figures: Mapping[str, Any], notes: list[str]
) -> tuple[str, ...]:
    """Return the parts of which at least half is among the names of modules left out.

    Parameters
    ----------
    names
        Names of modules, with ``*`` or as a regular expression after ``re:``. They are never run
        as such, only searched for the words that name a part.
    notes
        What is left out in part, or not understood, is added.
    """
    layers = figures.get("layers", 1) or 1
    experts = (figures.get("experts") or 0) - figures.get("shared_experts", 0)
    shares = dict.fromkeys(_PARTS, 0.0)
    unknown: list[str] = []
    for name in list(names)[:_MOST_NAMES]:
        plain = name[:_MOST_LENGTH].removeprefix("re:")
        for part in _named(plain, layers, has_experts=experts > 0):
            if part == "unknown":
                unknown.append(plain)
            else:
                shares[part] += _share(plain, part, layers, max(1, experts))
    if experts > 0 and figures.get("dense_layers"):
        shares["mlp"] *= layers / figures["dense_layers"]
    if unknown:
        more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
        notes.append(f"{show(unknown[0])}{more} is left out of quantisation, but no known part")
    whole = tuple(part for part in _PARTS if shares[part] >= 0.5)
    for part in _PARTS:
        if 0 < shares[part] < 0.5:
            notes.append(f"some of the {part} keeps 16 bits, counted as quantised")
    return whole


def _named(name: str, layers: int, *, has_experts: bool) -> Iterator[str]:
    if whole := _WHOLE.fullmatch(name):  # a layer; those beyond the last one predict more tokens
        yield from _PARTS if int(whole[1]) < layers else ()
        return
    part = part_of(name)
    if part:
        yield part
    # The whole MLP of a layer with experts is its experts.
    names_all = "(" not in name and not _MATRIX.search(name.replace("\\", ""))
    if part == "mlp" and has_experts and names_all:
        yield "experts"
        yield "shared_experts"


def _share(name: str, part: str, layers: int, experts: int) -> float:
    """Return how much of a part a name stands for, 1 for all of it."""
    share = 1.0
    if _LAYER.search(name):
        share /= layers
    if part == "experts" and _EXPERT.search(name):
        share /= experts
    if _MATRIX.search(name) and "(" not in name and "|" not in name:
        share /= 4 if part == "attention" else 3
    return share

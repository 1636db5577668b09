"""Start-ups of vLLM that were seen: what was run, and what it took."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

from placement.memory.units import GIB, gib

__all__ = ["MEASURED_SINCE", "Era", "Outcome", "StartUp", "startups"]

DATA = Path(__file__).parent / "data" / "memory" / "startups.json"

MEASURED_SINCE = (0, 11)
"""First version, major and minor, whose start-ups the targets are about."""

Outcome: TypeAlias = Literal["started", "failed for memory", "failed for other reasons"]

Era: TypeAlias = Literal["0.11 and newer", "dated 2026", "older or unknown"]

FAMILIES = {
    "llama": "Llama",
    "hermes": "Llama",
    "codellama": "Llama",
    "deepseek-r1-distill-qwen": "Qwen 2.5",
    "kimi-dev": "Qwen 2.5",
    "qwq": "Qwen 2.5",
    "qwen1.5-moe": "Qwen, experts",
    "qwen3-30b": "Qwen, experts",
    "qwen3-235b": "Qwen, experts",
    "qwen3-coder": "Qwen, experts",
    "qwen3.5": "Qwen 3.5",
    "qwen3.8": "Qwen 3.5",
    "qwen2": "Qwen 2.5",
    "qwen3": "Qwen 3",
    "mixtral": "Mixtral",
    "mistral": "Mistral",
    "gemma": "Gemma",
    "phi-": "Phi",
    "granite": "Granite",
    "gpt-oss": "gpt-oss",
    "deepseek": "DeepSeek",
    "kimi-k2": "DeepSeek",
    "kimi-vl": "Kimi-VL",
    "internvl": "InternVL",
    "minimax": "MiniMax",
    "32b bf16": "Qwen 2.5",
}
"""Families by a part of the name, in lower case; the first one found counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartUp:
    """One start-up; ``benchmarks/data/memory/README.md`` says what each field means.

    Parameters
    ----------
    serving
        Flags as given, without the tensor-parallel degree.
    measured
        Figures of the log: GiB and tokens.
    """

    id: str
    source: str
    status: str
    failed: dict[str, str] | None = None
    version: str
    engine_version: str | None
    model: str
    config_key: str | None
    dtype: str | None = None
    gpu: str
    card: str | None
    nominal_gib: int | None = None
    total_gib: float | None
    tensor_parallel: int | None
    data_parallel: int = 1
    expert_parallel: bool = False
    serving: dict[str, Any]
    measured: dict[str, Any]
    inferred: tuple[str, ...] = ()
    note: str = ""
    quote: str = ""

    @property
    def outcome(self) -> Outcome:
        """Return how it ended."""
        if self.failed is None:
            return "started"
        memory = self.failed["for"] == "memory"
        return "failed for memory" if memory else "failed for other reasons"

    @property
    def era(self) -> Era:
        """Return which figures it belongs to: those with a target, newer by their date, or not."""
        if self.engine_version is None:
            return "dated 2026" if "2026" in self.version else "older or unknown"
        major, minor = (int(part) for part in self.engine_version.split(".")[:2])
        return "0.11 and newer" if (major, minor) >= MEASURED_SINCE else "older or unknown"

    @property
    def family(self) -> str:
        """Return the family of the model."""
        for name in (self.model, self.config_key or ""):
            for part, family in FAMILIES.items():
                if part in name.lower():
                    return family
        return "other"

    def bytes_of(self, part: str) -> int | None:
        """Return a measured part in bytes: on the GPU with the smallest cache, where known.

        The log's line on the cache is that of the first GPU; with stages, that of the tightest one
        follows from the parts of each.
        """
        if ranks := self._ranks():
            tightest = min(ranks, key=lambda rank: rank["kv_gib"])
            if part in tightest:
                return gib(f"{tightest[part]:.4f}")
        value = self.measured.get(part)
        return None if value is None else int(value * GIB)

    def _ranks(self) -> list[dict[str, float]]:
        """Return the parts of every GPU where the log has them all, else nothing."""
        parts = ("weights_gib", "activation_gib", "non_torch_gib")
        lists = [self.measured.get(f"{part}_by_rank") for part in parts]
        budget = self.measured.get("requested_gib")
        if budget is None or not all(lists):
            return []
        ranks = [dict(zip(parts, values, strict=True)) for values in zip(*lists, strict=True)]
        return [{**rank, "kv_gib": budget - sum(rank.values())} for rank in ranks]


@cache
def startups() -> tuple[StartUp, ...]:
    """Return all start-ups, in the order of the file."""
    rows = json.loads(DATA.read_text("utf-8"))
    return tuple(StartUp(**{**row, "inferred": tuple(row.get("inferred", ()))}) for row in rows)

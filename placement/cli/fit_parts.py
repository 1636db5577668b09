"""The memory of one GPU as the parts that a bar shows."""

from dataclasses import dataclass

from placement.memory import MemoryFit

__all__ = ["PARTS", "Bar", "bar_of", "replica"]

PARTS = ("weights", "activation", "overhead", "KV cache", "unused")
"""Parts of a bar, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One GPU; memory in bytes.

    Parameters
    ----------
    sizes
        Of each of :data:`PARTS`. Overhead is libraries, LoRA buffers, a draft model's weights, and
        CUDA graphs where they count within the engine's share. Unused is what the engine leaves
        alone: there the CUDA context lies, and graphs that do not count. Where the parts are more
        than the GPU has, nothing is unused.
    total, budget
        The GPU, and the engine's share of it.
    short
        What is missing to the requests that are to be held; 0 where they are.
    """

    sizes: tuple[int, ...]
    total: int
    budget: int
    short: int


def bar_of(fit: MemoryFit) -> Bar:
    """Return the bar of a fit."""
    overhead = fit.non_torch + fit.lora + fit.draft
    if fit.graphs_counted:
        overhead += fit.cuda_graph
    taken = fit.weights + fit.activation + overhead
    unused = max(0, fit.total - max(fit.budget, taken))
    return Bar(
        sizes=(fit.weights, fit.activation, overhead, fit.kv, unused),
        total=fit.total,
        budget=fit.budget,
        short=max(0, taken + fit.kv_needed - fit.budget),
    )


def replica(fit: MemoryFit) -> str:
    """Return the GPUs of one replica, such as ``2 x H100`` or ``16 x H100 (TP 8, PP 2)``."""
    degrees = (
        f" (TP {fit.tensor_parallel}, PP {fit.pipeline_parallel})"
        if fit.pipeline_parallel > 1
        else ""
    )
    return f"{fit.gpus} x {fit.gpu}{degrees}"

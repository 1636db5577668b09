"""Whether the parts fit, and why not, in words with figures."""

from collections.abc import Iterator
from dataclasses import dataclass

from placement.memory.engine import Engine
from placement.memory.overhead import Overhead
from placement.memory.result import Fits
from placement.memory.units import show_gib

__all__ = ["Parts", "judge"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a verdict rests on. Memory in bytes per GPU.

    Parameters
    ----------
    gpu
        Name of the card.
    utilization
        Share of ``total`` that the engine takes.
    total, most
        What CUDA reports; what it may report at best, more only if the card is not known.
    weights, overhead
        What is taken before the KV cache.
    request, least_request
        KV cache of one request of the full length; at least so much, less only if it is not known.
    context, requests
        Tokens of one request; requests to be served at once.
    """

    gpu: str
    utilization: float
    total: int
    most: int
    weights: int
    overhead: Overhead
    request: int
    least_request: int
    context: int
    requests: int

    @property
    def budget(self) -> int:
        """Return what the engine takes of the GPU."""
        return int(self.total * self.utilization)

    @property
    def left(self) -> int:
        """Return what is left for the KV cache; negative when weights and overhead do not fit."""
        return self.budget - self.weights - self.overhead.total


def judge(parts: Parts, engine: Engine) -> tuple[Fits, tuple[str, ...]]:
    """Return the verdict on memory alone, and the reasons where it is not ``yes``."""
    if parts.left < parts.request:
        gained = int(parts.most * parts.utilization) - parts.budget
        saved = parts.request - parts.least_request
        if parts.left + gained >= parts.request - saved:
            return "unknown", (_shortage(parts), "this rests on an assumption, see assumed")
        return "no", (_shortage(parts),)
    risks = tuple(_risks(parts, engine))
    return ("at-risk" if risks else "yes"), risks


def _shortage(parts: Parts) -> str:
    over = parts.overhead
    needed = parts.weights + over.total + parts.request
    return (
        f"needs {show_gib(needed)} per GPU (weights {show_gib(parts.weights)}, "
        f"activation {show_gib(over.activation)}, libraries {show_gib(over.non_torch)}, "
        f"CUDA graphs {show_gib(over.cuda_graph)}, KV cache of one request of "
        f"{parts.context} tokens {show_gib(parts.request)}); {parts.gpu} has "
        f"{show_gib(parts.total)}, of which {parts.utilization:g} may be used "
        f"({show_gib(parts.budget)})"
    )


def _risks(parts: Parts, engine: Engine) -> Iterator[str]:
    needed = parts.request * parts.requests
    if parts.left < needed:
        yield (
            f"holds {parts.left // parts.request} of {parts.requests} requests of {parts.context} "
            f"tokens at once: they need {show_gib(needed)} of KV cache per GPU, "
            f"{show_gib(parts.left)} is left"
        )
    elif parts.left - needed < engine.margin:
        yield (
            f"fits with {show_gib(parts.left - needed)} per GPU to spare, less than the "
            f"{show_gib(engine.margin)} by which the estimate may err"
        )
    outside = parts.total - parts.budget
    if outside < engine.context:
        yield (
            f"gpu_memory_utilization {parts.utilization:g} leaves {show_gib(outside)} for the CUDA "
            f"context, which takes about {show_gib(engine.context)}: starting may fail"
        )

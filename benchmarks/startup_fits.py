"""Every start-up sized by the laws, or the reason why it cannot be."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from startup_models import model_of
from startups import StartUp, startups

from placement.memory import Engine, MemoryFit, fit, known_gpu
from placement.memory.units import GIB, gib
from placement.problem import Gpu, Model, Serving

__all__ = ["Sized", "Total", "size", "size_all"]

Total: TypeAlias = Literal["log", "table"]
"""Where the GPU's memory comes from: printed in the log where it was, or our table by its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """A start-up beside what the laws say of it.

    Parameters
    ----------
    found
        What the laws say; None where the start-up cannot be judged.
    why_not
        Why it cannot be judged, or not in full; empty where it can.
    gpu_known
        Whether the GPU's memory is known, so that its cache can be compared.
    verdict_known
        Whether the verdict follows from what is stated: without the length of a request it does so
        only where nothing is left for a cache.
    """

    start: StartUp
    found: MemoryFit | None
    why_not: str = ""
    gpu_known: bool = True
    verdict_known: bool = True


def size_all(total: Total = "log") -> tuple[Sized, ...]:
    """Return every start-up, sized."""
    return tuple(size(start, total) for start in startups())


def size(start: StartUp, total: Total = "log", engine: Engine | None = None) -> Sized:
    """Size one start-up, with the constants of its version or with those of ``engine``."""
    model, gpu = model_of(start), _gpu(start, total)
    if reason := _why_not(start, model, gpu):
        return Sized(start=start, found=None, why_not=reason)
    assert model is not None
    assert gpu is not None
    found = fit(model, _serving(start), gpu, start.tensor_parallel or 1, engine)
    gpu_known = start.card is not None or (start.total_gib is not None and total == "log")
    verdict_known = "max_model_len" in start.serving or not found.kv
    reasons = (
        "" if gpu_known else "GPU known by its class only: verdict apart, cache not compared",
        "" if verdict_known else "length of a request not stated: no verdict",
    )
    return Sized(
        start=start,
        found=found,
        why_not="; ".join(filter(None, reasons)),
        gpu_known=gpu_known,
        verdict_known=verdict_known,
    )


def _why_not(start: StartUp, model: Model | None, gpu: Gpu | None) -> str:
    if model is None:
        return "model not in the built-in table"
    if start.data_parallel > 1 and start.expert_parallel:
        return "experts spread over data-parallel replicas are not modelled"
    if gpu is None:
        return "GPU not named"
    if start.tensor_parallel is None:
        return "tensor-parallel degree not stated"
    return ""


def _gpu(start: StartUp, total: Total) -> Gpu | None:
    """Return the GPU: of our table, with the total of the log if that is asked for and known."""
    if start.card is not None:
        gpu = known_gpu(start.card)
        if gpu is None:
            raise LookupError(f"{start.id}: {start.card} is not in the table of GPUs")
    elif start.nominal_gib is not None:
        gpu = Gpu(model=f"{start.nominal_gib}GB-card", count=1, memory=start.nominal_gib * GIB)
    else:
        return None
    if total == "log" and start.total_gib is not None:
        return gpu.model_copy(update={"usable_memory": gib(str(start.total_gib))})
    return gpu


def _serving(start: StartUp) -> Serving:
    """Return the flags; an engine starts once its cache holds one request of full length."""
    return Serving(concurrency=1, engine_version=start.engine_version, **start.serving)

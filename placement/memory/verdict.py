"""Whether the parts fit, and why not, in words with figures."""

from collections.abc import Iterator

from placement.memory.architecture import architecture_of
from placement.memory.result import Fits
from placement.memory.share import Share
from placement.memory.units import gib, show_gib
from placement.problem.catalog import Gpu
from placement.problem.model import Model

__all__ = ["MARGIN", "VISION", "judge", "verdict"]

MARGIN = gib("0.25")
"""What fits only by less is at risk.

Source: the largest error of activation, libraries and weights together in start-ups of vLLM 0.17 to
0.19 (``docs/memory.md``): 0.25 GiB for Granite.
"""

VISION = gib("2")
"""What profiling of pictures may take beyond the text part, where the model has a tower for them.

Source: 0.1 to 0.2 GiB in most start-ups; 15.7 with videos of 16 frames (InternVL3-78B, vLLM 0.6.6),
which this does not cover: where less than it is to spare, the verdict is ``unknown``.
"""


def judge(share: Share, model: Model, gpu: Gpu, *, stages: int = 1) -> tuple[Fits, tuple[str, ...]]:
    """Return the verdict on memory alone, and the reasons where it is not ``yes``.

    Parameters
    ----------
    stages
        Of the pipeline.
    """
    fits, spare = verdict(share, model, gpu, stages=stages), _spare(share)
    if spare < 0:
        shortage = _shortage(share, gpu)
        rests = ("this rests on an assumption, see assumed",) if fits == "unknown" else ()
        return fits, (shortage, *rests)
    if fits == "unknown":
        return fits, tuple(_unknown(model, spare, stages))
    return fits, tuple(_risks(share, spare))


def verdict(share: Share, model: Model, gpu: Gpu, *, stages: int = 1) -> Fits:
    """Return the verdict of :func:`judge` without the words."""
    spare = _spare(share)
    if spare < 0:
        most = share.total if share.usable.known else max(share.total, gpu.memory)
        gained = int(most * share.options.utilization) - share.budget
        saved = 0 if architecture_of(model).cache_known else share.request * share.options.held
        return "unknown" if spare + gained + saved >= 0 else "no"
    if next(_unknown(model, spare, stages), None):
        return "unknown"
    return "at-risk" if next(_risks(share, spare), None) else "yes"


def _spare(share: Share) -> int:
    """Return what is left beside the requests that are to be held."""
    return share.left - share.request * share.options.held


def _shortage(share: Share, gpu: Gpu) -> str:
    options, needed = share.options, share.request * share.options.held
    if share.left >= share.request:
        return (
            f"holds {share.left // share.request} of {options.held} requests of {options.context} "
            f"tokens at once: they need {show_gib(needed)} of KV cache per GPU, "
            f"{show_gib(share.left)} is left"
        )
    parts = {
        "weights": share.weights,
        "activation": share.activation,
        "libraries": share.non_torch,
        "CUDA graphs": share.cuda_graph if share.engine.graphs_counted else 0,
        "LoRA": share.lora,
        "draft model": share.draft,
    }
    listed = ", ".join(f"{name} {show_gib(size)}" for name, size in parts.items() if size)
    return (
        f"needs {show_gib(share.taken + share.request)} per GPU ({listed}, KV cache of one request "
        f"of {options.context} tokens {show_gib(share.request)}); {gpu.model} has "
        f"{show_gib(share.total)}, of which {options.utilization:g} may be used "
        f"({show_gib(share.budget)})"
    )


def _unknown(model: Model, spare: int, stages: int) -> Iterator[str]:
    """Yield what is not known or not modelled, and may decide."""
    if (layers := architecture_of(model).layers) < stages:
        yield f"layers are not given: the {layers} assumed cannot be shared by {stages} stages"
    if model.state_layers:
        yield f"the recurrent state of {model.state_layers} layers is not modelled"
    if model.vision_parameters and spare < VISION:
        yield (
            f"fits with {show_gib(spare)} per GPU to spare, less than the {show_gib(VISION)} that "
            "profiling of pictures may take, which is not modelled"
        )


def _risks(share: Share, spare: int) -> Iterator[str]:
    """Yield why a start that fits by the budget may fail."""
    if spare < MARGIN:
        yield (
            f"fits with {show_gib(spare)} per GPU to spare, less than the {show_gib(MARGIN)} by "
            "which the estimate may err"
        )
    outside = share.total - share.budget
    counted = share.engine.graphs_counted
    if outside < share.outside:
        what = "the CUDA context" if counted else "CUDA context, CUDA graphs and warming up"
        yield (
            f"gpu_memory_utilization {share.options.utilization:g} leaves {show_gib(outside)} for "
            f"{what}, which may take {show_gib(share.outside)}: starting may fail"
        )
    if not share.engine.modelled:
        yield f"{share.engine.name} is not modelled well: it may run out of memory after sizing"

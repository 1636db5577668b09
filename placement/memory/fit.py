"""Does a model fit a GPU, and with how many of them: the laws put together."""

from collections.abc import Iterator
from dataclasses import replace

from placement.memory import kv_cache, overhead, weights
from placement.memory.architecture import architecture_of, assumptions
from placement.memory.degrees import degrees_up_to, why_not_degree
from placement.memory.engine import VLLM, Engine
from placement.memory.gpus import Usable, usable_memory
from placement.memory.result import MemoryFit
from placement.memory.verdict import Parts, judge
from placement.problem.catalog import Gpu
from placement.problem.workload import Model, Serving

__all__ = ["fit", "smallest_fit"]


def fit(
    model: Model, serving: Serving, gpu: Gpu, tensor_parallel: int, engine: Engine = VLLM
) -> MemoryFit:
    """Return the memory of a replica at one tensor-parallel degree, part by part.

    A pure function of hashable values, so callers may cache it. The pipeline-parallel degree is
    that of ``serving``; ``gpu.count`` plays no part.
    """
    usable = usable_memory(gpu)
    parts = _parts(model, serving, gpu, tensor_parallel, engine)
    per_token = kv_cache.kv_bytes_per_token(model, serving, tensor_parallel)
    kv = max(0, parts.left)
    tokens = kv // (per_token * engine.block) * engine.block
    fits, reasons = judge(parts, engine)
    if refusal := _why_not(model, serving, tensor_parallel):
        reasons = (refusal, *reasons) if fits == "no" else (refusal,)
        fits = "no"
    return MemoryFit(
        model=model.name or f"{architecture_of(model).parameters / 1e9:.1f}B parameters",
        gpu=gpu.model,
        tensor_parallel=tensor_parallel,
        pipeline_parallel=serving.pipeline_parallel,
        total=parts.total,
        budget=parts.budget,
        weights=parts.weights,
        activation=parts.overhead.activation,
        non_torch=parts.overhead.non_torch,
        cuda_graph=parts.overhead.cuda_graph,
        kv=kv,
        kv_needed=parts.request * parts.requests,
        kv_bytes_per_token=per_token,
        kv_tokens=tokens,
        max_model_len=parts.context,
        max_concurrency=tokens / parts.context,
        fits=fits,
        reasons=reasons,
        assumed=tuple(_assumed(model, serving, usable, engine)),
    )


def smallest_fit(
    model: Model, serving: Serving, gpu: Gpu, gpus: int, engine: Engine = VLLM
) -> MemoryFit:
    """Return the fit with the fewest GPUs, of up to ``gpus`` on one node.

    The smallest tensor-parallel degree that fits (``yes``) is chosen, unless ``serving`` fixes one.
    Where none does, the smallest that is at risk is, then the smallest that is unknown; where all
    are refused, the largest degree tried is returned with its reasons.
    """
    stages = serving.pipeline_parallel
    fixed = serving.tensor_parallel
    tried = degrees_up_to(model, gpus // stages) if fixed is None else (fixed,)
    if not tried or tried[-1] * stages > gpus:
        found = fit(model, serving, gpu, fixed or 1, engine)
        reason = f"needs {found.gpus} GPUs on one node, which has {gpus}"
        return replace(found, fits="no", reasons=(reason, *found.reasons))
    fits = [fit(model, serving, gpu, degree, engine) for degree in tried]
    for verdict in ("yes", "at-risk", "unknown"):
        for found in fits:
            if found.fits == verdict:
                return found
    return fits[-1]


def _parts(model: Model, serving: Serving, gpu: Gpu, degree: int, engine: Engine) -> Parts:
    """Return the figures that the verdict rests on."""
    usable = usable_memory(gpu)
    per_token = kv_cache.kv_bytes_per_token(model, serving, degree)
    context = kv_cache.context_length(model, serving)
    request = per_token * kv_cache.kv_tokens_needed(context, 1, engine)
    return Parts(
        gpu=gpu.model,
        utilization=serving.gpu_memory_utilization,
        total=usable.bytes_,
        most=usable.bytes_ if usable.known else gpu.memory,
        weights=weights.weight_bytes(model, degree, serving.pipeline_parallel),
        overhead=overhead.overhead_of(model, serving, degree, engine),
        request=request,
        least_request=request if architecture_of(model).cache_known else 0,
        context=context,
        requests=serving.max_num_seqs,
    )


def _why_not(model: Model, serving: Serving, degree: int) -> str:
    """Return why the model cannot be split so at all, or an empty string."""
    if model.layers and model.layers < serving.pipeline_parallel:
        stages = serving.pipeline_parallel
        return f"{model.layers} layers cannot be shared by {stages} pipeline stages"
    return why_not_degree(model, degree)


def _assumed(model: Model, serving: Serving, usable: Usable, engine: Engine) -> Iterator[str]:
    """Yield everything that was assumed on the way, a sentence each."""
    for text in (
        usable.assumed,
        weights.assumption(model),
        kv_cache.context_assumption(model, serving),
        *assumptions(model),
        overhead.assumption(engine),
    ):
        if text:
            yield text

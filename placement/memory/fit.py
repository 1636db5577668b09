"""Does a model fit a GPU: the laws put together for one degree."""

from collections.abc import Iterator

from placement.memory.architecture import architecture_of, assumptions
from placement.memory.defaults import Options
from placement.memory.degrees import why_not_degree
from placement.memory.engine import Engine, engine_of
from placement.memory.kv_cache import context_assumption
from placement.memory.result import Fits, MemoryFit
from placement.memory.share import Share, tightest_share
from placement.memory.verdict import judge, verdict
from placement.memory.weights import assumption
from placement.problem.catalog import Gpu
from placement.problem.model import Model
from placement.problem.serving import Serving

__all__ = ["fit", "verdict_of"]


def fit(
    model: Model, serving: Serving, gpu: Gpu, tensor_parallel: int, engine: Engine | None = None
) -> MemoryFit:
    """Return the memory of a replica at one tensor-parallel degree, part by part.

    A pure function of hashable values, so callers may cache it. The pipeline-parallel degree is
    that of ``serving``; ``gpu.count`` plays no part. Without ``engine``, the constants are those of
    ``serving.engine_version``.
    """
    share = tightest_share(
        model, serving, gpu, tensor_parallel, engine or engine_of(serving.engine_version)
    )
    options, cache, kv = share.options, share.cache, max(0, share.left)
    fits, reasons = _verdict(share, model, serving, gpu, tensor_parallel)
    held, by_request = cache.concurrency(kv, options.context), share.engine.tokens_by_request
    most = max(options.context, model.max_position_embeddings or 0)
    return MemoryFit(
        model=model.name or f"{architecture_of(model).parameters / 1e9:.1f}B parameters",
        gpu=gpu.model,
        tensor_parallel=tensor_parallel,
        pipeline_parallel=serving.pipeline_parallel,
        total=share.total,
        budget=share.budget,
        weights=share.weights,
        activation=share.activation,
        non_torch=share.non_torch,
        cuda_graph=share.cuda_graph,
        lora=share.lora,
        draft=share.draft,
        outside=share.outside,
        kv=kv,
        kv_needed=share.request * options.held,
        kv_bytes_per_token=cache.token_bytes,
        kv_tokens=int(held * options.context) if by_request else cache.tokens(kv),
        longest_context=cache.longest(kv, most),
        max_model_len=options.context,
        max_concurrency=held,
        max_num_seqs=options.requests,
        max_num_batched_tokens=options.tokens,
        gpu_memory_utilization=options.utilization,
        engine=share.engine.name,
        graphs_counted=share.engine.graphs_counted,
        fits=fits,
        reasons=reasons,
        assumed=tuple(_assumed(model, serving, share)),
    )


def verdict_of(model: Model, serving: Serving, gpu: Gpu, tensor_parallel: int) -> Fits:
    """Return the verdict of :func:`fit` alone, which is the least work."""
    if _why_not(model, serving, tensor_parallel):
        return "no"
    engine = engine_of(serving.engine_version)
    share = tightest_share(model, serving, gpu, tensor_parallel, engine)
    if _why_not_flags(serving, share.options):
        return "no"
    return verdict(share, model, gpu, stages=serving.pipeline_parallel)


def _verdict(
    share: Share, model: Model, serving: Serving, gpu: Gpu, degree: int
) -> tuple[Fits, tuple[str, ...]]:
    fits, reasons = judge(share, model, gpu, stages=serving.pipeline_parallel)
    if refusal := _why_not(model, serving, degree) or _why_not_flags(serving, share.options):
        return "no", (refusal, *reasons) if fits == "no" else (refusal,)
    return fits, reasons


def _why_not(model: Model, serving: Serving, degree: int) -> str:
    """Return why the model cannot be split so at all, or an empty string."""
    stages = serving.pipeline_parallel
    if model.layers and model.layers < stages:
        return f"{model.layers} layers cannot be shared by {stages} pipeline stages"
    return why_not_degree(model, degree)


def _why_not_flags(serving: Serving, options: Options) -> str:
    """Return why the engine refuses these flags whatever the memory, or an empty string.

    Source: vLLM, ``SchedulerConfig`` (``vllm/config.py`` of 0.6, ``vllm/config/scheduler.py`` of
    0.11 and newer): each request at once takes at least one token of a step.
    """
    asked = serving.max_num_seqs or 0
    if asked <= options.tokens:
        return ""
    return (
        f"the engine does not start with max_num_seqs {asked} above max_num_batched_tokens "
        f"{options.tokens}: lower the first or raise the second"
    )


def _assumed(model: Model, serving: Serving, share: Share) -> Iterator[str]:
    """Yield everything that was assumed on the way, a sentence each."""
    options = share.options
    defaults = {
        "max_num_seqs": (serving.max_num_seqs, options.requests),
        "max_num_batched_tokens": (serving.max_num_batched_tokens, options.tokens),
        "gpu_memory_utilization": (serving.gpu_memory_utilization, options.utilization),
    }
    missing = [f"{name} {value:g}" for name, (given, value) in defaults.items() if given is None]
    listed = ", ".join(missing)
    for text in (
        share.usable.assumed,
        assumption(model),
        context_assumption(model, serving),
        *assumptions(model),
        f"the engine's own defaults: {listed}" if missing else "",
        f"activation, libraries and CUDA graphs as measured on {share.engine.name}",
        "activation of speculative decoding is not modelled" if serving.draft else "",
        "LoRA on experts is counted as on one MLP" if serving.max_loras and model.experts else "",
    ):
        if text:
            yield text

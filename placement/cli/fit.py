"""``placement fit``: GPU memory of a replica, part by part, and what fits where."""

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING

from placement.cli.fit_options import (
    Dtype,
    Eager,
    GpuNames,
    Json,
    KvDtype,
    MaxLen,
    MaxSeqs,
    MaxTokens,
    Models,
    Pp,
    Quantization,
    Total,
    Tp,
    Utilization,
    Version,
)
from placement.cli.streams import emit, emit_document
from placement.errors import InputError, Issue

if TYPE_CHECKING:
    from placement.cli.fit_inputs import Question
    from placement.memory import MemoryFit
    from placement.problem import Gpu

__all__ = ["fit_command"]

GPUS_PER_NODE = 8
"""GPUs of the largest common node (p5.48xlarge, a3-highgpu-8g, ecs.gn7e-c16g1.32xlarge); larger
degrees are tried only when asked for."""


def fit_command(
    *,
    models: Models,
    gpu: GpuNames = None,
    tensor_parallel: Tp = None,
    pipeline_parallel: Pp = None,
    max_model_len: MaxLen = None,
    max_num_seqs: MaxSeqs = None,
    max_num_batched_tokens: MaxTokens = None,
    gpu_memory_utilization: Utilization = None,
    dtype: Dtype = None,
    quantization: Quantization = None,
    kv_cache_dtype: KvDtype = None,
    enforce_eager: Eager = False,
    engine_version: Version = None,
    gpu_total_gib: Total = None,
    as_json: Json = False,
) -> None:
    """Say what GPU memory a model needs, and on which GPUs it fits at which degree.

    Weights, activation, libraries, CUDA graphs and KV cache per GPU, and how many requests of full
    length fit at once; what had to be assumed is listed. Flags are vLLM's.

    Examples
    --------
      placement fit Qwen/Qwen3-8B
      placement fit Qwen/Qwen3-8B --gpu A10 --max-model-len 8192 --gpu-memory-utilization 0.95
      placement fit ./my-model --gpu H100 --gpu L40S --tensor-parallel 4 --json
      placement fit --gpu A10 -- vllm serve Qwen/Qwen3-8B --max-model-len 8k

    fits: yes; at-risk (it starts by less than the error of the estimate, or holds fewer requests
    than asked); no; unknown (it depends on what was only assumed).
    Exit codes: 0, or 2 for bad input.
    """
    from placement.cli.fit_inputs import engine_assumptions, gpus_of, questions_of

    names, cards = _told_apart(models, gpu or [])
    flags = {
        "--tensor-parallel-size": tensor_parallel,
        "--pipeline-parallel-size": pipeline_parallel,
        "--max-model-len": max_model_len,
        "--max-num-seqs": max_num_seqs,
        "--max-num-batched-tokens": max_num_batched_tokens,
        "--gpu-memory-utilization": gpu_memory_utilization,
        "--dtype": dtype,
        "--kv-cache-dtype": kv_cache_dtype,
        "--enforce-eager": "" if enforce_eager else None,
    }
    gpus, assumed = gpus_of(cards, gpu_total_gib), engine_assumptions(engine_version)
    questions = questions_of(names, flags, quantization)
    fits = [_sized(q, name, card, assumed) for q in questions for name, card in gpus.items()]
    _show(fits, as_json=as_json)


def _told_apart(models: list[str], gpus: list[str]) -> tuple[list[str], list[str]]:
    """Return models and cards: ``--gpu A10 L4`` names two cards, though the parser sees one."""
    from placement.memory import known_gpu, known_model

    cards = [name for word in gpus for name in word.split(",")]
    if not gpus:
        return models, cards
    more = [
        word
        for word in models
        if known_gpu(word) and not known_model(word) and not os.path.exists(word)
    ]
    left = [word for word in models if word not in more]
    if not left:
        rule = "names none: only cards are given; put the models before --gpu"
        raise InputError([Issue(path="MODEL", rule=rule, value=", ".join(models))])
    return left, [*cards, *more]


def _sized(question: "Question", name: str, card: "Gpu", assumed: tuple[str, ...]) -> "MemoryFit":
    """Return the fit under the names that were given."""
    from placement.memory import smallest_fit

    serving = question.serving
    fixed = (serving.tensor_parallel or 1) * serving.pipeline_parallel
    found = smallest_fit(question.model, serving, card, max(GPUS_PER_NODE, fixed))
    tried = f"degrees on up to {GPUS_PER_NODE} GPUs of one node were tried"
    more = () if serving.tensor_parallel else (tried,)
    return replace(
        found,
        model=question.name,
        gpu=name,
        assumed=(*found.assumed, *question.assumed, *assumed, *more),
    )


def _show(found: list["MemoryFit"], *, as_json: bool) -> None:
    if as_json:
        rows = [fit.to_dict() for fit in found]
        emit_document(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
        return
    from placement.cli.fit_view import fit_blocks
    from placement.cli.tables import render

    emit(render(fit_blocks(found)))

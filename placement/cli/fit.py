"""``placement fit``: GPU memory of a replica, part by part, and what fits where."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from placement.cli.fit_options import (
    Bars,
    Choice,
    Concurrency,
    Draft,
    Dtype,
    Eager,
    GpuNames,
    Json,
    KvDtype,
    Lora,
    LoraRank,
    Loras,
    MaxLen,
    MaxSeqs,
    MaxTokens,
    Models,
    Nodes,
    Plot,
    Pp,
    Quantization,
    TextOnly,
    Total,
    Tp,
    Utilization,
    Version,
)
from placement.cli.streams import emit, emit_document
from placement.errors import InputError, Issue

if TYPE_CHECKING:
    from placement.cli.fit_answers import Answer

__all__ = ["fit_command"]

_FLAGS = (
    *("tensor_parallel", "pipeline_parallel", "max_model_len", "max_num_seqs"),
    *("max_num_batched_tokens", "gpu_memory_utilization", "dtype", "quantization"),
    *("kv_cache_dtype", "enforce_eager", "enable_lora", "max_loras", "max_lora_rank"),
    *("speculative_config", "language_model_only"),
)  # options of this command that are vLLM's, under its names
_FURTHER = ("concurrency", "engine_version", "parallel_choice")
_MOST_NODES = 1000


def fit_command(
    *,
    models: Models,
    gpu: GpuNames = None,
    gpu_total_gib: Total = None,
    nodes: Nodes = 1,
    parallel_choice: Choice = None,
    concurrency: Concurrency = 1,
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
    enable_lora: Lora = False,
    max_loras: Loras = None,
    max_lora_rank: LoraRank = None,
    speculative_config: Draft = None,
    language_model_only: TextOnly = False,
    engine_version: Version = None,
    bars: Bars = None,
    plot: Plot = None,
    as_json: Json = False,
) -> None:
    """Say what GPU memory a model needs, on which GPUs it fits, and what would make it fit.

    Weights, activation, libraries, CUDA graphs and KV cache per GPU under vLLM; how many tokens and
    requests of full length are held; what had to be assumed. Neither a GPU nor a download is
    needed. Flags are vLLM's and read as it reads them; without one, its own default holds.

    Examples
    --------
      placement fit Qwen/Qwen3-8B
      placement fit Qwen/Qwen3-8B --gpu A10 --gpu T4 --max-model-len 8k --concurrency 4
      placement fit Qwen/Qwen3-32B --gpu H100,A100-80GB --plot memory.png
      placement fit deepseek-ai/DeepSeek-R1 --gpu H100 --nodes 2
      placement fit --gpu L4 -- vllm serve Qwen/Qwen3-8B --max-num-seqs 64 --kv-cache-dtype fp8

    fits: yes (it starts, and holds the requests asked for); at-risk (it does so by less than the
    error of the estimate, or may run out of memory after sizing its cache); no; unknown (it depends
    on what was only assumed, or is not modelled).
    Exit codes: 0, whatever the verdicts are; 2 for bad input.
    """
    options = dict(locals())  # the options by name, before anything else has one
    from placement.cli.fit_answers import answers_to
    from placement.cli.fit_cards import gpus_of, told_apart
    from placement.cli.fit_inputs import questions_of

    _check(options)
    names, cards = told_apart(models, gpu or [])
    gpus = gpus_of(cards, gpu_total_gib)
    questions = questions_of(names, _flags(options), _further(options))
    found = list(answers_to(questions, gpus, nodes))
    _show(found, bars=bars, plot=plot, as_json=as_json)


def _check(options: Mapping[str, object]) -> None:
    """Refuse what no question could be asked with, before any work is done."""
    issues, nodes, plot = [], options["nodes"], options["plot"]
    if not isinstance(nodes, int) or not 1 <= nodes <= _MOST_NODES:
        rule = f"must be a whole number from 1 to {_MOST_NODES}"
        issues.append(Issue(path="--nodes", rule=rule, value=str(nodes)))
    if options["as_json"] and options["bars"]:
        rule = "cannot be shown with --json, whose output is for programs; leave one out"
        issues.append(Issue(path="--bars", rule=rule))
    if issues:
        raise InputError(issues)
    if plot is not None:
        from placement.cli.files import check_targets
        from placement.cli.fit_plot import check_plot

        check_plot(str(plot))
        check_targets({"--plot": str(plot)}, [])


def _flags(options: Mapping[str, object]) -> dict[str, str | None]:
    """Return vLLM's flags with their values; of a switch an empty one where it is on."""
    flags: dict[str, str | None] = {}
    for name in _FLAGS:
        value = options[name]
        on = "" if value is True else str(value)
        flags[f"--{name.replace('_', '-')}"] = None if value in {None, False} else on
    return flags


def _further(options: Mapping[str, object]) -> dict[str, object]:
    """Return the fields of ``serving`` that are no flags of vLLM."""
    further = {name: options[name] for name in _FURTHER}
    if options["nodes"] != 1:  # a replica over nodes is to be shaped, also where a command is not
        further["parallel_choice"] = further["parallel_choice"] or "smallest"
    return further


def _show(found: Sequence["Answer"], *, bars: bool | None, plot: str | None, as_json: bool) -> None:
    from placement.cli.terminal import is_terminal

    if as_json:
        rows = [answer.to_dict() for answer in found]
        emit_document(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
    else:
        from placement.cli.fit_view import fit_text

        emit(fit_text(found, bars=is_terminal("stdout") if bars is None else bars))
    if plot is not None:
        from placement.cli.fit_plot import draw

        draw([answer.fit for answer in found], plot)

"""vLLM's flags: which ones memory depends on, and how their values read.

Source: vLLM engine arguments, documentation of v0.5.3 to v0.21; ``FlexibleArgumentParser`` and
``human_readable_int`` in vllm/utils and vllm/engine/arg_utils.py.
"""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches

__all__ = [
    "IGNORED",
    "NESTED",
    "SERVING",
    "SHORT",
    "UNMODELLED",
    "full_name",
    "is_switch",
    "misspelt",
]

_BINARY = {"K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
_DECIMAL = {"k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_HUMAN = re.compile(r"([0-9]{1,15})(\.[0-9]{1,15})?([kKmMgGtT]?)")


def _whole(text: str) -> int:
    """Return a whole number; ``8k`` is 8,000 and ``8K`` 8,192, as vLLM reads them."""
    match = _HUMAN.fullmatch(text.strip())
    if match is None or (match[2] and match[3] not in _DECIMAL):
        raise ValueError("must be a whole number such as 8192, 8k or 8K")
    if match[3] in _BINARY:
        return int(match[1]) * _BINARY[match[3]]
    return int(float(match[1] + (match[2] or "")) * _DECIMAL.get(match[3], 1))


def _share(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError("must be a number above 0 and at most 1") from None


def _cache_dtype(text: str) -> str:
    if text.startswith("fp8"):
        return "fp8"
    if text in {"auto", "float16", "bfloat16"}:
        return text
    raise ValueError("must be auto, float16, bfloat16 or a form of fp8")


SERVING: Mapping[str, tuple[str, Callable[[str], object]]] = {
    "tensor-parallel-size": ("tensor_parallel", _whole),
    "pipeline-parallel-size": ("pipeline_parallel", _whole),
    "max-model-len": ("max_model_len", _whole),
    "max-num-seqs": ("max_num_seqs", _whole),
    "max-num-batched-tokens": ("max_num_batched_tokens", _whole),
    "gpu-memory-utilization": ("gpu_memory_utilization", _share),
    "kv-cache-dtype": ("kv_cache_dtype", _cache_dtype),
    "max-loras": ("max_loras", _whole),
    "max-lora-rank": ("max_lora_rank", _whole),
    "num-speculative-tokens": ("speculative_tokens", _whole),
}
"""Flags that are fields of ``serving``, each with the field and the reader of its value."""

NESTED = ("limit-mm-per-prompt", "speculative-config")
"""Flags whose value is JSON, whole or field by field (``--speculative-config.model NAME``)."""

UNMODELLED: Mapping[str, str] = {
    "compilation-config": "CUDA graphs are counted as without it",
    "config": "options in that file are not seen",
    "cpu-offload-gb": "weights kept in host memory are counted as on the GPU",
    "decode-context-parallel-size": "its effect on the KV cache is not counted",
    "enable-expert-parallel": "experts are counted as divided by tensor parallelism",
    "hf-overrides": "changes of the model's configuration are not seen",
    "kv-cache-memory-bytes": "the KV cache is sized from gpu_memory_utilization",
    "kv-transfer-config": "buffers for the transfer of KV cache are not counted",
    "num-gpu-blocks-override": "the KV cache is sized from gpu_memory_utilization",
    "prefill-context-parallel-size": "its GPUs are not counted",
    "rope-scaling": "changes of the model's configuration are not seen",
}
"""Flags that change the memory needed in ways that are not modelled, each with what follows."""

IGNORED = (
    *("data-parallel-size", "data-parallel-size-local", "data-parallel-rank", "dtype", "model"),
    *("enforce-eager", "quantization", "served-model-name", "load-format", "tokenizer"),
    *(*NESTED, "speculative-model", "enable-lora", "language-model-only", "max-logprobs"),
    *("max-num-partial-prefills", "max-log-len"),
    *("max-seq-len-to-capture", "model-impl", "model-loader-extra-config", "config-format"),
    *("kv-events-config", "kv-sharing-fast-prefill", "ec-transfer-config"),
    *("enable-prefix-caching", "enable-chunked-prefill", "enable-auto-tool-choice"),
    *("disable-log-requests", "disable-log-stats", "distributed-executor-backend", "device"),
    *("host", "port", "seed", "revision", "trust-remote-code", "swap-space", "block-size"),
    *("hf-token", "hf-config-path", "tool-call-parser", "chat-template"),
    *("reasoning-parser", "download-dir", "api-key", "uvicorn-log-level", "root-path"),
)
"""Further flags, read elsewhere or without a bearing on memory; abbreviations need them."""

SHORT = {
    "tp": "tensor-parallel-size",
    "pp": "pipeline-parallel-size",
    "dp": "data-parallel-size",
    "dcp": "decode-context-parallel-size",
    "pcp": "prefill-context-parallel-size",
    "q": "quantization",
    "cc": "compilation-config",
    "sc": "speculative-config",
}
"""Flags with one dash."""

_ALIKE = 0.85
"""How like a flag a word must be to be taken for its misspelling: of vLLM's own flags (0.5.3 to
0.21) that are not listed here none is, where 0.8 would take ``max-cpu-loras`` for ``max-loras``."""

_ALL = (*SERVING, *UNMODELLED, *IGNORED)
_SWITCHES = ("enable-", "disable-", "no-", "use-", "trust-", "enforce-", "skip-", "headless")
_BARE = {
    *("async-scheduling", "calculate-kv-scales", "return-tokens-as-token-ids", "mm-encoder-only"),
    *("allow-credentials", "allow-deprecated-quantization", "fully-sharded-loras"),
    *("data-parallel-hybrid-lb", "data-parallel-external-lb", "interleave-mm-strings"),
    *("kv-sharing-fast-prefill", "kv-cache-metrics", "cudagraph-metrics", "language-model-only"),
    *("ray-workers-use-nsight", "multi-step-stream-outputs", "log-error-stack"),
}
_LEVEL = re.compile(r"O[0-9]")  # -O3: the level is part of the word


def full_name(name: str) -> str | None:
    """Return the flag that ``name`` means, as argparse completes it; None where several fit.

    A name that no known flag begins with is returned as it is.
    """
    name = name.replace("_", "-").partition(".")[0]
    if name in _ALL:
        return name
    found = [known for known in _ALL if known.startswith(name)]
    if len(found) > 1:
        return None
    return found[0] if found else name


def misspelt(name: str) -> str:
    """Return the flag with a bearing on memory that ``name`` looks like, or an empty string.

    vLLM refuses a flag that it does not know; here most of its flags are not listed, so only what
    looks like one of those that matter is told apart.
    """
    name = name.replace("_", "-").partition(".")[0]
    if full_name(name) in _ALL:
        return ""
    heeded = (*SERVING, *UNMODELLED, *NESTED, "enable-lora", "enforce-eager", "quantization")
    return next(iter(get_close_matches(name, heeded, n=1, cutoff=_ALIKE)), "")


def is_switch(name: str) -> bool:
    """Return whether a flag takes no value."""
    return name.startswith(_SWITCHES) or name in _BARE or _LEVEL.fullmatch(name) is not None

"""The engine's own defaults: what it takes for a flag that is not given."""

from dataclasses import dataclass

from placement.memory.engine import Engine
from placement.memory.kv_cache import context_length
from placement.memory.units import GIB
from placement.problem.model import Model
from placement.problem.serving import Serving

__all__ = ["LARGE_GPU", "Options", "is_large", "options_of"]

LARGE_GPU = 70 * GIB
"""From this memory on, except for an A100, defaults are those of a large GPU.

Source: vLLM, ``vllm/engine/arg_utils.py``, ``get_batch_defaults``, for ``vllm serve``
(0.9 to 0.21).
"""

LARGE, SMALL = (1024, 8192), (256, 2048)
"""Requests at once and tokens of a step, from the same function."""

UNCHUNKED = 32_768
"""Context up to which versions before 0.8 run a whole prompt in one step.

Source: vLLM 0.6, ``vllm/engine/arg_utils.py``: chunked prefill is on by default above 32K.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Every option that memory depends on, with the engine's defaults filled in.

    Parameters
    ----------
    context
        Tokens of one request at most.
    requests
        Requests that run at once at most.
    tokens
        Tokens of one step.
    held
        Requests of full length that the cache has to hold at once.
    utilization
        Share of the GPU.
    """

    context: int
    requests: int
    tokens: int
    held: int
    utilization: float


def is_large(memory: int, card: str) -> bool:
    """Return whether a GPU with so much usable memory counts as large."""
    return memory >= LARGE_GPU and not card.startswith(("A100", "A800"))


def options_of(model: Model, serving: Serving, engine: Engine, *, large: bool) -> Options:
    """Return the options of a start-up on a large or a small GPU."""
    context = context_length(model, serving)
    requests, tokens = LARGE if large and engine.chunked else SMALL
    if serving.max_num_batched_tokens:
        tokens = serving.max_num_batched_tokens
    elif not engine.chunked and context <= UNCHUNKED:
        tokens = max(tokens, context)
    return Options(
        context=context,
        requests=min(serving.max_num_seqs or requests, tokens),
        tokens=tokens,
        held=serving.concurrency or serving.max_num_seqs or 1,
        utilization=serving.gpu_memory_utilization or engine.utilization,
    )

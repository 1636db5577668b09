"""Which tensor-parallel degrees a model allows."""

from functools import lru_cache

from placement.memory.architecture import architecture_of
from placement.problem.model import Model

__all__ = ["degrees_up_to", "why_not_degree"]


def why_not_degree(model: Model, degree: int) -> str:
    """Return why a model cannot be shared by so many GPUs, or an empty string.

    Query heads must divide by the degree, and KV heads and degree by one another; the inner size of
    a dense model must divide, too. Unknown figures forbid nothing.

    Notes
    -----
    Source: vLLM, ``vllm/model_executor/layers/linear.py``: ``divide`` in ``QKVParallelLinear`` and
    in ``ColumnParallelLinear``.
    """
    heads, inner = model.attention_heads, model.intermediate_size
    if heads and heads % degree:
        return f"{heads} attention heads cannot be shared by {degree} GPUs"
    kv_heads = architecture_of(model).kv_heads if heads else model.kv_heads
    if kv_heads and not model.kv_lora_rank and kv_heads % degree and degree % kv_heads:
        return f"{kv_heads} KV heads cannot be shared by {degree} GPUs"
    if inner and not model.experts and inner % degree:
        return f"the inner size {inner} cannot be shared by {degree} GPUs"
    return ""


@lru_cache(maxsize=1024)
def degrees_up_to(model: Model, gpus: int) -> tuple[int, ...]:
    """Return the degrees to try on up to ``gpus`` GPUs, rising; powers of two if in doubt."""
    tried = range(1, gpus + 1)
    if model.attention_heads is None:
        return tuple(n for n in tried if n.bit_count() == 1 and not why_not_degree(model, n))
    return tuple(n for n in tried if not why_not_degree(model, n))

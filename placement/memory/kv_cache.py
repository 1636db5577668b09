"""KV cache per token and GPU, and what the requests to be served at once need of it."""

from placement.memory.architecture import Architecture, architecture_of
from placement.memory.engine import VLLM, Engine
from placement.problem.workload import Model, Serving

__all__ = ["context_assumption", "context_length", "kv_bytes_per_token", "kv_tokens_needed"]

ASSUMED_CONTEXT = 8192  # tokens, where neither the serving flags nor the model say

_BYTES = {"float32": 4, "float16": 2, "bfloat16": 2, "fp8": 1}


def kv_bytes_per_token(model: Model, serving: Serving, tensor_parallel: int) -> int:
    r"""Return the KV cache of one token on one GPU, in bytes.

    .. math:: 2 \lceil L/p \rceil \max(1, \lceil h_{kv}/t \rceil) \, d \, b
        \qquad\text{MLA: } \lceil L/p \rceil (r + d_{rope}) \, b

    with :math:`L` layers over :math:`p` pipeline stages, :math:`h_{kv}` KV heads of size :math:`d`
    over :math:`t` GPUs, and :math:`b` bytes a number. What MLA compresses to rank :math:`r` is not
    divided by tensor parallelism. Sliding windows are not credited: every layer counts in full.

    Notes
    -----
    Source: vLLM, ``vllm/v1/kv_cache_interface.py`` (``FullAttentionSpec``, ``MLAAttentionSpec``).
    """
    known = architecture_of(model)
    layers = -(-known.layers // serving.pipeline_parallel)
    return layers * _numbers(known, model, tensor_parallel) * _number_bytes(model, serving)


def context_length(model: Model, serving: Serving) -> int:
    """Return the tokens of one request: as asked, else the model's own, else 8192 assumed."""
    return serving.max_model_len or model.max_position_embeddings or ASSUMED_CONTEXT


def kv_tokens_needed(context: int, requests: int, engine: Engine = VLLM) -> int:
    """Return the tokens of KV cache for ``requests`` requests of ``context`` tokens, in blocks."""
    return requests * -(-context // engine.block) * engine.block


def context_assumption(model: Model, serving: Serving) -> str:
    """Return where the context length comes from when the serving flags do not say it."""
    if serving.max_model_len:
        return ""
    if model.max_position_embeddings:
        return f"max_model_len is not given: the model's own {model.max_position_embeddings} tokens"
    return f"max_model_len is not given, nor known of the model: {ASSUMED_CONTEXT} tokens assumed"


def _numbers(known: Architecture, model: Model, tensor_parallel: int) -> int:
    if model.kv_lora_rank:
        return model.kv_lora_rank + (model.qk_rope_head_dim or 0)
    return 2 * max(1, -(-known.kv_heads // tensor_parallel)) * known.head_dim


def _number_bytes(model: Model, serving: Serving) -> int:
    """Return bytes per number; by ``auto`` the model's, and 16 bits beside quantised weights."""
    if serving.kv_cache_dtype != "auto":
        return _BYTES[serving.kv_cache_dtype]
    return _BYTES["float32"] if model.dtype == "float32" else _BYTES["float16"]

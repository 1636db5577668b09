"""Weights per GPU."""

from fractions import Fraction
from math import ceil

from placement.memory.architecture import Architecture, architecture_of
from placement.memory.units import show_gib
from placement.problem.workload import Model

__all__ = ["BYTES", "assumption", "weight_bytes"]

BYTES: dict[str, Fraction] = {
    "float32": Fraction(4),
    "float16": Fraction(2),
    "bfloat16": Fraction(2),
    "fp8": Fraction(1),
    "int8": Fraction(1),
    "int4": Fraction(4156, 8000),
}
"""Bytes per weight. ``int4`` is 4 bits and a 16-bit scale and a 4-bit zero point per 128 weights:
4 + 20/128 = 4.156 bits (AutoGPTQ and AutoAWQ, group size 128)."""

PADDED_EXPERTS = Fraction(112, 100)
"""What 4-bit experts take over the plain sum, beside attention in 16 bits.

Source: gpt-oss in MXFP4 takes 13.47 to 14.02 GiB (20b) and 61.3 to 66.0 GiB (120b) in start-up logs
of vLLM: its kernels pad the experts. 1.12 gives 13.7 and 66.1.
"""


def weight_bytes(model: Model, tensor_parallel: int, pipeline_parallel: int = 1) -> int:
    r"""Return the weights on the fullest GPU, in bytes.

    .. math:: \frac{\lceil L/p \rceil}{L} \left( b \, \frac{P - E - A}{t}
        + b_A \left( \frac{A - K}{t} + \frac{K}{\min(t, h_{kv})} \right) \right)
        + b_E \, \frac{E}{t}

    with :math:`P` parameters, of them :math:`E` in embeddings and head, :math:`A` in attention and
    there :math:`K` in the projections to keys and values; :math:`L` layers, :math:`h_{kv}` KV
    heads, tensor- and pipeline-parallel degrees :math:`t` and :math:`p`. Embeddings and head keep
    16 bits (:math:`b_E`) in a quantised model, and so does the attention (:math:`b_A`) of a mixture
    of experts in 4 bits, whose experts are padded. With MLA :math:`K` are the projections down to
    the compressed form, and every GPU has them whole. Of a pipeline, the first stage holds the
    embeddings and the last one the head.

    Notes
    -----
    Source: vLLM, ``vllm/model_executor/layers/linear.py`` (``QKVParallelLinear`` copies KV heads
    once the degree exceeds them) and ``vocab_parallel_embedding.py``.
    """
    known, size = architecture_of(model), BYTES[model.dtype]
    wide = max(size, BYTES["float16"])
    embeddings = _embeddings(known)
    attention = min(known.parameters - embeddings, known.attention)
    copied = min(attention, _copied(known, model))
    owners = 1 if model.kv_lora_rank else min(tensor_parallel, known.kv_heads)
    padded = _padded(model)
    rest = known.parameters - embeddings - attention
    layers = Fraction(rest, tensor_parallel) * size * (PADDED_EXPERTS if padded else 1)
    spread = Fraction(attention - copied, tensor_parallel) + Fraction(copied, owners)
    layers += spread * (wide if padded else size)
    layers *= Fraction(-(-known.layers // pipeline_parallel), known.layers)
    if pipeline_parallel > 1 and not known.tied:
        embeddings -= embeddings // 2
    return ceil(layers + Fraction(embeddings, tensor_parallel) * wide)


def assumption(model: Model) -> str:
    """Return what the law assumes of how a quantised model is stored, or an empty string."""
    if BYTES[model.dtype] >= BYTES["float16"]:
        return ""
    padding = ""
    if _padded(model):
        padding = " (experts 12 % more for padding, attention 16 bits)"
    kept = show_gib(2 * _embeddings(architecture_of(model)))
    return (
        f"{model.dtype} weights take {float(BYTES[model.dtype]):.3g} bytes each{padding}; "
        f"embeddings and head keep 16 bits ({kept} in all)"
    )


def _padded(model: Model) -> bool:
    return bool(model.experts) and model.dtype == "int4"


def _embeddings(known: Architecture) -> int:
    """Return the weights in embeddings and head; of a guessed shape, at most a quarter of all."""
    count = known.vocabulary * known.hidden * (1 if known.tied else 2)
    return min(count, known.parameters if known.width_known else known.parameters // 4)


def _copied(known: Architecture, model: Model) -> int:
    """Return the weights that tensor parallelism does not divide to the end, over all layers."""
    if model.kv_lora_rank:
        width = model.kv_lora_rank + (model.qk_rope_head_dim or 0) + (model.q_lora_rank or 0)
    else:
        width = 2 * known.kv_heads * known.head_dim
    return known.layers * known.hidden * width

"""Weights per GPU."""

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from math import ceil

from placement.memory.allocator import allocated
from placement.memory.architecture import Architecture, architecture_of
from placement.memory.formats import bytes_per_weight, is_quantized, pieces
from placement.memory.stages import Stage
from placement.memory.tensors import Tensor, embedding_tensors, expert_layers, layer_tensors
from placement.memory.units import show_gib
from placement.problem.model import Model

__all__ = ["assumption", "rotary_bytes", "stored_bytes", "weight_bytes"]


@lru_cache(maxsize=4096)
def weight_bytes(model: Model, tensor_parallel: int, stage: Stage) -> int:
    r"""Return the weights on one GPU of a pipeline stage, in bytes.

    .. math:: \sum_{l \in \text{stage}} \sum_{i} a(b_i n_i(t)) + a(2 n_E(t)) [\text{first}]
        + a(2 n_E(t)) [\text{last}] + R + \frac{L_s}{L} \, \frac{W - \sum_i b_i n_i(1)}{t}

    with :math:`n_i(t)` weights of matrix :math:`i` on one of :math:`t` GPUs
    (:mod:`~placement.memory.tensors`), :math:`b_i` bytes each (:mod:`~placement.memory.formats`),
    :math:`a` what the allocator sets aside (:mod:`~placement.memory.allocator`), :math:`n_E` the
    embedding or the head, of which a model with tied ones has one on a GPU, :math:`R` the tables of
    rotary embeddings, and :math:`W` the size of the model as it is stored: what the matrices do not
    account for (norms, biases, towers for pictures) is taken as shared evenly.

    Where the shapes are not known, the size as stored is shared evenly: embeddings and head in 16
    bits, at most a quarter of all where the width is guessed.

    Notes
    -----
    Source: vLLM, ``vllm/model_executor/layers/linear.py`` (``QKVParallelLinear`` copies KV heads
    once the degree exceeds them), ``vocab_parallel_embedding.py`` and ``fused_moe/layer.py``.
    """
    known = architecture_of(model)
    if not known.shapes_known:
        return _evenly(model, known, tensor_parallel, stage)
    total = rotary_bytes(model, known) + _ends(model, known, tensor_parallel, stage)
    dense = known.layers - expert_layers(known, model)
    dense = max(0, min(stage.layers, dense - stage.first_layer))
    for count, experts in ((dense, False), (stage.layers - dense, True)):
        if count:
            tensors = layer_tensors(known, model, tensor_parallel, experts=experts)
            total += count * _set_aside(tensors, model)
    _, matrices = _matrices(model)
    rest = stored_bytes(model) - matrices
    return total + ceil(Fraction(rest * stage.layers, known.layers * tensor_parallel))


def stored_bytes(model: Model) -> int:
    """Return the bytes of all weights as they are stored, scales included."""
    if model.weight_bytes:
        return model.weight_bytes
    known = architecture_of(model)
    numbers, size = _matrices(model)
    # What is stated beyond the matrices is norms, biases and towers: 16 bits.
    beyond = known.parameters - numbers
    return size + ceil(beyond * bytes_per_weight(model, wide=beyond > 0))


def rotary_bytes(model: Model, known: Architecture) -> int:
    """Return the tables of rotary embeddings, in bytes: every GPU has them whole, in 16 bits.

    Source: vLLM, ``vllm/model_executor/layers/rotary_embedding/base.py``: sine and cosine of every
    position the model allows, half a rotary size each.
    """
    numbers = model.rotary_numbers
    if numbers is None:
        size = (model.qk_rope_head_dim or 0) if model.kv_lora_rank else known.head_dim
        numbers = (model.max_position_embeddings or 0) * size
    return allocated(2 * numbers)


def assumption(model: Model) -> str:
    """Return what the law assumes of how a quantised model is stored, or an empty string."""
    if not is_quantized(model):
        return ""
    known = architecture_of(model)
    kept = ", ".join(("embeddings", "head", "router", *model.unquantized))
    each = float(bytes_per_weight(model))
    wide = show_gib(2 * _embeddings(known))
    text = f"{model.dtype} weights take {each:.4g} bytes each; {kept} keep 16 bits"
    return f"{text} (embeddings and head {wide} in all)"


def _ends(model: Model, known: Architecture, degree: int, stage: Stage) -> int:
    """Return the embedding of the first stage and the head of the last; tied ones once a GPU."""
    tensor = embedding_tensors(known, degree)
    count = (stage.first or stage.last) if known.tied else stage.first + stage.last
    return count * _set_aside((tensor,), model)


def _set_aside(tensors: Iterable[Tensor], model: Model) -> int:
    """Return what the allocator takes for tensors, each with its scales."""
    return sum(
        allocated(ceil(tensor.numbers * each))
        for tensor in tensors
        for each in pieces(model, wide=tensor.wide)
    )


@lru_cache(maxsize=1024)
def _matrices(model: Model) -> tuple[int, int]:
    """Return the weights of all matrices as they are stored, and their bytes."""
    known = architecture_of(model)
    embeddings = _embeddings(known)
    numbers, size = embeddings, embeddings * bytes_per_weight(model, wide=True)
    if not known.shapes_known:
        return numbers, ceil(size)
    # MXFP4 pads its experts only on the GPU.
    bare = model.model_copy(update={"dtype": "nvfp4"}) if model.dtype == "mxfp4" else model
    dense = known.layers - expert_layers(known, model)
    for count, experts in ((dense, False), (known.layers - dense, True)):
        for tensor in layer_tensors(known, bare, 1, experts=experts) if count else ():
            if not tensor.made:
                numbers += count * tensor.numbers
                size += count * tensor.numbers * bytes_per_weight(model, wide=tensor.wide)
    return numbers, ceil(size)


def _evenly(model: Model, known: Architecture, degree: int, stage: Stage) -> int:
    embeddings = _embeddings(known) * bytes_per_weight(model, wide=True)
    layers = (stored_bytes(model) - embeddings) * Fraction(stage.layers, known.layers)
    if not known.tied:
        embeddings *= Fraction(stage.first + stage.last, 2)
    return ceil((layers + embeddings) / degree) + rotary_bytes(model, known)


def _embeddings(known: Architecture) -> int:
    """Return the weights in embeddings and head; of a guessed shape, at most a quarter of all."""
    count = known.vocabulary * known.hidden * (1 if known.tied else 2)
    return min(count, known.parameters if known.width_known else known.parameters // 4)

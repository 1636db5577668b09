"""LoRA adapters: the buffers that the engine sets aside for them."""

from placement.memory.architecture import Architecture
from placement.problem.serving import Serving

__all__ = ["lora_bytes"]


def lora_bytes(known: Architecture, serving: Serving, tensor_parallel: int, layers: int) -> int:
    r"""Return the buffers of all adapters of ``layers`` layers on one GPU, in bytes.

    .. math:: 2 n r L_s \left(5 D + \frac{(h + 2 h_{kv}) d}{t} + \frac{h d}{t} + D
        + \frac{2 F}{t} + \frac{F}{t} + D\right)

    for :math:`n` adapters of rank :math:`r` in 16 bits on queries, keys, values, output, gate, up
    and down: first matrices whole where the input is, second ones where the output is. Experts are
    taken as one MLP.

    Notes
    -----
    Source: vLLM, ``vllm/lora/layers/column_parallel_linear.py`` and ``row_parallel_linear.py``,
    ``create_lora_weights``, without ``fully_sharded_loras``.
    """
    if not serving.max_loras:
        return 0
    heads, kv_heads, size = known.attention_heads, known.kv_heads, known.head_dim
    split = (heads + 2 * kv_heads) * size + heads * size + 3 * known.intermediate
    width = 7 * known.hidden + -(-split // tensor_parallel)
    return 2 * serving.max_loras * serving.max_lora_rank * layers * width

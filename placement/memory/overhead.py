"""What the engine takes beside weights, KV cache and activation: libraries and CUDA graphs."""

from placement.memory.engine import Engine
from placement.memory.units import gib
from placement.problem.model import Model

__all__ = [
    "CONTEXT",
    "GRAPH_REQUEST",
    "context_bytes",
    "context_share",
    "graph_bytes",
    "non_torch_bytes",
    "warm_up_bytes",
]

GRAPH_LAYER = gib("0.0165")
GRAPH_REQUEST = gib("0.34") // 1024
GRAPH_EXPERTS = gib("0.42")
"""CUDA graphs: of every layer, of every request at once, and more with experts.

Source: 23 start-ups of vLLM 0.19 on H100 with 1024 requests, 0.65 GiB (16 layers) to 1.79 (80
layers), to 0.2 GiB for dense models; four mixtures of experts 0.06 to 0.8 more, 0.42 on average. On
smaller GPUs with 256 requests 0.2 (A10G, 28 layers), 0.53 (L4, 28 layers) and about 0.5 GiB (RTX
5090, 36 layers): by layers alone 0.46, 0.46 and 0.59.
"""

CONTEXT = gib("0.51")
CONTEXT_PARALLEL = 1.53 / 79.19
CONTEXT_EXPERTS = 0.48 / 79.19
"""CUDA context: of one GPU; of several, as a share of each, and what experts add there.

Source: 78.68, 77.66 and 77.18 of 79.19 GiB are free before loading (vLLM 0.19, H100, 23 start-ups).
Two RTX 4090 started with only 0.47 of 23.55 GiB outside the share (vLLM 0.7.2), so smaller GPUs are
taken to need less.
"""


def non_torch_bytes(engine: Engine, tensor_parallel: int, pipeline_parallel: int) -> int:
    r"""Return what CUDA libraries and NCCL take of one GPU, in bytes.

    .. math:: N_2 + N_d \log_2(t / 2) \qquad \text{for } t \ge 2

    A constant for one GPU, and another for stages of one GPU each.
    """
    if tensor_parallel == 1:
        return engine.non_torch_single if pipeline_parallel == 1 else engine.non_torch_stage
    doublings = (tensor_parallel - 1).bit_length() - 1
    return engine.non_torch_parallel + doublings * engine.non_torch_doubling


def graph_bytes(model: Model, layers: int, requests: int, *, eager: bool) -> int:
    r"""Return the CUDA graphs of a stage of so many layers, in bytes per GPU; none when eager.

    .. math:: 0.0165 \, L_s + 0.34 \, S / 1024 + 0.42 [\text{experts}] \quad \text{GiB}
    """
    if eager:
        return 0
    return layers * GRAPH_LAYER + requests * GRAPH_REQUEST + bool(model.experts) * GRAPH_EXPERTS


def context_bytes(model: Model, gpus: int, usable: int) -> int:
    r"""Return the CUDA context, in bytes per GPU: it has to fit outside the engine's share.

    .. math:: \max(0.51\,\text{GiB}, \; 0.0193 \, M + 0.0061 \, M [\text{experts}])

    with the second only for several GPUs, each of :math:`M` usable memory.
    """
    return max(CONTEXT, int(context_share(model, gpus) * usable))


def context_share(model: Model, gpus: int) -> float:
    """Return the share of each of several GPUs that the CUDA context takes; 0 of one alone."""
    return 0.0 if gpus == 1 else CONTEXT_PARALLEL + bool(model.experts) * CONTEXT_EXPERTS


def warm_up_bytes(requests: int, vocabulary: int) -> int:
    r"""Return what warming up the sampler may take anew after the cache is sized, in bytes per GPU.

    .. math:: 8 S V

    for logits and their softmax in 32 bits, the largest blocks of all, which may not fit into what
    the cache left of the pool.

    Notes
    -----
    Source: gpt-oss-20b on two H100 with a share of 0.95 (vLLM 0.19) ran out of memory there, with
    0.4 GiB left beside context and graphs. From 0.20 on, where graphs count within the share, no
    such start is known.
    """
    return 8 * requests * vocabulary

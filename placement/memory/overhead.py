"""What the engine takes beside weights, KV cache and activation: libraries and CUDA graphs."""

from placement.memory.engine import Engine
from placement.memory.units import gib
from placement.problem.model import Model

__all__ = ["context_bytes", "graph_bytes", "non_torch_bytes"]

GRAPH_LAYER = gib("0.0165")
GRAPH_LARGE = gib("0.34")
GRAPH_EXPERTS = gib("0.42")
"""CUDA graphs: of every layer; more with the defaults of a large GPU; more with experts.

Source: 23 start-ups of vLLM 0.19 on H100, 0.65 GiB (16 layers) to 1.79 (80 layers), to 0.2 GiB for
dense models; mixtures of experts 0.06 to 0.8 more, 0.42 on average. On smaller GPUs with 256
requests 0.2 (A10G, 28 layers), 0.53 (L4, 28 layers) and about 0.5 GiB (RTX 5090, 36 layers).
"""

CONTEXT = gib("0.51")
CONTEXT_PARALLEL = gib("1.53")
CONTEXT_EXPERTS = gib("0.48")
"""CUDA context: of one GPU, of several large ones linked by NVLink, and what experts add there.

Source: 78.68, 77.66 and 77.18 of 79.19 GiB are free before loading (vLLM 0.19, H100, 23 start-ups).
Two RTX 4090 on PCIe started with only 0.47 GiB outside the share (vLLM 0.7.2), so smaller GPUs are
not charged the more.
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


def graph_bytes(model: Model, layers: int, *, eager: bool, large: bool) -> int:
    r"""Return the CUDA graphs of a stage of so many layers, in bytes per GPU; none when eager.

    .. math:: 0.0165 \, L_s + 0.34 [\text{large GPU}] + 0.42 [\text{experts}] \quad \text{GiB}
    """
    if eager:
        return 0
    more = large * GRAPH_LARGE + bool(model.experts) * GRAPH_EXPERTS
    return layers * GRAPH_LAYER + more


def context_bytes(model: Model, gpus: int, *, large: bool) -> int:
    """Return the CUDA context, in bytes per GPU: it has to fit outside the engine's share."""
    if gpus == 1 or not large:
        return CONTEXT
    return CONTEXT_PARALLEL + bool(model.experts) * CONTEXT_EXPERTS

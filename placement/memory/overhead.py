"""What the engine takes beside weights and KV cache: activation, libraries, CUDA graphs."""

from dataclasses import dataclass

from placement.memory.architecture import architecture_of
from placement.memory.engine import VLLM, Engine
from placement.problem.workload import Model, Serving

__all__ = ["Overhead", "assumption", "overhead_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overhead:
    """Memory per GPU in bytes, by what takes it."""

    activation: int
    non_torch: int
    cuda_graph: int

    @property
    def total(self) -> int:
        """Return the sum of all parts."""
        return self.activation + self.non_torch + self.cuda_graph


def overhead_of(
    model: Model, serving: Serving, tensor_parallel: int, engine: Engine = VLLM
) -> Overhead:
    r"""Return what the engine takes beside weights and KV cache, in bytes per GPU.

    Activation is the largest of a floor, the peak of a layer and the peak of the sampler,

    .. math:: \max(A_0, \; 2 T (4 d + 2 f), \; k S V) + A_{experts}

    with :math:`T` tokens a step, hidden size :math:`d`, inner size :math:`f`, :math:`S` requests at
    once (at most :math:`T`) and a vocabulary of :math:`V`. It does not fall with tensor
    parallelism, and does not depend on the context length.
    Constants: :class:`~placement.memory.engine.Engine`.

    Notes
    -----
    Source: the layer's term is vllm-fit's; the sampler's is fitted to start-up logs, see
    ``docs/memory.md``.
    """
    known = architecture_of(model)
    tokens = serving.max_num_batched_tokens or engine.batched_tokens
    layer = 2 * tokens * (4 * known.hidden + 2 * known.intermediate)
    sampler = engine.logits_bytes * min(tokens, serving.max_num_seqs) * known.vocabulary
    activation = max(engine.activation_floor, layer, sampler)
    alone = tensor_parallel == 1
    return Overhead(
        activation=activation + (engine.activation_experts if model.experts else 0),
        non_torch=engine.non_torch_single if alone else engine.non_torch_parallel,
        cuda_graph=0 if serving.enforce_eager else engine.cuda_graph,
    )


def assumption(engine: Engine = VLLM) -> str:
    """Return whose constants are used."""
    return f"activation, libraries and CUDA graphs as measured on {engine.name}"

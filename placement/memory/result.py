"""The answer: the memory of one GPU in its parts, and whether a replica fits."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from placement.memory.units import GIB

__all__ = ["Fits", "MemoryFit"]

Fits: TypeAlias = Literal["yes", "at-risk", "no", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryFit:
    """A replica of a model on GPUs of one card. Memory is in bytes, per GPU, on the fullest GPU.

    Parameters
    ----------
    model, gpu
        Names, as given.
    tensor_parallel, pipeline_parallel
        Degrees; their product is the GPUs of the replica.
    total
        What CUDA reports.
    budget
        The share of it that the engine takes.
    weights, activation, non_torch, cuda_graph
        What is taken of the budget before the KV cache.
    kv
        What is left for the KV cache; 0 when nothing is.
    kv_needed
        What ``max_num_seqs`` requests of ``max_model_len`` tokens need of it.
    kv_bytes_per_token
        Of one token.
    kv_tokens
        Tokens that ``kv`` holds, in whole blocks.
    max_model_len
        Tokens of one request, as asked or assumed.
    max_concurrency
        Requests of that length that ``kv`` holds at once.
    fits
        ``yes``: it starts and holds all requests at once. ``at-risk``: it starts by less than the
        error of the estimate, or holds one request but not all. ``no``: it does not start.
        ``unknown``: it depends on something that was only assumed.
    reasons
        Why it is not ``yes``, a sentence each.
    assumed
        What was assumed on the way, a sentence each.
    """

    model: str
    gpu: str
    tensor_parallel: int
    pipeline_parallel: int
    total: int
    budget: int
    weights: int
    activation: int
    non_torch: int
    cuda_graph: int
    kv: int
    kv_needed: int
    kv_bytes_per_token: int
    kv_tokens: int
    max_model_len: int
    max_concurrency: float
    fits: Fits
    reasons: tuple[str, ...]
    assumed: tuple[str, ...]

    @property
    def gpus(self) -> int:
        """Return the GPUs of one replica."""
        return self.tensor_parallel * self.pipeline_parallel

    def to_dict(self) -> dict[str, object]:
        """Return the fields of ``placement fit --json``; memory in GiB, to four decimals."""
        return {
            "model": self.model,
            "gpu": self.gpu,
            "tensor_parallel": self.tensor_parallel,
            "pipeline_parallel": self.pipeline_parallel,
            "total_gib": round(self.total / GIB, 4),
            "weights_gib": round(self.weights / GIB, 4),
            "activation_gib": round(self.activation / GIB, 4),
            "non_torch_gib": round(self.non_torch / GIB, 4),
            "cuda_graph_gib": round(self.cuda_graph / GIB, 4),
            "kv_gib": round(self.kv / GIB, 4),
            "kv_bytes_per_token": self.kv_bytes_per_token,
            "kv_tokens": self.kv_tokens,
            "max_concurrency": round(self.max_concurrency, 4),
            "fits": self.fits,
            "reasons": list(self.reasons),
            "assumed": list(self.assumed),
        }

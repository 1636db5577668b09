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
    lora, draft
        Buffers of LoRA adapters, and weights of a model that drafts tokens; taken, too.
    outside
        What needs room outside the budget: the CUDA context; where the engine does not count CUDA
        graphs within it, also these and what warming up may take.
    kv
        What is left for the KV cache; 0 when nothing is.
    kv_needed
        What the requests of ``max_model_len`` tokens to be held at once need of it.
    kv_bytes_per_token
        Of one token.
    kv_tokens
        Tokens that ``kv`` holds, as the engine of this version tells them when it starts.
    longest_context
        Tokens of the longest request that ``kv`` holds, of those the model allows.
    max_model_len
        Tokens of one request, as asked or assumed.
    max_concurrency
        Requests of that length that ``kv`` holds at once.
    max_num_seqs, max_num_batched_tokens, gpu_memory_utilization
        The engine's options, its own defaults filled in.
    engine
        Whose constants were used.
    graphs_counted
        Whether ``cuda_graph`` counts within the budget.
    fits
        ``yes``: it starts and holds the requests asked for. ``at-risk``: it does so by the budget,
        but by less than the error of the estimate, or may run out of memory outside the budget.
        ``no``: it does not start, or does not hold them. ``unknown``: it depends on something that
        was only assumed or is not modelled.
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
    lora: int
    draft: int
    outside: int
    kv: int
    kv_needed: int
    kv_bytes_per_token: int
    kv_tokens: int
    longest_context: int
    max_model_len: int
    max_concurrency: float
    max_num_seqs: int
    max_num_batched_tokens: int
    gpu_memory_utilization: float
    engine: str
    graphs_counted: bool
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
            "lora_gib": round(self.lora / GIB, 4),
            "draft_gib": round(self.draft / GIB, 4),
            "kv_gib": round(self.kv / GIB, 4),
            "kv_bytes_per_token": self.kv_bytes_per_token,
            "kv_tokens": self.kv_tokens,
            "longest_context": self.longest_context,
            "max_model_len": self.max_model_len,
            "max_num_seqs": self.max_num_seqs,
            "max_num_batched_tokens": self.max_num_batched_tokens,
            "gpu_memory_utilization": self.gpu_memory_utilization,
            "engine": self.engine,
            "max_concurrency": round(self.max_concurrency, 4),
            "fits": self.fits,
            "reasons": list(self.reasons),
            "assumed": list(self.assumed),
        }

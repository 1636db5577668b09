"""What an inference engine takes beside weights and KV cache: measured constants, by version."""

from dataclasses import dataclass

from placement.memory.units import gib

__all__ = ["VLLM", "Engine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """Constants of one engine and the versions that they hold for; memory in bytes per GPU.

    Parameters
    ----------
    name
        Engine and versions, for people.
    block
        Tokens of KV cache that are handed out together.
    batched_tokens
        Tokens of one step where ``max_num_batched_tokens`` is not given.
    logits_bytes
        Peak of the sampler, per request of ``max_num_seqs`` and entry of the vocabulary.
    activation_floor
        Activation of the smallest model.
    activation_experts
        Activation that a mixture of experts adds.
    non_torch_single, non_torch_parallel
        Libraries and communication with one GPU, and with a tensor-parallel degree above one.
    cuda_graph
        CUDA graphs, unless the engine runs eagerly.
    context
        CUDA context: outside the engine's share, so the rest of the GPU has to hold it.
    margin
        Error of these figures together: what fits only by less is at risk.
    """

    name: str
    block: int
    batched_tokens: int
    logits_bytes: int
    activation_floor: int
    activation_experts: int
    non_torch_single: int
    non_torch_parallel: int
    cuda_graph: int
    context: int
    margin: int


VLLM = Engine(
    name="vLLM 0.20 and newer",
    block=16,
    batched_tokens=8192,
    logits_bytes=15,
    activation_floor=gib("0.5"),
    activation_experts=gib("0.75"),
    non_torch_single=gib("0.25"),
    non_torch_parallel=gib("2.2"),
    cuda_graph=gib("1.04"),
    context=gib("0.51"),
    margin=gib("0.25"),
)
"""vLLM as of 2026.

Source: start-up logs of vLLM 0.19.0 on H100 (llm-d-incubation/llm-d-planner @d3121e05,
``accuracy/results/v0.19.0/logs``, Apache-2.0) and of 0.20 to 0.31 in public repositories:

* ``logits_bytes``: peaks of 1.52 to 3.66 GiB with 1024 requests and vocabularies of 100352 to
  256000 are 15 bytes each, to 0.13 GiB; 39 bytes up to 0.16, before the sampler was changed.
* ``batched_tokens``: vLLM's default on an H100; smaller GPUs default to 2048.
* ``activation_floor``: 0.5 to 0.75 GiB with small vocabularies.
* ``activation_experts``: 0.3 to 0.75 GiB.
* ``non_torch``: 0.24 to 0.26 GiB on one GPU (0.46 for Granite), 2.06 to 2.21 on two and more.
* ``cuda_graph``: mean of 0.5 to 1.9 GiB with 1024 requests; counted within the share from 0.20 on.
* ``context``: 78.68 of 79.19 GiB are free before anything is loaded.
* ``margin``: the largest error of the activation and non-torch figures above.
"""

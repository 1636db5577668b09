"""What an inference engine takes beside weights and KV cache: measured constants, by version."""

import re
from dataclasses import dataclass, replace
from functools import cache

from placement.memory.units import gib

__all__ = ["ENGINES", "NEWEST", "Engine", "engine_of"]

_VERSION = re.compile(r"v?(\d+)\.(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """Constants of one engine and the versions that they hold for; memory in bytes per GPU.

    Parameters
    ----------
    name
        Engine and versions, for people.
    since
        First version, major and minor.
    modelled
        Whether start-ups of these versions were measured against the laws.
    chunked
        Whether long prompts are cut into steps, so that activation does not grow with the context.
    logits_bits
        Peak of the sampler, in bits per request of ``max_num_seqs`` and entry of the vocabulary.
    activation_base
        Activation beside sampler and hidden states.
    non_torch_single
        Libraries with one GPU.
    non_torch_stage
        The same with pipeline stages of one GPU each.
    non_torch_parallel, non_torch_doubling
        The same with a tensor-parallel degree of two, and more for every doubling.
    graphs_counted
        Whether CUDA graphs count within the engine's share; else they need room outside it.
    tokens_by_request
        Whether the size of the cache is told as requests of full length times their length, which
        is more than its blocks times 16 where layers see only a window.
    utilization
        Share of the GPU where ``gpu_memory_utilization`` is not given.
    """

    name: str
    since: tuple[int, int]
    modelled: bool = True
    chunked: bool = True
    logits_bits: int
    activation_base: int = gib("0.055")
    non_torch_single: int
    non_torch_stage: int = gib("0.07")
    non_torch_parallel: int
    non_torch_doubling: int = 0
    graphs_counted: bool = False
    tokens_by_request: bool = False
    utilization: float = 0.9


_V6 = Engine(
    name="vLLM before 0.8",
    since=(0, 0),
    modelled=False,
    chunked=False,
    logits_bits=304,
    non_torch_single=gib("0.25"),
    non_torch_parallel=gib("0.65"),
)
_V8 = replace(
    _V6, name="vLLM 0.8 to 0.10", since=(0, 8), chunked=True, non_torch_single=gib("0.13")
)
_V11 = replace(_V8, name="vLLM 0.11 to 0.16", since=(0, 11), modelled=True)
_V17 = replace(_V11, name="vLLM 0.17", since=(0, 17), logits_bits=116)
_V18 = replace(
    _V17,
    name="vLLM 0.18 and 0.19",
    since=(0, 18),
    non_torch_single=gib("0.25"),
    non_torch_parallel=gib("2.08"),
    non_torch_doubling=gib("0.13"),
)
_V20 = replace(
    _V18,
    name="vLLM 0.20 and 0.21",
    since=(0, 20),
    graphs_counted=True,
    tokens_by_request=True,
)
_V22 = replace(_V20, name="vLLM 0.22 and newer", since=(0, 22), utilization=0.92)

ENGINES = (_V6, _V8, _V11, _V17, _V18, _V20, _V22)
"""vLLM by version, rising.

Source: start-up logs of vLLM 0.15 to 0.19 on H100 (llm-d-incubation/llm-d-planner @d3121e05,
``accuracy/results``, Apache-2.0) and of 0.6 to 0.31 quoted in public; ``docs/memory.md`` has the
table of errors.

* ``logits_bits``: 14.5 bytes from 0.17 on (23 start-ups, vocabularies of 49155 to 256000; the
  sampler's logits in 16 bits, then in 32, their softmax and its noise: 2 + 4 + 4 + 4), 38 before
  (eight start-ups of 0.6 to 0.16): those sort the vocabulary to sample, values and indices.
* ``activation_base``: what is left of those 23 beside sampler and hidden states, 0.04 to 0.07 GiB.
* ``non_torch``: 0.13 GiB up to 0.17 and 0.24 to 0.26 from 0.18 on with one GPU (0.46 for Granite);
  0.55 to 0.7 in 0.11, and from 0.18 on 2.07 to 2.11 with two and 2.21 with four GPUs; 0.07 with two
  stages of one GPU. Eight GPUs are extrapolated. All parallel ones were measured on H100.
* ``graphs_counted``: Qwen3-14B on H100 has 107.52 GiB of budget left in 0.19 and 106.62 in 0.20.
* ``tokens_by_request``: ``_report_kv_cache_config`` in ``vllm/v1/core/kv_cache_utils.py`` of 0.21.
* ``utilization``: 0.92 as in logs of 0.29, and aiconfigurator @095f58a from 0.22 on.
"""

NEWEST = _V22


@cache
def engine_of(version: str | None) -> Engine:
    """Return the constants of a version of vLLM; without one, those of the newest.

    Raises
    ------
    ValueError
        When ``version`` does not begin with two numbers.
    """
    if version is None:
        return NEWEST
    match = _VERSION.match(version)
    if match is None:
        raise ValueError(f"{version!r} is no version such as 0.19.0")
    asked = (int(match[1]), int(match[2]))
    return [engine for engine in ENGINES if engine.since <= asked][-1]

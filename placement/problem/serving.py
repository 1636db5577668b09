"""How the inference engine of a workload is started."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from placement.problem.base import Part
from placement.problem.model import Model, from_the_table, or_a_name

__all__ = ["ENGINE_VERSION", "Serving"]

ENGINE_VERSION = r"^v?[0-9]{1,4}(\.[0-9]{1,4}){1,3}([-.+a-zA-Z0-9]{0,40})$"
"""A version of vLLM as its packages and images have it, such as 0.19.0 or v0.11.0rc2."""


class Serving(Part):
    """How the inference engine is started; names are vLLM's flags where it has one.

    Parameters
    ----------
    max_model_len
        Tokens of context; absent: the model's own, else a stated assumption.
    max_num_seqs
        Requests that the engine runs at once at most; absent: its own default for the GPU.
    concurrency
        Requests of full length that the KV cache has to hold at once; absent: ``max_num_seqs``
        where that is given, else one, without which the engine does not start.
    max_num_batched_tokens
        Tokens of one step; absent: the engine's own default for the GPU.
    gpu_memory_utilization
        Share of the usable GPU memory that the engine takes; absent: its own default.
    tensor_parallel
        GPUs that share each layer; absent: chosen by ``parallel_choice``.
    parallel_choice
        ``smallest``: the smallest degree that fits. ``cheapest``: among those that fit, the one
        that needs the fewest GPUs for each request of full length held.
    pipeline_parallel
        Stages of layers, each on its own ``tensor_parallel`` GPUs of the same node.
    max_loras, max_lora_rank
        LoRA adapters loaded at once, none by default, and the largest rank.
    draft, speculative_tokens
        Model that drafts tokens for speculative decoding, and how many at a time.
    engine_version
        Of vLLM; absent: the newest one that is known.
    allow_at_risk
        Whether a placement may use a GPU on which the engine starts only by a hair.
    """

    max_model_len: Annotated[int, Field(strict=True, ge=1, le=10**9)] | None = None
    max_num_seqs: Annotated[int, Field(strict=True, ge=1, le=10**6)] | None = None
    concurrency: Annotated[int, Field(strict=True, ge=1, le=10**6)] | None = None
    max_num_batched_tokens: Annotated[int, Field(strict=True, ge=1, le=10**9)] | None = None
    gpu_memory_utilization: Annotated[float, Field(strict=True, gt=0, le=1)] | None = None
    tensor_parallel: Annotated[int, Field(strict=True, ge=1, le=1024)] | None = None
    parallel_choice: Literal["smallest", "cheapest"] = "smallest"
    pipeline_parallel: Annotated[int, Field(strict=True, ge=1, le=1024)] = 1
    kv_cache_dtype: Literal["auto", "float16", "bfloat16", "fp8"] = "auto"
    enforce_eager: bool = Field(default=False, strict=True)
    max_loras: Annotated[int, Field(strict=True, ge=0, le=10_000)] = 0
    max_lora_rank: Annotated[int, Field(strict=True, ge=1, le=10_000)] = 16
    draft: Annotated[Model | None, Field(json_schema_extra=or_a_name)] = None
    speculative_tokens: Annotated[int, Field(strict=True, ge=0, le=1000)] = 0
    engine_version: Annotated[str, Field(pattern=ENGINE_VERSION)] | None = None
    allow_at_risk: bool = Field(default=False, strict=True)

    @field_validator("draft", mode="before")
    @classmethod
    def _draftfrom_the_table(cls, value: object) -> object:
        return from_the_table(value)

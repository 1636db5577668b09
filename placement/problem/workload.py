"""What has to run: workloads, the model each serves, and where it may go."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from placement.errors import nearest
from placement.problem.base import Count, Key, Labels, Name, Part, Requests
from placement.problem.catalog import CapacityType

__all__ = [
    "Allow",
    "ClusterAffinity",
    "LabelSelector",
    "MatchExpression",
    "Model",
    "Serving",
    "Toleration",
    "Workload",
]


class Model(Part):
    """A language model, as far as memory needs to know it.

    Either ``parameters`` or the architecture (``layers``, ``hidden_size``, ``intermediate_size``,
    ``vocab_size``, ``attention_heads``) must be known.

    Parameters
    ----------
    parameters
        Number of weights.
    dtype
        Of the weights and, unless said otherwise, of the KV cache.
    kv_heads, head_dim
        Heads of keys and values, and the size of one.
    experts, expert_intermediate_size
        Of a mixture of experts: all experts of a layer, shared ones included, and the inner size
        of one (absent: ``intermediate_size``).
    kv_lora_rank, q_lora_rank, qk_rope_head_dim
        Of multi-head latent attention (MLA): ranks of the compressed keys and values and of the
        compressed queries, and the size of the rotary part.
    sliding_window
        Tokens that the windowed layers of the model look back on.
    """

    name: str | None = Field(default=None, max_length=253)
    parameters: Annotated[int, Field(strict=True, ge=1, le=10**14)] | None = None
    dtype: Literal["float16", "bfloat16", "float32", "fp8", "int8", "int4"] = "float16"
    layers: Annotated[int, Field(strict=True, ge=1, le=10_000)] | None = None
    hidden_size: Annotated[int, Field(strict=True, ge=1, le=10**6)] | None = None
    intermediate_size: Annotated[int, Field(strict=True, ge=1, le=10**7)] | None = None
    vocab_size: Annotated[int, Field(strict=True, ge=1, le=10**8)] | None = None
    attention_heads: Annotated[int, Field(strict=True, ge=1, le=10**5)] | None = None
    kv_heads: Annotated[int, Field(strict=True, ge=1, le=10**5)] | None = None
    head_dim: Annotated[int, Field(strict=True, ge=1, le=10**5)] | None = None
    tie_word_embeddings: bool = Field(default=False, strict=True)
    max_position_embeddings: Annotated[int, Field(strict=True, ge=1, le=10**9)] | None = None
    experts: Annotated[int, Field(strict=True, ge=1, le=10**5)] | None = None
    expert_intermediate_size: Annotated[int, Field(strict=True, ge=1, le=10**7)] | None = None
    kv_lora_rank: Annotated[int, Field(strict=True, ge=1, le=10**5)] | None = None
    q_lora_rank: Annotated[int, Field(strict=True, ge=1, le=10**5)] | None = None
    qk_rope_head_dim: Annotated[int, Field(strict=True, ge=1, le=10**5)] | None = None
    sliding_window: Annotated[int, Field(strict=True, ge=1, le=10**9)] | None = None

    @model_validator(mode="after")
    def _size_is_known(self) -> Self:
        needed = ("layers", "hidden_size", "intermediate_size", "vocab_size", "attention_heads")
        missing = [name for name in needed if getattr(self, name) is None]
        if self.parameters is None and missing:
            raise ValueError(f"needs parameters, or else the architecture: {', '.join(missing)}")
        return self


class Serving(Part):
    """How the inference engine is started; names are vLLM's flags.

    Parameters
    ----------
    max_model_len
        Tokens of context; absent: the model's own, else a stated assumption.
    max_num_seqs
        Requests of that context served at once, for which KV cache is set aside.
    gpu_memory_utilization
        Share of the usable GPU memory that the engine takes.
    tensor_parallel
        GPUs that share each layer; absent: the smallest that fits.
    pipeline_parallel
        Stages of layers, each on its own ``tensor_parallel`` GPUs of the same node.
    """

    max_model_len: Annotated[int, Field(strict=True, ge=1, le=10**9)] | None = None
    max_num_seqs: Annotated[int, Field(strict=True, ge=1, le=10**6)] = 1
    max_num_batched_tokens: Annotated[int, Field(strict=True, ge=1, le=10**9)] | None = None
    gpu_memory_utilization: Annotated[float, Field(strict=True, gt=0, le=1)] = 0.9
    tensor_parallel: Annotated[int, Field(strict=True, ge=1, le=1024)] | None = None
    pipeline_parallel: Annotated[int, Field(strict=True, ge=1, le=1024)] = 1
    kv_cache_dtype: Literal["auto", "float16", "bfloat16", "fp8"] = "auto"
    enforce_eager: bool = Field(default=False, strict=True)


class MatchExpression(Part):
    """A Kubernetes label selector requirement."""

    key: Key
    operator: Literal["In", "NotIn", "Exists", "DoesNotExist"]
    values: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _values_fit_operator(self) -> Self:
        if (self.operator in {"In", "NotIn"}) != bool(self.values):
            raise ValueError("In and NotIn need values; Exists and DoesNotExist take none")
        return self


class LabelSelector(Part):
    """A Kubernetes label selector; every part must hold, an empty one matches all."""

    match_labels: Labels = Field(default_factory=dict)
    match_expressions: tuple[MatchExpression, ...] = ()


class ClusterAffinity(Part):
    """Which clusters and zones a workload may use; every part given must hold, exclude wins."""

    cluster_names: tuple[Name, ...] = ()
    exclude: tuple[Name, ...] = ()
    label_selector: LabelSelector = LabelSelector()
    providers: tuple[Name, ...] = ()
    regions: tuple[Name, ...] = ()
    zones: tuple[Name, ...] = ()


class Toleration(Part):
    """A Kubernetes toleration; an empty key with ``Exists`` tolerates everything."""

    key: str = ""
    operator: Literal["Equal", "Exists"] = "Equal"
    value: str = ""
    effect: Literal["", "NoSchedule", "PreferNoSchedule", "NoExecute"] = ""
    toleration_seconds: Annotated[int, Field(strict=True)] | None = None

    @model_validator(mode="after")
    def _key_fits_operator(self) -> Self:
        if self.operator == "Equal" and not self.key:
            raise ValueError(
                "needs a key, or the operator Exists, which then tolerates every taint"
            )
        if self.operator == "Exists" and self.value:
            raise ValueError("takes no value with the operator Exists")
        return self


class Allow(Part):
    """Names that are allowed (empty: all) and denied; deny wins."""

    allow: tuple[Name, ...] = ()
    deny: tuple[Name, ...] = ()

    def admits(self, name: str | None) -> bool:
        """Return whether ``name`` is allowed; an unknown one (None) matches no allow list."""
        if name is None:
            return not self.allow
        return name not in self.deny and (not self.allow or name in self.allow)


def _or_a_name(schema: dict[str, Any]) -> None:
    schema["anyOf"].insert(1, {"type": "string"})


class Workload(Part):
    """Replicas that serve one model, or any pods with the same needs.

    Parameters
    ----------
    model
        Sized on every GPU by the memory room; absent: ``requests`` alone count. A string names a
        model of the built-in table.
    requests
        Per replica, by resource, in base units; GPUs may be stated here.
    priority
        Higher is placed first, strictly.
    capacity_types
        Spot has to be allowed.
    """

    later: ClassVar[Mapping[str, tuple[object, ...]]] = {
        "load": (),
        "min_replicas": (0,),
        "preferences": ([],),
        "max_spot_fraction": (1, 1.0),
        "nodes_per_replica": (1,),
        "spread": ([],),
        "survive": ([],),
        "colocate_with": ([],),
        "separate_from": ([],),
        "users": ({},),
        "current": ([],),
        "move_cost": (0, 0.0),
    }

    name: Name
    namespace: Name = "default"
    replicas: Count
    priority: Annotated[int, Field(strict=True, ge=-(10**9), le=2 * 10**9)] = 0
    model: Annotated[Model | None, Field(json_schema_extra=_or_a_name)] = None
    serving: Serving = Serving()
    requests: Requests = Field(default_factory=dict)
    cluster_affinity: ClusterAffinity = ClusterAffinity()
    node_selector: Labels = Field(default_factory=dict)
    tolerations: tuple[Toleration, ...] = ()
    instance_types: Allow = Allow()
    gpu_models: Allow = Allow()
    capacity_types: tuple[CapacityType, ...] = ("on-demand", "reserved")

    @field_validator("model", mode="before")
    @classmethod
    def _from_the_table(cls, value: object) -> object:
        """Read a name as the built-in model of that name; a mapping may name and change one."""
        # The table of models is built of this module's Model, hence the late import.
        from placement.memory.models import known_model, known_model_names  # noqa: PLC0415

        if isinstance(value, Mapping) and not value.keys() & {"parameters", "layers"}:
            known = known_model(str(value.get("name", "")))
            return value if known is None else {**known.model_dump(exclude_unset=True), **value}
        if not isinstance(value, str):
            return value
        if (model := known_model(value)) is None:
            raise ValueError(
                f"is no built-in model{nearest(value, known_model_names())}; state its parameters "
                "and architecture, or read them from the folder of its config.json"
            )
        return model

    @property
    def key(self) -> str:
        """Return ``namespace/name``, by which plans and errors speak of the workload."""
        return f"{self.namespace}/{self.name}"

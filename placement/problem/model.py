"""What memory has to know of a language model."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from placement.errors import nearest
from placement.problem.base import Part

__all__ = ["Dtype", "Model", "from_the_table", "or_a_name"]

Dtype: TypeAlias = Literal[
    "float16", "bfloat16", "float32", "fp8", "int8", "int4", "nvfp4", "mxfp4", "nf4"
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
        Of the weights and, unless said otherwise, of the KV cache. Quantised: ``fp8``, ``int8``,
        ``int4`` (AWQ, GPTQ and the like), ``nvfp4``, ``mxfp4``, ``nf4`` (bitsandbytes); embeddings,
        head and router then keep 16 bits.
    unquantized
        Further parts of a quantised model that keep 16 bits.
    group_size
        Weights that share a scale in ``int4``; absent: 128.
    weight_bytes
        Bytes of all weights as they are stored; absent: as the other fields make it.
    kv_heads, head_dim
        Heads of keys and values, and the size of one.
    mlp_matrices
        3 with a gate, 2 without.
    experts, shared_experts, expert_intermediate_size
        Of a mixture of experts: all experts of a layer, shared ones included; how many of them
        every token uses; and the inner size of one (absent: ``intermediate_size``).
    experts_per_token
        Routed experts that one token uses.
    dense_layers
        Layers of a mixture of experts that have one dense MLP instead.
    kv_lora_rank, q_lora_rank, qk_rope_head_dim
        Of multi-head latent attention (MLA): ranks of the compressed keys and values and of the
        compressed queries, and the size of the rotary part.
    sliding_window, full_attention_layers
        Tokens that the windowed layers look back on, and how many layers see everything (absent:
        all are counted so).
    state_layers
        Layers with a recurrent state instead of a KV cache (Mamba, linear attention).
    vision_parameters
        Weights of a vision or audio tower, included in ``parameters``.
    rotary_numbers
        Numbers in the tables of rotary embeddings; absent: positions times rotary size.
    """

    name: str | None = Field(default=None, max_length=253)
    parameters: Annotated[int, Field(strict=True, ge=1, le=10**14)] | None = None
    dtype: Dtype = "float16"
    unquantized: tuple[Literal["attention", "mlp", "experts", "shared_experts"], ...] = ()
    group_size: Annotated[int, Field(strict=True, ge=16, le=10**5)] | None = None
    weight_bytes: Annotated[int, Field(strict=True, ge=1, le=10**15)] | None = None
    layers: Annotated[int, Field(strict=True, ge=1, le=10_000)] | None = None
    hidden_size: Annotated[int, Field(strict=True, ge=1, le=10**6)] | None = None
    intermediate_size: Annotated[int, Field(strict=True, ge=1, le=10**7)] | None = None
    vocab_size: Annotated[int, Field(strict=True, ge=1, le=10**8)] | None = None
    attention_heads: Annotated[int, Field(strict=True, ge=1, le=10**5)] | None = None
    kv_heads: Annotated[int, Field(strict=True, ge=1, le=10**5)] | None = None
    head_dim: Annotated[int, Field(strict=True, ge=1, le=10**5)] | None = None
    mlp_matrices: Annotated[int, Field(strict=True, ge=2, le=3)] = 3
    tie_word_embeddings: bool = Field(default=False, strict=True)
    max_position_embeddings: Annotated[int, Field(strict=True, ge=1, le=10**9)] | None = None
    experts: Annotated[int, Field(strict=True, ge=1, le=10**5)] | None = None
    shared_experts: Annotated[int, Field(strict=True, ge=0, le=10**5)] = 0
    expert_intermediate_size: Annotated[int, Field(strict=True, ge=1, le=10**7)] | None = None
    experts_per_token: Annotated[int, Field(strict=True, ge=1, le=10**5)] | None = None
    dense_layers: Annotated[int, Field(strict=True, ge=0, le=10_000)] = 0
    kv_lora_rank: Annotated[int, Field(strict=True, ge=1, le=10**5)] | None = None
    q_lora_rank: Annotated[int, Field(strict=True, ge=1, le=10**5)] | None = None
    qk_rope_head_dim: Annotated[int, Field(strict=True, ge=1, le=10**5)] | None = None
    sliding_window: Annotated[int, Field(strict=True, ge=1, le=10**9)] | None = None
    full_attention_layers: Annotated[int, Field(strict=True, ge=0, le=10_000)] | None = None
    state_layers: Annotated[int, Field(strict=True, ge=0, le=10_000)] = 0
    vision_parameters: Annotated[int, Field(strict=True, ge=0, le=10**13)] = 0
    rotary_numbers: Annotated[int, Field(strict=True, ge=0, le=10**12)] | None = None

    @model_validator(mode="after")
    def _size_is_known(self) -> Self:
        needed = ("layers", "hidden_size", "intermediate_size", "vocab_size", "attention_heads")
        missing = [name for name in needed if getattr(self, name) is None]
        if self.parameters is None and missing:
            raise ValueError(f"needs parameters, or else the architecture: {', '.join(missing)}")
        if self.experts and self.experts < max(
            self.shared_experts + 1, self.experts_per_token or 1
        ):
            raise ValueError("experts must exceed shared_experts, and reach experts_per_token")
        return self


def or_a_name(schema: dict[str, Any]) -> None:
    """Let a JSON Schema take a name, too."""
    schema["anyOf"].insert(1, {"type": "string"})


def from_the_table(value: object) -> object:
    """Read a name as the built-in model of that name; a mapping may name and change one."""
    # The table of models is built of this Model, hence the late import.
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

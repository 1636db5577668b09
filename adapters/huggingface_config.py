"""The fields of a Hugging Face config.json, by any of the names that models give them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from placement.errors import AdapterError, Issue, show

__all__ = ["Config", "figures_of"]

_NAMES: dict[str, tuple[str, ...]] = {
    "layers": ("num_hidden_layers", "n_layer", "n_layers", "num_layers"),
    "hidden_size": ("hidden_size", "n_embd", "d_model"),
    "intermediate_size": ("intermediate_size", "ffn_hidden_size", "ffn_dim", "n_inner"),
    "vocab_size": ("vocab_size", "padded_vocab_size"),
    "attention_heads": ("num_attention_heads", "n_head", "n_heads"),
    "kv_heads": ("num_key_value_heads", "num_kv_heads", "n_head_kv", "multi_query_group_num"),
    "head_dim": ("head_dim", "kv_channels"),
    "max_position_embeddings": ("max_position_embeddings", "n_positions", "seq_length"),
    "experts": ("num_experts", "num_local_experts", "n_routed_experts"),
    "expert_intermediate_size": ("moe_intermediate_size",),
    "kv_lora_rank": ("kv_lora_rank",),
    "q_lora_rank": ("q_lora_rank",),
    "qk_rope_head_dim": ("qk_rope_head_dim",),
    "sliding_window": ("sliding_window",),
}
_NESTED = ("text_config", "llm_config", "language_config")  # of models that also see or hear
_TIED = ("bloom", "cohere", "falcon", "gemma", "gpt2", "gpt_bigcode", "mpt", "opt")
_TYPES = {"float16": "float16", "half": "float16", "bfloat16": "bfloat16", "float32": "float16"}
_BITS = {4: "int4", 8: "int8"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """One config.json, the part about the language model merged over the rest.

    Parameters
    ----------
    fields
        Without the nulls.
    nested
        Name of the part that ``inner`` came from; empty where there is none.
    inner
        Names of the fields of that part.
    """

    fields: Mapping[str, Any]
    source: str
    nested: str = ""
    inner: frozenset[str] = frozenset()

    @classmethod
    def of(cls, content: Mapping[str, Any], source: str) -> "Config":
        """Return the fields of ``content``; a part about the language model wins."""
        fields = {key: value for key, value in content.items() if value is not None}
        for name in _NESTED:
            part = fields.get(name)
            if isinstance(part, Mapping):
                inner = {key: value for key, value in part.items() if value is not None}
                merged = {**fields, **inner}
                return cls(fields=merged, source=source, nested=name, inner=frozenset(inner))
        return cls(fields=fields, source=source)

    @property
    def quantisation(self) -> Mapping[str, Any]:
        """Return how the weights are quantised; empty where they are not."""
        found = self.fields.get("quantization_config")
        return found if isinstance(found, Mapping) else {}

    @property
    def is_quantised(self) -> bool:
        """Return whether the weights are not all of ``torch_dtype``."""
        return bool(self.quantisation)

    @property
    def stored_type(self) -> str:
        """Return the type that unquantised weights are stored in, such as ``bfloat16``."""
        found = self.get("dtype") or self.get("torch_dtype") or "float16"
        return str(found).removeprefix("torch.")

    @property
    def stored_bytes(self) -> int:
        """Return bytes per weight in the files."""
        return 4 if self.stored_type == "float32" else 2

    def get(self, key: str) -> Any:
        """Return a field, or None."""
        return self.fields.get(key)

    def place(self, key: str) -> str:
        """Return where a field stands in the file."""
        return f"{self.nested}.{key}" if key in self.inner else key

    def number(self, key: str) -> int | None:
        """Return a whole number of zero or more, or None where nothing stands.

        Raises
        ------
        AdapterError
            When something else stands there.
        """
        value = self.get(key)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
            return value
        raise AdapterError([self._issue(key, "must be a whole number of zero or more")])

    def _issue(self, key: str, rule: str) -> Issue:
        return Issue(path=self.place(key), rule=rule, value=show(self.get(key)), source=self.source)


def figures_of(config: Config) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the fields of a model, and the place in the file of each.

    Zero counts as absent, as models write it for what they do not have.

    Raises
    ------
    AdapterError
        With every field that is no number.
    """
    issues: list[Issue] = []
    figures: dict[str, Any] = {}
    keys: dict[str, str] = {}
    for field, names in _NAMES.items():
        key = next((name for name in names if config.get(name) is not None), names[0])
        keys[field] = config.place(key)
        try:
            value = config.number(key)
        except AdapterError as error:
            issues += error.issues
        else:
            if value:
                figures[field] = value
    try:
        _derive(figures, config)
    except AdapterError as error:
        issues += error.issues
    if issues:
        raise AdapterError(dict.fromkeys(issues))
    return figures, keys


def _derive(figures: dict[str, Any], config: Config) -> None:
    """Add what follows from other fields, or from their absence."""
    heads = figures.get("attention_heads")
    if config.get("multi_query") is True:
        figures.setdefault("kv_heads", 1)
    if heads:
        figures.setdefault("kv_heads", heads)
    if "kv_lora_rank" in figures:
        plain = config.number("qk_nope_head_dim") or 0
        figures["head_dim"] = (plain + figures.get("qk_rope_head_dim", 0)) or None
    elif heads and heads <= figures.get("hidden_size", 0):
        figures.setdefault("head_dim", figures["hidden_size"] // heads)
    if "experts" in figures:
        figures["experts"] += _shared_experts(figures, config)
    if config.get("use_sliding_window") is False:
        figures.pop("sliding_window", None)
    if config.get("model_type") in {"gpt2", "gpt_bigcode"} and "hidden_size" in figures:
        figures.setdefault("intermediate_size", 4 * figures["hidden_size"])
    tied = config.get("tie_word_embeddings")
    family = str(config.get("model_type") or "")
    figures["tie_word_embeddings"] = family.startswith(_TIED) if tied is None else tied is True
    figures["dtype"] = _dtype(config)


def _shared_experts(figures: Mapping[str, Any], config: Config) -> int:
    """Return the experts that every token uses, counted in routed ones."""
    shared = config.number("n_shared_experts") or 0
    inner = figures.get("expert_intermediate_size") or figures.get("intermediate_size")
    size = config.number("shared_expert_intermediate_size") or 0
    return shared or (-(-size // inner) if inner else 0)


def _dtype(config: Config) -> str:
    """Return the type of the weights as served; a 32-bit file is served in 16 bits.

    Source: vLLM, ``--dtype auto``: FP16 precision for FP32 and FP16 models.
    """
    found = _quantised_types(config)
    stored = config.stored_type
    kind = next(found, "") or _TYPES.get(stored, "fp8" if stored.startswith("float8") else "")
    if kind:
        return kind
    key = "dtype" if config.get("dtype") else "torch_dtype"
    rule = f"must be one of {', '.join(sorted(_TYPES))}"
    raise AdapterError(
        [Issue(path=config.place(key), rule=rule, value=show(stored), source=config.source)]
    )


def _quantised_types(config: Config) -> Iterator[str]:
    """Yield the type of quantised weights; nothing for an unknown method, which counts 16 bits."""
    given = config.quantisation
    method = str(given.get("quant_method", "")).lower()
    if "fp8" in method or "FP8" in str(given.get("quant_algo", "")):
        yield "fp8"
    if "fp4" in method or "FP4" in str(given.get("quant_algo", "")):
        yield "int4"
    if given.get("load_in_4bit") is True or given.get("load_in_8bit") is True:
        yield "int4" if given.get("load_in_4bit") is True else "int8"
    groups = given.get("config_groups")
    for group in groups.values() if isinstance(groups, Mapping) else ({"weights": given},):
        weights = group.get("weights") if isinstance(group, Mapping) else None
        if isinstance(weights, Mapping):
            bits = next(
                (weights[key] for key in ("num_bits", "bits", "w_bit") if key in weights), None
            )
            floating = bits == 8 and weights.get("type") == "float"
            yield "fp8" if floating else _BITS.get(bits if isinstance(bits, int) else 0, "")

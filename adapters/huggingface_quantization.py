"""How the weights of a model are quantised, by its configuration."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from placement.adapters.huggingface_config import Config
from placement.adapters.huggingface_ignored import unquantised_parts
from placement.errors import AdapterError, Issue, show

__all__ = ["Quantisation", "quantisation_of", "served_type"]

SIXTEEN = ("float16", "bfloat16")
_TYPES = {"float16": "float16", "half": "float16", "bfloat16": "bfloat16", "float32": "float16"}
_BITS = {2: "int4", 3: "int4", 4: "int4", 5: "int8", 6: "int8", 7: "int8", 8: "int8"}
_ALGORITHMS = {  # NVIDIA Model Optimizer's quant_algo, by what it begins or ends with
    "NVFP4": "nvfp4",
    "W4A8_NVFP4": "nvfp4",
    "W4A8_MXFP4": "mxfp4",
    "MXFP4": "mxfp4",
    "FP8": "fp8",
    "MXFP8": "fp8",
    "W4A16_AWQ": "int4",
    "W4A8_AWQ": "int4",
    "INT4": "int4",
    "W8A16": "int8",
    "W8A8_SQ": "int8",
    "INT8": "int8",
}
_METHODS = {
    "mxfp4": "mxfp4",
    "fp8": "fp8",
    "fbgemm_fp8": "fp8",
    "nvfp4": "nvfp4",
    "ptpc_fp8": "fp8",
}
_BY_BITS = (
    "awq",
    "gptq",
    "auto-round",
    "autoround",
    "auto_round",
    "hqq",
    "inc",
    "marlin",
    "moe_wna16",
)
_IGNORED = (
    "ignore",
    "modules_to_not_convert",
    "ignored_layers",
    "llm_int8_skip_modules",
    "exclude_modules",
    "exclude",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantisation:
    """How weights are stored: the fields of a model of the same names."""

    dtype: str
    group_size: int | None = None
    unquantized: tuple[str, ...] = ()

    @property
    def is_quantised(self) -> bool:
        """Return whether any weights are of fewer than 16 bits."""
        return self.dtype not in SIXTEEN


def served_type(config: Config) -> str:
    """Return the type of unquantised weights as served; a 32-bit file is served in 16 bits.

    Raises
    ------
    AdapterError
        When the configuration names a type that is none of weights.

    Notes
    -----
    Source: vLLM, ``--dtype auto``: FP16 precision for FP32 and FP16 models.
    """
    stored = config.stored_type
    if kind := _TYPES.get(stored, "bfloat16" if stored.startswith("float8") else ""):
        return kind
    key = "dtype" if config.get("dtype") else "torch_dtype"
    raise AdapterError([config.issue(key, f"must be one of {', '.join(sorted(_TYPES))}")])


def quantisation_of(
    config: Config, beside: Mapping[str, Any], figures: Mapping[str, Any], notes: list[str]
) -> Quantisation:
    """Return how the weights are stored; what is not understood is added to ``notes``.

    Parameters
    ----------
    beside
        Content of hf_quant_config.json, which NVIDIA's Model Optimizer writes; empty without one.
    figures
        Of the model: the number of layers, and whether it has experts.

    Raises
    ------
    AdapterError
        When the configuration is of another type than it has to be.

    Notes
    -----
    Source: vLLM, ``vllm/model_executor/layers/quantization`` (``from_config`` of each method);
    compressed-tensors' config_groups; Model Optimizer's quant_algo.
    """
    plain = served_type(config)
    given = _given(config, beside)
    if not given:
        dtype = "fp8" if config.stored_type.startswith("float8") else plain
        return Quantisation(dtype=dtype)
    found = next(_types(given, figures, notes), ("", None))
    dtype, group = found
    if not dtype:
        method = show(str(given.get("quant_method") or given.get("quant_algo") or ""))
        notes.append(f"quantisation by {method} is not known: weights are counted in 16 bits")
        return Quantisation(dtype=plain)
    _says_of_cache(given, notes)
    return Quantisation(
        dtype=dtype,
        group_size=group if dtype == "int4" and group and 16 <= group <= 10**5 else None,
        unquantized=unquantised_parts(_ignored(given, config), figures, notes),
    )


def _given(config: Config, beside: Mapping[str, Any]) -> Mapping[str, Any]:
    found = config.get("quantization_config") or config.get("compression_config")
    if found is not None and not isinstance(found, Mapping):
        raise AdapterError([config.issue("quantization_config", "must be an object")])
    part = beside.get("quantization")
    other = {"quant_method": "modelopt", **part} if isinstance(part, Mapping) else {}
    return {**other, **(found or {})}


def _types(
    given: Mapping[str, Any], figures: Mapping[str, Any], notes: list[str]
) -> Iterator[tuple[str, int | None]]:
    """Yield the type and group size, by what says it most surely first."""
    method = str(given.get("quant_method") or "").lower().strip()
    size = given.get("group_size")
    group = size if type(size) is int else None
    if given.get("load_in_4bit") is True or given.get("_load_in_4bit") is True:
        yield "nf4", None
    if given.get("load_in_8bit") is True or given.get("_load_in_8bit") is True:
        yield "int8", None
    layers = given.get("quantized_layers")
    if isinstance(layers, Mapping) and layers:
        yield _of_layers(layers, figures, notes), group
    yield from _of_groups(given.get("config_groups"), notes)
    algorithm = str(given.get("quant_algo") or "").upper()
    if kind := _algorithm(algorithm):
        yield kind, group
    kind = str(given.get("data_type") or given.get("weight_dtype") or given.get("fmt") or "")
    if method.startswith(_BY_BITS) or (not method and "bits" in given):
        bits = given.get("bits", given.get("w_bit", given.get("nbits", given.get("weight_bits"))))
        yield _width(bits, kind, notes), group
    if method in _METHODS:
        yield _METHODS[method], group
    if method == "quark":
        yield _quark(given), None
    if method == "torchao":
        yield _torchao(str(given.get("quant_type") or "")), None
    weights = given.get("weights")
    if isinstance(weights, Mapping):
        yield _weights(weights, notes)


def _of_groups(groups: object, notes: list[str]) -> Iterator[tuple[str, int | None]]:
    """Yield the type of compressed-tensors' groups: the widest one, where they differ."""
    if not isinstance(groups, Mapping):
        return
    kinds: dict[str, int | None] = {}
    for group in groups.values():
        weights = group.get("weights") if isinstance(group, Mapping) else None
        if isinstance(weights, Mapping):
            kind, size = _weights(weights, notes)
            kinds.setdefault(kind, size)
    kinds.pop("", None)
    if len(kinds) > 1:
        widest = "int8" if "int8" in kinds else "fp8" if "fp8" in kinds else next(iter(kinds))
        notes.append(
            f"parts are quantised in different ways ({', '.join(sorted(kinds))}); all are counted "
            f"as {widest}"
        )
        yield widest, kinds[widest]
    elif kinds:
        yield next(iter(kinds.items()))


def _weights(weights: Mapping[str, Any], notes: list[str]) -> tuple[str, int | None]:
    bits = next((weights[key] for key in ("num_bits", "bits", "w_bit") if key in weights), None)
    size = weights.get("group_size")
    group = size if type(size) is int else None
    kind = str(weights.get("type") or "int")
    if kind == "float" and bits == 4:
        return ("mxfp4" if group == 32 else "nvfp4"), group
    return _width(bits, kind, notes), group


def _width(bits: object, kind: str, notes: list[str]) -> str:
    """Return the type of so many bits; widths between 4 and 8 count as the next that is known."""
    lower = kind.lower()
    if type(bits) is not int or bits not in _BITS:
        return ""
    if bits == 4 and "fp" in lower:
        return "nvfp4" if "nv" in lower else "mxfp4"
    if bits == 8 and ("fp" in lower or "float" in lower):
        return "fp8"
    if bits not in {4, 8}:
        notes.append(f"weights of {bits} bits are counted as {_BITS[bits]}")
    return _BITS[bits]


def _algorithm(name: str) -> str:
    best = max((key for key in _ALGORITHMS if name.startswith(key)), key=len, default="")
    return _ALGORITHMS.get(best, "")


def _of_layers(layers: Mapping[str, Any], figures: Mapping[str, Any], notes: list[str]) -> str:
    """Return the type of mixed precision that most listed layers of the MLP or experts have."""
    part = "experts" if figures.get("experts") else "mlp"
    counts: dict[str, int] = {}
    every: set[str] = set()
    for name, how in layers.items():
        kind = (
            _algorithm(str(how.get("quant_algo", "")).upper()) if isinstance(how, Mapping) else ""
        )
        every.add(kind)
        if part in name:
            counts[kind] = counts.get(kind, 0) + 1
    counts.pop("", None)
    best = max(counts, key=lambda kind: counts[kind], default="")
    if best and len(every) > 1:
        notes.append(f"precision is mixed; all quantised weights are counted as {best}")
    return best


def _quark(given: Mapping[str, Any]) -> str:
    """Return the type of AMD Quark's weights."""
    part = given.get("global_quant_config")
    weight = part.get("weight") if isinstance(part, Mapping) else None
    dtypes = [
        str(one.get("dtype") or "")
        for one in (weight if isinstance(weight, list) else [weight])
        if isinstance(one, Mapping)
    ]
    names = {"fp4": "mxfp4", "fp8_e4m3": "fp8", "int8": "int8", "int4": "int4", "uint4": "int4"}
    return next((names[kind] for kind in dtypes if kind in names), "")


def _torchao(kind: str) -> str:
    names = {"int4": "int4", "int8": "int8", "float8": "fp8"}
    return next((names[start] for start in names if kind.lower().startswith(start)), "")


def _ignored(given: Mapping[str, Any], config: Config) -> Sequence[str]:
    """Return the modules that keep 16 bits."""
    found: list[str] = []
    for key in _IGNORED:
        value = given.get(key)
        if value is None:
            continue
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            rule = "must be a list of the names of modules"
            place = config.place("quantization_config")
            issue = Issue(path=f"{place}.{key}", rule=rule, value=show(value), source=config.source)
            raise AdapterError([issue])
        found += value
    return found


def _says_of_cache(given: Mapping[str, Any], notes: list[str]) -> None:
    if given.get("kv_cache_quant_algo") or given.get("kv_cache_scheme"):
        notes.append(
            "the checkpoint has scales for a quantised KV cache; state kv_cache_dtype: fp8 to "
            "count the cache so"
        )
    if given.get("sparsity_config"):
        notes.append("sparse weights are counted in full")

"""What the files of weights beside a config.json say: the headers, else the index."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from placement.adapters.huggingface_config import Config
from placement.adapters.huggingface_counting import counted_parameters
from placement.adapters.huggingface_quantization import Quantisation
from placement.adapters.safetensors_files import read_headers
from placement.adapters.safetensors_index import INDEX, StoredIndex, read_index, weight_files
from placement.adapters.stored_weights import Weights, is_vision, left_out, weights_of

__all__ = ["Stored", "stored_weights"]

_BITS = {"int4": 4, "nf4": 4, "nvfp4": 4, "mxfp4": 4, "int8": 8, "fp8": 8}
_SOUND = 0.5, 1.9  # an index beyond these factors of what was counted is of something else
_SOUND_4_BITS = 4.0  # embeddings of small models, and attention, take four times as much


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What is known of the weights; None or empty where the files do not say.

    Parameters
    ----------
    is_exact
        Whether the headers were there, which tell vision from text.
    """

    how: Quantisation
    bytes: int | None = None
    parameters: int | None = None
    vision: int = 0
    is_exact: bool = False
    bytes_by_dtype: Mapping[str, int] = field(default_factory=dict)
    sources: tuple[str, ...] = ()


def stored_weights(
    folder: Path, config: Config, figures: Mapping[str, Any], how: Quantisation, notes: list[str]
) -> Stored:
    """Return what the files of weights in a folder say; what does not agree is a note.

    Raises
    ------
    AdapterError
        When one of them is not what it has to be.
    """
    index = read_index(folder)
    blocks = config.number("num_hidden_layers", "n_layer", "n_layers", "num_layers") or 10**9
    about = {**figures, "blocks": blocks}
    files = weight_files(folder, index, notes)
    if files:
        tensors = read_headers(files)
        sums: dict[str, int] = {}
        for tensor in tensors:
            sums[tensor.dtype] = sums.get(tensor.dtype, 0) + tensor.bytes
        total = sum(sums.values())
        if index is not None and index.total_size not in (None, total):
            notes.append(
                f"{INDEX} says {index.total_size:,} bytes, the headers have {total:,}; those count"
            )
        weights = weights_of(tensors, about, _BITS.get(how.dtype, 8), notes)
        quantises_itself = how.is_quantised and not weights.narrow
        return Stored(
            how=_seen(how, weights, figures, notes),
            bytes=None if quantises_itself else weights.bytes or None,
            parameters=weights.parameters or None,
            vision=weights.vision,
            is_exact=True,
            bytes_by_dtype=dict(sorted(sums.items())),
            sources=(f"headers of {len(files)} .safetensors files",),
        )
    if index is None or index.total_size is None:
        return Stored(how=how)
    return _by_index(index, config, about, how, notes)


def _seen(
    how: Quantisation, weights: Weights, figures: Mapping[str, Any], notes: list[str]
) -> Quantisation:
    """Return how weights are quantised, with what the tensors show of it."""
    if not weights.narrow:
        if how.is_quantised:
            notes.append("no tensor is of fewer than 16 bits: the engine quantises at its start")
        return how
    if not how.is_quantised:
        kind = max(weights.narrow, key=lambda dtype: weights.narrow[dtype])
        if kind.startswith("F8"):
            notes.append(f"the configuration does not say so, but the weights are of {kind}")
            return Quantisation(dtype="fp8", unquantized=weights.unquantized)
        notes.append(f"most weights are of {kind}, which the configuration does not explain")
        return how
    return replace(how, unquantized=weights.unquantized)


def _by_index(
    index: StoredIndex,
    config: Config,
    figures: Mapping[str, Any],
    how: Quantisation,
    notes: list[str],
) -> Stored:
    """Return what an index alone says: all bytes, if all of them are loaded."""
    size = index.total_size or 0
    count = counted_parameters(figures, config)
    width = _BITS.get(how.dtype, 8 * config.stored_bytes) / 8
    towers = any(map(is_vision, index.weight_map)) or bool(config.part("vision_config"))
    least, most = _SOUND
    if width < 1:
        most = _SOUND_4_BITS
    if count and not least < size / (count * width) < most:
        notes.append(
            f"{INDEX} says {size:,} bytes, far from what {count:,} weights take; it is passed over"
        )
        return Stored(how=how)
    unused = {left_out(name, figures) for name in index.weight_map} - {""}
    if unused:
        notes.append(
            f"{INDEX} also counts {', '.join(sorted(unused))}, which is not loaded: the "
            "architecture is counted instead"
        )
        return Stored(how=how)
    if towers and not how.is_quantised:
        notes.append("the index does not tell the tower that sees from the text model")
    if how.is_quantised:
        return Stored(how=how, bytes=size, sources=(INDEX,))
    served = size * 2 // config.stored_bytes
    return Stored(how=how, bytes=served, parameters=served // 2, sources=(INDEX,))

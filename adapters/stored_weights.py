"""What the tensors of a model say of its weights: exact bytes, how many, which are quantised."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from placement.adapters.huggingface_ignored import part_of
from placement.adapters.safetensors_files import BITS, Tensor

__all__ = ["Weights", "is_vision", "left_out", "weights_of"]

_SCALES = re.compile(  # what goes with quantised weights and is none itself
    r"(?:scale|scales|scale_inv|scale_2|zero_point|zeros|qzeros|g_idx|shape|absmax|quant_map|"
    r"nested_absmax|nested_quant_map|SCB|weight_format|input_amax|bias_correction|scale_ub)$|"
    r"\.quant_state\.|_scales$|\.[kv]_scale$|pre_quant_scale$"
)
_VISION = re.compile(
    r"^(?:model\.)?(?:vision|visual|vit|vpm|resampler|multi_modal|mm_|mlp1|image_newline|audio|"
    r"patch_merger|embed_vision|embed_audio|aligner|connector|merger|sound)"
    r"|^(?:thinker|model\.language_model)\.(?:visual|audio)|^talker\.|^token2wav\."
)
_LAYER = re.compile(r"(?:^|\.)layers\.(\d{1,6})\.")
_UNUSED = re.compile(r"rotary_emb\.inv_freq$|rope_freqs|masked_bias$|^mtp\.|\.mtp\.|^model\.mtp")
_PARTS = ("attention", "mlp", "experts", "shared_experts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What the engine loads of the stored tensors.

    Parameters
    ----------
    bytes
        Of all that is loaded, unquantised ones in 16 bits.
    parameters
        Weights, packed ones counted each, scales not.
    vision
        Those of towers that see or hear.
    unquantized
        Parts of which most bytes have 16 bits or more.
    narrow
        Bytes of weights of 8 bits or fewer, by type.
    """

    bytes: int
    parameters: int
    vision: int
    unquantized: tuple[str, ...]
    narrow: Mapping[str, int]


def left_out(name: str, figures: Mapping[str, Any]) -> str:
    """Return why the engine does not load a tensor; empty where it does.

    Notes
    -----
    Source: vLLM's ``load_weights`` of each model: layers beyond ``num_hidden_layers`` predict more
    tokens and are loaded for speculative decoding alone; a head that is tied is the embedding.
    """
    if _UNUSED.search(name):
        return "multi-token prediction" if "mtp" in name else "tables of rotary embeddings"
    layer = _LAYER.search(name)
    if layer and int(layer[1]) >= figures.get("blocks", 10**9) and not is_vision(name):
        return "multi-token prediction"
    if figures.get("tie_word_embeddings") and name.endswith("lm_head.weight"):
        return "a head that is tied to the embedding"
    return ""


def is_vision(name: str) -> bool:
    """Return whether a tensor belongs to a tower that sees or hears."""
    return bool(_VISION.search(name))


def weights_of(
    tensors: Iterable[Tensor], figures: Mapping[str, Any], bits: int, notes: list[str]
) -> Weights:
    """Return what the engine loads of a model's tensors.

    Parameters
    ----------
    figures
        ``blocks`` of the decoder, ``tie_word_embeddings``, and ``is_quantised``.
    bits
        Of a quantised weight by the configuration, to count those that are packed.
    notes
        What is not loaded is added, with its bytes.
    """
    total = parameters = vision = 0
    unused: dict[str, int] = {}
    wide = dict.fromkeys(_PARTS, 0)
    thin = dict.fromkeys(_PARTS, 0)
    narrow: dict[str, int] = {}
    for tensor in tensors:
        if reason := left_out(tensor.name, figures):
            unused[reason] = unused.get(reason, 0) + tensor.bytes
            continue
        scale = bool(_SCALES.search(tensor.name))
        total += tensor.bytes if scale else _loaded(tensor)
        if scale:
            continue
        count = tensor.numbers * _packed(tensor, bits)
        parameters += count
        if is_vision(tensor.name):
            vision += count
            continue
        small = _is_narrow(tensor)
        if small:
            narrow[tensor.dtype] = narrow.get(tensor.dtype, 0) + tensor.bytes
        part = part_of(tensor.name) if len(tensor.shape) > 1 or small else ""
        if part in wide:
            (thin if small else wide)[part] += count
    notes += (f"{size:,} bytes of {why} are stored and not loaded" for why, size in unused.items())
    return Weights(
        bytes=total,
        parameters=parameters,
        vision=vision,
        unquantized=tuple(part for part in _PARTS if wide[part] > thin[part]),
        narrow=narrow,
    )


def _is_narrow(tensor: Tensor) -> bool:
    return BITS[tensor.dtype] <= 8 or tensor.dtype in {"I32", "U32"}


def _loaded(tensor: Tensor) -> int:
    """Return the bytes in memory: the engine keeps weights of 32 and 64 bits in 16."""
    return 2 * tensor.numbers if tensor.dtype in {"F32", "F64"} else tensor.bytes


def _packed(tensor: Tensor, bits: int) -> int:
    """Return how many weights one stored number holds."""
    if tensor.dtype in {"I32", "U32"}:
        return 32 // bits
    if tensor.dtype in {"U8", "I8"} and bits <= 4:
        return 8 // bits
    return 1

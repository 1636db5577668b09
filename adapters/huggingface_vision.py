"""The weights of a tower that sees, estimated from its configuration."""

from collections.abc import Mapping
from typing import Any

from placement.adapters.huggingface_config import Config

__all__ = ["vision_parameters"]

_PARTS = ("vision_config", "vision_tower_config", "vit_config")
_GATED = ("qwen2_5_vl", "pixtral", "mistral3", "qwen2_5_omni", "glm4v", "gemma4")
_LAYERS = ("num_hidden_layers", "depth", "vt_num_hidden_layers", "layers")
_HIDDEN = ("embed_dim", "vt_hidden_size", "hidden_size", "width")
_INNER = ("intermediate_size", "vt_intermediate_size")
_MOST = 10**5  # of any figure: the largest tower has 45 layers of 3,200


def vision_parameters(config: Config, notes: list[str]) -> int:
    """Return about how many weights the tower has that sees, with what joins it to the text.

    Counted are attention, MLP, biases and norms of its layers, the patches and their positions,
    and a projector of two matrices. Within 3 % of SigLIP in Gemma 3 (417 million), of Pixtral in
    Mistral Small 3.1 (440) and of the tower of Qwen2.5-VL-7B (676).

    Notes
    -----
    Source: the modelling files of siglip, pixtral, qwen2_5_vl in transformers 5.24.0.
    """
    for name in ("audio_config", "audio_tower_config", "speech_config"):
        if config.part(name):
            notes.append(f"{name}: the weights of the tower that hears are not counted")
    part = config.part(*_PARTS)
    if not part:
        return 0
    layers, hidden, inner = (_first(part, names) for names in (_LAYERS, _HIDDEN, _INNER))
    ratio = part.get("mlp_ratio")
    if not inner and hidden and isinstance(ratio, int | float) and 0 < ratio < 100:
        inner = int(hidden * ratio)
    notes.append("profiling with images is not modelled: the engine may need more at its start")
    if not (layers and hidden and inner):
        notes.append("vision_config lacks layers or sizes: the tower's weights are not counted")
        return 0
    kind = f"{config.get('model_type')} {part.get('model_type')}"
    matrices = 3 if any(name in kind for name in _GATED) else 2
    each = 4 * hidden * hidden + matrices * hidden * inner + 9 * hidden + inner
    notes.append("the weights of the tower that sees are estimated from vision_config")
    return layers * each + _patches(part, hidden) + _projector(part, config, hidden, layers)


def _patches(part: Mapping[str, Any], hidden: int) -> int:
    patch = _first(part, ("patch_size", "spatial_patch_size")) or 14
    frames = _first(part, ("temporal_patch_size",)) or 1
    positions = _first(part, ("num_position_embeddings", "position_embedding_size")) or 0
    image = _first(part, ("image_size",)) or 0
    rotary = "pixtral" in str(part.get("model_type")) or "window_size" in part or frames > 1
    if not positions and image and not rotary:
        positions = (image // patch) ** 2
    return 3 * patch * patch * frames * hidden + positions * hidden


def _projector(part: Mapping[str, Any], config: Config, hidden: int, layers: int) -> int:
    text = _first(part, ("out_hidden_size", "text_hidden_size"))
    if "embed_dim" in part:  # Qwen2-VL, whose hidden_size is that of the text
        text = _first(part, ("hidden_size",))
    width = text or _first(config.fields, ("hidden_size", "n_embd")) or 0
    if str(config.family).startswith("gemma3"):
        return hidden * width
    merge = _first(part, ("spatial_merge_size",)) or _first(config.fields, ("spatial_merge_size",))
    wide = hidden * (merge or 1) ** 2
    if text:  # Qwen3-VL joins further layers of its tower, too
        deep = part.get("deepstack_visual_indexes")
        joints = 1 + (len(deep) if isinstance(deep, list) and len(deep) < layers else 0)
        return joints * (wide * wide + wide * text)
    joined = wide * hidden if merge else 0
    return joined + hidden * width + width * width


def _first(part: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    for name in names:
        value = part.get(name)
        if isinstance(value, list) and value:
            value = value[0]
        if type(value) is int and 0 < value <= _MOST:
            return value
    return None

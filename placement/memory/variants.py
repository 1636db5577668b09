"""Quantised variants of well-known models, by what their names say."""

import re

from placement.memory.formats import is_quantized
from placement.memory.models import known_model
from placement.problem.model import Dtype, Model

__all__ = ["known_variant"]

_FORMATS: tuple[tuple[str, Dtype], ...] = (
    (r"mxfp4", "mxfp4"),
    (r"nvfp4|fp4", "nvfp4"),
    (r"fp8([-_.](dynamic|block|static|kv))?", "fp8"),
    (r"(quantized[-_.])?w8a(8|16)|gptq[-_]int8|int8|8bit", "int8"),
    (r"bnb[-_](4bit|nf4)", "nf4"),
    (r"(quantized[-_.])?w4a16([-_]g128)?|(awq|gptq)([-_](int4|4bit|marlin))?|int4|4bit", "int4"),
)
"""Endings of names, and the format of the weights that they stand for.

Source: names of repositories of RedHatAI (neuralmagic), Qwen, NVIDIA and unsloth on Hugging Face.
"""


def known_variant(name: str) -> tuple[Model, str] | None:
    """Return a model of the built-in table, or a quantised variant of one, and what was assumed.

    A name that is not in the table but ends in a format (``-FP8-dynamic``, ``-AWQ``,
    ``-quantized.w4a16``, ``-bnb-4bit``) is taken as the model without the ending, whoever publishes
    it, with its weights in that format. What is assumed is a sentence, empty where nothing is.

    Examples
    --------
    >>> model, assumed = known_variant("RedHatAI/Qwen3-8B-quantized.w4a16")
    >>> model.name, model.dtype
    ('RedHatAI/Qwen3-8B-quantized.w4a16', 'int4')
    """
    if (model := known_model(name)) is not None:
        return model, ""
    for ending, dtype in _FORMATS:
        match = re.fullmatch(rf"(.+?)[-_.]({ending})", name.strip(), re.IGNORECASE)
        base = known_model(match[1]) or known_model(match[1].rpartition("/")[2]) if match else None
        if base is not None and not is_quantized(base):
            text = f"{name} is not in the built-in table: taken as {base.name} with {dtype} weights"
            changes = {"name": name.strip(), "dtype": dtype, "weight_bytes": None}
            return base.model_copy(update=changes), text
    return None

"""Numeric formats of weights: the tensors that one matrix is stored as, and their sizes."""

from fractions import Fraction

from placement.problem.model import Dtype, Model

__all__ = ["BYTES", "WIDE", "bytes_per_weight", "is_quantized", "pieces"]

WIDE = Fraction(2)
"""Bytes of what a quantised model keeps in 16 bits."""

BYTES: dict[Dtype, tuple[Fraction, ...]] = {
    "float32": (Fraction(4),),
    "float16": (Fraction(2),),
    "bfloat16": (Fraction(2),),
    "fp8": (Fraction(1),),
    "int8": (Fraction(1),),
    "int4": (Fraction(1, 2), Fraction(2, 128), Fraction(1, 256)),
    "nvfp4": (Fraction(1, 2), Fraction(1, 16)),
    "mxfp4": (Fraction(1, 2), Fraction(1, 32)),
    "nf4": (Fraction(1, 2), Fraction(4, 64)),
}
"""Bytes per weight of each tensor that a matrix is stored as: the numbers, then their scales.

* ``fp8``, ``int8``: a scale per row or per block of 128 x 128, which is next to nothing.
* ``int4``: 4 bits, and a 16-bit scale and a 4-bit zero point per 128 weights: 4.156 bits
  (AutoGPTQ and AutoAWQ, group size 128; other sizes by ``group_size``).
* ``nvfp4``: an 8-bit scale per 16 weights: 4.5 bits (NVIDIA ModelOpt).
* ``mxfp4``: an 8-bit scale per 32 weights: 4.25 bits (OCP Microscaling Formats 1.0).
* ``nf4``: a 32-bit scale per 64 weights: 4.5 bits (bitsandbytes without double quantisation).
"""


def pieces(model: Model, *, wide: bool = False) -> tuple[Fraction, ...]:
    """Return bytes per weight of each tensor of a matrix; ``wide`` for what keeps 16 bits."""
    stored = BYTES[model.dtype]
    if wide:
        return (max(WIDE, *stored),) if not is_quantized(model) else (WIDE,)
    if model.dtype == "int4" and model.group_size:
        return (stored[0], Fraction(2, model.group_size), Fraction(1, 2 * model.group_size))
    return stored


def bytes_per_weight(model: Model, *, wide: bool = False) -> Fraction:
    """Return bytes per weight, scales included."""
    return sum(pieces(model, wide=wide), Fraction(0))


def is_quantized(model: Model) -> bool:
    """Return whether the weights take less than 16 bits each."""
    return sum(BYTES[model.dtype]) < WIDE

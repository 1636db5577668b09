"""What was read of a model's files."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from placement.problem.model import Model

__all__ = ["ModelFiles"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFiles:
    """A model as its files have it.

    Parameters
    ----------
    notes
        What was assumed, not understood or is not modelled; a sentence each.
    bytes_by_dtype
        Bytes of all tensors on disk by their type, as the files name it; empty where no headers of
        tensors were there to read. They add up to the ``total_size`` of the index.
    source
        Which files say so.
    """

    model: Model
    source: str
    notes: tuple[str, ...] = ()
    bytes_by_dtype: Mapping[str, int] = field(default_factory=dict)

"""Pipeline stages: which layers each holds."""

from dataclasses import dataclass
from functools import lru_cache

__all__ = ["Stage", "stages_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of a pipeline.

    Parameters
    ----------
    first_layer, layers
        Its first layer, from 0, and how many it holds.
    first, last
        Whether it holds the embedding; whether it holds the head and samples.
    """

    first_layer: int
    layers: int
    first: bool
    last: bool


@lru_cache(maxsize=1024)
def stages_of(layers: int, count: int) -> tuple[Stage, ...]:
    """Return the stages of a pipeline of ``count``.

    Layers that are left over go to the stages before the last one, from the back.

    Notes
    -----
    Source: vLLM, ``vllm/distributed/utils.py``, ``get_pp_indices``.
    """
    sizes = [layers // count] * count
    for position in range(2, layers % count + 2):
        sizes[-position] += 1
    starts = [sum(sizes[:position]) for position in range(count)]
    return tuple(
        Stage(first_layer=start, layers=size, first=not index, last=index == count - 1)
        for index, (start, size) in enumerate(zip(starts, sizes, strict=True))
    )

"""What PyTorch sets aside on the GPU for one tensor."""

from placement.memory.units import MIB

__all__ = ["allocated"]

SMALL = 512
"""Bytes that every block is a multiple of (``kMinBlockSize``)."""

LARGE = 10 * MIB
"""From here on a block has a segment of its own (``kMinLargeAlloc``)."""

SEGMENT = 2 * MIB
"""What such segments are a multiple of (``kRoundLarge``)."""

KEPT = MIB
"""A rest of a segment up to here stays with its block (``kSmallSize``)."""


def allocated(size: int) -> int:
    """Return the bytes that a tensor of ``size`` bytes takes of the GPU.

    Large tensors fill segments of 2 MiB each. What is left of the last one goes back to the pool
    where it is more than 1 MiB, and is lost otherwise: in Qwen2.5-7B 2 MiB of every layer, 56 MiB
    in all, which is what its start-up logs show above the plain sum of its weights.

    Notes
    -----
    Source: PyTorch 2.x, ``c10/cuda/CUDACachingAllocator``: ``round_size``, ``get_allocation_size``
    and ``should_split``, with the constants named here.
    """
    block = -(-size // SMALL) * SMALL
    if block < LARGE:
        return block
    segment = -(-block // SEGMENT) * SEGMENT
    return segment if segment - block <= KEPT else block

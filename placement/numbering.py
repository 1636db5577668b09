"""Numbers for what is equal, so that it is looked at once."""

from collections.abc import Hashable, Sequence

import numpy as np

from placement.formulation.milp import Ints

__all__ = ["distinct", "numbered"]

SPARSE = 8  # numbers for each code above which codes are sorted rather than marked


def numbered(keys: Sequence[Hashable]) -> tuple[list[int], Ints]:
    """Return the position of the first of every distinct key, and each key's number."""
    numbers: dict[Hashable, int] = {}
    each = [numbers.setdefault(key, len(numbers)) for key in keys]
    number = np.array(each, dtype=np.int64)
    return np.unique(number, return_index=True)[1].tolist(), number


def distinct(codes: Ints, below: int) -> tuple[Ints, Ints]:
    """Return the distinct codes, ascending, and each code's number among them.

    Parameters
    ----------
    codes
        ``(n,)`` numbers from 0.
    below
        What they are all below.
    """
    if below > SPARSE * codes.size:
        found, number = np.unique(codes, return_inverse=True)
        return found, number.astype(np.int64)
    there = np.zeros(below, dtype=np.bool_)
    there[codes] = True
    return np.flatnonzero(there), (np.cumsum(there) - 1)[codes]

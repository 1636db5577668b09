"""The candidates of each supply, found by one sort in place of a search for each."""

import numpy as np

from placement.formulation.milp import Ints

__all__ = ["Members"]

NARROW = 2**16  # supplies up to which 16 bits number them, which sort in linear time


class Members:
    """The candidates of each supply.

    Parameters
    ----------
    supply
        ``(C,)`` the supply of each candidate.
    supplies
        S, how many there are.
    """

    def __init__(self, supply: Ints, supplies: int) -> None:
        narrow = supply.astype(np.uint16) if supplies <= NARROW else supply
        self._order: Ints = np.argsort(narrow, kind="stable").astype(np.int64)
        counts = np.bincount(supply, minlength=supplies)
        self._starts = np.concatenate([[0], np.cumsum(counts)]).tolist()

    def of(self, supply: int) -> Ints:
        """Return the candidates of a supply, in order."""
        return self._order[self._starts[supply] : self._starts[supply + 1]]

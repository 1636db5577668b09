"""Rows of integers that grow at the end without a copy of all on each addition."""

import numpy as np

from placement.formulation.milp import Ints

__all__ = ["Grown"]


class Grown:
    """Rows in an array with room to spare, which doubles when it is used up."""

    def __init__(self, rows: Ints) -> None:
        self._all = rows
        self._size = len(rows)

    @property
    def rows(self) -> Ints:
        """Return the rows as they are: a view, which the next addition may leave behind."""
        return self._all[: self._size]

    def add(self, count: int) -> Ints:
        """Return so many further rows at the end, to be written."""
        start, self._size = self._size, self._size + count
        if self._size > len(self._all):
            more = np.empty((2 * self._size, *self._all.shape[1:]), dtype=np.int64)
            more[:start] = self._all[:start]
            self._all = more
        return self._all[start : self._size]

    def keep(self, rows: Ints) -> None:
        """Put other rows in the place of all."""
        self._all, self._size = rows, len(rows)

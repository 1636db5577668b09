"""Rows under construction: terms of columns and coefficients, bounded from above."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from placement.formulation.milp import Ints, Rows

__all__ = ["Family", "Lines"]

Family: TypeAlias = Callable[[Ints, Ints, Ints, Ints], Rows]
"""A constraint family: row, column and coefficient of each entry, and the rows' upper bounds."""


class Lines:
    """Rows of one family, added one by one."""

    def __init__(self) -> None:
        self._cols: list[Ints] = []
        self._coefs: list[Ints] = []
        self._sizes: list[int] = []
        self._bounds: list[int] = []

    def add(self, *terms: tuple[Ints | int, Ints | int], bound: int = 0) -> None:
        """Add the row that the sum of some terms is at most a bound.

        Parameters
        ----------
        terms
            Columns, and their coefficients or the one that all have.
        """
        size = 0
        for col, coef in terms:
            columns = np.atleast_1d(np.asarray(col, dtype=np.int64))
            self._cols.append(columns)
            self._coefs.append(np.broadcast_to(np.asarray(coef, dtype=np.int64), columns.shape))
            size += columns.size
        self._sizes.append(size)
        self._bounds.append(bound)

    def made(self, family: Family) -> list[Rows]:
        """Return the rows as a family, or nothing where there are none."""
        if not self._sizes:
            return []
        row = np.repeat(np.arange(len(self._sizes), dtype=np.int64), self._sizes)
        bound = np.array(self._bounds, dtype=np.int64)
        entries = _merged(row, np.concatenate(self._cols), np.concatenate(self._coefs))
        return [family(*entries, bound)]


def _merged(row: Ints, col: Ints, coef: Ints) -> tuple[Ints, Ints, Ints]:
    """Return entries of which no two are of one row and column, by their sums."""
    width = int(col.max(initial=0)) + 1
    keys, where = np.unique(row * width + col, return_inverse=True)
    sums = np.zeros(keys.size, dtype=np.int64)
    np.add.at(sums, where, coef)
    kept = sums != 0
    return keys[kept] // width, keys[kept] % width, sums[kept]

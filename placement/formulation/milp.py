"""The solver-neutral integer programme: arrays only, no solver types."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Floats", "Ints", "Milp", "Rows"]

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """One constraint family, ``lower <= A @ v <= upper``, with A in coordinate form.

    Parameters
    ----------
    name
        The family's name in docs/model.md.
    row
        ``(nnz,)`` row number within the family.
    col
        ``(nnz,)`` column of the programme.
    coef
        ``(nnz,)`` coefficients.
    lower, upper
        ``(rows,)`` bounds; infinite where there is none.
    """

    name: str
    row: Ints
    col: Ints
    coef: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Milp:
    """Minimise ``cost @ v`` over integers ``lower <= v <= upper``, subject to every family.

    Parameters
    ----------
    cost, lower, upper
        ``(cols,)`` objective and bounds of the columns.
    families
        The constraint families, in the order of docs/model.md.
    """

    cost: Floats
    lower: Floats
    upper: Floats
    families: tuple[Rows, ...]

    def matrix(self) -> tuple[Ints, Ints, Floats, Floats, Floats]:
        """Return all families stacked: entry rows, columns and values, then bounds of the rows."""
        sizes = [family.lower.size for family in self.families]
        starts = np.concatenate(([0], np.cumsum(sizes, dtype=np.int64)))[:-1]
        rows = [family.row + start for family, start in zip(self.families, starts, strict=True)]
        return (
            np.concatenate([np.empty(0, dtype=np.int64), *rows]),
            np.concatenate([np.empty(0, dtype=np.int64), *(f.col for f in self.families)]),
            np.concatenate([np.empty(0), *(f.coef for f in self.families)]),
            np.concatenate([np.empty(0), *(f.lower for f in self.families)]),
            np.concatenate([np.empty(0), *(f.upper for f in self.families)]),
        )

    def holds(self, values: Ints) -> bool:
        """Return whether whole numbers ``(cols,)`` satisfy every row and bound, exactly."""
        row, col, coef, lower, upper = self.matrix()
        activity = np.zeros(lower.size, dtype=np.int64)
        np.add.at(activity, row, coef.astype(np.int64) * values[col])
        inside = (self.lower <= values) & (values <= self.upper)
        return bool(inside.all() and (lower <= activity).all() and (activity <= upper).all())

"""The solver-neutral integer programme: arrays only, no solver types."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Floats", "Ints", "Milp", "Rows", "at_most"]

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


def at_most(name: str, row: Ints, col: Ints, coef: Ints, bound: Ints) -> Rows:
    """Return a family of rows bounded from above alone, by ``(rows,)`` bounds."""
    return Rows(
        name=name,
        row=row,
        col=col,
        coef=coef.astype(np.float64),
        lower=np.full(bound.size, -np.inf),
        upper=bound.astype(np.float64),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Milp:
    """Minimise ``cost @ v + offset`` over integers ``lower <= v <= upper``, under every family.

    Parameters
    ----------
    cost, lower, upper
        ``(cols,)`` objective and bounds of the columns.
    families
        The constraint families, and the rows that hold levels.
    offset
        A constant of the objective.
    """

    cost: Floats
    lower: Floats
    upper: Floats
    families: tuple[Rows, ...]
    offset: float = 0.0

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

    def without_fixed(self) -> tuple["Milp", Ints]:
        """Return the programme over the columns that are not fixed, and which those are.

        What fixed columns add to a row moves to its bounds, what they cost to the offset.
        """
        free = np.flatnonzero(self.upper > self.lower)
        fixed = np.where(self.upper > self.lower, 0.0, self.lower)
        number = np.full(self.cost.size, -1, dtype=np.int64)
        number[free] = np.arange(free.size)
        families = tuple(_without(family, number, fixed) for family in self.families)
        smaller = Milp(
            cost=self.cost[free],
            lower=self.lower[free],
            upper=self.upper[free],
            families=families,
            offset=self.offset + float(self.cost @ fixed),
        )
        return smaller, free

    def holds(self, values: Ints) -> bool:
        """Return whether whole numbers ``(cols,)`` satisfy every row and bound, exactly."""
        row, col, coef, lower, upper = self.matrix()
        activity = np.zeros(lower.size, dtype=np.int64)
        np.add.at(activity, row, coef.astype(np.int64) * values[col])
        inside = (self.lower <= values) & (values <= self.upper)
        return bool(inside.all() and (lower <= activity).all() and (activity <= upper).all())


def _without(family: Rows, number: Ints, fixed: Floats) -> Rows:
    """Return a family over renumbered columns; those without a number keep their fixed value."""
    gone = number[family.col] < 0
    added = np.bincount(
        family.row[gone],
        weights=family.coef[gone] * fixed[family.col[gone]],
        minlength=family.lower.size,
    )
    return Rows(
        name=family.name,
        row=family.row[~gone],
        col=number[family.col[~gone]],
        coef=family.coef[~gone],
        lower=family.lower - added,
        upper=family.upper - added,
    )

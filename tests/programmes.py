"""Small integer programmes made of arrays, and their optimum by trying every point."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np

from placement.formulation.milp import Milp, Rows

__all__ = ["INF", "NAMED", "bounded", "market_split", "optimum", "programme", "random_programme"]

INF = float("inf")
Row = tuple[float, Sequence[float], float]


def programme(
    cost: Sequence[float],
    rows: Sequence[Row],
    most: Sequence[float],
    *,
    least: Sequence[float] | None = None,
    offset: float = 0.0,
) -> Milp:
    """Return the programme with ``lower <= coefficients @ v <= upper`` for every row."""
    dense = np.array([row[1] for row in rows], dtype=np.float64).reshape(len(rows), len(cost))
    row, col = np.nonzero(dense)
    family = Rows(
        name="rows",
        row=row.astype(np.int64),
        col=col.astype(np.int64),
        coef=dense[row, col],
        lower=np.array([each[0] for each in rows], dtype=np.float64),
        upper=np.array([each[2] for each in rows], dtype=np.float64),
    )
    return Milp(
        cost=np.array(cost, dtype=np.float64),
        lower=np.array([0.0] * len(cost) if least is None else least, dtype=np.float64),
        upper=np.array(most, dtype=np.float64),
        families=(family,),
        offset=offset,
    )


NAMED = {
    "a knapsack": programme([-4, -5, -6], [(-INF, [3, 4, 5], 10)], [2, 2, 2]),
    "an equality": programme([1, 2], [(12, [2, 3], 12)], [9, 9]),
    "a fractional relaxation": programme([-1, -1], [(-INF, [2, 2], 3), (0, [1, -1], 0)], [9, 9]),
    "no whole point": programme([1, 1], [(3, [2, 2], 3)], [5, 5]),
    "rows that contradict": programme([1], [(3, [1], INF), (-INF, [1], 2)], [9]),
    "rows without entries": programme([1, -1], [(0, [0, 0], 1)], [2, 2]),
    "a row that nothing can meet": programme([1, 1], [(1, [0, 0], INF)], [2, 2]),
    "no rows": programme([1, -2, 0], [], [5, 5, 3], least=[0, 0, 1]),
    "no families": Milp(
        cost=np.array([1.0, -2.0]), lower=np.zeros(2), upper=np.array([3.0, 3.0]), families=()
    ),
    "no cost": programme([0, 0], [(3, [1, 1], INF)], [2, 2]),
    "an offset": programme([3, 4], [(2, [1, 1], INF)], [5, 5], offset=10.5),
    "negative columns": programme([1, 1], [(-3, [1, -1], 3)], [2, 2], least=[-2, -4]),
    "nothing to decide": programme([3, 4], [(2, [1, 1], INF)], [1, 1], least=[1, 1]),
    "cover and packing": programme(
        [5, 4, 3, 7],
        [(4, [1, 1, 1, 2], INF), (-INF, [1, 0, 1, 3], 5), (1, [0, 1, 0, 1], 2)],
        [3] * 4,
    ),
}


def optimum(milp: Milp) -> float | None:
    """Return the least objective of all points, or None where none is feasible."""
    sides = [range(int(a), int(b) + 1) for a, b in zip(milp.lower, milp.upper, strict=True)]
    points = (np.array(point, dtype=np.int64) for point in product(*sides))
    found = [float(milp.cost @ point) + milp.offset for point in points if milp.holds(point)]
    return min(found, default=None)


def random_programme(seed: int) -> Milp:
    """Return a random programme of up to five columns and four rows."""
    rng = np.random.default_rng(seed)
    cols, rows = int(rng.integers(1, 6)), int(rng.integers(1, 5))
    most = rng.integers(0, 4, cols)
    inner = rng.integers(0, most + 1)
    made: list[Row] = []
    for _ in range(rows):
        coef = rng.integers(-4, 9, cols).tolist()
        slack, level = int(rng.integers(0, 3)), int(inner @ coef) + int(rng.integers(-2, 1))
        made.append(
            [(level, coef, level + slack), (-INF, coef, level), (level, coef, INF)][rng.integers(3)]
        )
    return programme(rng.integers(-9, 10, cols).tolist(), made, most.tolist())


def market_split(rows: int, cols: int, seed: int = 0) -> Milp:
    """Return a market-split programme, which takes branch and bound very long.

    Source: G. Cornuéjols and M. Dawande, "A class of hard small 0-1 programs", 1998. Deviations
    from the even split are minimised; no deviation at all is rarely possible.
    """
    rng = np.random.default_rng(seed)
    shares = rng.integers(0, 100, (rows, cols))
    half = shares.sum(axis=1) // 2
    deviation = np.hstack([np.eye(rows), -np.eye(rows)])
    wanted = [(h, [*s, *d], h) for h, s, d in zip(half, shares, deviation, strict=True)]
    return programme([0] * cols + [1] * (2 * rows), wanted, [1] * cols + [10_000] * (2 * rows))


def bounded(milp: Milp, col: int, least: float) -> Milp:
    """Return the programme with one column at least so large."""
    lower = milp.lower.copy()
    lower[col] = least
    return replace(milp, lower=lower)

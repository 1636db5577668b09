"""Which pods go on how many nodes of which kind, in patterns of a node: the programme."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from openb_trace import Kind, Shape

from placement.formulation.milp import Floats, Ints, Milp, Rows

__all__ = ["Pattern", "Work", "arrays", "programme"]

Pattern = tuple[int, tuple[int, ...]]
"""A kind of node, by its number, and the pods of each shape on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is to be placed, and what it is worth.

    Parameters
    ----------
    demand, worth
        ``(shapes,)`` pods there are, and what placing one is worth.
    nodes, price
        ``(kinds,)`` nodes there are, and what using one costs.
    """

    shapes: tuple[Shape, ...]
    kinds: tuple[Kind, ...]
    demand: Ints
    worth: Floats
    nodes: Ints
    price: Floats


def programme(work: Work, patterns: Sequence[Pattern]) -> Milp:
    """Return the programme whose columns are patterns, pods placed, places empty, nodes unused.

    It minimises what nodes cost less what pods are worth. A pattern's places may stay empty.
    """
    kind, count = arrays(patterns, len(work.shapes))
    kinds, shapes, cols = len(work.kinds), len(work.shapes), len(patterns)
    pattern, shape = np.nonzero(count)
    placed, empty, unused = cols, cols + shapes, cols + 2 * shapes
    each, every = np.arange(shapes), np.arange(kinds)
    row = [shape, each, each, shapes + kind, shapes + every]
    col = [pattern, placed + each, empty + each, np.arange(cols), unused + every]
    coef = [count[pattern, shape], -np.ones(2 * shapes), np.ones(cols + kinds)]
    side = np.concatenate([np.zeros(shapes), work.nodes])
    upper = np.full(unused + kinds, np.inf)
    upper[placed:empty] = work.demand
    return Milp(
        cost=np.concatenate([work.price[kind], -work.worth, np.zeros(shapes + kinds)]),
        lower=np.zeros(unused + kinds),
        upper=upper,
        families=(
            Rows(
                name="patterns",
                row=np.concatenate(row).astype(np.int64),
                col=np.concatenate(col).astype(np.int64),
                coef=np.concatenate(coef).astype(np.float64),
                lower=side,
                upper=side,
            ),
        ),
    )


def arrays(patterns: Sequence[Pattern], shapes: int) -> tuple[Ints, Ints]:
    """Return ``(patterns,)`` kinds and ``(patterns, shapes)`` pods."""
    kind = np.array([kind for kind, _ in patterns], dtype=np.int64)
    count = np.array([count for _, count in patterns], dtype=np.int64)
    return kind, count.reshape(len(patterns), shapes)

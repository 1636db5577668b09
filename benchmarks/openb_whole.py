"""Whole nodes from fractions of patterns: round down, relax what is left anew, then a small MIP."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from openb_columns import Relaxed, relaxed
from openb_work import Pattern, Work, arrays, programme

from placement.formulation.milp import Ints
from placement.solver import Limits
from placement.solvers.highs import Highs

__all__ = ["Whole", "whole"]

NODES = 100  # of the search tree of the small MIP: a limit of work
DIVES = 3  # times to round down before it
FEW = 100  # nodes that need no rounding down


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """How many nodes have each pattern, and what no placement is worth more than."""

    nodes: Counter[Pattern]
    bound: float


def whole(work: Work, start: Sequence[Pattern], more: Sequence[Pattern], tolerance: float) -> Whole:
    """Return the best patterns found for whole nodes.

    Parameters
    ----------
    start
        The patterns of the nodes of a placement to begin with, one for each node.
    more
        Further patterns to begin with.
    tolerance
        Distance of the relaxation's worth and bound that is near enough.
    """
    found = relaxed(work, [*start, *more], tolerance)
    nodes, bound = Counter[Pattern](), found.bound
    for _ in range(DIVES if work.nodes.sum() > FEW else 0):
        down = np.floor(found.times + 1e-6).astype(np.int64)
        nodes.update(_counted(found.patterns, down))
        work = _left(work, found.patterns, down)
        found = relaxed(work, found.patterns, tolerance)
    nodes.update(_by_search(work, found, None if nodes else start))
    return Whole(nodes=nodes, bound=bound)


def _by_search(work: Work, found: Relaxed, start: Sequence[Pattern] | None) -> Counter[Pattern]:
    """Return patterns for the nodes left, by a MIP over those known, from some nodes on."""
    begin = None
    if start is not None:
        used = Counter(start)
        begin = np.array([used[pattern] for pattern in found.patterns], dtype=np.int64)
    outcome = Highs().solve(
        programme(work, found.patterns), Limits(seconds=600.0, work=NODES), start=begin
    )
    assert outcome.values is not None
    return _counted(found.patterns, outcome.values[: len(found.patterns)])


def _left(work: Work, patterns: Sequence[Pattern], nodes: Ints) -> Work:
    """Return what is left of some work when so many nodes have each pattern."""
    kind, count = arrays(patterns, len(work.shapes))
    used = np.bincount(kind, weights=nodes, minlength=len(work.kinds)).astype(np.int64)
    demand = np.maximum(work.demand - nodes @ count, 0)
    return replace(work, demand=demand, nodes=work.nodes - used)


def _counted(patterns: Sequence[Pattern], nodes: Ints) -> Counter[Pattern]:
    pairs = zip(patterns, nodes.tolist(), strict=True)
    return Counter({pattern: number for pattern, number in pairs if number})

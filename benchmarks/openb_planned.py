"""A placement of the openb trace by patterns, with the bound of its worth."""

from collections.abc import Sequence

from openb_layout import patterns_of, spread_out
from openb_rules import first_fit
from openb_trace import Placed, Trace
from openb_whole import whole
from openb_work import Work

__all__ = ["planned", "worth"]


def planned(
    trace: Trace, work: Work, starts: Sequence[list[Placed]], tolerance: float
) -> tuple[list[Placed], float]:
    """Return a placement no worse than any start, and what none is worth more than.

    What rounding leaves over goes first-fit into gaps: of nodes in use, then of the others.

    Parameters
    ----------
    starts
        Placements, such as rules', whose nodes are the first patterns.
    tolerance
        Distance of the relaxation's worth and bound that is near enough.
    """
    best = max(starts, key=lambda placed: worth(trace, work, placed))
    more = [pattern for placed in starts for pattern in patterns_of(trace, work, placed)]
    found = whole(work, list(patterns_of(trace, work, best)), more, tolerance)
    placed = spread_out(trace, work, found.nodes)
    used = {row.node for row in placed}
    nodes = sorted(range(len(trace.nodes)), key=lambda node: (node not in used, node))
    rest = sorted(set(range(len(trace.pods))) - {row.pod for row in placed})
    full = first_fit(trace, rest, nodes, placed)
    return max((full, best), key=lambda each: worth(trace, work, each)), found.bound


def worth(trace: Trace, work: Work, placed: Sequence[Placed]) -> float:
    """Return what pods placed are worth less what their nodes cost."""
    shapes = dict(zip(work.shapes, work.worth.tolist(), strict=True))
    prices = dict(zip(work.kinds, work.price.tolist(), strict=True))
    cost = sum(prices[trace.nodes[node]] for node in {row.node for row in placed})
    return float(sum(shapes[trace.pods[row.pod]] for row in placed) - cost)

"""The relaxation over all patterns of the openb trace, and its bound, by column generation.

Gilmore and Gomory (Operations Research 9, 1961): the programme over some patterns gives each shape
a value, at which :mod:`openb_pricing` fills a node of every kind; a fill that is worth more than
such a node joins the patterns.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from openb_pricing import Pricing
from openb_work import Pattern, Work, programme

from placement.formulation.milp import Floats
from placement.solvers.highs_relaxer import HighsRelaxer

__all__ = ["Relaxed", "relaxed"]

ROUNDS = 100
SMOOTHING = 0.6  # weight of the values with the best bound so far (Wentges 1997): fewer rounds
MORE = 1e-6  # by which a pattern must be worth more than a node


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxed:
    """The optimum over some patterns, in fractions; no placement is worth more than ``bound``.

    Parameters
    ----------
    times
        ``(patterns,)`` nodes that have each pattern.
    place, node
        ``(shapes,)`` and ``(kinds,)`` what one more place for a pod and one more node would be
        worth, the node's price included.
    """

    patterns: tuple[Pattern, ...]
    times: Floats
    place: Floats
    node: Floats
    worth: float
    bound: float = np.inf


def relaxed(work: Work, patterns: Sequence[Pattern], tolerance: float) -> Relaxed:
    """Return the relaxation, from some patterns on, when worth and bound are that near."""
    search = _Search(work, dict.fromkeys(patterns))
    for _ in range(ROUNDS):
        found = search.optimum()
        if search.bound - found.worth <= tolerance or not search.more(found):
            break
    return replace(found, bound=search.bound)


class _Search:
    """Patterns so far, in order, and the best bound with the values that gave it."""

    def __init__(self, work: Work, patterns: dict[Pattern, None]) -> None:
        self.work, self.patterns, self.pricing = work, patterns, Pricing(work.shapes)
        self.bound = np.inf
        self._centre: Floats | None = None

    def optimum(self) -> Relaxed:
        """Return the optimum over the patterns so far."""
        first, shapes = len(self.patterns), len(self.work.shapes)
        patterns = tuple(self.patterns)
        found = HighsRelaxer().relax(programme(self.work, patterns), seconds=60.0)
        assert found is not None, "a relaxation of some thousand columns takes less"
        return Relaxed(
            patterns=patterns,
            times=found.values[:first],
            place=np.maximum(found.reduced[first + shapes : first + 2 * shapes], 0.0),
            node=found.reduced[first + 2 * shapes :] + self.work.price,
            worth=-found.bound,
        )

    def more(self, found: Relaxed) -> bool:
        """Add patterns worth more than a node in an optimum; return whether there are any."""
        if self._centre is not None:
            between = SMOOTHING * self._centre + (1 - SMOOTHING) * found.place
            if self._fill(between, found):
                return True
        return self._fill(found.place, found)

    def _fill(self, at: Floats, found: Relaxed) -> bool:
        """Fill a node of each kind at some values; keep what is worth more in an optimum."""
        before = len(self.patterns)
        bound = float(np.maximum(self.work.worth - at, 0.0) @ self.work.demand)
        for kind in np.flatnonzero(self.work.nodes).tolist():
            count, most = self.pricing.best(self.work.kinds[kind], at, self.work.demand)
            bound += float(self.work.nodes[kind]) * max(0.0, most - float(self.work.price[kind]))
            if found.place @ count > found.node[kind] + MORE:
                self.patterns.setdefault((kind, tuple(count.tolist())))
        if bound < self.bound:
            self.bound, self._centre = bound, at
        return len(self.patterns) > before

"""Rounding inequalities that a fractional solution violates.

A relaxation buys an eighth of a node for one replica. What a workload needs on some candidates,
rounded up to whole nodes, forbids that.
"""

from dataclasses import dataclass, field

import numpy as np

from placement.coverings import Covering, coverings, most_on_a_node
from placement.formulation.layout import Layout
from placement.formulation.milp import Floats, Ints, Rows
from placement.formulation.valid import rounded_up, rounding
from placement.instance import Instance

__all__ = ["Rounding"]

WORTH = 1e-4  # violation, as a share of the right-hand side, from which a row is worth adding
WHOLE = 1e-6  # solvers take what is within that of a whole number for one
EACH = 2  # rows for each covering and round
LARGEST = 10**7  # right-hand side: with tolerances of 1e-7, rows stay exact to a unit


@dataclass(frozen=True, slots=True)
class _Step:
    """A row for one divisor: how far it is violated, and what it is made of."""

    violated: float
    step: int
    rest: int
    by_nodes: np.ndarray  # (k,) whether a candidate counts by its nodes


@dataclass(slots=True)
class Rounding:
    """Finds rows of (V1) for one instance."""

    instance: Instance
    layout: Layout
    _coverings: list[Covering] = field(init=False)
    _most: Ints = field(init=False)

    def __post_init__(self) -> None:
        """Collect what is to be covered."""
        self._coverings = list(coverings(self.instance))
        self._most = most_on_a_node(self.instance)

    def violated(self, values: Floats) -> Rows | None:
        """Return rows that ``(cols,)`` values violate, or None where they violate none."""
        cols: list[Ints] = []
        coefs: list[Ints] = []
        bounds: list[float] = []
        loose = self._loose(values)
        for covering in self._coverings:
            if not loose[covering.workload]:
                continue
            for found in self._steps(covering, values)[:EACH]:
                col, coef, bound = self._row(covering, found)
                cols.append(col)
                coefs.append(coef)
                bounds.append(bound)
        if not bounds:
            return None
        row = np.repeat(np.arange(len(cols), dtype=np.int64), [col.size for col in cols])
        return rounding(row, np.concatenate(cols), np.concatenate(coefs), np.array(bounds))

    def _loose(self, values: Floats) -> np.ndarray:
        """Return ``(W,)`` whether a workload has part of a replica, or replicas on part of one."""
        x, n = values[self.layout.x], values[self.layout.n]
        parts = np.abs(n - np.rint(n)) > WHOLE
        there = np.flatnonzero(x > WHOLE)
        whole = np.abs(x[there] - np.rint(x[there])) <= WHOLE
        loose = there[parts[self.instance.supply[there]] | ~whole]
        found = np.zeros(self.instance.replicas.size, dtype=np.bool_)
        found[self.instance.workload[loose]] = True
        return found

    def _steps(self, covering: Covering, values: Floats) -> list[_Step]:
        """Return the divisors that give a violated row, the most violated first."""
        x = values[self.layout.x[covering.candidate]]
        there = np.flatnonzero(x > WHOLE)
        n = values[self.layout.n[self.instance.supply[covering.candidate[there]]]]
        broken = np.abs(n - np.rint(n)) > WHOLE
        if not broken.any() and covering.load < 0:
            return []
        held = self._held(covering)[there]
        amount, left = covering.amount[there], values[self._left(covering)]
        steps = {*held[broken].tolist(), covering.needed + 1}
        if covering.load >= 0:
            steps |= set(amount.tolist())
        found = []
        for step in sorted(steps - {0, 1}):
            rest = covering.needed % step
            bound = rest * -(-covering.needed // step)
            if not 0 < bound <= LARGEST:
                continue
            by_replicas = rounded_up(amount, step, rest) * x[there]
            by_nodes = rounded_up(held, step, rest) * n
            chosen = by_nodes < by_replicas - 1e-12
            covered = float(np.where(chosen, by_nodes, by_replicas).sum())
            covered += float(_one(covering.each, step, rest)) * float(left)
            if bound - covered > WORTH * bound:
                nodes = np.zeros(x.size, dtype=np.bool_)
                nodes[there] = chosen
                found.append(_Step((bound - covered) / bound, step, rest, nodes))
        return sorted(found, key=lambda each: (-each.violated, each.step))

    def _row(self, covering: Covering, found: _Step) -> tuple[Ints, Ints, float]:
        """Return columns, coefficients and right-hand side."""
        supply = self.instance.supply[covering.candidate]
        layout, step, rest = self.layout, found.step, found.rest
        col = np.where(found.by_nodes, layout.n[supply], layout.x[covering.candidate])
        size = np.where(found.by_nodes, self._held(covering), covering.amount)
        coef = rounded_up(size, step, rest)
        left = _one(covering.each, step, rest)
        bound = float(rest * -(-covering.needed // step))
        return np.append(col, self._left(covering)), np.append(coef, left), bound

    def _held(self, covering: Covering) -> Ints:
        """Return ``(k,)`` what a node full of replicas covers, and no more than is needed."""
        enough = -(-covering.needed // np.maximum(covering.amount, 1))
        most = np.minimum(self._most[covering.candidate], enough)
        held: Ints = np.minimum(most * covering.amount, covering.needed)
        return held

    def _left(self, covering: Covering) -> int:
        if covering.load < 0:
            return int(self.layout.u[covering.workload])
        return int(self.layout.block("l")[covering.load])


def _one(size: int, step: int, rest: int) -> int:
    return int(rounded_up(np.array([size], dtype=np.int64), step, rest)[0])

"""The levels of the objective, in order: replicas placed, money, nodes, clusters."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from placement.formulation.auxiliary import level
from placement.formulation.layout import Layout
from placement.formulation.milp import Floats, Ints, Rows
from placement.instance import Instance

__all__ = ["Level", "all_left_out", "by_priority", "clusters", "money", "nodes"]

LARGEST = 1e6  # objective coefficient; with tolerances of 1e-7, values stay exact to a unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One level: what is minimised once every level before it keeps its value.

    Parameters
    ----------
    name
        ``placed``, ``money``, ``nodes``, ``clusters`` or ``names``.
    weight
        ``(width,)`` whole numbers, so that two different values differ by one at least.
    clusters
        Whether the level needs the variables that count clusters.
    """

    name: str
    weight: Ints
    clusters: bool = False

    def value(self, values: Ints) -> int:
        """Return the exact value of a solution, in units of the level."""
        return sum(int(w) * int(v) for w, v in self._terms(values))

    def rows(self, most: int) -> Rows:
        """Return (A3): the level never exceeds ``most`` again."""
        col = np.flatnonzero(self.weight)
        return level(col, self.weight[col].astype(np.float64), -np.inf, float(most))

    @property
    def scale(self) -> float:
        """Return the factor that keeps objective coefficients where solvers are accurate."""
        largest = int(np.abs(self.weight).max(initial=0))
        return min(1.0, LARGEST / largest) if largest else 1.0

    def cost(self) -> Floats:
        """Return the weights as an objective, times ``scale``."""
        return self.weight.astype(np.float64) * self.scale

    def _terms(self, values: Ints) -> Iterator[tuple[int, int]]:
        col = np.flatnonzero(self.weight)
        return zip(self.weight[col].tolist(), values[col].tolist(), strict=True)


def _level(name: str, layout: Layout, col: Ints, weight: Ints, *, clusters: bool = False) -> Level:
    full = np.zeros(layout.width, dtype=np.int64)
    full[col] = weight
    return Level(name=name, weight=full, clusters=clusters)


def all_left_out(layout: Layout) -> Level:
    """Return the level that counts every replica left out, whatever its priority."""
    return _level("placed", layout, layout.u, np.ones(layout.workloads, dtype=np.int64))


def by_priority(instance: Instance, layout: Layout) -> Iterator[Level]:
    """Yield one level for every priority, the highest first: replicas left out of it."""
    for priority in sorted(set(instance.priority.tolist()), reverse=True):
        counted = (instance.priority == priority).astype(np.int64)
        yield _level("placed", layout, layout.u, counted)


def money(instance: Instance, layout: Layout) -> Level:
    """Return the level of what nodes and replicas cost per hour, in units of ``instance.unit``."""
    columns = np.concatenate([layout.n, layout.x])
    prices = np.concatenate([instance.price, instance.replica_price])
    return _level("money", layout, columns, prices)


def nodes(layout: Layout) -> Level:
    """Return the level of the nodes kept or bought, empty ones included."""
    return _level("nodes", layout, layout.n, np.ones(layout.supplies, dtype=np.int64))


def clusters(layout: Layout) -> Level:
    """Return the level of the clusters that have replicas."""
    ones = np.ones(layout.clusters, dtype=np.int64)
    return _level("clusters", layout, layout.z, ones, clusters=True)

"""The levels of the objective, in order: replicas placed, money, moves, nodes, clusters."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from placement.formulation.auxiliary import level
from placement.formulation.layout import Layout
from placement.formulation.milp import Floats, Ints, Rows
from placement.instance import Instance
from placement.loads import share_weights

__all__ = [
    "Level",
    "all_left_out",
    "by_priority",
    "clusters",
    "load_replicas",
    "money",
    "moves",
    "nodes",
    "weighed",
]

LARGEST = 1e6  # objective coefficient; with tolerances of 1e-7, values stay exact to a unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One level: what is minimised once every level before it keeps its value.

    Parameters
    ----------
    name
        ``placed``, ``money``, ``moves``, ``nodes``, ``clusters``, ``replicas`` or ``names``.
    weight
        ``(width,)`` whole numbers, so that two different values differ by one at least.
    clusters
        Whether the level needs the variables that count clusters.
    whole
        Units of the level that one of what it counts is worth.
    priority
        Of a level of replicas placed: the priority that it is about; absent: all together.
    """

    name: str
    weight: Ints
    clusters: bool = False
    whole: int = 1
    priority: int | None = None

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


def all_left_out(instance: Instance, layout: Layout) -> Level:
    """Return the level that counts every replica left out, whatever its priority."""
    everything = np.ones(layout.workloads, dtype=np.bool_)
    return _left_out(instance, layout, everything)


def by_priority(instance: Instance, layout: Layout) -> Iterator[Level]:
    """Yield one level for every priority, the highest first: replicas left out of it."""
    for priority in sorted(set(instance.priority.tolist()), reverse=True):
        yield _left_out(instance, layout, instance.priority == priority, priority)


def _left_out(
    instance: Instance, layout: Layout, counted: np.ndarray, priority: int | None = None
) -> Level:
    """Return the level of replicas left out; a whole load that is not carried counts as one."""
    whole, weights = share_weights(instance.loads)
    loads = np.array([load.workload for load in instance.loads], dtype=np.int64)
    replicas = np.where(counted, whole, 0)
    replicas[loads] = 0  # what a load does not need is not left out
    columns = np.concatenate([layout.u, layout.block("l")])
    weight = np.concatenate([replicas, np.where(counted[loads], weights, 0)])
    return replace(_level("placed", layout, columns, weight), whole=whole, priority=priority)


def money(instance: Instance, layout: Layout) -> Level:
    """Return the level of what nodes, replicas and moves cost, in units of ``instance.unit``."""
    columns = np.concatenate([layout.n, layout.x, layout.block("k")])
    prices = np.concatenate([instance.price, instance.replica_price, instance.move_price])
    return _level("money", layout, columns, prices)


def weighed(instance: Instance, layout: Layout) -> Level:
    """Return money with a price on what is left out, dearer than any node that could carry it.

    No level of the objective: its plans are starting points, near the best in both.
    """
    dearest = int(instance.price.max(initial=0)) * int(instance.parts.max(initial=1))
    penalty = 4 * (dearest + int(instance.replica_price.max(initial=0))) + 1
    spent = money(instance, layout).weight.copy()
    spent[layout.u] = penalty
    for column, load in zip(layout.block("l"), instance.loads, strict=True):
        spent[layout.u[load.workload]] = 0
        spent[column] = max(1, penalty * int(instance.replicas[load.workload]) // load.amount)
    return Level(name="start", weight=spent)


def moves(layout: Layout) -> Level:
    """Return the level of replicas moved."""
    ones = np.ones(layout.block("k").size, dtype=np.int64)
    return _level("moves", layout, layout.block("k"), ones)


def load_replicas(instance: Instance, layout: Layout) -> Level:
    """Return the level of replicas of loads, of which no more are wanted than rules need.

    Those over several nodes count once: by q, since x has their nodes.
    """
    loads = np.array([load.workload for load in instance.loads], dtype=np.int64)
    single = np.isin(instance.workload, loads) & (instance.parts[instance.workload] == 1)
    spanning = np.isin([workload for workload, _ in instance.whole], loads)
    chosen = np.concatenate([layout.x[single], layout.block("q")[spanning]])
    return _level("replicas", layout, chosen, np.ones(chosen.size, dtype=np.int64))


def nodes(layout: Layout) -> Level:
    """Return the level of the nodes kept or bought, empty ones included."""
    return _level("nodes", layout, layout.n, np.ones(layout.supplies, dtype=np.int64))


def clusters(layout: Layout) -> Level:
    """Return the level of the clusters that have replicas."""
    ones = np.ones(layout.clusters, dtype=np.int64)
    return _level("clusters", layout, layout.z, ones, clusters=True)

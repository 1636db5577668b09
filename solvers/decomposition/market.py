"""A problem without rules that tie replicas together, as the arrays of a decomposition."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from placement.caps import Cap
from placement.formulation.milp import Floats, Ints
from placement.instance import Instance
from placement.solvers.decomposition.capacity_rows import CapacityRows, capacity_rows

__all__ = ["Limit", "Market", "limiting", "market_of"]

DEARER = 100.0  # what a replica of a priority outweighs of the next lower one, and
LARGEST = 1e4  # of the lowest, at most: with tolerances of 1e-7, prices stay exact to 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Limits over several supplies, entry by entry.

    Parameters
    ----------
    row, supply, weight
        ``(E,)`` limit, supply, and what one node of it weighs.
    new
        ``(E,)`` whether its nodes would be added under a limit that is exceeded now.
    least, most
        ``(K,)`` bounds on the sums; ``most`` holds what exceeds a limit now.
    kept
        ``(K,)`` the most with added nodes; below ``most`` where a limit is exceeded now.
    closed
        ``(S,)`` whether a node can be added only where a limit that is exceeded now is kept again.
    order, first
        ``(E,)`` the entries by supply, and ``(S + 1,)`` where those of each begin.
    """

    row: Ints
    supply: Ints
    weight: Ints
    new: np.ndarray
    least: Ints
    most: Ints
    kept: Ints
    closed: np.ndarray
    order: Ints
    first: Ints
    NONE: ClassVar[int] = 2**40  # stands for no upper bound

    def sums(self, nodes: Ints) -> Ints:
        """Return ``(K,)`` what nodes ``(S,)`` weigh under each limit."""
        found = np.zeros(self.most.size, dtype=np.int64)
        np.add.at(found, self.row, self.weight * nodes[self.supply])
        return found

    def added(self, nodes: Ints) -> Ints:
        """Return ``(K,)`` what added nodes weigh under each limit that is exceeded now."""
        found = np.zeros(self.most.size, dtype=np.int64)
        there = np.flatnonzero(self.new)
        np.add.at(found, self.row[there], self.weight[there] * nodes[self.supply[there]])
        return found

    def holds(self, nodes: Ints) -> bool:
        """Return whether nodes ``(S,)`` are within every limit."""
        sums = self.sums(nodes)
        most = np.where(self.added(nodes) > 0, self.kept, self.most)
        return bool((sums <= most).all() and (sums >= self.least).all())


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """W workloads, S supplies, C candidates ordered by workload, and limits.

    Parameters
    ----------
    replicas, rank
        ``(W,)`` replicas asked for; place of the priority among all, 0 the highest.
    ranks
        How many priorities there are.
    workload, supply, limit, replica_price
        ``(C,)`` what a candidate joins, its most replicas, what one costs beside its node.
    price, least, most, region
        ``(S,)`` per node, bounds on the nodes, and the number of the region.
    first
        ``(W + 1,)`` where the candidates of each workload begin.
    unit
        What one unit of the prices is worth.
    """

    replicas: Ints
    rank: Ints
    ranks: int
    workload: Ints
    supply: Ints
    limit: Ints
    replica_price: Ints
    price: Ints
    least: Ints
    most: Ints
    region: Ints
    first: Ints
    rows: CapacityRows
    limits: Limit
    unit: float

    @property
    def penalties(self) -> Floats:
        """Return ``(W,)`` prices on leaving a replica out, in units of the dearest replica.

        One of a higher priority outweighs many of lower ones. No price can make that strict;
        solutions are compared priority by priority.
        """
        steps = max(1, self.ranks - 1)
        found: Floats = 2.0 * min(DEARER, LARGEST ** (1 / steps)) ** (self.ranks - 1 - self.rank)
        return found

    @property
    def dearest(self) -> int:
        """Return more than a replica can cost."""
        return int(self.price.max(initial=0)) + int(self.replica_price.max(initial=0)) + 1

    def candidates_of(self, workloads: Ints) -> Ints:
        """Return the candidates of workloads, one workload after the other."""
        begin, end = self.first[workloads], self.first[workloads + 1]
        sizes = end - begin
        before = np.cumsum(sizes) - sizes
        found: Ints = np.arange(int(sizes.sum())) + np.repeat(begin - before, sizes)
        return found

    def left_out(self, placed: Ints) -> Ints:
        """Return ``(ranks,)`` the replicas left out of each priority, of ``(W,)`` placed."""
        left = np.bincount(self.rank, weights=self.replicas - placed, minlength=self.ranks)
        return left.astype(np.int64)

    def cost(self, x: Ints, n: Ints) -> int:
        """Return money per hour, in units."""
        return int(self.price @ n) + int(self.replica_price @ x)


def market_of(instance: Instance) -> Market:
    """Return the arrays of an instance that has no rules."""
    highest_first = -np.unique(-instance.priority)
    workloads = instance.replicas.size
    return Market(
        replicas=instance.replicas,
        rank=np.searchsorted(-highest_first, -instance.priority).astype(np.int64),
        ranks=max(1, highest_first.size),
        workload=instance.workload,
        supply=instance.supply,
        limit=instance.limit,
        replica_price=instance.replica_price,
        price=instance.price,
        least=instance.least,
        most=instance.most,
        region=_regions(instance),
        first=np.searchsorted(instance.workload, np.arange(workloads + 1)).astype(np.int64),
        rows=capacity_rows(instance),
        limits=_limits(instance),
        unit=float(instance.unit),
    )


def limiting(instance: Instance) -> list[Cap]:
    """Return the caps that are limits; of a single supply, a maximum is in its ``most``."""
    return [cap for cap in instance.caps if cap.supply.size > 1 or cap.family != "pool_maximum"]


def _limits(instance: Instance) -> Limit:
    caps = limiting(instance)
    sizes = [cap.supply.size for cap in caps]
    none = [np.empty(0, dtype=np.int64)]
    supply = np.concatenate([*none, *(cap.supply for cap in caps)])
    floors = [cap.bound if cap.family == "pool_minimum" else 0 for cap in caps]
    tops = [Limit.NONE if cap.family == "pool_minimum" else cap.bound + cap.over for cap in caps]
    kept = [Limit.NONE if cap.family == "pool_minimum" else cap.bound for cap in caps]
    row = np.repeat(np.arange(len(caps), dtype=np.int64), sizes)
    over = np.array([cap.over > 0 for cap in caps], dtype=np.bool_)
    new = over[row] & (instance.running[supply] == 0)
    closed = np.zeros(instance.price.size, dtype=np.bool_)
    closed[supply[new]] = True
    return Limit(
        row=row,
        supply=supply,
        new=new,
        weight=np.concatenate([*none, *(cap.weight for cap in caps)]),
        least=np.array(floors, dtype=np.int64),
        most=np.array(tops, dtype=np.int64),
        kept=np.array(kept, dtype=np.int64),
        closed=closed,
        order=np.argsort(supply, kind="stable"),
        first=np.searchsorted(np.sort(supply), np.arange(closed.size + 1)).astype(np.int64),
    )


def _regions(instance: Instance) -> Ints:
    names = [supply.cluster.region for supply in instance.candidates.supplies]
    number = {name: at for at, name in enumerate(sorted(set(names)))}
    return np.array([number[name] for name in names], dtype=np.int64)

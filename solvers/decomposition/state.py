"""A whole-numbered solution of a market, and the start that a fractional one gives."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from placement.formulation.milp import Floats, Ints
from placement.solvers.decomposition.market import Market
from placement.solvers.decomposition.minima import with_minima

__all__ = ["State", "Worth", "rounded_start", "within"]

Worth = tuple[tuple[int, ...], int]
"""Replicas left out, the highest priority first, then money: less is better."""

NEAR = 1e-6  # of a whole number: HiGHS's tolerance


@dataclass(frozen=True, kw_only=True)
class State:
    """Replicas and nodes.

    Parameters
    ----------
    x, n
        ``(C,)`` replicas of each candidate, ``(S,)`` nodes of each supply.
    extra
        ``(S,)`` nodes beyond those that the sums need, without which replicas cannot be packed.
    placed, loads
        ``(W,)`` replicas placed of each workload, ``(Q,)`` what replicas take.
    """

    market: Market
    x: Ints
    n: Ints
    extra: Ints
    placed: Ints
    loads: Ints

    @classmethod
    def of(cls, market: Market, x: Ints, n: Ints | None = None) -> "State":
        """Return the solution with nodes given, or with the fewest that have the room."""
        there = np.flatnonzero(x)
        loads = market.rows.loads(market.supply[there], there, x[there])
        placed = np.bincount(
            market.workload[there], weights=x[there], minlength=market.replicas.size
        ).astype(np.int64)
        extra = np.zeros_like(market.price)
        if n is not None:
            extra = np.maximum(extra, n - market.rows.nodes(loads, market.least))
        return cls._filled(market, x, extra, placed, loads)

    @classmethod
    def _filled(cls, market: Market, x: Ints, extra: Ints, placed: Ints, loads: Ints) -> "State":
        nodes = with_minima(market, market.rows.nodes(loads, market.least) + extra)
        return cls(market=market, x=x, n=nodes, extra=extra, placed=placed, loads=loads)

    def with_extra(self, supplies: Ints, nodes: Ints) -> "State":
        """Return the solution with so many nodes beyond what the sums need."""
        extra = self.extra.copy()
        extra[supplies] = nodes
        return self._filled(self.market, self.x, extra, self.placed, self.loads)

    def others(self, candidates: Ints) -> Ints:
        """Return ``(Q,)`` what replicas of all but some candidates take."""
        market = self.market
        own = market.rows.loads(market.supply[candidates], candidates, self.x[candidates])
        return self.loads - own

    def replaced(self, workloads: Ints, candidates: Ints, replicas: Ints) -> "State":
        """Return the solution in which some workloads have replicas as given, and only those.

        Parameters
        ----------
        candidates, replicas
            ``(k,)`` candidates of these workloads, and their replicas.
        """
        market = self.market
        before = market.candidates_of(workloads)
        loads = self.others(before)
        loads += market.rows.loads(market.supply[candidates], candidates, replicas)
        x, placed = self.x.copy(), self.placed.copy()
        x[before], placed[workloads] = 0, 0
        x[candidates] = replicas
        np.add.at(placed, market.workload[candidates], replicas)
        extra = self.extra.copy()
        extra[market.supply[before[self.x[before] > 0]]] = 0
        extra[market.supply[candidates[replicas > 0]]] = 0
        return self._filled(market, x, extra, placed, loads)

    def without(self, candidates: Ints, replicas: Ints) -> "State":
        """Return the solution without some replicas ``(k,)`` of candidates."""
        market = self.market
        x, placed = self.x.copy(), self.placed.copy()
        x[candidates] -= replicas
        np.subtract.at(placed, market.workload[candidates], replicas)
        lost = market.rows.loads(market.supply[candidates], candidates, replicas)
        return self._filled(market, x, self.extra, placed, self.loads - lost)

    @cached_property
    def used(self) -> Ints:
        """Return the candidates that have replicas."""
        return np.flatnonzero(self.x)

    @cached_property
    def roomy(self) -> NDArray[np.bool_]:
        """Return ``(S,)`` whether nodes have room that no replica takes."""
        rows = self.market.rows
        found = np.zeros(self.market.price.size, dtype=np.bool_)
        found[rows.supply[rows.room * self.n[rows.supply] > self.loads]] = True
        return found

    @cached_property
    def worth(self) -> Worth:
        """Return what solutions are compared by."""
        left = tuple(self.market.left_out(self.placed).tolist())
        return left, self.market.cost(self.x, self.n)

    @property
    def holds(self) -> bool:
        """Return whether every bound and limit holds."""
        market = self.market
        return bool(
            (self.n >= market.least).all()
            and (self.n <= market.most).all()
            and market.limits.holds(self.n)
            and (self.loads <= market.rows.room * self.n[market.rows.supply]).all()
        )


def rounded_start(market: Market, x: Floats) -> State:
    """Return a solution near a fractional one: whole nodes, and what then exceeds limits left out.

    A start for improvement, with nodes that are nearly empty and some replicas left out.
    """
    whole = np.floor(x + NEAR).astype(np.int64)
    whole = np.minimum(whole + _completed(market, x - whole, whole), market.limit)
    return State.of(market, within(market, whole))


def within(market: Market, whole: Ints) -> Ints:
    """Return ``(C,)`` the replicas that bounds and limits leave room for."""
    there = np.flatnonzero(whole)
    loads = market.rows.loads(market.supply[there], there, whole[there])
    most = np.where(market.limits.closed, market.least, market.most)
    least = with_minima(market, market.least)
    nodes = np.maximum(np.minimum(market.rows.nodes(loads, market.least), most), least)
    nodes = _within_limits(market, nodes, least, loads)
    return _unloaded(market, whole, loads, nodes)


def _completed(market: Market, parts: Floats, whole: Ints) -> Ints:
    """Return ``(C,)`` which candidates take one more replica, the largest fractions first."""
    placed = np.bincount(market.workload, weights=whole, minlength=market.replicas.size)
    loose = np.flatnonzero(parts > NEAR)
    order = loose[np.lexsort((loose, -parts[loose], market.workload[loose]))]
    workload = market.workload[order]
    new = np.ones(order.size, dtype=np.bool_)
    new[1:] = workload[1:] != workload[:-1]
    at = np.arange(order.size)
    place = at - np.maximum.accumulate(np.where(new, at, 0))
    more = np.zeros(parts.size, dtype=np.int64)
    more[order[place < (market.replicas - placed.astype(np.int64))[workload]]] = 1
    return more


def _within_limits(market: Market, nodes: Ints, least: Ints, loads: Ints) -> Ints:
    """Return nodes within every limit: the emptiest last nodes are given up first."""
    limits = market.limits
    sums = limits.sums(nodes)
    if (sums <= limits.most).all():
        return nodes
    nodes = nodes.copy()
    filled = np.zeros(nodes.size)
    np.maximum.at(filled, market.rows.supply, loads / market.rows.room)
    last = filled - np.ceil(filled) + 1
    ends = np.searchsorted(limits.row, np.arange(limits.most.size + 1))
    for row in np.flatnonzero(sums > limits.most).tolist():
        members = slice(int(ends[row]), int(ends[row + 1]))
        supply, weight = limits.supply[members], limits.weight[members]
        over = int(weight @ nodes[supply]) - int(limits.most[row])
        order = np.lexsort((supply, last[supply]))
        while over > 0:
            free = [i for i in order.tolist() if nodes[supply[i]] > least[supply[i]]]
            if not free:
                break
            for i in free:
                if over > 0:
                    nodes[supply[i]] -= 1
                    over -= int(weight[i])
    return nodes


def _unloaded(market: Market, x: Ints, loads: Ints, nodes: Ints) -> Ints:
    """Return replicas without those that nodes have no room for, the smallest given up first."""
    rows = market.rows
    over = loads > rows.room * nodes[rows.supply]
    if not over.any():
        return x
    x = x.copy()
    there = np.flatnonzero((x > 0) & np.isin(market.supply, rows.supply[over]))
    there = there[np.argsort(market.supply[there], kind="stable")]
    supplies, starts = np.unique(market.supply[there], return_index=True)
    for supply, members in zip(supplies.tolist(), np.split(there, starts[1:]), strict=True):
        own = slice(int(rows.first[supply]), int(rows.first[supply + 1]))
        width = own.stop - own.start
        excess = loads[own] - rows.room[own] * nodes[supply]
        by_size = members[np.argsort(-market.rank[market.workload[members]], kind="stable")]
        for candidate in by_size.tolist():
            takes = rows.takes[candidate, :width]
            while x[candidate] > 0 and ((excess > 0) & (takes > 0)).any():
                x[candidate] -= 1
                excess = excess - takes
    return x

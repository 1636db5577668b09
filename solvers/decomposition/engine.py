"""The relaxation's programme inside HiGHS: rows and columns, and what it says of them.

Columns are u, n, then candidates as they come. Where one sum decides how many nodes a supply has,
nodes need no column of their own: a replica pays its share of a node's price and of every limit
that counts the node. That halves the pivots. Where a pool has a minimum, nodes may be empty and
keep their columns. ``explicit`` programmes have all columns, so that bounds of nodes can be
tightened; one goes on from the basis of another.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import highspy
import numpy as np

from placement.formulation.milp import Floats, Ints
from placement.solver import Limits
from placement.solvers.decomposition.market import Market
from placement.solvers.highs import Quiet, accepted, configure

__all__ = ["DUAL", "PRIMAL", "Costs", "Engine"]

EVERY = 0.05  # seconds between two questions whether to stop
DUAL, PRIMAL = 1, 4  # HiGHS's numbers of its simplex methods


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """An objective: ``(C,)``, ``(S,)`` and ``(W,)`` costs of x, n and u."""

    x: Floats
    n: Floats
    u: Floats


@dataclass(slots=True)
class Engine:
    """One programme in HiGHS.

    Parameters
    ----------
    shares
        ``(C, k)`` what a replica takes of a node, by row of its supply.
    explicit
        Whether nodes have columns everywhere.
    stop
        Asked now and then while it solves; returns True to end that.
    """

    market: Market
    shares: Floats
    explicit: bool
    stop: Callable[[], bool] | None = None
    inside: Ints = field(init=False)
    column: Ints = field(init=False)
    plain: np.ndarray = field(init=False)
    _highs: highspy.Highs = field(init=False)

    def __post_init__(self) -> None:
        """Build the rows, and the columns but for candidates."""
        market, rows = self.market, self.market.rows
        self.inside = np.empty(0, dtype=np.int64)
        self.column = np.full(market.workload.size, -1, dtype=np.int64)
        single = (np.diff(rows.first) == 1) & (market.least < market.most)
        floored = np.zeros(single.size, dtype=np.bool_)
        floored[market.limits.supply[market.limits.least[market.limits.row] > 0]] = True
        self.plain = single & (market.least == 0) & ~floored & (not self.explicit)
        self._highs = Quiet()
        configure(self._highs, Limits())
        if self.stop is not None:
            _listen(self._highs, self.stop)
        self._rows()
        self._left_out()
        self._nodes()

    def aim(self, costs: Costs, left: Ints | None) -> None:
        """Set the objective, and the most that may be left out of each priority."""
        cost = np.concatenate(
            [costs.u, np.where(self.plain, 0.0, costs.n), self._cost(self.inside, costs)]
        )
        column = np.arange(cost.size, dtype=np.int32)
        accepted(self._highs.changeColsCost(cost.size, column, cost))
        last = self._highs.getNumRow() - self.market.ranks
        for rank in range(self.market.ranks):
            most = highspy.kHighsInf if left is None else float(left[rank])
            accepted(self._highs.changeRowBounds(last + rank, -highspy.kHighsInf, most))

    def add(self, chosen: Ints, costs: Costs) -> None:
        """Add candidates as columns."""
        market, rows, limits = self.market, self.market.rows, self.market.limits
        self.column[chosen] = self.inside.size + np.arange(chosen.size)
        self.inside = np.concatenate([self.inside, chosen])
        supply = market.supply[chosen]
        place = np.arange(rows.takes.shape[1])
        has = (place[None, :] < np.diff(rows.first)[supply][:, None]) & (rows.takes[chosen] > 0)
        at, step = np.nonzero(has)
        sign = np.where(self.plain[supply[at]], 1.0, -1.0)
        implied = np.flatnonzero(self.plain[supply])
        counts = np.diff(limits.first)[supply[implied]]
        owner = np.repeat(implied, counts)
        entry = limits.order[_ranges(limits.first[supply[implied]], counts)]
        capacity = market.replicas.size
        limited = capacity + rows.room.size
        col = np.concatenate([np.arange(chosen.size), at, owner])
        row = np.concatenate(
            [
                market.workload[chosen],
                capacity + rows.first[supply[at]] + step,
                limited + limits.row[entry],
            ]
        )
        value = np.concatenate(
            [
                np.ones(chosen.size),
                sign * self.shares[chosen[at], step],
                self.shares[chosen[owner], 0] * limits.weight[entry],
            ]
        )
        most = np.full(chosen.size, highspy.kHighsInf)
        self._columns(self._cost(chosen, costs), np.zeros(chosen.size), most, (row, col, value))

    def run(self, method: int, until: float) -> bool:
        """Solve, and return whether the optimum was reached."""
        left = max(0.0, until - time.perf_counter())
        self._highs.setOptionValue("simplex_strategy", method)
        self._highs.setOptionValue("time_limit", self._highs.getRunTime() + left)
        accepted(self._highs.run())
        return bool(self._highs.getModelStatus() == highspy.HighsModelStatus.kOptimal)

    @property
    def value(self) -> float:
        """Return the objective."""
        return float(self._highs.getInfo().objective_function_value)

    def duals(self) -> Floats:
        """Return the duals of the rows: demand, capacity, limits, priorities."""
        return np.asarray(self._highs.getSolution().row_dual, dtype=np.float64)

    def solution(self) -> tuple[Floats, Floats, Floats]:
        """Return ``(C,)`` x, ``(S,)`` n and ``(W,)`` u."""
        market = self.market
        values = np.asarray(self._highs.getSolution().col_value, dtype=np.float64)
        u, n, inside = np.split(values, np.cumsum([market.replicas.size, market.price.size]))
        x = np.zeros(market.workload.size)
        x[self.inside[: inside.size]] = inside
        if self.plain.any():
            there = np.flatnonzero(x)
            used = np.bincount(
                market.supply[there], weights=x[there] * self.shares[there, 0], minlength=n.size
            )
            n = np.where(self.plain, used, n)
        return x, n, u

    def bound_nodes(self, supplies: Ints, least: Ints, most: Ints) -> None:
        """Set bounds of the nodes of some supplies."""
        self._bound(self.market.replicas.size + supplies, least, most)

    def bound_replicas(self, candidates: Ints, least: Floats, most: Floats) -> None:
        """Set bounds of the replicas of candidates inside."""
        first = self.market.replicas.size + self.market.price.size
        self._bound(first + self.column[candidates], least, most)

    def goes_on(self, other: "Engine") -> None:
        """Take over the basis of a programme without columns for nodes, of which this is a part.

        What is inside must be inside there, in the same order.
        """
        theirs, mine = other._highs.getBasis(), highspy.HighsBasis()
        basic, lower = highspy.HighsBasisStatus.kBasic, highspy.HighsBasisStatus.kLower
        upper = highspy.HighsBasisStatus.kUpper
        workloads, supplies = self.market.replicas.size, self.market.price.size
        columns, rows = list(theirs.col_status), list(theirs.row_status)
        for supply in np.flatnonzero(other.plain).tolist():
            row = workloads + int(self.market.rows.first[supply])
            columns[workloads + supply] = basic if rows[row] == basic else upper
            rows[row] = lower
        kept = other.column[self.inside] + workloads + supplies
        mine.col_status = columns[: workloads + supplies] + [columns[at] for at in kept.tolist()]
        mine.row_status = rows
        mine.valid = True
        self._highs.setBasis(mine)

    def _cost(self, candidates: Ints, costs: Costs) -> Floats:
        supply = self.market.supply[candidates]
        node = np.where(self.plain[supply], costs.n[supply], 0.0)
        found: Floats = costs.x[candidates] + self.shares[candidates, 0] * node
        return found

    def _bound(self, column: Ints, least: Ints | Floats, most: Ints | Floats) -> None:
        accepted(
            self._highs.changeColsBounds(
                column.size,
                column.astype(np.int32),
                np.asarray(least, dtype=np.float64),
                np.asarray(most, dtype=np.float64),
            )
        )

    def _rows(self) -> None:
        """Add the rows: demand, capacity, limits, priorities."""
        market, rows, limits = self.market, self.market.rows, self.market.limits
        inf = highspy.kHighsInf
        demand = market.replicas.astype(np.float64)
        plain = self.plain[rows.supply]
        free = np.full(market.ranks, inf)
        least = np.where(limits.least > 0, limits.least.astype(np.float64), -inf)
        most = np.where(limits.most < limits.NONE, limits.most.astype(np.float64), inf)
        lower = np.concatenate([demand, np.where(plain, -inf, 0.0), least, -free])
        room = np.where(plain, market.most[rows.supply].astype(np.float64), inf)
        upper = np.concatenate([demand, room, most, free])
        starts, none = np.zeros(lower.size, dtype=np.int32), np.zeros(0, dtype=np.int32)
        accepted(self._highs.addRows(lower.size, lower, upper, 0, starts, none, np.zeros(0)))

    def _left_out(self) -> None:
        market = self.market
        own = np.arange(market.replicas.size)
        last = self._highs.getNumRow() - market.ranks
        row, col = np.concatenate([own, last + market.rank]), np.concatenate([own, own])
        zero = np.zeros(own.size)
        most = market.replicas.astype(np.float64)
        self._columns(zero, zero, most, (row, col, np.ones(row.size)))

    def _nodes(self) -> None:
        market, rows, limits = self.market, self.market.rows, self.market.limits
        capacity = market.replicas.size
        limited = capacity + rows.room.size
        shown, counted = ~self.plain[rows.supply], ~self.plain[limits.supply]
        row = np.concatenate([capacity + np.flatnonzero(shown), limited + limits.row[counted]])
        col = np.concatenate([rows.supply[shown], limits.supply[counted]])
        value = np.concatenate([np.ones(int(shown.sum())), limits.weight[counted]])
        least = market.least.astype(np.float64)
        most = np.where(self.plain, least, market.most)
        self._columns(np.zeros(least.size), least, most, (row, col, value))

    def _columns(
        self, cost: Floats, least: Floats, most: Floats, entries: tuple[Ints, Ints, Floats]
    ) -> None:
        row, col, value = entries
        order = np.argsort(col, kind="stable")
        sizes = np.bincount(col, minlength=cost.size)
        starts = (np.cumsum(sizes) - sizes).astype(np.int32)
        index = row[order].astype(np.int32)
        accepted(
            self._highs.addCols(
                cost.size, cost, least, most, index.size, starts, index, value[order]
            )
        )


def _listen(engine: highspy.Highs, stop: Callable[[], bool]) -> None:
    """Ask whether to stop, now and then, at the iterations of the simplex method."""
    asked = time.perf_counter()

    def ask(event: highspy.HighsCallbackEvent) -> None:
        nonlocal asked
        if time.perf_counter() - asked > EVERY:
            asked = time.perf_counter()
            if stop():
                event.interrupt()

    engine.cbSimplexInterrupt.subscribe(ask)


def _ranges(begin: Ints, sizes: Ints) -> Ints:
    """Return the numbers from each beginning on, as many as its size, one after the other."""
    before = np.cumsum(sizes) - sizes
    found: Ints = np.arange(int(sizes.sum())) + np.repeat(begin - before, sizes)
    return found

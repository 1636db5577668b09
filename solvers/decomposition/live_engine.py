"""A relaxation's programme that follows a market as it changes, from one basis to the next."""

import highspy
import numpy as np

from placement.formulation.milp import Floats, Ints
from placement.solvers.decomposition.engine import Costs, Engine
from placement.solvers.decomposition.market import Market
from placement.solvers.highs import accepted

__all__ = ["LiveEngine"]


class LiveEngine(Engine):
    """An engine whose bounds, costs, workloads and candidates change in place."""

    __slots__ = ()

    @classmethod
    def after(cls, engine: Engine, costs: Costs, wanted: np.ndarray) -> "LiveEngine":
        """Return a programme that goes on from the basis of another one of the same market.

        Parameters
        ----------
        wanted
            ``(C,)`` the candidates to take along; those in the basis come along anyway.
        """
        theirs = engine._highs.getBasis()
        basic = highspy.HighsBasisStatus.kBasic
        columns = list(theirs.col_status)
        inside = [columns[at] == basic for at in engine.column[engine.inside].tolist()]
        kept = engine.inside[np.array(inside, dtype=np.bool_) | wanted[engine.inside]]
        mine = cls(engine.market, engine.shares, explicit=False)
        mine.aim(costs, None)
        mine.add(kept, costs)
        basis = highspy.HighsBasis()
        before = columns[: mine._first + mine.plain.size]
        basis.col_status = before + [columns[at] for at in engine.column[kept].tolist()]
        basis.row_status = theirs.row_status
        basis.valid = True
        mine._highs.setBasis(basis)
        return mine

    def follow(self, market: Market, costs: Costs, before: Market) -> None:
        """Take over what is other in a market: demands, bounds of nodes and limits.

        Workloads may have been added, each with its candidates, after all others.
        """
        self.market = market
        known = before.replicas.size
        self._demands(np.flatnonzero(market.replicas[:known] != before.replicas))
        other = (market.least != before.least) | (market.most != before.most)
        self._node_bounds(np.flatnonzero(other))
        limits, old = market.limits, before.limits
        self._limit_bounds(np.flatnonzero((limits.least != old.least) | (limits.most != old.most)))
        for workload in range(known, market.replicas.size):
            self._join(workload, costs)

    def reprice(self, supplies: Ints, costs: Costs) -> None:
        """Set the costs of the nodes of some supplies, and of the replicas that pay for them."""
        one = np.zeros(self.plain.size, dtype=np.bool_)
        one[supplies] = True
        paying = self.inside[one[self.market.supply[self.inside]]]
        column = np.concatenate([self._first + supplies, self.column[paying]])
        node = np.where(self.plain[supplies], 0.0, costs.n[supplies])
        cost = np.concatenate([node, self._cost(paying, costs)])
        accepted(self._highs.changeColsCost(cost.size, column.astype(np.int32), cost))

    def _demands(self, workloads: Ints) -> None:
        asked = self.market.replicas[workloads].astype(np.float64)
        for workload, each in zip(workloads.tolist(), asked.tolist(), strict=True):
            accepted(self._highs.changeRowBounds(int(self._demand[workload]), each, each))
        self._bound(self._out[workloads], np.zeros(asked.size), asked)

    def _node_bounds(self, supplies: Ints) -> None:
        market = self.market
        plain = self.plain[supplies]
        shown = supplies[~plain]
        self._bound(self._first + shown, market.least[shown], market.most[shown])
        for supply in supplies[plain].tolist():
            row = self._first + int(market.rows.first[supply])
            most = float(market.most[supply])
            accepted(self._highs.changeRowBounds(row, -highspy.kHighsInf, most))

    def _limit_bounds(self, changed: Ints) -> None:
        limits = self.market.limits
        first = self._first + self.market.rows.room.size
        for row in changed.tolist():
            floor, top = int(limits.least[row]), int(limits.most[row])
            lower = float(floor) if floor > 0 else -highspy.kHighsInf
            upper = float(top) if top < limits.NONE else highspy.kHighsInf
            accepted(self._highs.changeRowBounds(first + row, lower, upper))

    def _join(self, workload: int, costs: Costs) -> None:
        """Add the row and the column of a workload of which nothing is there yet."""
        market = self.market
        asked = float(market.replicas[workload])
        row, column = self._highs.getNumRow(), self._highs.getNumCol()
        none = np.zeros(0, dtype=np.int32)
        accepted(self._highs.addRow(asked, asked, 0, none, np.zeros(0)))
        rows = np.array([row, self._last + int(market.rank[workload])], dtype=np.int64)
        zero = np.zeros(1)
        entries = (rows, np.zeros(2, dtype=np.int64), np.ones(2))
        self._columns(costs.u[[workload]], zero, np.array([asked]), entries)
        self._demand = np.append(self._demand, row)
        self._out = np.append(self._out, column)

    def more_candidates(self, shares: Floats) -> None:
        """Take over ``(C, k)`` shares of more candidates than there were."""
        more = np.full(shares.shape[0] - self.column.size, -1, dtype=np.int64)
        self.column = np.concatenate([self.column, more])
        self.shares = shares

"""The relaxation of a changing market: solved from its last basis, priced where prices moved."""

import time
from dataclasses import dataclass, field, replace

import numpy as np

from placement.formulation.milp import Floats, Ints
from placement.solvers.decomposition.engine import DUAL, PRIMAL, Costs
from placement.solvers.decomposition.live_engine import LiveEngine
from placement.solvers.decomposition.market import Market
from placement.solvers.decomposition.prices import Prices
from placement.solvers.decomposition.relaxation import CLOSE, ENTERS, MORE, Relaxation, money_costs

__all__ = ["Warm"]

ROUNDS = 12  # a limit of work: one change takes one to three
NEAR = 0.02  # of a replica's mean cost: reduced cost up to which candidates stay in the programme


@dataclass(slots=True)
class Warm:
    """A relaxation, its prices, and what they say of every candidate.

    Parameters
    ----------
    scale
        What one unit of money is in the objective.
    bound
        Of money and of penalties for what is left out, in the objective's units: valid whatever
        the solver did.
    reduced
        ``(C,)`` reduced costs, in the objective's units.
    """

    engine: LiveEngine
    costs: Costs
    scale: float
    prices: Prices
    reduced: Floats
    bound: float = -np.inf
    _method: int = DUAL
    _order: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    _first: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    @classmethod
    def of(cls, relaxation: Relaxation, until: float) -> "Warm | None":
        """Return a relaxation in money and penalties; None where time is up before it is solved."""
        market = relaxation.market
        costs, scale = money_costs(market)
        found = relaxation.solve(costs, None, until)
        if found is None:
            return None
        mean = found.value / max(1, int(market.replicas.sum()))
        engine = LiveEngine.after(relaxation.engine, costs, found.reduced <= NEAR * mean)
        order = np.argsort(market.supply, kind="stable")
        first = np.searchsorted(market.supply[order], np.arange(market.price.size + 1))
        engine.run(DUAL, until)
        prices = Prices.of(engine, costs)
        reduced = prices.reduced(market, engine.shares, costs.x)
        return cls(engine, costs, scale, prices, reduced, found.bound, _order=order, _first=first)

    @property
    def market(self) -> Market:
        """Return the market as it is now."""
        return self.engine.market

    def left_price(self, left: Ints) -> float:
        """Return what replicas ``(ranks,)`` left out cost, in the objective's units."""
        market = self.market
        each = np.zeros(market.ranks)
        each[market.rank] = self.costs.u
        return float(each @ left)

    def follow(self, market: Market, shares: Floats) -> None:
        """Take over a market that has changed, with ``(C, k)`` shares of all its candidates."""
        before = self.market
        moved = np.flatnonzero(market.price != before.price)
        self._method = PRIMAL if moved.size and _same_bounds(market, before) else DUAL
        self._costs(market, moved)
        known = before.workload.size
        if shares.shape[0] > known:
            self.engine.more_candidates(shares)
        self.engine.follow(market, self.costs, before)
        if moved.size:
            self.engine.reprice(moved, self.costs)
        if market.replicas.size > before.replicas.size:
            self._joined(market, known)

    def solve(self, until: float) -> None:
        """Solve from the last basis on; what time cuts short leaves the last prices, which hold."""
        market, engine, costs = self.market, self.engine, self.costs
        self.bound = self.prices.bound(market, costs, self.reduced, None)
        for number in range(ROUNDS):
            if not engine.run(self._method if number == 0 else PRIMAL, until):
                return
            self._price(Prices.of(engine, costs))
            self.bound = max(self.bound, self.prices.bound(market, costs, self.reduced, None))
            close = engine.value - self.bound <= CLOSE * max(abs(engine.value), 1e-9)
            if close or time.perf_counter() >= until:
                return
            wanted = self._wanted()
            if not wanted.size:
                return
            engine.add(wanted, costs)

    def money(self, left: Ints, until: float) -> float:
        """Return a bound on money, in its units, where so many replicas are left out.

        Parameters
        ----------
        left
            ``(ranks,)`` the most of each priority.
        """
        market, engine, reduced = self.market, self.engine, self.reduced
        costs, bound = replace(self.costs, u=np.zeros(market.replicas.size)), -np.inf
        engine.aim(costs, left)
        for number in range(ROUNDS):
            if not engine.run(DUAL if number == 0 else PRIMAL, until):
                break
            prices = Prices.of(engine, costs)
            self.reduced = prices.reduced(market, engine.shares, costs.x)
            bound = max(bound, prices.bound(market, costs, self.reduced, left))
            wanted = self._wanted()
            if engine.value - bound <= CLOSE * max(abs(engine.value), 1e-9) or not wanted.size:
                break
            engine.add(wanted, costs)
        engine.aim(self.costs, None)
        self.reduced = reduced
        return bound / self.scale

    def _costs(self, market: Market, moved: Ints) -> None:
        """Set the costs of a market; ``moved``: the supplies whose prices are other ones."""
        costs, before = self.costs, self.market
        n: Floats = np.multiply(market.price, self.scale) if moved.size else costs.n
        x, u = costs.x, costs.u
        more = market.replicas.size - before.replicas.size
        if more:
            x = np.concatenate([x, market.replica_price[x.size :] * self.scale])
            each = np.zeros(market.ranks)
            each[before.rank] = u
            u = np.concatenate([u, each[market.rank[u.size :]]])
        self.costs = replace(costs, x=x, n=n, u=u)

    def _joined(self, market: Market, known: int) -> None:
        """Price the candidates of new workloads, and let them in."""
        more = np.arange(known, market.workload.size)
        nodes = self.engine.shares[more].max(axis=1) * self.costs.n[market.supply[more]]
        worth = np.zeros(market.replicas.size - self.prices.worth.size)
        self.prices = replace(self.prices, worth=np.concatenate([self.prices.worth, worth]))
        self.reduced = np.concatenate([self.reduced, np.zeros(more.size)])
        self._at(more, self.prices)
        self._order = np.concatenate([self._order, more])
        cheap = np.lexsort((more, nodes + self.costs.x[more], market.workload[more]))
        first = _first_of_run(market.workload[more][cheap], cheap)
        self.engine.add(np.sort(more[first]), self.costs)

    def _price(self, prices: Prices) -> None:
        """Take over prices: reduced costs change where a price moved."""
        market, old = self.market, self.prices
        supplies = np.unique(market.rows.supply[prices.room != old.room])
        workloads = np.flatnonzero(prices.worth != old.worth)
        base = int(self._first[-1])
        counts = self._first[supplies + 1] - self._first[supplies]
        if 2 * (int(counts.sum()) + workloads.size * 100) > market.workload.size:
            self.reduced = prices.reduced(market, self.engine.shares, self.costs.x)
        else:
            one = np.zeros(market.price.size, dtype=np.bool_)
            one[supplies] = True
            late = self._order[base:]
            parts = [self._order[self._first[s] : self._first[s + 1]] for s in supplies.tolist()]
            own = market.candidates_of(workloads)
            self._at(np.concatenate([own, late[one[market.supply[late]]], *parts]), prices)
        self.prices = prices

    def _at(self, candidates: Ints, prices: Prices) -> None:
        """Set the reduced costs of some candidates."""
        market = self.market
        rows, supply = market.rows, market.supply[candidates]
        start, width = rows.first[supply], np.diff(rows.first)[supply]
        found = self.costs.x[candidates] - prices.worth[market.workload[candidates]]
        for place in range(self.engine.shares.shape[1]):
            has = np.flatnonzero(width > place)
            share = self.engine.shares[candidates[has], place]
            found[has] += share * prices.room[start[has] + place]
        self.reduced[candidates] = found

    def _wanted(self) -> Ints:
        """Return the few cheapest candidates of each workload that prices make worth a look."""
        costs, workload = self.costs, self.market.workload
        largest = max(1e-9, float(costs.n.max(initial=0)), float(costs.x.max(initial=0)))
        there = np.flatnonzero(self.reduced < -ENTERS * largest)
        there = there[self.engine.column[there] < 0]
        order = np.lexsort((there, self.reduced[there], workload[there]))
        return there[_first_of_run(workload[there][order], order)]


def _first_of_run(keys: Ints, order: Ints) -> Ints:
    """Return the first few elements of each run of equal keys."""
    new = np.ones(keys.size, dtype=np.bool_)
    new[1:] = keys[1:] != keys[:-1]
    at = np.arange(keys.size)
    return order[at - np.maximum.accumulate(np.where(new, at, 0)) < MORE]


def _same_bounds(market: Market, before: Market) -> bool:
    """Return whether prices alone are other ones, so that a basis stays primal feasible."""
    pairs = (
        (market.replicas, before.replicas),
        (market.least, before.least),
        (market.most, before.most),
        (market.limits.least, before.limits.least),
        (market.limits.most, before.limits.most),
    )
    return all(np.array_equal(now, then) for now, then in pairs)

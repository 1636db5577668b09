"""A market whose figures change: what follows from each change in its other arrays."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from placement.formulation.milp import Ints
from placement.instance import Instance
from placement.solvers.decomposition.market import Limit, Market, limiting

__all__ = ["Draft", "More", "draft_of"]

CHANGING = (
    "replicas",
    "rank",
    "price",
    "useful",
    "minima",
    "running",
    "fixed",
    "bounds",
    "runs",
    "gone",
)
ANY = 2**40  # nodes or replicas, where nothing bounds them


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """A workload that joins, with its k candidates.

    Parameters
    ----------
    supply, price
        ``(k,)`` supplies, ascending, and what one replica costs beside its node, in units.
    takes
        ``(k, width)`` what one takes of the rows of each supply.
    exact
        ``(k,)`` whether first-fit still packs what the rows of each supply allow.
    """

    replicas: int
    rank: int
    supply: Ints
    price: Ints
    takes: Ints
    exact: np.ndarray


@dataclass(slots=True, kw_only=True)
class Draft:
    """Arrays of a market that change together; :meth:`market` puts them together.

    Parameters
    ----------
    useful
        ``(S,)`` replicas of all workloads that can be there.
    minima, tops, running
        ``(S,)`` what pools must have, what they may have, and nodes that run.
    bounds, runs, kinds
        ``(K,)`` each limit as stated, what runs now weighs under it, and its family.
    gone
        ``(S,)`` whether the supply is lost.
    """

    base: Market
    replicas: Ints
    rank: Ints
    price: Ints
    useful: Ints
    minima: Ints
    tops: Ints
    running: Ints
    fixed: Ints
    bounds: Ints
    runs: Ints
    kinds: np.ndarray
    gone: np.ndarray
    more: list[More] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)

    def copy(self) -> "Draft":
        """Return a draft that changes apart from this one."""
        own = {name: getattr(self, name).copy() for name in CHANGING}
        return replace(self, more=[], touched=set(), **own)

    def on(self, market: Market) -> "Draft":
        """Return the draft as the one of the market that it made."""
        return replace(self, base=market, more=[], touched=set())

    def demand(self, workload: int, replicas: int) -> None:
        """Set the replicas of a workload."""
        own = self._candidates_of(workload)
        self.useful[own] += replicas - int(self.replicas[workload])
        self.replicas[workload] = replicas
        self.touched.add(workload)

    def join(self, more: More) -> int:
        """Add a workload after all others, and return its number."""
        self.more.append(more)
        self.replicas = np.append(self.replicas, more.replicas)
        self.rank = np.append(self.rank, more.rank)
        self.useful[more.supply] += more.replicas
        self.touched.add(self.replicas.size - 1)
        return self.replicas.size - 1

    def stock(self, limit: int, most: int) -> None:
        """Set the bound of a limit."""
        self.bounds[limit] = most

    def reprice(self, supplies: Iterable[int], price: int) -> None:
        """Set the price of the nodes of some supplies."""
        self.price[list(supplies)] = price

    def lose(self, supplies: Ints) -> None:
        """Take some supplies away, with what their pools must have."""
        limits = self.base.limits
        self.gone[supplies] = True
        lost = self.gone[limits.supply]
        self.runs -= np.bincount(
            limits.row[lost],
            weights=(limits.weight * self.running[limits.supply])[lost],
            minlength=self.runs.size,
        ).astype(np.int64)
        self.running[supplies], self.fixed[supplies], self.minima[supplies] = 0, 0, 0
        alive = np.bincount(limits.row[~lost], minlength=self.runs.size) > 0
        self.bounds[(self.kinds == "pool_minimum") & ~alive] = 0

    def market(self) -> Market:
        """Return the market after all changes."""
        base, limits = self.base, self._limits()
        most = np.minimum(self.useful + self.minima, self._tops(limits))
        most = np.where(self.running > 0, self.running, most)
        least = np.where(self.gone, 0, self.fixed)
        market = replace(
            base,
            replicas=self.replicas.copy(),
            rank=self.rank.copy(),
            price=self.price.copy(),
            least=least,
            most=np.where(self.gone, 0, most),
            limits=limits,
        )
        return _joined(market, base, self.more) if self.more else market

    def _limits(self) -> Limit:
        limits = self.base.limits
        floor, stock = self.kinds == "pool_minimum", self.kinds == "stock"
        over = np.where(floor | stock, 0, np.maximum(0, self.runs - self.bounds))
        closed = np.zeros(self.gone.size, dtype=np.bool_)
        new = (over[limits.row] > 0) & (self.running[limits.supply] == 0)
        closed[limits.supply[new]] = True
        return replace(
            limits,
            new=new,
            least=np.where(floor, self.bounds, 0),
            most=np.where(floor, Limit.NONE, self.bounds + over),
            kept=np.where(floor, Limit.NONE, self.bounds),
            closed=closed,
        )

    def _tops(self, limits: Limit) -> Ints:
        """Return ``(S,)`` the nodes that stock and pools allow."""
        found = self.tops.copy()
        counted = np.isin(self.kinds, ("stock", "pool_maximum"))[limits.row]
        np.minimum.at(found, limits.supply[counted], self.bounds[limits.row[counted]])
        return found

    def _candidates_of(self, workload: int) -> Ints:
        known = self.base.first.size - 1
        if workload >= known:
            return self.more[workload - known].supply
        begin, end = self.base.first[workload : workload + 2].tolist()
        return self.base.supply[begin:end]


def draft_of(instance: Instance, market: Market) -> Draft:
    """Return the draft of a market that is as its instance says."""
    caps, supplies = limiting(instance), instance.price.size
    tops, minima = np.full(supplies, ANY), np.zeros(supplies, dtype=np.int64)
    for cap in instance.caps:
        if cap.family == "pool_minimum":
            minima[cap.supply] += cap.bound
        if cap.family == "pool_maximum":
            tops[cap.supply] = np.minimum(tops[cap.supply], cap.bound)
    useful = np.bincount(
        instance.supply, weights=instance.replicas[instance.workload], minlength=supplies
    )
    runs = [int(cap.weight @ instance.running[cap.supply]) for cap in caps]
    return Draft(
        base=market,
        replicas=market.replicas.copy(),
        rank=market.rank.copy(),
        price=market.price.copy(),
        useful=useful.astype(np.int64),
        minima=minima,
        tops=tops,
        running=instance.running.copy(),
        fixed=market.least.copy(),
        bounds=np.array([cap.bound for cap in caps], dtype=np.int64),
        runs=np.array(runs, dtype=np.int64),
        kinds=np.array([cap.family for cap in caps], dtype="U16"),
        gone=np.zeros(supplies, dtype=np.bool_),
    )


def _joined(market: Market, base: Market, more: list[More]) -> Market:
    """Return a market with the candidates of workloads that join."""
    rows, known = base.rows, base.replicas.size
    supply = np.concatenate([base.supply, *(each.supply for each in more)])
    counts = [each.supply.size for each in more]
    owner = np.repeat(np.arange(known, known + len(more)), counts)
    exact = rows.exact.copy()
    for each in more:
        exact[each.supply] &= each.exact
    return replace(
        market,
        workload=np.concatenate([base.workload, owner]),
        supply=supply,
        limit=np.broadcast_to(np.int64(ANY), supply.shape),
        replica_price=np.concatenate([base.replica_price, *(each.price for each in more)]),
        first=np.concatenate([base.first, base.first[-1] + np.cumsum(counts)]),
        rows=replace(
            rows, takes=np.concatenate([rows.takes, *(each.takes for each in more)]), exact=exact
        ),
    )

"""A fleet that is solved once and then follows changes, each by what it touches."""

import time
from dataclasses import dataclass, field

import numpy as np

from placement.formulation.milp import Floats, Ints
from placement.solver import Limits
from placement.solvers.decomposition.block import Block, Wanted, block_of
from placement.solvers.decomposition.draft import Draft
from placement.solvers.decomposition.following import followed
from placement.solvers.decomposition.sharing import Share
from placement.solvers.decomposition.shelf_room import Sizes
from placement.solvers.decomposition.state import State
from placement.solvers.decomposition.warm import Warm
from placement.solvers.decomposition.workers import Patience, outcomes

__all__ = ["Live"]

DEAR = 0.02  # of a replica's mean cost: reduced cost above which a place is hardly worth it
FARTHER = 10.0  # the same, in units of that, where a node has room
CHEAPEST = 6  # places of a workload that are looked at in any case
SIZE = 12  # workloads of a block, of which
SEEDS = 6  # have to be placed; chosen by trial at 200 x 50: 20 and 30 take longer for nothing
MOST = 60  # workloads that are placed anew for their own sake after one change
BLOCKS = 2  # blocks that gain little, beside one for each that had to be, and
ALL_BLOCKS = 40  # in all: limits of work
CLOSE = 1e-5  # of the cost: what a change may add to the distance of cost and bound
TRIES = 8  # workloads around which such a block is looked for
WORTH = 1e-4  # of the cost: waste that is more by less than it is not looked into
NODES = 40  # of a block's search tree
GAP = 1e-3  # of a block's part of the cost, at which an answer will do


@dataclass(slots=True, kw_only=True)
class Live:
    """The best solution so far, and what is known of it.

    Parameters
    ----------
    gap
        Relative distance of cost and bound at which no better solution is looked for.
    """

    draft: Draft
    warm: Warm
    state: State
    sizes: Sizes
    gap: float = 0.0
    seed: int = 0
    _waste: Floats = field(init=False)
    _tried: set[bytes] = field(default_factory=set)
    _least: float = -np.inf
    _known: tuple[State, Ints, int] | None = None

    def __post_init__(self) -> None:
        """See what every workload wastes."""
        self._waste = self._wasted()
        self._tighten(np.inf)

    @property
    def bound(self) -> float:
        """Return a bound on money in units, given the replicas that are left out."""
        left = self.state.market.left_out(self.state.placed)
        return max(self._least, (self.warm.bound - self.warm.left_price(left)) / self.warm.scale)

    @property
    def cost(self) -> int:
        """Return money in units."""
        return self._seen()[1]

    def _seen(self) -> tuple[Ints, int]:
        """Return the candidates in use and the money, worked out once for every solution."""
        if self._known is None or self._known[0] is not self.state:
            state, market = self.state, self.state.market
            there = np.flatnonzero(state.x)
            money = market.price @ state.n + market.replica_price[there] @ state.x[there]
            self._known = (state, there, int(money))
        return self._known[1:]

    def follow(self, draft: Draft, seconds: float, *, anew: bool = False) -> None:
        """Take over what a draft changes, and place anew what it touches.

        Parameters
        ----------
        draft
            A copy of this one's, with changes.
        anew
            Whether the solution is that of another market, so that all of it may be wasteful.
        """
        until = time.perf_counter() + seconds
        market, before = draft.market(), self.state
        excess = 0.0 if anew else self.cost - self.bound
        self._least = -np.inf
        self.warm.follow(market, self._shares(draft) if draft.more else self.warm.engine.shares)
        self.state = followed(before, market, draft.gone, self.warm.reduced, self.sizes)
        self.warm.solve(until)
        old = np.zeros(market.replicas.size)
        old[: self._waste.size] = 0.0 if anew else self._waste
        self._settle(sorted(draft.touched), old, excess, until)
        self.draft = draft.on(market)
        self._tighten(until)
        self._waste = self._wasted()

    def _settle(self, touched: list[int], old: Floats, excess: float, until: float) -> None:
        """Place what was left out; with neighbours only where the plan would lose by it.

        Parameters
        ----------
        old, excess
            What workloads wasted before, and how far cost and bound were apart.
        """
        state = self.state
        left = np.flatnonzero(state.placed < state.market.replicas)
        left = left[np.lexsort((left, state.market.rank[left]))]
        first = list(dict.fromkeys([*touched, *left.tolist()]))[:MOST]
        parts = [first[start : start + SEEDS] for start in range(0, len(first), SEEDS)]
        for part in parts:
            self._block(np.array(sorted(part), dtype=np.int64), until)
        for part in parts:
            if self._needed(excess, until):
                self._block(self._around(part), until)
        vain = 0
        for _ in range(ALL_BLOCKS):
            block = self._wasteful(old) if self._needed(excess, until) else None
            if block is None or vain == BLOCKS + len(parts):
                return
            before = self.cost
            self._block(block, until)
            vain += before - self.cost <= WORTH * before

    def _tighten(self, until: float) -> None:
        """Bound the money given what is left out, where prices on that leave too much open."""
        left = self.state.market.left_out(self.state.placed)
        if left.any() and self.cost - self.bound > self.gap * self.cost:
            self._least = self.warm.money(left, until)

    def _needed(self, excess: float, until: float) -> bool:
        """Return whether cost and bound are farther apart than they may be and than they were."""
        apart = self.cost - self.bound
        most = max(self.gap * self.cost, excess + CLOSE * self.cost)
        return apart > most and time.perf_counter() < until

    def _wasteful(self, old: Floats) -> Ints | None:
        """Return a block around a workload that wastes more than before; None where none is new."""
        more, worth = self._wasted() - old, WORTH * self.cost
        order = np.lexsort((np.arange(more.size), -more))[:TRIES]
        for seed in order[more[order] > worth].tolist():
            block = self._around([seed])
            key = block.tobytes() + self.state.x[self.state.market.candidates_of(block)].tobytes()
            if key not in self._tried:
                self._tried.add(key)
                return block
        return None

    def _around(self, seeds: list[int]) -> Ints:
        """Return workloads and their neighbours: those that are where they could be."""
        market = self.state.market
        chosen = np.zeros(market.replicas.size, dtype=np.bool_)
        chosen[seeds] = True
        there = self._seen()[0]
        edge = np.array(seeds, dtype=np.int64)
        while edge.size and int(chosen.sum()) < SIZE:
            candidates = market.candidates_of(edge)
            reach = np.zeros(market.price.size, dtype=np.bool_)
            reach[market.supply[candidates[self._near(candidates)]]] = True
            meets = there[reach[market.supply[there]]]
            count = np.bincount(market.workload[meets], minlength=chosen.size)
            count[chosen] = 0
            order = np.lexsort((np.arange(count.size), -count))
            edge = order[: min(SIZE - int(chosen.sum()), int((count > 0).sum()))]
            chosen[edge] = True
        return np.flatnonzero(chosen)

    @property
    def _dear(self) -> float:
        replicas = max(1, int(self.state.market.replicas.sum()))
        return DEAR * self.cost * self.warm.scale / replicas

    def _block(self, workloads: Ints, until: float) -> bool:
        """Place workloads anew; return whether that is better."""
        before = self.state
        self._solve(workloads, until, everywhere=False)
        left = workloads[(self.state.placed < self.state.market.replicas)[workloads]]
        if left.size:
            self._solve(left, until, everywhere=True)
        return self.state is not before

    def _solve(self, workloads: Ints, until: float, *, everywhere: bool) -> None:
        market = self.state.market
        own = market.candidates_of(workloads)
        own = own if everywhere else own[self._near(own)]
        each = GAP * self.cost / market.dearest / max(1, market.replicas.size)
        wanted = Wanted(workloads=workloads, candidates=own, gap=each * workloads.size)
        share = Share(
            supplies=np.ones(market.price.size, dtype=np.bool_),
            limits=np.ones(market.limits.most.size, dtype=np.bool_),
        )
        seconds = max(0.0, until - time.perf_counter())
        limits = Limits(seconds=seconds, work=NODES, seed=self.seed)
        block = block_of(self.state, wanted, share, limits)
        patience = Patience(until=until, stop=lambda: False)
        (outcome,) = outcomes([block.task], None, patience)
        if outcome is not None:
            self._take(block, block.merged(self.state, outcome))

    def _take(self, block: Block, found: State | None) -> None:
        """Adopt a solution that holds, can be packed, and is better."""
        if found is None or not found.holds:
            return
        touched = np.union1d(block.supplies, block.left(self.state))
        packed = self.sizes.mended(found, touched.tolist())
        if packed is not None and packed.worth < self.state.worth:
            self.state = packed

    def _near(self, candidates: Ints) -> np.ndarray:
        """Return which candidates are worth a column."""
        state, market = self.state, self.state.market
        reduced = self.warm.reduced[candidates]
        dear = self._dear
        room = np.zeros(market.price.size, dtype=np.bool_)
        room[market.rows.supply[market.rows.room * state.n[market.rows.supply] > state.loads]] = (
            True
        )
        workload = market.workload[candidates]
        order = np.lexsort((candidates, reduced, workload))
        new = np.ones(order.size, dtype=np.bool_)
        new[1:] = workload[order][1:] != workload[order][:-1]
        at = np.arange(order.size)
        cheapest = np.zeros(order.size, dtype=np.bool_)
        cheapest[order] = at - np.maximum.accumulate(np.where(new, at, 0)) < CHEAPEST
        found: np.ndarray = (
            cheapest
            | (reduced <= dear)
            | (state.x[candidates] > 0)
            | (room[market.supply[candidates]] & (reduced <= FARTHER * dear))
        )
        return found

    def _wasted(self) -> Floats:
        """Return ``(W,)`` what each workload costs beyond what it is worth at the prices."""
        state, market = self.state, self.state.market
        used = np.zeros(market.price.size)
        np.maximum.at(used, market.rows.supply, state.loads / market.rows.room)
        empty = market.price * np.maximum(state.n - np.maximum(used, market.least), 0.0)
        there = self._seen()[0]
        supply = market.supply[there]
        on = np.bincount(supply, minlength=market.price.size)
        dear = np.maximum(self.warm.reduced[there], 0.0) / self.warm.scale
        cost = (empty / np.maximum(on, 1))[supply] + dear * state.x[there]
        found = np.bincount(market.workload[there], weights=cost, minlength=market.replicas.size)
        return found + (market.replicas - state.placed) * float(market.dearest)

    def _shares(self, draft: Draft) -> Floats:
        """Return ``(C, k)`` shares with those of candidates that joined."""
        base = draft.base.rows
        parts = [self.warm.engine.shares]
        for each in draft.more:
            start, width = base.first[each.supply], np.diff(base.first)[each.supply]
            found: Floats = np.zeros(each.takes.shape, dtype=np.float64)
            for place in range(each.takes.shape[1]):
                has = np.flatnonzero(width > place)
                found[has, place] = each.takes[has, place] / base.room[start[has] + place]
            parts.append(found)
        return np.concatenate(parts)

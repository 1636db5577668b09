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
from placement.solvers.decomposition.workers import outcomes

__all__ = ["Live"]

DEAR = 0.02  # of a replica's mean cost: reduced cost above which a place is hardly worth it
FARTHER = 10.0  # the same, in units of that, where a node has room
CHEAPEST = 6  # places of a workload that are looked at in any case
SIZE = 12  # workloads of a block
BLOCKS = 6  # blocks after one change: limits of work
NODES = 40  # of a block's search tree
GAP = 1e-4  # of a block's part of the cost, at which an answer will do


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

    def __post_init__(self) -> None:
        """See what every workload wastes."""
        self._waste = self._wasted()

    @property
    def bound(self) -> float:
        """Return a bound on money in units, given the replicas that are left out."""
        left = self.state.market.left_out(self.state.placed)
        return (self.warm.bound - self.warm.left_price(left)) / self.warm.scale

    @property
    def cost(self) -> int:
        """Return money in units."""
        return self.state.market.cost(self.state.x, self.state.n)

    def follow(self, draft: Draft, seconds: float) -> None:
        """Take over what a draft changes, and place anew what it touches.

        Parameters
        ----------
        draft
            A copy of this one's, with changes.
        """
        until = time.perf_counter() + seconds
        market, before = draft.market(), self.state
        self.warm.follow(market, self._shares(draft) if draft.more else self.warm.engine.shares)
        self.state = followed(before, market, draft.gone, self.warm.reduced, self.sizes)
        self.warm.solve(until)
        old = np.zeros(market.replicas.size)
        old[: self._waste.size] = self._waste
        self._settle(sorted(draft.touched), old, until)
        self.draft = draft.on(market)
        self._waste = self._wasted()

    def _settle(self, touched: list[int], old: Floats, until: float) -> None:
        """Place what was left out, and better what has become wasteful, block by block."""
        for number in range(BLOCKS):
            seeds = self._seeds(touched if number == 0 else [], old)
            if not seeds.size or time.perf_counter() >= until:
                return
            if not self._block(seeds, until) and number:
                return
            old = np.maximum(old, self._wasted())

    def _seeds(self, touched: list[int], old: Floats) -> Ints:
        """Return the workloads to place anew together, the most urgent ones."""
        state = self.state
        market = state.market
        left = np.flatnonzero(state.placed < market.replicas)
        left = left[np.lexsort((left, market.rank[left]))][:SIZE]
        first = list(dict.fromkeys([*touched, *left.tolist()]))[:SIZE]
        if len(first) < SIZE and self.cost - self.bound > self.gap * self.cost:
            more = self._wasted() - old
            more[first] = 0
            worth = 1e-5 * self.cost
            order = np.lexsort((np.arange(more.size), -more))[: SIZE - len(first)]
            first += order[more[order] > worth].tolist()
        return np.array(sorted(first), dtype=np.int64)

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
        (outcome,) = outcomes([block.task], None)
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
        dear = DEAR * self.cost * self.warm.scale / max(1, int(market.replicas.sum()))
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
        there = np.flatnonzero(state.x)
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

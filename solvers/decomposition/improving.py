"""Improvement of a whole-numbered solution, some workloads at a time, in batches.

All blocks of a batch start from one solution and are solved by whoever is free; their answers are
taken in order, each where it still holds and makes the solution better. So the outcome does not
depend on how many workers there are.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field

import numpy as np

from placement.formulation.milp import Ints
from placement.solver import Limits
from placement.solvers.decomposition.block import Block, Wanted, block_of
from placement.solvers.decomposition.neighbourhoods import Nearness, regional, waste, wasteful
from placement.solvers.decomposition.packed import Packing
from placement.solvers.decomposition.sharing import shares
from placement.solvers.decomposition.state import State
from placement.solvers.decomposition.workers import Patience, outcomes

__all__ = ["Improving"]

SIZE = 40  # workloads of a block: 40, 70 and 150 end alike at 2,000 x 200, 40 best at 200 x 50
WIDER = (SIZE, 2 * SIZE, 4 * SIZE)  # of later blocks: wider ones once these find nothing more
PART = 30  # workloads of a block of those that have replicas left out: they look at all places
BATCH = 4  # blocks that start from one solution: enough for four workers
FIRST_GAP = 1e-3  # of a block's part of the cost, at which its first answer will do
LATER_GAP = 5e-5
NODES = 60  # of a block's search tree: a limit of work
FEW = 300  # candidates of a block of which all have columns: it is solved as fast
WORTH = 1e-6  # of the cost: waste below it is not looked into


@dataclass(slots=True, kw_only=True)
class Improving:
    """A search by blocks from one solution on.

    Parameters
    ----------
    state
        The best solution so far; it holds, and can be packed.
    bound
        Of its cost, in units, if nothing need be left out.
    tell
        Hears of the best cost; returns True to stop.
    until
        Deadline on the clock of ``time.perf_counter``.
    gap
        Relative distance of cost and bound at which the search ends.
    """

    state: State
    near: Nearness
    packing: Packing
    bound: float
    tell: Callable[[State], bool]
    until: float
    gap: float
    executor: Executor | None = None
    seed: int = 0
    ended_by: str = "work"
    _tried: set[bytes] = field(default_factory=set)
    _stopped: bool = False
    _size: int = SIZE

    def run(self) -> State:
        """Return the best solution found."""
        self._through(self._left_out(), FIRST_GAP)
        self._through(regional(self.state, SIZE), FIRST_GAP)
        for self._size in WIDER:
            while not self._over():
                blocks = list(self._wasteful())
                if not blocks:
                    break
                self._batch(blocks, LATER_GAP)
        return self.state

    def _left_out(self) -> Iterator[Ints]:
        """Yield the workloads that have replicas left out, neighbours together."""
        out = self.state.placed < self.state.market.replicas
        loose = [part[out[part]] for part in regional(self.state, SIZE)]
        if any(part.size for part in loose):
            chosen = np.concatenate(loose)
            for part in np.array_split(chosen, max(1, round(chosen.size / PART))):
                yield np.sort(part)

    def _through(self, parts: Iterable[Ints], gap: float) -> None:
        """Take all parts in batches of parts far from each other."""
        found = list(parts)
        stride = -(-len(found) // BATCH)
        for start in range(stride):
            if self._over():
                return
            self._batch(found[start::stride], gap)

    def _over(self) -> bool:
        """Return whether to stop, and remember why."""
        left, cost = self.state.worth
        if self._stopped or self.tell(self.state):
            self.ended_by = "cancelled"
        elif time.perf_counter() >= self.until:
            self.ended_by = "time"
        elif not any(left) and cost - self.bound <= self.gap * cost:
            self.ended_by = "gap"
        else:
            return False
        return True

    def _wasteful(self) -> Iterator[Ints]:
        """Yield blocks around the workloads that waste most, apart from each other."""
        market = self.state.market
        wasted = waste(self.state, self.near)
        least = WORTH * market.cost(self.state.x, self.state.n)
        seeds = np.lexsort((np.arange(wasted.size), -wasted))
        taken = np.zeros(wasted.size, dtype=np.bool_)
        found = 0
        for seed in seeds.tolist():
            if wasted[seed] <= least or found == BATCH:
                return
            if taken[seed]:
                continue
            block = wasteful(self.state, self.near, seed, self._size)
            key = self._key(block)
            if key in self._tried:
                continue
            self._tried.add(key)
            if taken[block].any():
                block = block[~taken[block]]
            taken[block] = True
            found += 1
            yield block

    def _key(self, block: Ints) -> bytes:
        """Return what tells a block and where its replicas are from others."""
        candidates = self.state.market.candidates_of(block)
        return block.tobytes() + self.state.x[candidates].tobytes()

    def _batch(self, parts: Sequence[Ints], gap: float) -> None:
        market = self.state.market
        cost = market.cost(self.state.x, self.state.n) / market.dearest
        limits = Limits(
            seconds=max(0.0, self.until - time.perf_counter()), work=NODES, seed=self.seed
        )
        each = gap * cost / market.replicas.size
        wanted = [self._wanted(part, each * part.size) for part in parts]
        allowed = shares(self.state, [one.candidates for one in wanted])
        blocks = [
            block_of(self.state, one, share, limits)
            for one, share in zip(wanted, allowed, strict=True)
        ]
        patience = Patience(until=self.until, stop=lambda: self.tell(self.state))
        answers = outcomes([block.task for block in blocks], self.executor, patience)
        self._stopped = patience.stopped
        for block, outcome in zip(blocks, answers, strict=True):
            if outcome is not None:
                self._take(block, block.merged(self.state, outcome))

    def _wanted(self, workloads: Ints, gap: float) -> Wanted:
        own = self.state.market.candidates_of(workloads)
        if own.size > FEW:
            own = own[self.near.wanted(self.state, own)]
        return Wanted(workloads=workloads, candidates=own, gap=gap)

    def _take(self, block: Block, found: State | None) -> None:
        """Adopt a solution that holds, can be packed, and is better."""
        if found is None:
            return
        touched = np.union1d(block.supplies, block.left(self.state))
        if found.holds:
            packed = self.packing.mended(found, touched)
            self.state = min(self.state, packed, key=lambda state: state.worth)

"""A decomposed problem that follows changes: its arrays, nodes by name, and rows of the plan."""

import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from placement.admission import Admission
from placement.instance import Instance
from placement.located import Located, replicas_on
from placement.plan import Assignment, NodePlan
from placement.replica_costs import ReplicaCosts
from placement.session_changes import Change
from placement.session_roster import OfferKey, Roster
from placement.session_update import Update
from placement.solver import Limits, Solver
from placement.solvers.decomposition.draft import ANY, draft_of
from placement.solvers.decomposition.following import followed
from placement.solvers.decomposition.intake import Intake
from placement.solvers.decomposition.lasting import pool_supplies, stock_limits
from placement.solvers.decomposition.live import Live
from placement.solvers.decomposition.market import market_of
from placement.solvers.decomposition.relaxation import Relaxation
from placement.solvers.decomposition.rows import Rows
from placement.solvers.decomposition.shelf_room import Sizes
from placement.solvers.decomposition.shelves import Shelf, Shelves
from placement.solvers.decomposition.state import State
from placement.solvers.decomposition.strategy import Decomposition
from placement.solvers.decomposition.warm import Warm

__all__ = ["Fleet"]


@dataclass(slots=True, kw_only=True)
class Fleet:
    """The fleet, its solution, and what of both is written down."""

    instance: Instance
    roster: Roster
    live: Live
    shelves: Shelves
    rows: Rows
    limits: dict[OfferKey, int]
    buyers: dict[tuple[str, str, str], list[int]]
    admission: Admission
    costs: dict[int, ReplicaCosts]
    dearest: int

    @classmethod
    def solved(
        cls,
        instance: Instance,
        limits: Limits,
        solver: Solver,
        executor: Executor | None = None,
    ) -> "Fleet | None":
        """Return a fleet solved from scratch; None where no plan is found in time."""
        search = Decomposition(instance=instance, limits=limits, solver=solver, executor=executor)
        search.run()
        if search.kept is None:
            return None
        until = time.perf_counter() + limits.seconds
        warm = Warm.of(search.kept.relaxation, until)
        return None if warm is None else cls._of(instance, warm, search.kept.state, (), limits)

    @classmethod
    def resumed(
        cls, instance: Instance, nodes: tuple[NodePlan, ...], limits: Limits
    ) -> "Fleet | None":
        """Return a fleet that goes on from the nodes of another plan, as far as they are there."""
        market = market_of(instance)
        warm = Warm.of(Relaxation(market), time.perf_counter() + limits.seconds)
        if warm is None:
            return None
        x = replicas_on(instance.candidates, (node for node in nodes if node.replicas))
        sizes = Sizes(instance.candidates.takes, instance.candidates.room)
        none = np.zeros(market.price.size, dtype=np.bool_)
        state = followed(State.of(market, x), market, none, warm.reduced, sizes)
        packed = sizes.mended(state, np.unique(market.supply[state.x > 0]).tolist())
        if packed is None:
            packed = State.of(market, np.zeros_like(x))
        if not packed.holds:
            return None
        fleet = cls._of(instance, warm, packed, nodes, limits)
        before = fleet.live.state
        fleet.live.follow(fleet.live.draft.copy(), limits.seconds, anew=True)
        after = fleet.live.state
        other = np.flatnonzero(after.n != before.n).tolist()
        fleet._restack(sorted({*_other_replicas(before, after)[1], *other}))
        return fleet

    @classmethod
    def _of(
        cls,
        instance: Instance,
        warm: Warm,
        state: State,
        nodes: tuple[NodePlan, ...],
        limits: Limits,
    ) -> "Fleet":
        lasting = np.broadcast_to(np.int64(ANY), instance.supply.shape)
        market = replace(state.market, limit=lasting)
        warm.engine.market = market
        found, problem = instance.candidates, instance.problem
        sizes = Sizes(found.takes, found.room)
        live = Live(
            draft=draft_of(instance, market),
            warm=warm,
            state=replace(state, market=market),
            sizes=sizes,
            gap=limits.relative_gap,
            seed=limits.seed,
        )
        taken = {c.name: {node.name for node in c.nodes} for c in problem.clusters}
        fleet = cls(
            instance=instance,
            roster=Roster.of(problem),
            live=live,
            shelves=Shelves(list(found.supplies), sizes, taken),
            rows=Rows(found.gpus),
            limits=stock_limits(instance),
            buyers=pool_supplies(found.supplies),
            admission=Admission(found),
            costs={},
            dearest=market.dearest,
        )
        fleet._shelve(nodes)
        return fleet

    @property
    def unit(self) -> float:
        """Return what a unit of money is worth."""
        return float(self.instance.unit)

    @property
    def left(self) -> dict[str, int]:
        """Return the replicas left out, by key of their workload."""
        state = self.live.state
        out = state.market.replicas - state.placed
        return {self.roster.at(n).key: int(out[n]) for n in np.flatnonzero(out).tolist()}

    def follow(self, changes: Iterable[Change], seconds: float) -> Update:
        """Take changes over, all or none.

        Raises
        ------
        InputError
            When the problem has no such thing, or a value is out of range.
        Structural
            When arrays cannot follow.
        """
        intake = Intake(
            roster=self.roster.copy(),
            draft=self.live.draft.copy(),
            supplies=list(self.shelves.supplies),
            limits=self.limits,
            buyers=self.buyers,
            admission=self.admission,
            unit=Fraction(self.instance.unit),
            dearest=self.dearest,
        )
        for change in changes:
            intake.take(change)
        return self._adopt(intake, seconds)

    def _adopt(self, intake: Intake, seconds: float) -> Update:
        before, old_roster = self.live.state, self.roster
        gone = self.live.draft.gone
        old_supplies = self.shelves.supplies
        first = before.market.replicas.size
        for at, each in enumerate(intake.admitted):
            self.live.sizes.join(each.takes)
            self.rows.gpus = np.concatenate([self.rows.gpus, each.gpus])
            self.costs[first + at] = each.costs
        self.live.follow(intake.draft, seconds)
        self.roster, self.shelves.supplies = intake.roster, intake.supplies
        state = self.live.state
        moved, where = _other_replicas(before, state)
        removed = [
            row
            for number in moved
            if number < first
            for row in self.rows.of_workload(number, before, old_roster, old_supplies)
        ]
        lost = np.flatnonzero(intake.draft.gone & ~gone).tolist()
        others = sorted({*where, *np.flatnonzero(state.n != before.n).tolist(), *lost})
        self.rows.forget(set(moved), {*others, *intake.repriced})
        packed = self._restack(others)
        there = [number for number in moved if self.roster.workloads[number] is not None]
        added = [
            row
            for number in there
            for row in self.rows.of_workload(number, state, self.roster, self.shelves.supplies)
        ]
        bought, given_up = self._nodes(before, others)
        keys = {row.workload for row in (*added, *removed)}
        total = self.live.cost * self.unit
        bound = max(0.0, min(total, self.live.bound * self.unit))
        return Update(
            cost_per_hour=int(state.market.price @ state.n) * self.unit,
            total_per_hour=total,
            lower_bound=bound,
            gap=(total - bound) / total if total else 0.0,
            unplaced=self.left,
            touched=tuple(sorted(keys)),
            repacked=tuple(sorted(self._keys(packed) - keys)),
            added=tuple(_sorted(set(added) - set(removed))),
            removed=tuple(_sorted(set(removed) - set(added))),
            bought=bought,
            given_up=given_up,
            seconds=0.0,
        )

    def _nodes(
        self, before: State, supplies: list[int]
    ) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]]:
        """Return nodes bought and given up by cluster and pool."""
        more: Counter[tuple[str, str]] = Counter()
        for supply in supplies:
            kind = self.shelves.supplies[supply]
            if kind.pool is not None:
                nodes = int(self.live.state.n[supply] - before.n[supply])
                more[kind.cluster.name, kind.pool.name] += nodes
        pools = sorted(more)
        return (
            {pool: more[pool] for pool in pools if more[pool] > 0},
            {pool: -more[pool] for pool in pools if more[pool] < 0},
        )

    def _shelve(self, nodes: tuple[NodePlan, ...]) -> None:
        """Put everything on nodes, on those of another plan as far as they are there."""
        located, number = Located(self.shelves.supplies), self.roster.numbers
        for node in nodes:
            supply = located.of(node)
            if supply is None or node.state != "new":
                continue
            held = {number[r.workload]: r.replicas for r in node.replicas if r.workload in number}
            self.shelves.of.setdefault(supply, []).append(Shelf(node.name, held))
            self.shelves.taken.setdefault(node.cluster, set()).add(node.name)
        running = [at for at, kind in enumerate(self.shelves.supplies) if kind.running]
        for at in running:
            self.shelves.of[at] = [Shelf(name, {}) for name in self.shelves.supplies[at].nodes]
        by_name = {
            (self.shelves.supplies[at].cluster.name, shelf.name): shelf
            for at in running
            for shelf in self.shelves.of[at]
        }
        for node in nodes:
            shelf = by_name.get((node.cluster, node.name))
            if node.state != "new" and shelf is not None:
                known = (row for row in node.replicas if row.workload in number)
                shelf.held.update((number[row.workload], row.replicas) for row in known)
        used = np.flatnonzero(self.live.state.n > 0).tolist()
        self._restack(sorted({*used, *self.shelves.of}))

    def _keys(self, numbers: Iterable[int]) -> set[str]:
        found = (self.roster.workloads[number] for number in numbers)
        return {workload.key for workload in found if workload is not None}

    def _restack(self, supplies: list[int]) -> set[int]:
        """Bring the nodes of some supplies to what the solution has there.

        Returns the workloads of which a node has more or fewer replicas than before.
        """
        state, market = self.live.state, self.live.state.market
        wanted: dict[int, dict[int, tuple[int, int]]] = {supply: {} for supply in supplies}
        there = np.flatnonzero(state.x)
        one = np.zeros(market.price.size, dtype=np.bool_)
        one[supplies] = True
        for candidate in there[one[market.supply[there]]].tolist():
            own = wanted[int(market.supply[candidate])]
            own[int(market.workload[candidate])] = (candidate, int(state.x[candidate]))
        other: set[int] = set()
        for supply in supplies:
            if self.live.draft.gone[supply]:
                self.shelves.drop(supply)
            else:
                other |= self.shelves.stack(supply, wanted[supply], int(state.n[supply]))
        self.rows.forget(set(), set(supplies))
        return other


def _other_replicas(before: State, after: State) -> tuple[list[int], list[int]]:
    """Return the workloads whose replicas are elsewhere, more or fewer, and where."""
    known = before.x.size
    other = np.flatnonzero(after.x[:known] != before.x)
    other = np.concatenate([other, known + np.flatnonzero(after.x[known:])])
    market = after.market
    return np.unique(market.workload[other]).tolist(), np.unique(market.supply[other]).tolist()


def _sorted(rows: Iterable[Assignment]) -> list[Assignment]:
    return sorted(rows, key=lambda row: tuple(str(each) for each in row.__dict__.values()))

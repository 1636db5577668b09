"""The problem as index arrays: what the mathematics works on."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import gcd

import numpy as np

from placement.candidates import Candidates, find_candidates
from placement.caps import Cap, buyers, find_caps
from placement.confidence import Confidence, confidence_of
from placement.formulation.milp import Ints
from placement.loads import LoadRow, loads_of
from placement.moving import Moving, moving_of
from placement.problem import Problem
from placement.problem.base import Money
from placement.replica_costs import ReplicaCosts
from placement.shares import SpotShares, spot_shares
from placement.tie_making import ties_of
from placement.ties import Ties
from placement.totals import Total, budget_totals, resource_totals

__all__ = ["Capacity", "Instance", "make_instance"]

FINEST = 2**20
"""Largest node in a capacity row, in the row's own units. A row whose exact integers are larger is
rounded in favour of feasibility, by less than one part in 2^20: it stays a valid relaxation and
integral for every backend, and packing decides with the exact figures."""

FINEST_MONEY = Decimal("1e-6")  # per hour: no cloud quotes finer (prices of 2026, see the catalog)
LARGEST_PRICE = 10**9  # units: sums over a million nodes stay whole in double precision


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """The capacity rows that can bind: one for each supply and resource that no other implies.

    Parameters
    ----------
    row, candidate, size
        ``(nnz,)`` entries: the row, the candidate and what one replica takes.
    supply, room
        ``(rows,)`` whose nodes a row speaks of, and what one node has.
    """

    row: Ints
    candidate: Ints
    size: Ints
    supply: Ints
    room: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A problem with W workloads, S supplies and C candidates.

    Parameters
    ----------
    replicas, priority
        ``(W,)`` replicas asked for (of a load: the most that may be of use), and priorities.
    parts, units
        ``(W,)`` nodes of one replica, and the most of x in all: x counts each node of a replica.
    least, most
        ``(S,)`` bounds on the nodes kept or bought.
    running
        ``(S,)`` nodes that run now.
    cluster
        ``(S,)`` the cluster of each supply.
    price
        ``(S,)`` per node and hour, in whole ``unit`` of the currency.
    replica_price
        ``(C,)`` per replica and hour beside its node, in the same unit.
    move_price
        ``(M,)`` per replica moved of each workload that runs now, in the same unit.
    costs
        What these rest on, exactly.
    per_node, limit
        ``(C,)`` the most replicas of each candidate on one empty node, and in all.
    caps
        Limits over several supplies.
    spot_shares
        Shares of workloads that may run on spot.
    totals, budgets
        Limits on what replicas request together, and on what they are charged.
    ties
        Rules that tie replicas to groups of nodes.
    loads
        Demands stated as loads.
    moving
        Workloads that run now, and what moving them costs.
    whole
        Workloads and candidates of each place where a replica takes several nodes.
    confidence
        How likely everything bought has to be there, and offerings whose stock is not certain.
    """

    candidates: Candidates
    replicas: Ints
    parts: Ints
    units: Ints
    priority: Ints
    least: Ints
    most: Ints
    running: Ints
    cluster: Ints
    price: Ints
    replica_price: Ints
    move_price: Ints
    costs: ReplicaCosts
    unit: Decimal
    per_node: Ints
    limit: Ints
    capacity: Capacity
    caps: tuple[Cap, ...]
    spot_shares: SpotShares
    totals: tuple[Total, ...]
    budgets: tuple[Total, ...]
    ties: Ties
    loads: tuple[LoadRow, ...]
    moving: tuple[Moving, ...]
    whole: tuple[tuple[int, Ints], ...]
    confidence: Confidence

    @property
    def has_rules(self) -> bool:
        """Return whether rules tie replicas to each other beyond the nodes that they share."""
        return (
            self.spot_shares.workload.size > 0
            or bool(self.totals or self.budgets or self.loads or self.moving or self.whole)
            or self.ties.used
            or bool(self.confidence.chances)
        )

    @property
    def limited(self) -> tuple[Moving, ...]:
        """Return the workloads whose moves are limited."""
        return () if self.problem.objective.max_moves is None else self.moving

    @property
    def problem(self) -> Problem:
        """Return the problem that the arrays stand for."""
        return self.candidates.problem

    @property
    def workload(self) -> Ints:
        """Return ``(C,)`` the workload of each candidate."""
        return self.candidates.workload

    @property
    def supply(self) -> Ints:
        """Return ``(C,)`` the supply of each candidate."""
        return self.candidates.supply


def make_instance(problem: Problem, candidates: Candidates | None = None) -> Instance:
    """Return the arrays of a problem, from its candidates if they are known already."""
    found = find_candidates(problem) if candidates is None else candidates
    supplies = found.supplies
    replicas = np.array([w.most_replicas for w in problem.workloads], dtype=np.int64)
    parts = np.array([w.nodes_per_replica for w in problem.workloads], dtype=np.int64)
    units = replicas * parts
    running = np.array([len(s.nodes) for s in supplies], dtype=np.int64)
    fixed = np.array([s.running and not s.releasable for s in supplies], dtype=np.bool_)
    number = {cluster.name: i for i, cluster in enumerate(problem.clusters)}
    caps = find_caps(problem, supplies)
    most = np.where(running > 0, running, _most_new(found, units, caps))
    costs = ReplicaCosts(problem, found.paths)
    moving, loads = moving_of(found, units), loads_of(found)
    (price, replica_price, move_price), unit = _prices(found, costs, moving)
    per_node = _per_node(found)
    return Instance(
        candidates=found,
        replicas=replicas,
        parts=parts,
        units=units,
        priority=np.array([w.priority for w in problem.workloads], dtype=np.int64),
        least=np.where(fixed, running, 0),
        most=most,
        running=running,
        cluster=np.array([number[s.cluster.name] for s in supplies], dtype=np.int64),
        price=price,
        replica_price=replica_price,
        move_price=move_price,
        costs=costs,
        unit=unit,
        per_node=per_node,
        limit=np.minimum(units[found.workload], per_node * most[found.supply]),
        capacity=_capacity(found),
        caps=caps,
        spot_shares=spot_shares(found),
        totals=resource_totals(found),
        budgets=budget_totals(found),
        ties=ties_of(found, units, loads),
        loads=loads,
        moving=moving,
        whole=tuple(_whole(found, parts)),
        confidence=_confidence(found, most),
    )


def _confidence(found: Candidates, most: Ints) -> Confidence:
    offers = buyers(found.problem, found.supplies)
    members = [(row, np.array(supply, dtype=np.int64)) for row, supply in offers]
    return confidence_of(found.problem, members, most)


def _whole(found: Candidates, parts: Ints) -> Iterator[tuple[int, Ints]]:
    """Yield workload and candidates of each place whose replicas take several nodes."""
    for workload in np.flatnonzero(parts > 1).tolist():
        places: dict[tuple[str, ...], list[int]] = {}
        for candidate in np.flatnonzero(found.workload == workload).tolist():
            supply = found.supplies[int(found.supply[candidate])]
            places.setdefault(supply.place, []).append(candidate)
        for candidates in places.values():
            yield workload, np.array(candidates, dtype=np.int64)


def _prices(
    found: Candidates, costs: ReplicaCosts, moving: tuple[Moving, ...]
) -> tuple[tuple[Ints, ...], Decimal]:
    """Return prices of nodes, replicas and moves in whole multiples of the largest unit of all.

    A price finer than ``FINEST_MONEY``, or than a billionth of the dearest, is rounded down: every
    plan then costs no more in the programme than in truth, so that bounds stay valid.
    """
    nodes = [Fraction(Money.exact(supply.price)) for supply in found.supplies]
    replicas = _replica_prices(found, costs)
    exact = [*nodes, *replicas, *(each.cost for each in moving)]
    unit = FINEST_MONEY
    while max(exact, default=Fraction(0)) / Fraction(unit) > LARGEST_PRICE:
        unit *= 10
    scaled = [int(price / Fraction(unit)) for price in exact]
    step = gcd(*scaled) or 1
    whole = np.array([price // step for price in scaled], dtype=np.int64)
    split = np.split(whole, np.cumsum([len(nodes), len(replicas)]))
    return tuple(split), unit * step


def _replica_prices(found: Candidates, costs: ReplicaCosts) -> list[Fraction]:
    """Return what a replica of each candidate costs beside its node; zeros where nothing does."""
    if not costs.used:
        return [Fraction(0)] * found.workload.size
    workloads, supplies = found.problem.workloads, found.supplies
    pairs = zip(found.workload.tolist(), found.supply.tolist(), strict=True)
    return [sum(costs.of(workloads[w], supplies[s]).values(), Fraction(0)) for w, s in pairs]


def _per_node(found: Candidates) -> Ints:
    """Return ``(C,)`` how many replicas of a candidate fit on one empty node."""
    sizes = np.maximum(found.takes, 1)
    whole = np.where(found.takes > 0, found.room[found.supply] // sizes, np.int64(2**62))
    return np.asarray(whole.min(axis=1), dtype=np.int64)


def _most_new(found: Candidates, units: Ints, caps: tuple[Cap, ...]) -> Ints:
    """Return ``(S,)`` how many new nodes can ever be of use: one a replica, and the minima.

    Stock and pool maxima bound them where they are less.
    """
    most = np.bincount(
        found.supply, weights=units[found.workload], minlength=len(found.supplies)
    ).astype(np.int64)
    for cap in caps:
        if cap.family == "pool_minimum":
            most[cap.supply] += cap.bound
    for cap in caps:
        if cap.family in {"stock", "pool_maximum"}:
            most[cap.supply] = np.minimum(most[cap.supply], cap.bound)
    single = np.array([supply.single for supply in found.supplies], dtype=np.bool_)
    return np.where(single, np.minimum(most, 1), most)


def _capacity(found: Candidates) -> Capacity:
    """Return the rows of resources that no other resource of the same nodes implies."""
    order = np.argsort(found.supply, kind="stable")
    supply, starts = np.unique(found.supply[order], return_index=True)
    parts = [np.empty(0, dtype=np.int64)] * 5
    if not supply.size:
        return Capacity(**dict(zip(Capacity.__slots__, parts, strict=True)))
    requests, room = found.takes[order], found.room[supply]
    counts = np.diff(np.append(starts, order.size))
    group = np.repeat(np.arange(supply.size), counts)
    share = requests / np.maximum(room, 1)[group]
    entries = []
    for resource in np.flatnonzero((requests > 0).any(axis=0)):
        keep = ~_implied(share, starts, int(resource))
        keep &= np.logical_or.reduceat(requests[:, resource] > 0, starts)
        entries.append(_rows_of(requests[:, resource], room[:, resource], starts, group, keep))
    sizes = [int(number.max(initial=-1)) + 1 for number, *_ in entries]
    offsets = np.concatenate(([0], np.cumsum(sizes)))[:-1]
    return Capacity(
        row=np.concatenate([e[0] + off for e, off in zip(entries, offsets, strict=True)]),
        candidate=np.concatenate([order[e[1]] for e in entries]),
        size=np.concatenate([e[2] for e in entries]),
        supply=np.concatenate([supply[e[3]] for e in entries]),
        room=np.concatenate([e[4] for e in entries]),
    )


def _implied(share: np.ndarray, starts: Ints, resource: int) -> np.ndarray:
    """Return ``(groups,)`` whether another resource is never less used, by any candidate."""
    implied = np.zeros(starts.size, dtype=np.bool_)
    for other in range(share.shape[1]):
        if other == resource:
            continue
        less = np.logical_and.reduceat(share[:, resource] <= share[:, other], starts)
        more = np.logical_and.reduceat(share[:, other] <= share[:, resource], starts)
        implied |= less & (~more | (other < resource))
    return implied


def _rows_of(
    size: Ints, room: Ints, starts: Ints, group: Ints, keep: np.ndarray
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Return one resource's rows for the kept groups: entries, then rows, in small integers."""
    number = np.cumsum(keep) - 1
    step = np.maximum(np.gcd(np.gcd.reduceat(size, starts), room), 1)
    exact = room // step <= FINEST
    scaled = np.where(
        exact[group],
        size // step[group],
        np.floor(size / np.maximum(room, 1)[group] * FINEST * (1 - 1e-12)).astype(np.int64),
    )
    entry = np.flatnonzero(keep[group] & (scaled > 0))
    rows = np.flatnonzero(keep)
    held = np.where(exact, room // step, FINEST)[rows]
    return number[group[entry]], entry, scaled[entry], rows, held

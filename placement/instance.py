"""The problem as index arrays: what the mathematics works on."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from placement.candidates import Candidates, find_candidates
from placement.capacity import Capacity, capacity_of
from placement.caps import Cap, buyers, find_caps
from placement.confidence import Confidence, confidence_of
from placement.formulation.milp import Ints
from placement.loads import LoadRow, loads_of
from placement.moving import Moving, moving_of
from placement.needs import UNLIMITED
from placement.problem import Problem
from placement.replica_costs import ReplicaCosts
from placement.shares import SpotShares, spot_shares
from placement.tie_making import ties_of
from placement.ties import Ties
from placement.totals import Total, budget_totals, resource_totals
from placement.whole_prices import whole_prices

__all__ = ["Instance", "make_instance"]


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
    replicas = np.array([w.most_replicas for w in problem.workloads], dtype=np.int64)
    parts = np.array([w.nodes_per_replica for w in problem.workloads], dtype=np.int64)
    units = replicas * parts
    caps = find_caps(problem, found.supplies)
    running, least, most = _nodes(found, units, caps)
    costs = ReplicaCosts(problem, found.paths)
    moving, loads = moving_of(found, units), loads_of(found)
    per_node = _per_node(found)
    (price, replica_price, move_price), unit = whole_prices(found, costs, moving)
    return Instance(
        candidates=found,
        replicas=replicas,
        parts=parts,
        units=units,
        priority=np.array([w.priority for w in problem.workloads], dtype=np.int64),
        least=least,
        most=most,
        running=running,
        cluster=_clusters(found),
        price=price,
        replica_price=replica_price,
        move_price=move_price,
        costs=costs,
        unit=unit,
        per_node=per_node,
        limit=np.minimum(units[found.workload], per_node * most[found.supply]),
        capacity=capacity_of(found),
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


def _nodes(found: Candidates, units: Ints, caps: tuple[Cap, ...]) -> tuple[Ints, Ints, Ints]:
    """Return ``(S,)`` the nodes that run now, and the least and the most that a plan can have."""
    running = np.array([len(s.nodes) for s in found.supplies], dtype=np.int64)
    fixed = np.array([s.running and not s.releasable for s in found.supplies], dtype=np.bool_)
    most = np.where(running > 0, running, _most_new(found, units, caps))
    return running, np.where(fixed, running, 0), most


def _clusters(found: Candidates) -> Ints:
    """Return ``(S,)`` the number of each supply's cluster."""
    number = {cluster.name: i for i, cluster in enumerate(found.problem.clusters)}
    return np.array([number[s.cluster.name] for s in found.supplies], dtype=np.int64)


def _confidence(found: Candidates, most: Ints) -> Confidence:
    if found.problem.objective.confidence is None:
        return Confidence()
    offers = buyers(found.problem, found.supplies)
    members = [(row, np.array(supply, dtype=np.int64)) for row, supply in offers]
    return confidence_of(found.problem, members, most)


def _whole(found: Candidates, parts: Ints) -> Iterator[tuple[int, Ints]]:
    """Yield workload and candidates of each place whose replicas take several nodes."""
    for workload in np.flatnonzero(parts > 1).tolist():
        places: dict[tuple[str, ...], list[int]] = {}
        for candidate in found.of(workload).tolist():
            supply = found.supplies[int(found.supply[candidate])]
            places.setdefault(supply.place, []).append(candidate)
        for candidates in places.values():
            yield workload, np.array(candidates, dtype=np.int64)


def _per_node(found: Candidates) -> Ints:
    """Return ``(C,)`` how many replicas of a candidate fit on one empty node."""
    most = np.full(found.workload.size, UNLIMITED)
    for column in range(len(found.resources)):
        size, room = found.takes[:, column], found.room[found.supply, column]
        np.minimum(most, np.where(size > 0, room // np.maximum(size, 1), UNLIMITED), out=most)
    return most


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

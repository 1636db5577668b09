"""The inventory-aware rule: free capacity first, else stock counts as available replicas.

Imitates what "Inventory-aware scheduling" of Alibaba Cloud ACK One documents (public preview, read
2026-11): one application at a time; when the clusters lack room, every cluster's scaler reports
what its region still has in stock, the replicas are divided by ``dynamicWeight:
AvailableReplicas`` over free room and stock, and each cluster's scaler buys nodes. No price enters.
"""

import numpy as np

from placement.formulation.milp import Ints
from placement.solvers.greedy.karmada import DYNAMIC, Fleet
from placement.solvers.greedy.ledger import MANY, Ledger
from placement.solvers.greedy.moves import buy, by_priority
from placement.solvers.greedy.plan import Left
from placement.solvers.greedy.reasons import no_place, no_room

__all__ = ["inventory"]


def inventory(ledger: Ledger) -> Left:
    """Place every workload by the inventory-aware rule; return what is left out, and why.

    Inside a cluster free nodes come first, then node pools by name (their zones by name).
    """
    fleet = Fleet(ledger)
    workloads = ledger.candidates.problem.workloads
    left: dict[int, tuple[int, tuple[str, ...]]] = {}
    for number in by_priority(ledger.candidates):
        workload = workloads[number]
        if ledger.candidates_of(number).size == 0:
            left[number] = (workload.most_replicas, no_place(ledger, number))
            continue
        free = _free(fleet, number)
        decision = fleet.decide(workload, free.tolist(), DYNAMIC)
        if decision.reason == "Unschedulable":
            room = np.minimum(free + _stock(fleet, number), MANY)
            decision = fleet.decide(workload, room.tolist(), DYNAMIC)
        if decision.reason != "Success":
            reasons = (f"{decision.reason}: {decision.message}", *no_room(ledger, number))
            left[number] = (workload.most_replicas, reasons)
            continue
        pending = sum(
            _grow(fleet, number, cluster, missing)
            for cluster, missing in fleet.fill(number, decision.clusters).items()
            if missing
        )
        left[number] = (pending, no_room(ledger, number) if pending else ())
    return left


def _free(fleet: Fleet, workload: int) -> Ints:
    """Return ``(clusters,)`` the replicas that fit on each cluster's nodes, node by node."""
    nodes, _, fits = fleet.ledger.fit(workload)
    return _by_cluster(fleet, fleet.ledger.supply[nodes], fits)


def _stock(fleet: Fleet, workload: int) -> Ints:
    """Return ``(clusters,)`` the replicas on nodes that each cluster could still get.

    Every cluster asks for itself, as each scaler does: two clusters of a region count the same
    stock, and the second may find it gone.
    """
    ledger = fleet.ledger
    offers = ledger.offers(workload)
    supplies = ledger.candidates.supply[offers]
    nodes = np.zeros(offers.size, dtype=np.int64)
    of_cluster = fleet.of_supply[supplies]
    for cluster in np.unique(of_cluster).tolist():
        own = of_cluster == cluster
        nodes[own] = ledger.jointly_openable(supplies[own])
    return _by_cluster(fleet, supplies, np.minimum(nodes, MANY) * ledger.per_node(offers))


def _by_cluster(fleet: Fleet, supplies: Ints, replicas: Ints) -> Ints:
    sums = np.zeros(len(fleet.names), dtype=np.int64)
    np.add.at(sums, fleet.of_supply[supplies], np.minimum(replicas, MANY))
    return np.minimum(sums, MANY)


def _grow(fleet: Fleet, workload: int, cluster: str, replicas: int) -> int:
    """Buy nodes in one cluster for replicas that its nodes do not hold; return what is left."""
    ledger = fleet.ledger
    offers = ledger.offers(workload)
    supplies = ledger.candidates.supply[offers]
    for candidate in offers[fleet.of_supply[supplies] == fleet.number[cluster]].tolist():
        if replicas == 0:
            break
        replicas = buy(ledger, candidate, replicas)
    return replicas

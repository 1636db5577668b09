"""The inventory-aware rule: free capacity first, else stock counts as available replicas.

Imitates what "Inventory-aware scheduling" of Alibaba Cloud ACK One documents (public preview, read
2026-11): one application at a time; when the clusters lack room, every cluster's scaler reports
what its region still has in stock, the replicas are divided by ``dynamicWeight:
AvailableReplicas`` over free room and stock, and each cluster's scaler buys nodes. No price enters.
"""

from collections.abc import Mapping
from functools import partial

import numpy as np

from placement.formulation.milp import Ints
from placement.solvers.greedy.binding import Decision
from placement.solvers.greedy.fleet import DYNAMIC, Fleet
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
    left: dict[int, tuple[int, tuple[str, ...]]] = {}
    for number in by_priority(ledger.candidates):
        if ledger.candidates_of(number).size == 0:
            left[number] = (ledger.left[number], no_place(ledger, number))
            continue
        missing, decision, _ = fleet.divided(
            number, partial(_decide, fleet, number), partial(_send, fleet, number)
        )
        reasons = no_room(ledger, number) if missing else ()
        if missing and decision is not None and decision.reason != "Success":
            reasons = (f"{decision.reason}: {decision.message}", *reasons)
        left[number] = (missing, reasons)
    return left


def _decide(fleet: Fleet, workload: int, replicas: int, held: Mapping[str, int]) -> Decision:
    """Divide over free room alone; where that lacks, over free room and stock."""
    asker = fleet.ledger.candidates.problem.workloads[workload]
    free = _free(fleet, workload)
    room = _replicas(fleet, workload, free)
    decision = fleet.decide(asker, replicas, room.tolist(), DYNAMIC, held)
    if decision.reason != "Unschedulable":
        return decision
    room = _replicas(fleet, workload, free + _stock(fleet, workload))
    return fleet.decide(asker, replicas, room.tolist(), DYNAMIC, held)


def _send(
    fleet: Fleet, workload: int, wanted: int, sent: Mapping[str, int]
) -> tuple[int, dict[str, int]]:
    """Fill the nodes of each cluster, then buy there; return what is left of each."""
    wanted, rest = fleet.fill(workload, wanted, sent)
    for cluster, missing in rest.items():
        wanted, rest[cluster] = _grow(fleet, workload, cluster, missing, wanted)
    return wanted, rest


def _free(fleet: Fleet, workload: int) -> Ints:
    """Return ``(places,)`` the replicas that fit on the nodes of each place, node by node."""
    nodes, _, fits = fleet.ledger.fit(workload)
    return _by_place(fleet, fleet.ledger.supply[nodes], fits)


def _stock(fleet: Fleet, workload: int) -> Ints:
    """Return ``(places,)`` the replicas on nodes that could still be had in each place.

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
    return _by_place(fleet, supplies, np.minimum(nodes, MANY) * ledger.per_node(offers))


def _by_place(fleet: Fleet, supplies: Ints, units: Ints) -> Ints:
    sums = np.zeros(fleet.of_place.size, dtype=np.int64)
    np.add.at(sums, fleet.ledger.place_of[supplies], np.minimum(units, MANY))
    return sums


def _replicas(fleet: Fleet, workload: int, units: Ints) -> Ints:
    """Return ``(clusters,)`` the replicas that room in places makes up, several nodes to each."""
    sums = np.zeros(len(fleet.names), dtype=np.int64)
    whole = np.minimum(units // fleet.ledger.demands.parts[workload], MANY)
    np.add.at(sums, fleet.of_place, whole)
    return np.minimum(sums, MANY)


def _grow(fleet: Fleet, workload: int, cluster: str, replicas: int, wanted: int) -> tuple[int, int]:
    """Buy nodes in one cluster for replicas that its nodes do not hold.

    Returns
    -------
    tuple of int
        What is left of the demand, and of the replicas.
    """
    ledger = fleet.ledger
    offers = ledger.offers(workload)
    supplies = ledger.candidates.supply[offers]
    for candidate in offers[fleet.of_supply[supplies] == fleet.number[cluster]].tolist():
        worth = int(ledger.demands.worth[candidate])
        now = min(wanted, replicas * worth)
        if now == 0:
            break
        rest = buy(ledger, candidate, now)
        wanted, replicas = wanted - now + rest, -(-rest // worth)
    return wanted, replicas

"""SkyPilot's tries, and the expanders of the Cluster Autoscaler."""

import numpy as np

from placement.quantity import CPU, MEMORY
from placement.solvers.greedy.ledger import Ledger
from placement.solvers.greedy.moves import buy, by_priority
from placement.solvers.greedy.plan import Left
from tests.replay.ruled import Tries, supply_of

__all__ = ["least_waste", "one_after_another", "priority_expander"]


def one_after_another(ledger: Ledger, tries: Tries) -> Left:
    """Try one place after another, the cheapest first, until one has all that a task asks for.

    The catalog is static: neither stock nor quota is known before the cloud refuses, and a place
    that did is blocked for the rest of the search.
    """
    candidates = ledger.candidates
    prices = np.array([supply.price for supply in candidates.supplies])
    left: dict[int, tuple[int, tuple[str, ...]]] = {}
    for number in by_priority(candidates):
        missing, offers = candidates.problem.workloads[number].replicas or 0, ledger.offers(number)
        each = prices[candidates.supply[offers]] / ledger.per_node(offers)
        for candidate in offers[np.argsort(each, kind="stable")].tolist():
            nodes = -(-missing // int(ledger.per_node(np.array([candidate]))[0]))
            if nodes <= int(ledger.openable(candidates.supply[[candidate]])[0]):
                missing = buy(ledger, candidate, missing)
                break
            tries.append("/".join(supply_of(ledger, candidate).place[:3]))
        left[number] = (missing, ("every place was tried",))
    return left


def priority_expander(ledger: Ledger) -> Left:
    """Grow the node group of the highest priority alone, the first that the document lists.

    What a quota of the cloud refuses stays pending; the next group is not tried.
    """
    left: dict[int, tuple[int, tuple[str, ...]]] = {}
    for number in by_priority(ledger.candidates):
        missing = ledger.candidates.problem.workloads[number].replicas or 0
        first = min(ledger.offers(number).tolist(), key=lambda one: _listed(ledger, one))
        left[number] = (buy(ledger, first, missing), ("the cloud refused more nodes",))
    return left


def _listed(ledger: Ledger, candidate: int) -> tuple[int, int]:
    supply = supply_of(ledger, candidate)
    assert supply.pool is not None
    clusters = ledger.candidates.problem.clusters
    return clusters.index(supply.cluster), supply.cluster.node_pools.index(supply.pool)


def least_waste(ledger: Ledger) -> Left:
    """Grow the node group that would have the least CPU idle, of equal ones the least memory.

    Neither GPUs nor prices are looked at.
    """
    left: dict[int, tuple[int, tuple[str, ...]]] = {}
    for number in by_priority(ledger.candidates):
        missing = ledger.candidates.problem.workloads[number].replicas or 0
        best = min(
            ledger.offers(number).tolist(),
            key=lambda one: (*_idle(ledger, one, missing), _listed(ledger, one)),
        )
        left[number] = (buy(ledger, best, missing), ("the node group is full",))
    return left


def _idle(ledger: Ledger, candidate: int, replicas: int) -> tuple[float, float]:
    """Return the shares of CPU and memory that would be idle on the nodes for the replicas."""
    candidates = ledger.candidates
    nodes = -(-replicas // int(ledger.per_node(np.array([candidate]))[0]))
    shares = []
    for resource in (CPU, MEMORY):
        at = candidates.resources.index(resource)
        room = int(candidates.room[candidates.supply[candidate], at]) * nodes
        shares.append(1 - int(candidates.requests[candidate, at]) * replicas / room)
    return shares[0], shares[1]

"""Kueue and MultiKueue: flavors in the order of their list, and the first cluster that admits."""

from collections.abc import Callable, Iterable
from itertools import chain, permutations, product

import numpy as np

from placement import Plan, Problem
from placement.candidates import find_candidates
from placement.solvers.greedy.ledger import MANY, Ledger
from placement.solvers.greedy.moves import buy, by_priority
from placement.solvers.greedy.plan import Left, make_plan
from tests.replay.ruled import supply_of

__all__ = ["first_to_admit", "in_order", "in_rounds_by_name"]

PER_ROUND = 3  # clusters that the incremental dispatcher nominates at a time


def in_order(ledger: Ledger) -> Left:
    """Give every workload the first flavor of the list whose quota holds all of it.

    A flavor is a node pool, in the order of the document, and its quota is what ``max_nodes`` of
    its nodes hold, a fixed figure: that the cloud is out of stock is not known. What cannot be
    bought then stays pending, in that flavor.
    """
    quota: dict[tuple[str, str], int] = {}
    left: dict[int, tuple[int, tuple[str, ...]]] = {}
    for number in by_priority(ledger.candidates):
        missing = ledger.candidates.problem.workloads[number].replicas or 0
        reason = "no flavor has the quota"
        for candidate in sorted(ledger.offers(number).tolist(), key=_listed(ledger)):
            supply, gpus = supply_of(ledger, candidate), int(ledger.candidates.gpus[candidate])
            assert supply.pool is not None
            assert supply.kind is not None
            assert supply.kind.gpu is not None
            key = (supply.cluster.name, supply.pool.name)
            most = MANY if supply.pool.max_nodes is None else supply.pool.max_nodes
            held = quota.setdefault(key, most * supply.kind.gpu.count)
            if held >= missing * gpus:
                quota[key] = held - missing * gpus
                missing = buy(ledger, candidate, missing)
                reason = f"waits for nodes of flavor {supply.pool.name}"
                break
        left[number] = (missing, (reason,))
    return left


def _listed(ledger: Ledger) -> Callable[[int], tuple[int, int]]:
    """Return what orders candidates by cluster and pool as the document lists them."""
    clusters = ledger.candidates.problem.clusters

    def place(candidate: int) -> tuple[int, int]:
        supply = supply_of(ledger, candidate)
        assert supply.pool is not None
        return clusters.index(supply.cluster), supply.cluster.node_pools.index(supply.pool)

    return place


def first_to_admit(problem: Problem) -> Plan:
    """Send each job, whole, to the first cluster that admits it; return the dearest outcome.

    A job is copied to all clusters and runs in the one that admits it first. Which one answers
    first is not fixed, so every order of the clusters is played through.
    """
    names = [cluster.name for cluster in problem.clusters]
    return _dearest(problem, permutations(names))


def in_rounds_by_name(problem: Problem) -> Plan:
    """Do the same in rounds of three clusters, which are taken in the order of their names.

    Whatever the order of answers within a round, the next round has to wait for it.
    """
    names = sorted(cluster.name for cluster in problem.clusters)
    rounds = [permutations(names[at : at + PER_ROUND]) for at in range(0, len(names), PER_ROUND)]
    return _dearest(problem, (tuple(chain(*order)) for order in product(*rounds)))


def _dearest(problem: Problem, orders: Iterable[tuple[str, ...]]) -> Plan:
    plans = [_admitted(problem, order) for order in orders]
    return max(plans, key=lambda plan: (plan.replicas_unplaced, plan.cost_per_hour))


def _admitted(problem: Problem, order: tuple[str, ...]) -> Plan:
    ledger = Ledger(find_candidates(problem))
    left: dict[int, tuple[int, tuple[str, ...]]] = {}
    for number in by_priority(ledger.candidates):
        missing = problem.workloads[number].replicas or 0
        for cluster in order:
            own = [
                one
                for one in ledger.offers(number).tolist()
                if supply_of(ledger, one).cluster.name == cluster
            ]
            if own and missing <= _room(ledger, own[0]):
                missing = buy(ledger, own[0], missing)
                break
        left[number] = (missing, ("no cluster has room for all of it",))
    return make_plan(ledger, left, "multikueue")


def _room(ledger: Ledger, candidate: int) -> int:
    """Return the replicas on nodes that can still be opened."""
    supply = ledger.candidates.supply[[candidate]]
    return int(ledger.openable(supply)[0]) * int(ledger.per_node(np.array([candidate]))[0])

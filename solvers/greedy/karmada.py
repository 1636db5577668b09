"""Karmada's rule: divide each workload by the clusters' free sums; kube-scheduler does the rest.

Imitates karmada-scheduler (master f8fdd02d, 2026-08-21) with its general estimator, one binding at
a time by priority and name, every cluster's status up to date before each. Nodes are never added.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from placement.formulation.milp import Ints
from placement.quantity import PODS
from placement.solvers.greedy.binding import Decision
from placement.solvers.greedy.estimator import max_available_replicas
from placement.solvers.greedy.fleet import DYNAMIC, Decide, Fleet
from placement.solvers.greedy.ledger import Ledger
from placement.solvers.greedy.moves import by_priority
from placement.solvers.greedy.plan import Left
from placement.solvers.greedy.reasons import no_place

__all__ = ["karmada"]


def karmada(ledger: Ledger, division: Mapping[str, Any] = DYNAMIC) -> Left:
    """Place every workload by Karmada's rule and return what is left out, and why.

    A pod template states one number of GPUs: here the smallest that a candidate of the workload
    needs. Division is all or nothing; what then does not pack inside its cluster stays pending.
    """
    fleet = Fleet(ledger)
    left: dict[int, tuple[int, tuple[str, ...]]] = {}
    for number in by_priority(ledger.candidates):
        template = _template(ledger, number)
        if template is None:
            left[number] = (ledger.left[number], no_place(ledger, number))
            continue
        decide = _decider(fleet, number, template, division)
        missing, decision, pending = fleet.divided(number, decide, partial(fleet.fill, number))
        reasons = _pending_reasons(pending)
        if missing and decision is not None and decision.reason != "Success":
            reasons = (f"{decision.reason}: {decision.message}",)
        left[number] = (missing, reasons)
    return left


def _decider(
    fleet: Fleet, workload: int, template: Mapping[str, int], division: Mapping[str, Any]
) -> Decide:
    """Return what decides by the clusters' free sums, as they then are."""
    ledger = fleet.ledger

    def decide(replicas: int, held: Mapping[str, int]) -> Decision:
        available = [_available(ledger, row, template) for row in fleet.free_sums()]
        asker = ledger.candidates.problem.workloads[workload]
        return fleet.decide(asker, replicas, available, division, held)

    return decide


def _pending_reasons(pending: Mapping[str, int]) -> tuple[str, ...]:
    """Return the sentences for replicas that were sent to clusters and found no node there."""
    return tuple(
        f"{count} sent to cluster {name} stay pending: no node there has room for a replica"
        for name, count in pending.items()
        if count
    )


def _template(ledger: Ledger, workload: int) -> dict[str, int] | None:
    """Return what one replica requests, by resource, on the candidate with the fewest GPUs.

    Of a replica over several nodes, it is what it requests on all of them.
    """
    candidates = ledger.candidates
    own = ledger.candidates_of(workload)
    if own.size == 0:
        return None
    least = own[np.argmin(candidates.gpus[own])]
    names = candidates.resources[:-1]
    requests = candidates.requests[least] * ledger.demands.parts[workload]
    asked = zip(names, requests.tolist(), strict=False)
    return {name: amount for name, amount in asked if name != PODS}


def _available(ledger: Ledger, free: Ints, template: Mapping[str, int]) -> int:
    names = ledger.candidates.resources[:-1]
    return max_available_replicas(dict(zip(names, free.tolist(), strict=False)), template)

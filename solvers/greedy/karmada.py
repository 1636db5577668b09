"""Karmada's rule: divide each workload by the clusters' free sums; kube-scheduler does the rest.

Imitates karmada-scheduler (master f8fdd02d, 2026-08-21) with its general estimator, one binding at
a time by priority and name, every cluster's status up to date before each. Nodes are never added.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from placement.formulation.milp import Ints
from placement.problem import Workload
from placement.quantity import PODS
from placement.solvers.greedy.binding import Binding, Decision, Member, Target
from placement.solvers.greedy.estimator import max_available_replicas
from placement.solvers.greedy.ledger import Ledger
from placement.solvers.greedy.moves import by_priority, fill_groups
from placement.solvers.greedy.plan import Left
from placement.solvers.greedy.reasons import no_place
from placement.solvers.greedy.schedule import schedule

__all__ = ["AGGREGATED", "DYNAMIC", "STATIC", "Fleet", "karmada"]

DYNAMIC: Mapping[str, Any] = {
    "replicaSchedulingType": "Divided",
    "replicaDivisionPreference": "Weighted",
    "weightPreference": {"dynamicWeight": "AvailableReplicas"},
}
AGGREGATED: Mapping[str, Any] = {
    "replicaSchedulingType": "Divided",
    "replicaDivisionPreference": "Aggregated",
}
STATIC: Mapping[str, Any] = {  # no weights: every cluster weighs the same
    "replicaSchedulingType": "Divided",
    "replicaDivisionPreference": "Weighted",
}


class Fleet:
    """The clusters as Karmada sees them, and which supply is in which."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        clusters = ledger.candidates.problem.clusters
        self.names = [cluster.name for cluster in clusters]
        self.number = {name: place for place, name in enumerate(self.names)}
        self.of_supply = np.array(
            [self.number[supply.cluster.name] for supply in ledger.candidates.supplies],
            dtype=np.int64,
        )
        providers = {s.cluster.name: s.provider for s in ledger.candidates.supplies}
        self._members = [
            Member(
                name=cluster.name,
                region=cluster.region,
                provider=providers.get(cluster.name) or cluster.provider or "",
                zones=cluster.zones,
                labels=cluster.labels,
                taints=tuple(taint.model_dump() for taint in cluster.taints),
            )
            for cluster in clusters
        ]

    def decide(
        self, workload: Workload, available: Sequence[int], division: Mapping[str, Any]
    ) -> Decision:
        """Return Karmada's decision, given the replicas available in each cluster."""
        members = [
            replace(member, allocatable=int(room))
            for member, room in zip(self._members, available, strict=True)
            if not workload.cluster_affinity.zones
            or set(workload.cluster_affinity.zones) & set(member.zones)
        ]
        placement = {
            "clusterAffinity": _affinity(workload),
            "clusterTolerations": [one.model_dump() for one in workload.tolerations],
            "replicaScheduling": division,
        }
        return schedule(Binding(replicas=workload.most_replicas, placement=placement), members)

    def free_sums(self) -> Ints:
        """Return ``(clusters, R)`` what all running nodes of each cluster have left together."""
        running = slice(0, self.ledger.running)
        sums = np.zeros((len(self.names), self.ledger.free.shape[1]), dtype=np.int64)
        np.add.at(sums, self.of_supply[self.ledger.supply[running]], self.ledger.free[running])
        return sums

    def fill(self, workload: int, targets: Sequence[Target]) -> dict[str, int]:
        """Put replicas on the nodes of each cluster, first fit; return what is left over."""
        wanted = np.zeros(len(self.names), dtype=np.int64)
        for target in targets:
            wanted[self.number[target.name]] += target.replicas
        rest = fill_groups(self.ledger, workload, wanted, self.of_supply)
        return {target.name: int(rest[self.number[target.name]]) for target in targets}


def _affinity(workload: Workload) -> dict[str, Any]:
    """Return a cluster affinity as Karmada spells it; zones are left to the packing."""
    affinity = workload.cluster_affinity
    selector = affinity.label_selector
    fields = {"provider": affinity.providers, "region": affinity.regions}
    return {
        "clusterNames": affinity.cluster_names,
        "exclude": affinity.exclude,
        "labelSelector": {
            "matchLabels": selector.match_labels,
            "matchExpressions": [rule.model_dump() for rule in selector.match_expressions],
        },
        "fieldSelector": {
            "matchExpressions": [
                {"key": key, "operator": "In", "values": values}
                for key, values in fields.items()
                if values
            ]
        },
    }


def karmada(ledger: Ledger, division: Mapping[str, Any] = DYNAMIC) -> Left:
    """Place every workload by Karmada's rule and return what is left out, and why.

    A pod template states one number of GPUs: here the smallest that a candidate of the workload
    needs. Division is all or nothing; what then does not pack inside its cluster stays pending.
    """
    fleet = Fleet(ledger)
    workloads = ledger.candidates.problem.workloads
    left: dict[int, tuple[int, tuple[str, ...]]] = {}
    for number in by_priority(ledger.candidates):
        workload = workloads[number]
        template = _template(ledger, number)
        if template is None:
            left[number] = (workload.most_replicas, no_place(ledger, number))
            continue
        available = [_available(ledger, row, template) for row in fleet.free_sums()]
        decision = fleet.decide(workload, available, division)
        if decision.reason != "Success":
            left[number] = (workload.most_replicas, (f"{decision.reason}: {decision.message}",))
            continue
        pending = fleet.fill(number, decision.clusters)
        left[number] = (sum(pending.values()), _pending_reasons(pending))
    return left


def _pending_reasons(pending: Mapping[str, int]) -> tuple[str, ...]:
    """Return the sentences for replicas that were sent to clusters and found no node there."""
    return tuple(
        f"{count} sent to cluster {name} stay pending: no node there has room for a replica"
        for name, count in pending.items()
        if count
    )


def _template(ledger: Ledger, workload: int) -> dict[str, int] | None:
    """Return what one replica requests, by resource, on the candidate with the fewest GPUs."""
    candidates = ledger.candidates
    own = ledger.candidates_of(workload)
    if own.size == 0:
        return None
    least = own[np.argmin(candidates.gpus[own])]
    names = candidates.resources[:-1]
    asked = zip(names, candidates.requests[least].tolist(), strict=False)
    return {name: amount for name, amount in asked if name != PODS}


def _available(ledger: Ledger, free: Ints, template: Mapping[str, int]) -> int:
    names = ledger.candidates.resources[:-1]
    return max_available_replicas(dict(zip(names, free.tolist(), strict=False)), template)

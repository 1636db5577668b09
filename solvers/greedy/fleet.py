"""The clusters as Karmada sees them, and its decisions carried out on their nodes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from placement.formulation.milp import Ints
from placement.problem import Workload
from placement.solvers.greedy.binding import Binding, Decision, Member, Target
from placement.solvers.greedy.ledger import Ledger
from placement.solvers.greedy.moves import drop_needless, fill_found
from placement.solvers.greedy.schedule import schedule

__all__ = ["AGGREGATED", "DYNAMIC", "STATIC", "Decide", "Fleet", "Outcome", "Send"]

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

Decide = Callable[[int, Mapping[str, int]], Decision]
Send = Callable[[int, Mapping[str, int]], tuple[int, dict[str, int]]]
Outcome = tuple[int, Decision | None, dict[str, int]]
"""What is left of a demand, the last decision, and replicas that wait in each cluster."""


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
        places = ledger.place_of.max(initial=-1) + 1
        self.of_place = np.zeros(places, dtype=np.int64)
        self.of_place[ledger.place_of] = self.of_supply
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
        self,
        workload: Workload,
        replicas: int,
        available: Sequence[int],
        division: Mapping[str, Any],
        held: Mapping[str, int],
    ) -> Decision:
        """Return Karmada's decision on so many replicas in all.

        Parameters
        ----------
        available
            Replicas that each cluster has room for, beyond those it holds.
        held
            Replicas that clusters hold already, by name.
        """
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
        previous = tuple(Target(name=name, replicas=count) for name, count in held.items())
        return schedule(Binding(replicas=replicas, placement=placement, previous=previous), members)

    def free_sums(self) -> Ints:
        """Return ``(clusters, R)`` what all running nodes of each cluster have left together."""
        running = slice(0, self.ledger.running)
        sums = np.zeros((len(self.names), self.ledger.free.shape[1]), dtype=np.int64)
        np.add.at(sums, self.of_supply[self.ledger.supply[running]], self.ledger.free[running])
        return sums

    def divided(self, workload: int, decide: Decide, send: Send) -> Outcome:
        """Place a workload by Karmada's decisions, each carried out before the next.

        Replicas take one decision. For a load, replicas are added as an autoscaler adds them: as
        many as do where each carries the most, divided beside those that are there, until it is
        carried.

        Parameters
        ----------
        decide
            Decides on so many replicas in all, given those that clusters hold.
        send
            Puts the replicas sent to each cluster on nodes; returns what is left of the demand,
            and of the replicas of each cluster.
        """
        left, held = self.ledger.left[workload], self.ledger.held.get(workload, {})
        most = self.ledger.demands.worth[self.ledger.candidates_of(workload)].max(initial=1)
        pending: dict[str, int] = {}
        decision = None
        while left and not any(pending.values()):
            decision = decide(sum(held.values()) + -(-left // int(most)), held)
            if decision.reason != "Success":
                break
            sent = {one.name: one.replicas - held.get(one.name, 0) for one in decision.clusters}
            left, pending = send(left, sent)
            held = {one.name: one.replicas for one in decision.clusters}
        drop_needless(self.ledger, workload)
        return left, decision, pending

    def fill(
        self, workload: int, wanted: int, sent: Mapping[str, int]
    ) -> tuple[int, dict[str, int]]:
        """Put replicas on the nodes of each cluster, first fit; return what is left of each."""
        rest: dict[str, int] = {}
        nodes, candidate, fits = self.ledger.fit(workload)
        cluster_of = self.of_supply[self.ledger.supply[nodes]]
        for name, replicas in sent.items():
            own = cluster_of == self.number[name]
            found = (nodes[own], candidate[own], fits[own])
            wanted, rest[name] = fill_found(self.ledger, workload, wanted, replicas, found)
        return wanted, rest


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

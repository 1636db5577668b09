"""Karmada beyond the baselines: one status for many bindings, what runs already, spread.

Both rules go through ``placement.solvers.greedy.schedule``, the model of karmada-scheduler master
f8fdd02d (2026-08-21) that is held against placements of the real one.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from placement import Plan, Problem
from placement.formulation.milp import Ints
from placement.problem import Workload
from placement.solvers.greedy.binding import Binding, Member, Target
from placement.solvers.greedy.estimator import max_available_replicas
from placement.solvers.greedy.fleet import DYNAMIC, Fleet
from placement.solvers.greedy.ledger import Ledger
from placement.solvers.greedy.moves import by_priority
from placement.solvers.greedy.plan import Left
from placement.solvers.greedy.schedule import schedule
from tests.replay.ruled import by_rule

__all__ = ["bindings", "from_one_status"]

FIELDS = ("cluster", "region", "zone", "provider")  # Karmada's spreadByField; else spreadByLabel


def from_one_status(ledger: Ledger) -> Left:
    """Decide on every binding by the same cluster status, then put the replicas on nodes.

    Bindings are scheduled one after another, and nothing is reserved between them: "assume and
    deduct" is alpha and off. Until a cluster reports again, every decision sees the same room.
    """
    fleet, workloads = Fleet(ledger), ledger.candidates.problem.workloads
    sums, order = fleet.free_sums(), by_priority(ledger.candidates)
    sent = {}
    for number in order:
        workload, rooms = workloads[number], _rooms(ledger, sums, workloads[number])
        sent[number] = fleet.decide(workload, workload.replicas or 0, rooms, DYNAMIC, {})
    return {number: _filled(fleet, number, sent[number].clusters) for number in order}


def bindings(*, fresh: bool) -> Callable[[Problem], Plan]:
    """Return Karmada's rule for workloads of which replicas run already.

    What runs is held by its binding; bindings without replicas come last. A settled binding is
    left as it is; ``fresh`` is a WorkloadRebalancer, which divides anew, and counts what a
    cluster holds as room there. Preferences become affinity groups in order, the last one open.
    """

    def rule(ledger: Ledger) -> Left:
        fleet, workloads = Fleet(ledger), ledger.candidates.problem.workloads
        order = sorted(by_priority(ledger.candidates), key=lambda n: not workloads[n].current)
        waiting, left = set(order), {}
        for number in order:
            sums = fleet.free_sums() - _held(fleet, [workloads[each] for each in waiting])
            waiting.discard(number)
            targets, message = _decided(fleet, workloads[number], sums, fresh=fresh)
            pending, reasons = _filled(fleet, number, targets)
            sent = sum(target.replicas for target in targets)
            missing = max(0, (workloads[number].replicas or 0) - sent)
            left[number] = (pending + missing, (*reasons, *([message] if missing else [])))
        return left

    return by_rule(rule, "karmada")


def _decided(
    fleet: Fleet, workload: Workload, sums: Ints, *, fresh: bool
) -> tuple[tuple[Target, ...], str]:
    """Return where the scheduler sends a workload, and what it says."""
    rooms = _rooms(fleet.ledger, sums, workload)
    members = [
        Member(
            name=cluster.name,
            region=cluster.region,
            zones=cluster.zones,
            labels=cluster.labels,
            taints=tuple(taint.model_dump() for taint in cluster.taints),
            allocatable=room,
        )
        for cluster, room in zip(fleet.ledger.candidates.problem.clusters, rooms, strict=True)
    ]
    held = tuple(Target(name=row.cluster, replicas=row.replicas) for row in workload.current)
    placement, last = _placement(workload)
    decision = schedule(
        Binding(
            replicas=workload.replicas or 0,
            placement=placement,
            previous=held,
            fresh=fresh,
            observed_affinity=last if held else None,
        ),
        members,
    )
    return decision.clusters, f"{decision.reason}: {decision.message}"


def _placement(workload: Workload) -> tuple[dict[str, Any], str | None]:
    """Return ``spec.placement``, and the name of its last affinity group if it has groups."""
    placement: dict[str, Any] = {
        "replicaScheduling": DYNAMIC,
        "clusterTolerations": [one.model_dump() for one in workload.tolerations],
        "spreadConstraints": [
            {
                "spreadByField" if each.by in FIELDS else "spreadByLabel": each.by,
                "minGroups": each.min_groups,
                "maxGroups": each.max_groups or 0,
            }
            for each in workload.spread
        ],
    }
    if not workload.preferences:
        names = workload.cluster_affinity.cluster_names
        return {**placement, "clusterAffinity": {"clusterNames": names}}, None
    groups = [each.cluster_affinity.cluster_names for each in workload.preferences]
    terms = [{"affinityName": f"group-{at}", "clusterNames": one} for at, one in enumerate(groups)]
    return {**placement, "clusterAffinities": [*terms, {"affinityName": "any"}]}, "any"


def _rooms(ledger: Ledger, sums: Ints, workload: Workload) -> list[int]:
    """Return the replicas that each cluster's sums have room for, by the general estimator."""
    names = ledger.candidates.resources[:-1]
    return [
        max_available_replicas(dict(zip(names, row.tolist(), strict=False)), workload.requests)
        for row in sums
    ]


def _held(fleet: Fleet, workloads: list[Workload]) -> Ints:
    """Return ``(clusters, R)`` what running replicas of these workloads take."""
    names = fleet.ledger.candidates.resources
    taken = np.zeros((len(fleet.names), len(names)), dtype=np.int64)
    for workload in workloads:
        needs = np.array([workload.requests.get(name, 0) for name in names], dtype=np.int64)
        for row in workload.current:
            taken[fleet.number[row.cluster]] += needs * row.replicas
    return taken


def _filled(fleet: Fleet, number: int, targets: tuple[Target, ...]) -> tuple[int, tuple[str, ...]]:
    """Put what was sent on nodes; return what stays pending, and where."""
    sent = {target.name: target.replicas for target in targets}
    _, pending = fleet.fill(number, sum(sent.values()), sent)
    reasons = tuple(f"{count} stay pending in {name}" for name, count in pending.items() if count)
    return sum(pending.values()), reasons

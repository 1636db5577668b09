"""The rule ``demand``: every replica is either placed or listed as left out."""

from collections.abc import Iterator

from placement.verify.case import Case
from placement.verify.violation import Violation

__all__ = ["check_demand"]


def check_demand(case: Case) -> Iterator[Violation]:
    """Yield workloads whose placed and unplaced replicas are not the replicas asked for."""
    placed = dict.fromkeys(case.workloads, 0)
    unplaced = dict.fromkeys(case.workloads, 0)
    plan = case.plan
    rows = [
        ("assignments", n, row.workload, row.replicas) for n, row in enumerate(plan.assignments)
    ]
    rows += [("unplaced", n, row.workload, row.replicas) for n, row in enumerate(plan.unplaced)]
    for field, position, key, replicas in rows:
        if key not in case.workloads:
            message = f"the problem has no workload {key}"
            yield Violation(rule="demand", where=f"{field}[{position}]", message=message)
        else:
            (placed if field == "assignments" else unplaced)[key] += replicas
    for key, workload in case.workloads.items():
        if placed[key] + unplaced[key] != workload.most_replicas:
            message = (
                f"placed {placed[key]} and unplaced {unplaced[key]} must be "
                f"{workload.most_replicas} replicas together"
            )
            yield Violation(rule="demand", where=key, message=message)

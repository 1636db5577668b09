"""The rule ``min_replicas``: at least so many, or none at all."""

from collections.abc import Iterator
from fractions import Fraction

from placement.verify.case import Case
from placement.verify.violation import Violation

__all__ = ["check_min_replicas"]


def check_min_replicas(case: Case) -> Iterator[Violation]:
    """Yield workloads of which some replicas are placed, but fewer than are of use."""
    for key, carriers in case.carriers.items():
        workload = case.workloads[key]
        if not workload.min_replicas:
            continue
        placed = Fraction(sum(each.taken for each in carriers), workload.nodes_per_replica)
        if 0 < placed < workload.min_replicas:
            message = f"{placed} replicas are placed, it must be {workload.min_replicas} or none"
            yield Violation(rule="min_replicas", where=key, message=message)

"""The rule ``spot_share``: how much of a workload may run on spot."""

from collections import Counter
from collections.abc import Iterator

from placement.verify.case import Case
from placement.verify.offers import fraction
from placement.verify.violation import Violation

__all__ = ["check_spot_share"]


def check_spot_share(case: Case) -> Iterator[Violation]:
    """Yield workloads of which more than their share of the replicas placed runs on spot."""
    on_spot: Counter[str] = Counter()
    for pair in case.pairs:
        if pair.site.capacity_type == "spot":
            on_spot[pair.workload.key] += pair.taken
    for key, workload in case.workloads.items():
        if not on_spot[key]:
            continue
        placed = sum(each.taken for each in case.carriers[key])
        share = fraction(workload.max_spot_fraction)
        if on_spot[key] > share * placed:
            message = f"{on_spot[key]} of {placed} replicas are on spot, at most {share} may"
            yield Violation(rule="spot_share", where=key, message=message)

"""The rule ``spot_share``: how much of a workload may run on spot."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from placement.verify.case import Case
from placement.verify.offers import exact
from placement.verify.violation import Violation

__all__ = ["check_spot_share"]


def check_spot_share(case: Case) -> Iterator[Violation]:
    """Yield workloads of which more than their share of the replicas placed runs on spot."""
    placed: Counter[str] = Counter()
    on_spot: Counter[str] = Counter()
    for host, workload, replicas in case.placed():
        placed[workload.key] += replicas
        on_spot[workload.key] += replicas * (host.capacity_type == "spot")
    for key, workload in case.workloads.items():
        share = Fraction(exact(workload.max_spot_fraction))
        if on_spot[key] > share * placed[key]:
            message = f"{on_spot[key]} of {placed[key]} replicas are on spot, at most {share} may"
            yield Violation(rule="spot_share", where=key, message=message)

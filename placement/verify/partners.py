"""The rules ``colocation`` and ``separation``: workloads that share clusters, or never do."""

from collections.abc import Iterator

from placement.problem.rule_checks import partner_key
from placement.verify.case import Case
from placement.verify.violation import Violation

__all__ = ["check_colocation", "check_separation"]


def check_colocation(case: Case) -> Iterator[Violation]:
    """Yield clusters that run a workload without one that it needs beside it."""
    for key, workload in case.workloads.items():
        for name in workload.colocate_with:
            partner = partner_key(workload, name)
            for cluster in sorted(_clusters(case, key) - _clusters(case, partner)):
                message = f"{key} runs here, so {partner} must run here, too"
                yield Violation(rule="colocation", where=cluster, message=message)


def check_separation(case: Case) -> Iterator[Violation]:
    """Yield clusters that run two workloads of which one must not be with the other."""
    for key, workload in case.workloads.items():
        for name in workload.separate_from:
            partner = partner_key(workload, name)
            for cluster in sorted(_clusters(case, key) & _clusters(case, partner)):
                message = f"{key} runs here, so {partner} must not"
                yield Violation(rule="separation", where=cluster, message=message)


def _clusters(case: Case, key: str) -> set[str]:
    """Return the clusters that have replicas of a workload, by its key; none of one not known."""
    return {each.host.site.cluster.name for each in case.carriers.get(key, ())}

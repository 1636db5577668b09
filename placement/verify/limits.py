"""The rule ``limit``: what the replicas of a match may request together."""

from collections.abc import Iterator

from placement.verify.case import Case, needs
from placement.verify.violation import Violation

__all__ = ["check_limits"]


def check_limits(case: Case) -> Iterator[Violation]:
    """Yield limits that the requests of the replicas that they mean exceed."""
    for limit in case.problem.limits:
        match, used = limit.match, 0
        for host, workload, replicas in case.placed():
            meant = all(
                not wanted or bool({*have} & {*wanted})
                for wanted, have in (
                    (match.namespaces, (workload.namespace,)),
                    (match.workloads, (workload.name, workload.key)),
                    (match.clusters, (host.cluster.name,)),
                    (match.regions, (host.cluster.region,)),
                )
            )
            if meant:
                used += replicas * needs(case, host, workload).get(limit.resource, 0)
        if used > limit.max:
            message = f"{used} of {limit.resource} are requested, at most {limit.max} may be"
            yield Violation(rule="limit", where=f"limits {limit.name}", message=message)

"""The rules ``limit`` and ``budget``: what replicas may request and be charged together."""

from collections.abc import Iterator
from fractions import Fraction

from placement.problem import Match, Workload
from placement.quantity import CPU
from placement.verify.case import Case, needs
from placement.verify.hosts import Host
from placement.verify.offers import exact
from placement.verify.violation import Violation

__all__ = ["check_budgets", "check_limits"]


def check_limits(case: Case) -> Iterator[Violation]:
    """Yield limits that the requests of the replicas that they mean exceed."""
    for limit in case.problem.limits:
        used = sum(
            replicas * needs(case, host, workload).get(limit.resource, 0)
            for host, workload, replicas in _meant(case, limit.match)
        )
        if used > limit.max:
            message = f"{used} of {limit.resource} are requested, at most {limit.max} may be"
            yield Violation(rule="limit", where=f"limits {limit.name}", message=message)


def check_budgets(case: Case) -> Iterator[Violation]:
    """Yield budgets that the charges of the replicas that they mean exceed."""
    for budget in case.problem.budgets:
        charged = sum(
            (replicas * _charge(case, host, workload))
            for host, workload, replicas in _meant(case, budget.match)
        )
        if charged > Fraction(exact(budget.max_cost_per_hour)):
            message = f"{float(charged)} is charged, at most {budget.max_cost_per_hour} may be"
            yield Violation(rule="budget", where=f"budgets {budget.name}", message=message)


def _charge(case: Case, host: Host, workload: Workload) -> Fraction:
    """Return a replica's part of its node's price, by GPUs, or by CPU on nodes without any.

    Of a replica over several nodes, the whole price of each.
    """
    if workload.nodes_per_replica > 1:
        return Fraction(host.price or 0)
    resource = host.kind.gpu.resource if host.kind and host.kind.gpu else CPU
    whole = host.size.get(resource, 0)
    if host.price is None or not whole:
        return Fraction(0)
    return Fraction(host.price) * needs(case, host, workload).get(resource, 0) / whole


def _meant(case: Case, match: Match) -> Iterator[tuple[Host, Workload, int]]:
    """Yield the replicas that a match means."""
    for host, workload, replicas in case.placed():
        if all(
            not wanted or bool({*have} & {*wanted})
            for wanted, have in (
                (match.namespaces, (workload.namespace,)),
                (match.workloads, (workload.name, workload.key)),
                (match.clusters, (host.cluster.name,)),
                (match.regions, (host.cluster.region,)),
            )
        ):
            yield host, workload, replicas

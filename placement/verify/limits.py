"""The rules ``limit`` and ``budget``: what replicas may request and be charged together."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from placement.problem import Match, Workload
from placement.quantity import CPU
from placement.verify.case import Case
from placement.verify.hosts import Site
from placement.verify.offers import fraction
from placement.verify.violation import Violation

__all__ = ["check_budgets", "check_limits"]


def check_limits(case: Case) -> Iterator[Violation]:
    """Yield limits that the requests of the replicas that they mean exceed."""
    for limit in case.problem.limits:
        used = sum(
            pair.taken * case.sizes.needs(pair.workload, pair.site.kind).get(limit.resource, 0)
            for pair in case.pairs
            if _means(limit.match, pair.workload, pair.site)
        )
        if used > limit.max:
            message = f"{used} of {limit.resource} are requested, at most {limit.max} may be"
            yield Violation(rule="limit", where=f"limits {limit.name}", message=message)


def check_budgets(case: Case) -> Iterator[Violation]:
    """Yield budgets that the charges of the replicas that they mean exceed."""
    if not case.problem.budgets:
        return
    taken: Counter[tuple[Site, str]] = Counter()
    for host, workload, replicas in case.placed:
        taken[host.site, workload.key] += replicas
    charges = [
        (case.workloads[key], site, replicas * _charge(case, site, case.workloads[key]))
        for (site, key), replicas in taken.items()
    ]
    for budget in case.problem.budgets:
        meant = (money for w, site, money in charges if money and _means(budget.match, w, site))
        charged = sum(meant, Fraction(0))
        if charged > fraction(budget.max_cost_per_hour):
            message = f"{float(charged)} is charged, at most {budget.max_cost_per_hour} may be"
            yield Violation(rule="budget", where=f"budgets {budget.name}", message=message)


def _charge(case: Case, site: Site, workload: Workload) -> Fraction:
    """Return a replica's part of its node's price, by GPUs, or by CPU on nodes without any.

    Of a replica over several nodes, the whole price of each.
    """
    if workload.nodes_per_replica > 1:
        return Fraction(site.price or 0)
    resource = site.kind.gpu.resource if site.kind and site.kind.gpu else CPU
    whole = site.size.get(resource, 0)
    if site.price is None or not whole:
        return Fraction(0)
    needed = case.sizes.needs(workload, site.kind).get(resource, 0)
    return Fraction(site.price) * Fraction(needed, whole)


def _means(match: Match, workload: Workload, site: Site) -> bool:
    """Return whether a match means the replicas of a workload on a node."""
    return all(
        not wanted or any(each in wanted for each in have)
        for wanted, have in (
            (match.namespaces, (workload.namespace,)),
            (match.workloads, (workload.name, workload.key)),
            (match.clusters, (site.cluster.name,)),
            (match.regions, (site.cluster.region,)),
        )
    )

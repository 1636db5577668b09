"""The rule ``load``: types that are rated carry a load, and no replica more than it takes."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from placement.problem import Workload
from placement.verify.case import Case
from placement.verify.hosts import Host, Placed, Site
from placement.verify.offers import fraction
from placement.verify.refusals import refused
from placement.verify.violation import Violation

__all__ = ["carried", "check_load", "not_rated"]


def check_load(case: Case) -> Iterator[Violation]:
    """Yield replicas on types without a rate, and loads with replicas that could be dropped."""
    yield from refused(case, "load", not_rated)
    for key, workload in case.workloads.items():
        for message in _too_many(workload, case.carriers[key]):
            yield Violation(rule="load", where=key, message=message)


def not_rated(_: Case, site: Site, workload: Workload) -> Iterator[str]:
    """Yield a node's type where a load does not say what a replica carries on it."""
    if workload.load is not None and site.type_name not in workload.load.per_replica:
        yield f"{workload.key} has no per_replica for {site.type_name or 'an unknown type'}"


def carried(workload: Workload, carriers: Sequence[Placed]) -> Fraction:
    """Return how much of a workload's load is carried; 0 where it has none."""
    if workload.load is None:
        return Fraction(0)
    return min(fraction(workload.load.amount), _power(workload, carriers))


def _power(workload: Workload, carriers: Sequence[Placed]) -> Fraction:
    """Return what the replicas can carry together."""
    rates = (_rate(workload, each.host) * each.taken for each in carriers)
    return sum(rates, Fraction(0)) / workload.nodes_per_replica


def _rate(workload: Workload, host: Host) -> Fraction:
    rates = {} if workload.load is None else workload.load.per_replica
    return fraction(rates.get(host.site.type_name or "", 0.0))


def _too_many(workload: Workload, carriers: Sequence[Placed]) -> Iterator[str]:
    """Yield why there are more replicas than the load takes."""
    if workload.load is None or not carriers:
        return
    spread = any(rule.min_groups > 1 for rule in workload.spread)
    if spread or workload.survive or workload.min_replicas > 1:
        replicas = Fraction(sum(each.taken for each in carriers), workload.nodes_per_replica)
        if replicas > workload.most_replicas:
            yield f"{replicas} replicas, at most {workload.most_replicas} may be of use"
        return
    least = min(_rate(workload, each.host) for each in carriers)
    left = _power(workload, carriers) - least
    if left >= fraction(workload.load.amount):
        yield f"without a replica that carries {float(least)} there are still {float(left)} carried"

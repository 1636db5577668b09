"""The rules ``stock`` and ``confidence``: what is bought can be had, and is likely enough there."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from placement.problem import Offering
from placement.verify.case import Case
from placement.verify.likely import certain, halved_times, has, holds, most
from placement.verify.violation import Violation

__all__ = ["check_confidence", "check_stock"]


def check_stock(case: Case) -> Iterator[Violation]:
    """Yield new nodes that nobody offers, and rows from which more are bought than they have.

    A zonal row limits the new nodes in its zone; a region-wide row limits those of all zones, and
    those without a zone, together. Of an uncertain stock its median counts, or all that there may
    be where a confidence is asked for.
    """
    for host in case.hosts:
        site = host.site
        if site.running is None and site.kind is not None and site.price is None:
            message = (
                f"no {site.capacity_type} offering of {site.kind.name} in {site.cluster.region}, "
                f"zone {site.zone or '(none)'}"
            )
            yield Violation(rule="stock", where=host.where, message=message)
    sure = case.problem.objective.confidence is None
    for position, row, bought in _bought(case):
        stock = certain(row) if sure else most(row)
        if stock is not None and bought > stock:
            place = row.region if row.zone is None else f"{row.region}, zone {row.zone}"
            message = f"{bought} new {row.capacity_type} {row.instance_type} in {place}"
            where = f"offerings[{position}]"
            yield Violation(rule="stock", where=where, message=f"{message}; stock is {stock}")


def check_confidence(case: Case) -> Iterator[Violation]:
    """Yield a plan of which not everything that it buys is there with the probability asked for.

    Stocks are independent of each other, so that probabilities multiply.
    """
    if case.problem.objective.confidence is None:
        return
    least = Fraction(str(case.problem.objective.confidence))
    share, halved, rows = Fraction(1), Fraction(0), []
    for position, row, bought in _bought(case):
        if bought and row.stock is not None:
            mine, times = has(row, bought), halved_times(case.problem, row)
            share, halved = share * mine, halved + times
            if mine < 1 or times:
                rows.append(f"offerings[{position}]")
    if not holds(share, halved, least):
        there = float(share) * 2 ** -float(halved)
        message = (
            f"all that is bought must be there with a probability of {float(least):g}, not "
            f"{there:.6g} ({', '.join(rows)})"
        )
        yield Violation(rule="confidence", where="objective.confidence", message=message)


def _bought(case: Case) -> Iterator[tuple[int, Offering, int]]:
    """Yield every offering with its position and the new nodes that are bought from it."""
    by_zone: Counter[tuple[str, str, str, str | None]] = Counter()
    by_region: Counter[tuple[str, str, str]] = Counter()
    for site, nodes in Counter(host.site for host in case.hosts).items():
        if site.running is None and site.kind is not None:
            sort = (site.cluster.region, site.kind.name, site.capacity_type)
            by_region[sort] += nodes
            by_zone[*sort, site.zone] += nodes
    for position, row in enumerate(case.problem.offerings):
        sort = (row.region, row.instance_type, row.capacity_type)
        yield position, row, by_region[sort] if row.zone is None else by_zone[*sort, row.zone]

"""The rule ``stock``: no more nodes are bought than can be had, by zone and by region."""

from collections import Counter
from collections.abc import Iterator

from placement.verify.case import Case
from placement.verify.violation import Violation

__all__ = ["check_stock"]


def check_stock(case: Case) -> Iterator[Violation]:
    """Yield new nodes that nobody offers, and rows from which more are bought than they have.

    A zonal row limits the new nodes in its zone; a region-wide row limits those of all zones, and
    those without a zone, together.
    """
    by_zone: Counter[tuple[str, str, str, str | None]] = Counter()
    by_region: Counter[tuple[str, str, str]] = Counter()
    for host in case.hosts:
        if host.running is not None or host.kind is None:
            continue
        if host.price is None:
            message = (
                f"no {host.capacity_type} offering of {host.kind.name} in {host.cluster.region}, "
                f"zone {host.zone or '(none)'}"
            )
            yield Violation(rule="stock", where=host.where, message=message)
        sort = (host.cluster.region, host.kind.name, host.capacity_type)
        by_region[sort] += 1
        by_zone[*sort, host.zone] += 1
    for position, row in enumerate(case.problem.offerings):
        sort = (row.region, row.instance_type, row.capacity_type)
        bought = by_region[sort] if row.zone is None else by_zone[*sort, row.zone]
        if row.stock is not None and bought > row.stock:
            place = row.region if row.zone is None else f"{row.region}, zone {row.zone}"
            message = f"{bought} new {row.capacity_type} {row.instance_type} in {place}"
            where = f"offerings[{position}]"
            yield Violation(rule="stock", where=where, message=f"{message}; stock is {row.stock}")

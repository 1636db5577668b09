"""Rules of one workload and one node: why the one may not be on the other."""

from collections.abc import Callable, Hashable, Iterator

from placement.problem import Workload
from placement.verify.case import Case
from placement.verify.hosts import Site
from placement.verify.violation import Violation

__all__ = ["Refusals", "refused"]

Refusals = Callable[[Case, Site, Workload], Iterator[str]]
"""Yields, in words, what a node has against a workload; the same for all nodes that are alike."""


def refused(case: Case, rule: str, refusals: Refusals) -> Iterator[Violation]:
    """Yield replicas of the plan on nodes that a rule refuses them, in the plan's order."""
    found: dict[tuple[Hashable, str], list[str]] = {}
    for pair in case.pairs:
        for message in refusals(case, pair.site, pair.workload):
            found.setdefault((pair.site.alike, pair.workload.key), []).append(message)
    for host, workload, _ in case.placed if found else ():
        for message in found.get((host.site.alike, workload.key), ()):
            yield Violation(rule=rule, where=host.where, message=message)

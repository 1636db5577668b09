"""Rules of one workload and one node: why the one may not be on the other."""

from collections.abc import Callable, Iterator

from placement.problem import Workload
from placement.verify.case import Case
from placement.verify.hosts import Site
from placement.verify.violation import Violation

__all__ = ["Refusals", "refused"]

Refusals = Callable[[Case, Site, Workload], Iterator[str]]
"""Yields, in words, what a node has against a workload; the same for all nodes that are alike."""


def refused(case: Case, rule: str, refusals: Refusals) -> Iterator[Violation]:
    """Yield replicas of the plan on nodes that a rule refuses them, in the plan's order."""
    found: list[tuple[int, str]] = []
    for pair in case.pairs:
        for message in refusals(case, pair.site, pair.workload):
            found.extend((position, message) for position in pair.at)
    for position, message in sorted(found, key=lambda each: each[0]):
        yield Violation(rule=rule, where=case.placed[position].host.where, message=message)

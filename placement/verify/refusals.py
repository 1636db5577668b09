"""Rules of one workload and one node: why the one may not be on the other."""

from collections.abc import Callable, Iterator

from placement.problem import Workload
from placement.verify.case import Case
from placement.verify.hosts import Host
from placement.verify.violation import Violation

__all__ = ["Refusals", "refused"]

Refusals = Callable[[Case, Host, Workload], Iterator[str]]
"""Yields, in words, what a node has against a workload."""


def refused(case: Case, rule: str, refusals: Refusals) -> Iterator[Violation]:
    """Yield replicas of the plan on nodes that a rule refuses them."""
    for host, workload, _ in case.placed():
        for message in refusals(case, host, workload):
            yield Violation(rule=rule, where=host.where, message=message)

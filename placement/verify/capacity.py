"""The rule ``capacity``: on every node, over every resource at once, replicas fit in the room."""

from collections import Counter
from collections.abc import Iterator

from placement.quantity import PODS, format_quantity
from placement.verify.case import Case
from placement.verify.hosts import Host
from placement.verify.violation import Violation

__all__ = ["check_capacity"]


def check_capacity(case: Case) -> Iterator[Violation]:
    """Yield every node and resource of which replicas take more than there is.

    A running node has its ``free``, a new one its type's allocatable and GPUs. A resource that is
    not named is 0, except pods, which are then unlimited.
    """
    known: dict[tuple[object, ...], tuple[str, ...]] = {}
    for host in case.hosts:
        load = (host.site, *[(row.workload, row.replicas) for row in host.row.replicas])
        if load not in known:
            known[load] = tuple(_too_much(case, host))
        for message in known[load]:
            yield Violation(rule="capacity", where=host.where, message=message)


def _too_much(case: Case, host: Host) -> Iterator[str]:
    """Yield the resources of which the replicas on a node take more than it has."""
    room = host.site.room
    used: Counter[str] = Counter()
    for row in host.row.replicas:
        workload = case.workloads.get(row.workload)
        if workload is not None:
            for resource, amount in case.sizes.needs(workload, host.site.kind).items():
                used[resource] += amount * row.replicas
    for resource, amount in sorted(used.items()):
        if amount > room.get(resource, amount if resource == PODS else 0):
            took, has = (format_quantity(n, resource) for n in (amount, room.get(resource, 0)))
            yield f"replicas take {took} of {resource}, the node has {has}"

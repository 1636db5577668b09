"""The rule ``capacity``: on every node, over every resource at once, replicas fit in the room."""

from collections import Counter
from collections.abc import Iterator

from placement.quantity import PODS, format_quantity
from placement.verify.case import Case, needs
from placement.verify.violation import Violation

__all__ = ["check_capacity"]


def check_capacity(case: Case) -> Iterator[Violation]:
    """Yield every node and resource of which replicas take more than there is.

    A running node has its ``free``, a new one its type's allocatable and GPUs. A resource that is
    not named is 0, except pods, which are then unlimited.
    """
    for host in case.hosts:
        used: Counter[str] = Counter()
        for row in host.row.replicas:
            workload = case.workloads.get(row.workload)
            if workload is None:
                continue
            for resource, amount in needs(case, host, workload).items():
                used[resource] += amount * row.replicas
        for resource, amount in sorted(used.items()):
            if resource == PODS and PODS not in host.room:
                continue
            room = host.room.get(resource, 0)
            if amount > room:
                took, has = (format_quantity(n, resource) for n in (amount, room))
                message = f"replicas take {took} of {resource}, the node has {has}"
                yield Violation(rule="capacity", where=host.where, message=message)

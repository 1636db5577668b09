"""The rule ``whole_nodes``: a replica over several nodes has each of them to itself."""

from collections.abc import Iterator

from placement.quantity import CPU
from placement.verify.case import Case
from placement.verify.hosts import Site
from placement.verify.violation import Violation

__all__ = ["check_whole_nodes", "is_whole"]


def check_whole_nodes(case: Case) -> Iterator[Violation]:
    """Yield nodes that a replica over several nodes does not have whole."""
    for host, workload, taken in case.placed:
        if workload.nodes_per_replica == 1:
            continue
        for broken, what in (
            (taken > 1, f"carries {taken} of its replicas"),
            (len(host.row.replicas) > 1, "carries others, too"),
            (not is_whole(host.site), "is in use already"),
        ):
            if broken:
                message = f"{workload.key} takes whole nodes, and this one {what}"
                yield Violation(rule="whole_nodes", where=host.where, message=message)


def is_whole(site: Site) -> bool:
    """Return whether all GPUs of a node are free, or on types without any all its CPU."""
    resource = site.kind.gpu.resource if site.kind and site.kind.gpu else CPU
    return site.room.get(resource, 0) >= site.size.get(resource, 0)

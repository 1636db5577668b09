"""The rule ``memory_fit``: every replica has the GPUs its model needs, no more and no fewer."""

from collections.abc import Iterator

from placement.problem import Workload
from placement.verify.case import Case
from placement.verify.hosts import Site
from placement.verify.refusals import refused
from placement.verify.violation import Violation

__all__ = ["check_memory_fit", "too_small"]


def check_memory_fit(case: Case) -> Iterator[Violation]:
    """Yield replicas where their model does not fit, and rows with another number of GPUs."""
    yield from refused(case, "memory_fit", too_small)
    for position, row in enumerate(case.plan.assignments):
        found = case.workloads.get(row.workload)
        if found is None:
            continue
        gpus = case.sizes.gpus(found, case.kinds.get(row.instance_type or ""))
        in_all = None if gpus is None else gpus * found.nodes_per_replica
        if in_all != row.gpus_per_replica:
            where = f"assignments[{position}] {row.workload}"
            says = f"gpus_per_replica must be {in_all}" if in_all is not None else "no degree fits"
            message = f"on {row.instance_type} {says}, not {row.gpus_per_replica}"
            yield Violation(rule="memory_fit", where=where, message=message)


def too_small(case: Case, site: Site, workload: Workload) -> Iterator[str]:
    """Yield a node's type where the model of a workload does not fit its GPUs."""
    if case.sizes.gpus(workload, site.kind) is None:
        yield f"{workload.key} does not fit the GPUs of {site.type_name or 'an unknown type'}"

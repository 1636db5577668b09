"""The rule ``memory_fit``: every replica has the GPUs its model needs, no more and no fewer."""

from collections.abc import Iterator

from placement.verify.case import Case
from placement.verify.violation import Violation

__all__ = ["check_memory_fit"]


def check_memory_fit(case: Case) -> Iterator[Violation]:
    """Yield replicas where their model does not fit, and rows with another number of GPUs."""
    for host, workload, _ in case.placed():
        if case.sizes.gpus(workload, host.kind) is None:
            message = (
                f"{workload.key} does not fit the GPUs of {host.type_name or 'an unknown type'}"
            )
            yield Violation(rule="memory_fit", where=host.where, message=message)
    kinds = {kind.name: kind for kind in case.problem.instance_types}
    for position, row in enumerate(case.plan.assignments):
        found = case.workloads.get(row.workload)
        if found is None:
            continue
        gpus = case.sizes.gpus(found, kinds.get(row.instance_type or ""))
        if gpus != row.gpus_per_replica:
            where = f"assignments[{position}] {row.workload}"
            says = f"gpus_per_replica must be {gpus}" if gpus is not None else "no degree fits"
            message = f"on {row.instance_type} {says}, not {row.gpus_per_replica}"
            yield Violation(rule="memory_fit", where=where, message=message)

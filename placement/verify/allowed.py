"""The rules ``capacity_types`` and ``allowed_types``: what kind of node a workload accepts."""

from collections.abc import Iterator

from placement.problem import Allow
from placement.verify.case import Case
from placement.verify.violation import Violation

__all__ = ["check_allowed_types", "check_capacity_types"]


def check_capacity_types(case: Case) -> Iterator[Violation]:
    """Yield replicas on spot, reserved or on-demand nodes that their workload does not allow."""
    for host, workload, _ in case.placed():
        if host.capacity_type not in workload.capacity_types:
            message = f"{workload.key} does not run on {host.capacity_type} capacity"
            yield Violation(rule="capacity_types", where=host.where, message=message)


def check_allowed_types(case: Case) -> Iterator[Violation]:
    """Yield replicas on instance types or GPU models that are denied or not allowed."""
    for host, workload, _ in case.placed():
        gpu = host.kind.gpu.model if host.kind and host.kind.gpu else None
        for allow, name, what in (
            (workload.instance_types, host.type_name, "instance type"),
            (workload.gpu_models, gpu, "GPU model"),
        ):
            if not _admits(allow, name):
                message = f"{workload.key} does not allow the {what} {name or '(unknown)'}"
                yield Violation(rule="allowed_types", where=host.where, message=message)


def _admits(allow: Allow, name: str | None) -> bool:
    """Return whether a name is allowed; an unknown one matches no list, deny wins."""
    if name in allow.deny:
        return False
    return not allow.allow or name in allow.allow

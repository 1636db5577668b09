"""The rules ``capacity_types`` and ``allowed_types``: what kind of node a workload accepts."""

from collections.abc import Iterator

from placement.problem import Allow, Workload
from placement.verify.case import Case
from placement.verify.hosts import Site
from placement.verify.refusals import refused
from placement.verify.violation import Violation

__all__ = ["check_allowed_types", "check_capacity_types", "other_capacity", "other_type"]


def check_capacity_types(case: Case) -> Iterator[Violation]:
    """Yield replicas on spot, reserved or on-demand nodes that their workload does not allow."""
    yield from refused(case, "capacity_types", other_capacity)


def other_capacity(_: Case, site: Site, workload: Workload) -> Iterator[str]:
    """Yield a node's capacity type where a workload does not allow it."""
    if site.capacity_type not in workload.capacity_types:
        yield f"{workload.key} does not run on {site.capacity_type} capacity"


def check_allowed_types(case: Case) -> Iterator[Violation]:
    """Yield replicas on instance types or GPU models that are denied or not allowed."""
    yield from refused(case, "allowed_types", other_type)


def other_type(_: Case, site: Site, workload: Workload) -> Iterator[str]:
    """Yield a node's instance type and GPU model where a workload does not allow them."""
    gpu = site.kind.gpu.model if site.kind and site.kind.gpu else None
    for allow, name, what in (
        (workload.instance_types, site.type_name, "instance type"),
        (workload.gpu_models, gpu, "GPU model"),
    ):
        if not _admits(allow, name):
            yield f"{workload.key} does not allow the {what} {name or '(unknown)'}"


def _admits(allow: Allow, name: str | None) -> bool:
    """Return whether a name is allowed; an unknown one matches no list, deny wins."""
    if name in allow.deny:
        return False
    return not allow.allow or name in allow.allow

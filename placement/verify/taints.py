"""The rule ``taints``: cluster, pool and node taints are tolerated by what runs there."""

from collections.abc import Iterator

from placement.problem import Taint, Toleration, Workload
from placement.verify.case import Case
from placement.verify.hosts import Site
from placement.verify.refusals import refused
from placement.verify.violation import Violation

__all__ = ["check_taints", "not_tolerated"]


def check_taints(case: Case) -> Iterator[Violation]:
    """Yield replicas on nodes with a taint that forbids them."""
    yield from refused(case, "taints", not_tolerated)


def not_tolerated(_: Case, site: Site, workload: Workload) -> Iterator[str]:
    """Yield the taints of a node that a workload does not tolerate."""
    for taint in _taints_of(site):
        if taint.effect == "PreferNoSchedule":
            continue  # a wish, never a prohibition
        if not any(_tolerates(toleration, taint) for toleration in workload.tolerations):
            yield f"{workload.key} does not tolerate {taint.key}={taint.value}:{taint.effect}"


def _taints_of(site: Site) -> list[Taint]:
    taints = list(site.cluster.taints)
    if site.pool is not None:
        taints += site.pool.taints
    if site.running is not None:
        taints += site.running.taints
    return taints


def _tolerates(toleration: Toleration, taint: Taint) -> bool:
    """Return whether a toleration covers a taint.

    Source: Kubernetes, core/v1 ``Toleration.ToleratesTaint`` (v1.36): an empty effect or key
    matches every one; ``Exists`` matches every value.
    """
    if toleration.effect and toleration.effect != taint.effect:
        return False
    if toleration.key and toleration.key != taint.key:
        return False
    return toleration.operator == "Exists" or toleration.value == taint.value

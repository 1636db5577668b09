"""Whether a workload may be on a node at all, be it in the plan or not."""

from collections.abc import Hashable

from placement.problem import Workload
from placement.quantity import PODS
from placement.verify.affinity import not_meant
from placement.verify.allowed import other_capacity, other_type
from placement.verify.case import Case
from placement.verify.hosts import Site
from placement.verify.load import not_rated
from placement.verify.memory_fit import too_small
from placement.verify.refusals import Refusals
from placement.verify.selector import not_selected
from placement.verify.taints import not_tolerated
from placement.verify.users import far_from_users

__all__ = ["Eligible", "fits_empty"]

_STATIC: tuple[Refusals, ...] = (
    other_capacity,
    not_meant,
    not_tolerated,
    not_selected,
    other_type,
    far_from_users,
    too_small,
    not_rated,
)


class Eligible:
    """Which nodes a workload could be on by every static rule, were they empty.

    Nodes that are alike are judged once.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self._known: dict[tuple[str, Hashable], bool] = {}

    def __call__(self, site: Site, workload: Workload) -> bool:
        """Return whether no static rule refuses the node, and it is large enough when empty."""
        key = (workload.key, site.alike)
        if key not in self._known:
            self._known[key] = self._judge(site, workload)
        return self._known[key]

    def _judge(self, site: Site, workload: Workload) -> bool:
        refused = any(
            next(refusals(self._case, site, workload), None) is not None for refusals in _STATIC
        )
        return not refused and fits_empty(self._case, site, workload)


def fits_empty(case: Case, site: Site, workload: Workload) -> bool:
    """Return whether one replica, or its part, fits a node of this size that carries nothing."""
    return all(
        amount <= site.size.get(resource, amount if resource == PODS else 0)
        for resource, amount in case.sizes.needs(workload, site.kind).items()
    )

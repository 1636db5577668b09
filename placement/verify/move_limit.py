"""The rule ``move_limit``: no more replicas are moved than ``max_moves``."""

from collections.abc import Iterator

from placement.problem import Workload
from placement.quantity import PODS
from placement.verify.case import Case
from placement.verify.current import Movement, Place, pool_of
from placement.verify.eligible import Eligible
from placement.verify.groups import group_of, possible_sites, running_sites
from placement.verify.hosts import Site
from placement.verify.violation import Violation
from placement.verify.whole_nodes import is_whole

__all__ = ["check_move_limit"]


def check_move_limit(case: Case) -> Iterator[Violation]:
    """Yield what is moved elsewhere beyond the limit; what could not stay does not count."""
    limit = case.problem.objective.max_moves
    if limit is None or sum(each.moved for each in case.movements) <= limit:
        return
    places = _Places(case)
    counted = sum(
        max(0, min(each.moved, each.arrivals) - places.forced(each)) for each in case.movements
    )
    if counted > limit:
        message = f"{counted} replicas are moved that could stay, at most {limit} may be"
        yield Violation(rule="move_limit", where="objective.max_moves", message=message)


class _Places:
    """The nodes of each place that ``current`` may name."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._eligible = Eligible(case)
        self._sites: dict[Place, list[Site]] = {}
        for site in (*running_sites(case), *possible_sites(case)):
            pool = pool_of(site)
            self._sites.setdefault((*pool, None), []).append(site)
            if site.running is not None:
                self._sites.setdefault((*pool, site.running.name), []).append(site)

    def forced(self, movement: Movement) -> int:
        """Return the replicas in places where not a single one could stay."""
        ran = {place: movement.stays[place] + movement.leaves[place] for place in movement.stays}
        return sum(n for place, n in ran.items() if not self._may_keep(place, movement))

    def _may_keep(self, place: Place, movement: Movement) -> bool:
        """Return whether some node of a place, as free as it is, may have the workload."""
        workload = movement.workload
        return any(
            self._eligible(site, workload) and _has_room(self._case, site, workload)
            for site in self._sites.get(place, [])
        )


def _has_room(case: Case, site: Site, workload: Workload) -> bool:
    """Return whether one replica, or its part, can be on a node as free as it is."""
    if workload.nodes_per_replica > 1 and not is_whole(site):
        return False
    name = site.running.name if site.running else ""
    if any(group_of(case, site, name, rule.by) is None for rule in workload.spread):
        return False
    return all(
        amount <= site.room.get(resource, amount if resource == PODS else 0)
        for resource, amount in case.sizes.needs(workload, site.kind).items()
    )

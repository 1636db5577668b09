"""The rule ``move_limit``: no more replicas are moved than ``max_moves``."""

from collections.abc import Iterator

from placement.verify.case import Case
from placement.verify.current import Movement, Place, movements
from placement.verify.eligible import Eligible
from placement.verify.groups import possible_hosts, running_hosts
from placement.verify.hosts import Host
from placement.verify.violation import Violation

__all__ = ["check_move_limit"]


def check_move_limit(case: Case) -> Iterator[Violation]:
    """Yield what is moved beyond the limit; what may no longer stay does not count."""
    limit = case.problem.objective.max_moves
    moving = tuple(movements(case))
    if limit is None or sum(each.moved for each in moving) <= limit:
        return
    places = _Places(case)
    counted = sum(_of_choice(places, each) for each in moving)
    if counted > limit:
        message = f"{counted} replicas are moved that could stay, at most {limit} may be"
        yield Violation(rule="move_limit", where="objective.max_moves", message=message)


def _of_choice(places: "_Places", movement: Movement) -> int:
    """Return the fewest moves that were not forced: those scaled down are taken from them."""
    left = sum(
        count
        for place, count in movement.leaves.items()
        if count and places.may_keep(place, movement)
    )
    return max(0, left - movement.scaled_down)


class _Places:
    """The nodes of each place that ``current`` may name."""

    def __init__(self, case: Case) -> None:
        self._eligible = Eligible(case)
        self._hosts: dict[Place, list[Host]] = {}
        for host in (*running_hosts(case), *possible_hosts(case)):
            pool = (host.cluster.name, None if host.pool is None else host.pool.name)
            self._hosts.setdefault((*pool, None), []).append(host)
            if not host.new:
                self._hosts.setdefault((*pool, host.row.name), []).append(host)

    def may_keep(self, place: Place, movement: Movement) -> bool:
        """Return whether the static rules still allow the workload somewhere in a place."""
        hosts = self._hosts.get(place, [])
        return any(self._eligible(host, movement.workload) for host in hosts)

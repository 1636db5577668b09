"""What runs, what is bought and what is free while replicas move."""

from placement.move_sites import Yard
from placement.move_start import Shift, Start

__all__ = ["State"]


class State:
    """Rooms of all nodes and the limits over them, between two steps.

    Parameters
    ----------
    left
        Replicas of each shift that still run on their old nodes.
    unclear
        How many replicas may still run on each node that are known to be on none.
    blocked
        Nodes that could not be bought, by the limit that stood against it, and what it would have
        to have left.
    """

    def __init__(self, start: Start, yard: Yard) -> None:
        self.yard, self.shifts = yard, start.shifts
        self.room = [list(room) for room in start.room]
        self.left = [shift.replicas for shift in start.shifts]
        self.there = [site.running for site in yard.sites]
        self.used = [0] * len(yard.bounds)
        self.unclear = [0] * len(yard.sites)
        self.remaining = [0] * len(yard.sites)
        self.blocked: dict[int, dict[int, int]] = {}
        for site in yard.sites:
            for limit, weight in site.counts if site.running else ():
                self.used[limit] += weight
        for shift in start.shifts:
            for site_number in shift.at or shift.maybe:
                self.remaining[site_number] += shift.replicas
                self.unclear[site_number] += 0 if shift.at else shift.replicas

    def fit(self, shift: Shift) -> int:
        """Return how many replicas can start on their new nodes now, bought if need be."""
        most = shift.replicas
        for site in shift.end:
            if self.unclear[site]:
                return 0
            needs = self.yard.needs(shift.flow.workload, site)
            assert needs is not None  # the plan has it there
            for has, need in zip(self.room[site], needs, strict=True):
                if need:
                    most = min(most, has // need)
        if most <= 0 or not shift.end:
            return 0
        missing = [site for site in shift.end if not self.there[site]]
        return most if not missing or self._obtainable(missing) else 0

    def _obtainable(self, sites: list[int]) -> bool:
        """Return whether the limits let these nodes be bought; else note what stands against it."""
        more: dict[int, int] = {}
        for site in sites:
            for limit, weight in self.yard.sites[site].counts:
                more[limit] = more.get(limit, 0) + weight
                if self.used[limit] + more[limit] > self.yard.bounds[limit]:
                    self.blocked.setdefault(limit, {})[site] = more[limit]
                    return False
        return True

    def obtainable_again(self) -> list[int]:
        """Return nodes that could not be bought, as far as the limit against it has room now."""
        found = []
        for limit, nodes in self.blocked.items():
            left = self.yard.bounds[limit] - self.used[limit]
            while nodes and (amount := next(iter(nodes.values()))) <= left:
                found.append(next(iter(nodes)))
                del nodes[found[-1]]
                left -= amount
        return found

    def start(self, shift: Shift, replicas: int) -> list[int]:
        """Let replicas start on their new nodes; return the nodes bought for them."""
        bought = [site for site in shift.end if not self.there[site]]
        for site in bought:
            self.there[site] = True
            for limit, weight in self.yard.sites[site].counts:
                self.used[limit] += weight
        for site in shift.end:
            self._change(shift.flow.workload, site, -replicas)
        return bought

    def stop(self, number: int, replicas: int) -> bool:
        """Let replicas of a shift stop on their old nodes; return whether this relieves limits.

        Nodes that the plan releases go once they are empty.
        """
        shift = self.shifts[number]
        self.left[number] -= replicas
        for site in shift.at:
            self._change(shift.flow.workload, site, replicas)
        relieved = False
        for site in shift.at or shift.maybe:
            self.remaining[site] -= replicas
            self.unclear[site] -= 0 if shift.at else replicas
            if not self.remaining[site] and self.yard.sites[site].released:
                self.there[site] = False
                for limit, weight in self.yard.sites[site].counts:
                    self.used[limit] -= weight
                    relieved = True
        return relieved

    def release_empty(self) -> None:
        """Let go of nodes that the plan releases and that carry nothing from the beginning."""
        for number, site in enumerate(self.yard.sites):
            if site.released and self.there[number] and not self.remaining[number]:
                self.there[number] = False
                for limit, weight in site.counts:
                    self.used[limit] -= weight

    def _change(self, workload: int, site: int, replicas: int) -> None:
        needs = self.yard.needs(workload, site)
        assert needs is not None
        room = self.room[site]
        for position, need in enumerate(needs):
            room[position] += replicas * need

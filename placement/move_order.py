"""The order of moves: new replicas start first wherever there is room, others stop first."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from placement.move_drains import Drains
from placement.move_sites import Yard
from placement.move_start import Start
from placement.move_state import State

__all__ = ["Step", "order_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Replicas of one shift that change nodes at one time.

    Parameters
    ----------
    shift
        By number.
    surge
        Whether the new replicas start before the old ones stop.
    """

    shift: int
    replicas: int
    surge: bool


def order_of(start: Start, yard: Yard) -> tuple[Step, ...]:
    """Return steps that never need more room, nor more nodes than limits allow.

    First stop the replicas that end unplaced. Then replicas surge wherever their new nodes have
    room; nodes are bought when first needed, while limits hold, and released once empty. Where
    nothing can surge, some replicas stop first: those by which the fewest stops make room for
    something (:class:`Drains`). They start as soon as their new nodes have room, before anything
    else does.

    Such an order always ends: every drain stops a replica that runs on its old node, and any may be
    stopped at any time. Once none runs on an old node, the nodes hold what stays and what has
    arrived, which is a part of the plan; the plan fits its nodes, and they the limits, so all that
    is down starts.
    """
    return tuple(_Ordering(start, yard).run())


class _Ordering:
    """The steps in the making."""

    def __init__(self, start: Start, yard: Yard) -> None:
        self.state = State(start, yard)
        self.shifts, self.sites = start.shifts, yard.sites
        self.steps: list[Step] = []
        self.down: dict[int, int] = {}  # replicas that have stopped and not started, by shift
        self.arriving: list[list[int]] = [[] for _ in yard.sites]
        for number, shift in enumerate(start.shifts):
            for site in shift.end:
                self.arriving[site].append(number)
        self.queue: deque[int] = deque()
        self.queued = [False] * len(yard.sites)
        self.drains = Drains(self.state, self.arriving, self.down)

    def run(self) -> list[Step]:
        self.state.release_empty()
        for number, shift in enumerate(self.shifts):
            if not shift.end:
                self._stop(number, shift.replicas)
                self.steps.append(Step(shift=number, replicas=shift.replicas, surge=False))
        self._look_at(range(len(self.sites)))
        self._surge_all()
        while any_left := self.drains.next():
            for number, replicas in any_left:
                self.down[number] = self.down.get(number, 0) + replicas
                self.steps.append(Step(shift=number, replicas=replicas, surge=False))
                self._stop(number, replicas)
            self._surge_all()
        assert not self.down
        return self.steps

    def _surge_all(self) -> None:
        while self.queue or self._look_at(self.state.obtainable_again()):
            site = self.queue.popleft()
            self.queued[site] = False
            waiting = [number for number in self.arriving[site] if self._waits(number)]
            self.arriving[site][:] = waiting
            for number in waiting:
                replicas = min(self.state.left[number], self.state.fit(self.shifts[number]))
                if replicas > 0:
                    self._begin(number, replicas)
                    self.steps.append(Step(shift=number, replicas=replicas, surge=True))
                    self._stop(number, replicas)

    def _waits(self, number: int) -> bool:
        return self.state.left[number] > 0 or number in self.down

    def _begin(self, number: int, replicas: int) -> None:
        shift = self.shifts[number]
        self._look_at(self.state.start(shift, replicas))
        self.drains.changed(shift.end)

    def _stop(self, number: int, replicas: int) -> None:
        """Stop replicas, then start what was waiting for their room."""
        shift = self.shifts[number]
        touched = shift.at or shift.maybe
        relieved = self.state.stop(number, replicas)
        self._look_at(touched)
        self.drains.changed(touched)
        self._start_down({*touched, *shift.end}, relieved=relieved)

    def _start_down(self, freed: set[int], *, relieved: bool) -> None:
        """Start replicas that are down where there is room now, in the order they stopped in."""
        for number in list(self.down):
            end = self.shifts[number].end
            unbought = relieved and not all(self.state.there[site] for site in end)
            if not unbought and not freed.intersection(end):
                continue
            replicas = min(self.down[number], self.state.fit(self.shifts[number]))
            if replicas > 0:
                self.down[number] -= replicas
                if not self.down[number]:
                    del self.down[number]
                self._begin(number, replicas)
                freed.update(end)

    def _look_at(self, sites: Iterable[int]) -> bool:
        """Queue nodes for which replicas wait; return whether any is queued."""
        for site in sites:
            if not self.queued[site] and self.arriving[site]:
                self.queued[site] = True
                self.queue.append(site)
        return bool(self.queue)

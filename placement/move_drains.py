"""Which replicas stop first where nothing can surge."""

from collections.abc import Iterable
from heapq import heappop, heappush

from placement.move_state import State

__all__ = ["Drains"]

Stops = list[tuple[int, int]]
"""Shifts by number, and how many replicas of each stop."""


class Drains:
    """The cheapest stops that make room, looked up node by node.

    For every node that replicas wait for, the stops on it that let one of them start are counted;
    for a limit that keeps nodes from being bought, those that empty a node to be released. The
    fewest stops come first, then those after which most replicas start, then the first by name.
    """

    def __init__(self, state: State, arriving: list[list[int]], down: dict[int, int]) -> None:
        self._state, self._arriving, self._down = state, arriving, down
        self._version = [0] * len(arriving)
        self._changed: dict[int, None] = dict.fromkeys(range(len(arriving)))
        self._heap: list[tuple[int, int, int, int]] = []
        self._first = 0
        self._leaving: list[list[int]] = [[] for _ in arriving]
        for number, shift in enumerate(state.shifts):
            for site in shift.at or shift.maybe:
                self._leaving[site].append(number)

    def changed(self, sites: Iterable[int]) -> None:
        """Note that rooms, or what waits for them, are no longer what they were."""
        self._changed.update(dict.fromkeys(sites))

    def next(self) -> Stops:
        """Return what stops next; nothing where no replica runs on an old node any more."""
        for site in self._changed:
            self._version[site] += 1
            stops, gain = self._room_for_one(site)
            if stops:
                cost = sum(replicas for _, replicas in stops)
                heappush(self._heap, (cost, -gain, site, self._version[site]))
        self._changed.clear()
        while self._heap and self._heap[0][3] != self._version[self._heap[0][2]]:
            heappop(self._heap)
        release = min(self._releases(), default=None)
        if release is not None and (not self._heap or release[0] < self._heap[0][0]):
            return self._all_on(release[1])
        if self._heap:
            return self._room_for_one(self._heap[0][2])[0]
        left = self._state.left
        while self._first < len(left) and not left[self._first]:
            self._first += 1
        return [(self._first, 1)] if self._first < len(left) else []

    def _releases(self) -> Iterable[tuple[int, int]]:
        """Yield the nodes whose release relieves a limit, with the replicas still on them."""
        state = self._state
        limits = {limit for limit, nodes in state.blocked.items() if nodes}
        if not limits:
            return
        for number, site in enumerate(state.yard.sites):
            counted = any(limit in limits for limit, _ in site.counts)
            if counted and site.released and state.there[number]:
                yield state.remaining[number], number

    def _all_on(self, site: int) -> Stops:
        return [(n, self._state.left[n]) for n in self._leaving[site] if self._state.left[n]]

    def _room_for_one(self, site: int) -> tuple[Stops, int]:
        """Return the fewest stops found that let one more replica start on a node, and how many."""
        state = self._state
        best: Stops = []
        if not state.there[site] or not self._arriving[site] or not self._leaving[site]:
            return best, 0
        leaving = [number for number in self._leaving[site] if state.left[number]]
        self._leaving[site][:] = leaving
        unclear = [(n, state.left[n]) for n in leaving if not state.shifts[n].at]
        if unclear:
            return unclear, 0
        tried = set()
        fewest = 0
        for number in self._arriving[site]:
            workload = state.shifts[number].flow.workload
            if workload in tried or not (state.left[number] or number in self._down):
                continue
            tried.add(workload)
            stops = self._stops_for(workload, site, leaving)
            count = sum(replicas for _, replicas in stops)
            if stops and (not best or count < fewest):
                best, fewest = stops, count
        return best, self._gain(site, best)

    def _stops_for(self, workload: int, site: int, leaving: list[int]) -> Stops:
        """Return stops that let one replica start: each time the one that helps most."""
        state = self._state
        needs = state.yard.needs(workload, site)
        assert needs is not None
        lack = [need - has for need, has in zip(needs, state.room[site], strict=True)]
        chosen: dict[int, int] = {}
        while any(amount > 0 for amount in lack):
            best, most = -1, 0.0
            for number in leaving:
                if chosen.get(number, 0) < state.left[number]:
                    takes = state.yard.needs(state.shifts[number].flow.workload, site)
                    assert takes is not None
                    pairs = zip(lack, takes, strict=True)
                    helps = sum(min(have, miss) / miss for miss, have in pairs if miss > 0)
                    if helps > most:
                        best, most = number, helps
            if best < 0:
                return []
            chosen[best] = chosen.get(best, 0) + 1
            takes = state.yard.needs(state.shifts[best].flow.workload, site)
            assert takes is not None
            lack = [miss - have for miss, have in zip(lack, takes, strict=True)]
        return list(chosen.items())

    def _gain(self, site: int, stops: Stops) -> int:
        """Return how many waiting replicas have room on a node after these stops."""
        state = self._state
        room = list(state.room[site])
        for number, replicas in stops:
            takes = state.yard.needs(state.shifts[number].flow.workload, site) or ()
            room = [has + replicas * one for has, one in zip(room, takes, strict=True)]
        gain = 0
        for number in self._arriving[site]:
            needs = state.yard.needs(state.shifts[number].flow.workload, site) or ()
            fits = min(has // need for has, need in zip(room, needs, strict=True) if need)
            waiting = state.left[number] + self._down.get(number, 0)
            starts = max(0, min(fits, waiting))
            room = [has - starts * need for has, need in zip(room, needs, strict=True)]
            gain += starts
        return gain

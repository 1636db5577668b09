"""On which nodes the replicas run now whose rows name none."""

from collections.abc import Iterable
from dataclasses import dataclass

from placement.move_flows import Flow, Spot
from placement.move_sites import Amounts, Yard

__all__ = ["Shift", "Start", "start_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Running replicas that change nodes, or stop.

    Parameters
    ----------
    at
        Their nodes now; empty where these cannot be told.
    maybe
        Then the nodes on which they may be.
    end
        Their nodes in the plan; empty where they end unplaced.
    """

    flow: Flow
    at: Spot
    maybe: Spot
    end: Spot
    replicas: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What runs where before the first move.

    Parameters
    ----------
    room
        What is left on each node, new ones included, in base units.
    """

    room: tuple[Amounts, ...]
    shifts: tuple[Shift, ...]


def start_of(flows: Iterable[Flow], yard: Yard) -> Start:
    """Return a start that agrees with the plan, as far as one is found.

    Rows that name a node are facts. Of the others, those that stay are put where they end, as far
    as there is room; what is left is put where it first fits in its pool, the largest first. That
    may find no room where some other order would: such replicas count as on no node known, and
    nothing starts on a node of their pool before they have left.
    """
    sketch = _Sketch(yard)
    waiting: list[Flow] = []
    for flow in flows:
        if flow.row.node is None or yard.workloads[flow.workload].nodes_per_replica > 1:
            waiting.append(flow)
        else:
            site = yard.number[flow.row.cluster, flow.row.node]
            sketch.put(flow, (site,), flow.replicas)
    left: list[tuple[Flow, int]] = []
    for flow in waiting:
        stays = not flow.moved and all(yard.sites[site].running for site in flow.end)
        fits = min(flow.replicas, sketch.fit(flow.workload, flow.end)) if stays else 0
        if fits:
            sketch.put(flow, flow.end, fits)
        if fits < flow.replicas:
            left.append((flow, flow.replicas - fits))
    for flow, replicas in sorted(left, key=sketch.size, reverse=True):
        sketch.guess(flow, replicas)
    return Start(room=tuple(map(tuple, sketch.room)), shifts=tuple(sketch.shifts))


class _Sketch:
    """Rooms in the making."""

    def __init__(self, yard: Yard) -> None:
        self.yard = yard
        self.room = [list(site.room) for site in yard.sites]
        self.shifts: list[Shift] = []
        self.full: dict[tuple[int, str, str | None], int] = {}

    def fit(self, workload: int, spot: Spot) -> int:
        """Return how many replicas have room on all of a spot's nodes."""
        most = []
        for site in spot:
            needs = self.yard.needs(workload, site)
            if needs is None:
                return 0
            room = zip(self.room[site], needs, strict=True)
            most.append(min(has // need for has, need in room if need))
        return max(0, min(most))

    def put(self, flow: Flow, spot: Spot, replicas: int) -> None:
        """Let replicas run on a spot now."""
        needs = [self.yard.needs(flow.workload, site) for site in spot]
        if any(need is None for need in needs):
            self._unknown(flow, spot, replicas)
            return
        for site, need in zip(spot, needs, strict=True):
            assert need is not None
            self.room[site] = [
                has - replicas * one for has, one in zip(self.room[site], need, strict=True)
            ]
        if spot != flow.end:
            shift = Shift(flow=flow, at=spot, maybe=(), end=flow.end, replicas=replicas)
            self.shifts.append(shift)

    def guess(self, flow: Flow, replicas: int) -> None:
        """Let replicas run where they first fit in their pool."""
        sites = self.yard.running_in.get((flow.row.cluster, flow.row.node_pool), ())
        nodes = self.yard.workloads[flow.workload].nodes_per_replica
        if nodes > 1:
            while replicas and (spot := self._whole(flow, sites, nodes)):
                self.put(flow, spot, 1)
                replicas -= 1
        else:
            key = (flow.workload, flow.row.cluster, flow.row.node_pool)
            for position in range(self.full.get(key, 0), len(sites)):
                fits = min(replicas, self.fit(flow.workload, (sites[position],)))
                if fits:
                    self.put(flow, (sites[position],), fits)
                    replicas -= fits
                if not replicas:
                    break
                self.full[key] = position + 1  # room only shrinks here
        if replicas:
            self._unknown(flow, sites, replicas)

    def size(self, each: tuple[Flow, int]) -> tuple[int, int, Amounts]:
        """Return what makes a flow hard to place: nodes, a named one, and what it takes of one."""
        flow = each[0]
        sites = self.yard.running_in.get((flow.row.cluster, flow.row.node_pool), ())
        needs = self.yard.needs(flow.workload, sites[0]) if sites else None
        nodes = self.yard.workloads[flow.workload].nodes_per_replica
        # GPUs sort after cpu, memory and pods by name, but are scarcer: look at them first
        return nodes, int(flow.row.node is not None), tuple(reversed(needs or ()))

    def _whole(self, flow: Flow, sites: Spot, nodes: int) -> Spot:
        """Return whole empty nodes of one place, the one that the row names among them."""
        places: dict[tuple[object, ...], list[int]] = {}
        for number in sites:
            site = self.yard.sites[number]
            if site.whole and self.room[number] == list(site.room):
                key = (site.zone, site.kind.name if site.kind else None)
                places.setdefault(key, []).append(number)
        named = flow.row.node and self.yard.number[flow.row.cluster, flow.row.node]
        for members in places.values():
            if named is None and len(members) >= nodes:
                return tuple(members[:nodes])
            if named in members and len(members) >= nodes:
                assert named is not None
                others = [number for number in members if number != named]
                return (named, *others[: nodes - 1])
        return ()

    def _unknown(self, flow: Flow, maybe: Spot, replicas: int) -> None:
        shift = Shift(flow=flow, at=(), maybe=maybe, end=flow.end, replicas=replicas)
        self.shifts.append(shift)

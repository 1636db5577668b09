"""Which running replicas stay, which leave, and where each of them ends."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass

from placement.move_sites import Yard
from placement.plan import NodePlan
from placement.problem import Current, Problem, Workload

__all__ = ["Flow", "flows_of"]

Spot = tuple[int, ...]
"""The nodes that one replica takes, by number: one, or those of its parts in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Running replicas of one row of ``current`` that end on the same nodes.

    Parameters
    ----------
    workload
        By number.
    end
        Their nodes in the plan; empty where they end unplaced.
    moved
        Whether they leave their place; else they end in it, if perhaps on other nodes of a pool
        whose nodes the row does not name.
    """

    workload: int
    row: Current
    end: Spot
    replicas: int
    moved: bool


def flows_of(problem: Problem, plan_nodes: Iterable[NodePlan], yard: Yard) -> Iterator[Flow]:
    """Yield what becomes of all running replicas but those that a scale-down takes away.

    As many stay as can: rows that name a node keep what the plan has there, then the rows that name
    a pool alone keep what is left in it, on nodes that run before new ones. Of those that leave, a
    scale-down takes the first by place; the others go to where the plan has more than stays: within
    their pool, else within their cluster, else within their region, else elsewhere, in the order of
    names. What then arrives nowhere ends unplaced, and what the plan has beyond is new.
    """
    spots = _spots(problem, plan_nodes, yard)
    region = {cluster.name: cluster.region for cluster in problem.clusters}
    for number, workload in enumerate(problem.workloads):
        if workload.current:
            yield from _of_workload(number, workload, spots.get(workload.key, []), yard, region)


def _of_workload(
    number: int, workload: Workload, placed: list[Spot], yard: Yard, region: dict[str, str]
) -> Iterator[Flow]:
    rows = sorted(workload.current, key=_place)
    kept, arrivals = _stays(rows, placed, yard)
    for (row, spot), replicas in kept.items():
        yield Flow(workload=number, row=rows[row], end=spot, replicas=replicas, moved=False)
    leaving = Counter({row: each.replicas for row, each in enumerate(rows)})
    for (row, _), replicas in kept.items():
        leaving[row] -= replicas
    asked = len(placed) if workload.load is not None else workload.replicas or 0
    _scale_down(leaving, sum(row.replicas for row in rows) - asked)

    def near(spot: Spot) -> tuple[str, str | None]:
        return yard.sites[spot[0]].cluster, yard.sites[spot[0]].pool

    for row_of, end_of in (
        (lambda r: (r.cluster, r.node_pool), near),
        (lambda r: r.cluster, lambda s: near(s)[0]),
        (lambda r: region[r.cluster], lambda s: region[near(s)[0]]),
        (lambda r: "", lambda s: ""),
    ):
        for row, spot, replicas in _paired(rows, leaving, arrivals, row_of, end_of):
            yield Flow(workload=number, row=rows[row], end=spot, replicas=replicas, moved=True)
    for row, replicas in leaving.items():
        if replicas:
            yield Flow(workload=number, row=rows[row], end=(), replicas=replicas, moved=True)


def _place(row: Current) -> tuple[str, str, str]:
    return row.cluster, row.node_pool or "", row.node or ""


def _stays(
    rows: list[Current], placed: list[Spot], yard: Yard
) -> tuple[Counter[tuple[int, Spot]], Counter[Spot]]:
    """Return the replicas that stay, by row and nodes, and those that the plan has beyond."""
    kept: Counter[tuple[int, Spot]] = Counter()
    left = Counter(placed)
    in_pool: dict[tuple[str, str | None], list[Spot]] = {}
    on_node: dict[int, list[Spot]] = {}
    for spot in left:
        in_pool.setdefault((yard.sites[spot[0]].cluster, yard.sites[spot[0]].pool), []).append(spot)
        for site in spot:  # of several nodes, any that the row names
            on_node.setdefault(site, []).append(spot)
    for row, each in sorted(enumerate(rows), key=lambda pair: pair[1].node is None):
        if each.node is not None:
            spots = on_node.get(yard.number[each.cluster, each.node], [])
        else:
            spots = in_pool.get((each.cluster, each.node_pool), [])
        wanted = each.replicas
        for spot in sorted(spots, key=lambda s: (any(not yard.sites[n].running for n in s), s)):
            stay = min(wanted, left[spot])
            if stay:
                kept[row, spot] += stay
                left[spot] -= stay
                wanted -= stay
    return kept, +left


def _scale_down(leaving: Counter[int], surplus: int) -> None:
    """Take away what a scale-down takes, the first by place first."""
    for row in sorted(leaving):
        gone = max(0, min(leaving[row], surplus))
        leaving[row] -= gone
        surplus -= gone


def _paired(
    rows: list[Current],
    leaving: Counter[int],
    arrivals: Counter[Spot],
    row_of: Callable[[Current], Hashable],
    end_of: Callable[[Spot], Hashable],
) -> Iterator[tuple[int, Spot, int]]:
    """Yield rows and where their replicas go, as far as both are alike, and count them off."""
    open_: dict[Hashable, list[Spot]] = {}
    for spot in sorted((spot for spot in arrivals if arrivals[spot]), reverse=True):
        open_.setdefault(end_of(spot), []).append(spot)
    for row in sorted(leaving):
        spots = open_.get(row_of(rows[row]), [])
        while leaving[row] and spots:
            replicas = min(leaving[row], arrivals[spots[-1]])
            leaving[row] -= replicas
            arrivals[spots[-1]] -= replicas
            yield row, spots[-1], replicas
            if not arrivals[spots[-1]]:
                spots.pop()


def _spots(problem: Problem, plan_nodes: Iterable[NodePlan], yard: Yard) -> dict[str, list[Spot]]:
    """Return the nodes of every replica in the plan, by workload.

    Parts of several replicas in one place are put together in the order of the nodes' names.
    """
    spots: dict[str, list[Spot]] = {}
    parts: dict[tuple[object, ...], dict[int, list[int]]] = {}
    for node in sorted(plan_nodes, key=lambda node: (node.cluster, node.name)):
        site = yard.number[node.cluster, node.name]
        place = (node.cluster, node.node_pool, node.instance_type, node.capacity_type, node.zone)
        for held in node.replicas:
            if held.part is None:
                spots.setdefault(held.workload, []).extend([(site,)] * held.replicas)
                continue
            part = int(held.part.split("/")[0])
            parts.setdefault((held.workload, *place), {}).setdefault(part, []).append(site)
    for (workload, *_), by_part in parts.items():
        whole = zip(*(by_part[part] for part in sorted(by_part)), strict=True)
        spots.setdefault(str(workload), []).extend(whole)
    return spots

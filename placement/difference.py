"""Two plans beside each other: what moves, what it costs, and what no longer fits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from placement.difference_rows import Place, PlaceChange, PoolDifference, WorkloadDifference
from placement.plan import NodePlan, Plan
from placement.problem.base import Money

__all__ = ["PlanDifference", "diff"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDifference:
    """What differs between an old plan and a new one.

    Parameters
    ----------
    cost_before, cost_after
        Per hour; None where there is no plan.
    cost_change
        After less before, exactly; None where there is no plan or the currencies differ.
    workloads
        Those whose places or left-out replicas differ, by key.
    pools
        Node pools whose nodes differ, by cluster and name.
    notes
        Signs that the two are plans of different problems, a sentence each.
    """

    currency_before: str
    currency_after: str
    cost_before: float | None
    cost_after: float | None
    cost_change: float | None
    placed_before: int
    placed_after: int
    unplaced_before: int
    unplaced_after: int
    workloads: tuple[WorkloadDifference, ...]
    pools: tuple[PoolDifference, ...]
    notes: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Return whether nothing differs: neither places, nor nodes, nor cost."""
        same = (self.currency_before, self.cost_before) == (self.currency_after, self.cost_after)
        return same and not (self.workloads or self.pools or self.notes)

    @property
    def replicas_moved(self) -> int:
        """Return the replicas that run in both plans, but elsewhere."""
        return sum(row.moved for row in self.workloads)

    def to_dict(self) -> dict[str, object]:
        """Return the fields of ``placement diff --json``."""
        return {
            "empty": self.empty,
            "currency": {"before": self.currency_before, "after": self.currency_after},
            "cost_per_hour": {
                "before": self.cost_before,
                "after": self.cost_after,
                "change": self.cost_change,
            },
            "replicas_placed": {"before": self.placed_before, "after": self.placed_after},
            "replicas_unplaced": {"before": self.unplaced_before, "after": self.unplaced_after},
            "replicas_moved": self.replicas_moved,
            "workloads": [row.to_dict() for row in self.workloads],
            "node_pools": [row.to_dict() for row in self.pools],
            "notes": list(self.notes),
        }


def diff(old: Plan, new: Plan) -> PlanDifference:
    """Return what differs between two plans.

    Replicas are told apart by place alone: cluster, node pool, instance type, capacity type and
    zone. Which node of a pool they run on is no difference.
    """
    before, after = _cost(old), _cost(new)
    change = None
    if before is not None and after is not None and old.currency == new.currency:
        change = float(Money.exact(after) - Money.exact(before))
    workloads, pools = _workloads(old, new), _pools(old, new)
    return PlanDifference(
        currency_before=old.currency,
        currency_after=new.currency,
        cost_before=before,
        cost_after=after,
        cost_change=change,
        placed_before=old.replicas_placed,
        placed_after=new.replicas_placed,
        unplaced_before=old.replicas_unplaced,
        unplaced_after=new.replicas_unplaced,
        workloads=tuple(row for row in workloads if row.differs),
        pools=tuple(row for row in pools if row.differs),
        notes=tuple(_notes(old, new, workloads)),
    )


def _cost(plan: Plan) -> float | None:
    return None if plan.status == "infeasible" else plan.cost_per_hour


def _workloads(old: Plan, new: Plan) -> list[WorkloadDifference]:
    """Return every workload of either plan, by key."""
    plans = (_places(old), _places(new))
    left = (_left(old), _left(new))
    reasons = {row.workload: row.reasons for row in new.unplaced}
    keys = sorted({key for found in (*plans, *left) for key in found})
    return [
        WorkloadDifference(
            workload=key,
            places=_changes(plans[0].get(key, {}), plans[1].get(key, {})),
            placed_before=sum(plans[0].get(key, {}).values()),
            placed_after=sum(plans[1].get(key, {}).values()),
            unplaced_before=left[0].get(key, 0),
            unplaced_after=left[1].get(key, 0),
            reasons=reasons.get(key, ()),
        )
        for key in keys
    ]


def _places(plan: Plan) -> dict[str, dict[Place, int]]:
    """Return the replicas of every workload by place."""
    found: dict[str, dict[Place, int]] = {}
    for row in plan.assignments:
        places = found.setdefault(row.workload, {})
        place = Place.of(row)
        places[place] = places.get(place, 0) + row.replicas
    return found


def _left(plan: Plan) -> dict[str, int]:
    return {row.workload: row.replicas for row in plan.unplaced}


def _changes(old: Mapping[Place, int], new: Mapping[Place, int]) -> tuple[PlaceChange, ...]:
    rows = (
        PlaceChange(place=place, before=old.get(place, 0), after=new.get(place, 0))
        for place in sorted({*old, *new}, key=Place.order)
    )
    return tuple(row for row in rows if row.change)


def _pools(old: Plan, new: Plan) -> list[PoolDifference]:
    """Return every node pool of either plan, by cluster and name."""
    listed = [{(row.cluster, row.node_pool): row for row in p.node_pools} for p in (old, new)]
    bought = [_counted(plan.nodes, "new") for plan in (old, new)]
    released = [_counted(plan.nodes, "released") for plan in (old, new)]
    rows = []
    for key in sorted({*listed[0], *listed[1]}):
        planned = [pools[key].nodes_planned if key in pools else 0 for pools in listed]
        rows.append(
            PoolDifference(
                cluster=key[0],
                node_pool=key[1],
                before=planned[0],
                after=planned[1],
                bought_before=bought[0].get(key, 0),
                bought_after=bought[1].get(key, 0),
                released_before=released[0].get(key, 0),
                released_after=released[1].get(key, 0),
            )
        )
    return rows


def _counted(nodes: Iterable[NodePlan], state: str) -> dict[tuple[str, str | None], int]:
    found: dict[tuple[str, str | None], int] = {}
    for node in nodes:
        if node.state == state:
            key = (node.cluster, node.node_pool)
            found[key] = found.get(key, 0) + 1
    return found


def _notes(old: Plan, new: Plan, workloads: Iterable[WorkloadDifference]) -> Iterable[str]:
    """Yield what shows that the plans are of different problems."""
    if old.currency != new.currency:
        yield f"the costs are in {old.currency} and {new.currency}, and do not compare"
    for row in workloads:
        if not row.asked_before:
            yield f"workload {row.workload} is only in the new plan"
        elif not row.asked_after:
            yield f"workload {row.workload} is only in the old plan"
        elif row.asked_before != row.asked_after:
            yield f"workload {row.workload} asks for {row.asked_after}, not {row.asked_before}"
    runs = [{(p.cluster, p.node_pool): p.nodes_now for p in plan.node_pools} for plan in (old, new)]
    for cluster, pool in sorted({*runs[0], *runs[1]}):
        was, now = (found.get((cluster, pool)) for found in runs)
        if was is None or now is None:
            only = "new" if was is None else "old"
            yield f"node pool {cluster}/{pool} is only in the {only} plan"
        elif was != now:
            yield f"in node pool {cluster}/{pool} run {now} nodes, not {was}"

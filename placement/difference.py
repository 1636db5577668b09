"""Two plans beside each other: what moves, what it costs, and what no longer fits."""

from collections.abc import Container, Iterable, Mapping
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
        Of the nodes, per hour; None where there is no plan.
    cost_change
        After less before, exactly; None where there is no plan or the currencies differ.
    total_before, total_after, total_change
        The same of all money in the objective: beside nodes what replicas and moves cost.
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
    total_before: float | None
    total_after: float | None
    total_change: float | None
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
        old = (self.currency_before, self.cost_before, self.total_before)
        same = old == (self.currency_after, self.cost_after, self.total_after)
        return same and not (self.workloads or self.pools or self.notes)

    @property
    def more_than_nodes(self) -> bool:
        """Return whether the money of either plan is more than what its nodes cost."""
        costs = (self.cost_before, self.cost_after)
        return (self.total_before, self.total_after) != costs

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
            "total_per_hour": {
                "before": self.total_before,
                "after": self.total_after,
                "change": self.total_change,
            },
            "replicas_placed": {"before": self.placed_before, "after": self.placed_after},
            "replicas_unplaced": {"before": self.unplaced_before, "after": self.unplaced_after},
            "replicas_moved": self.replicas_moved,
            "workloads": [row.to_dict() for row in self.workloads],
            "node_pools": [row.to_dict() for row in self.pools],
            "notes": list(self.notes),
        }


def diff(old: Plan, new: Plan, *, loads: Container[str] | None = None) -> PlanDifference:
    """Return what differs between two plans.

    Replicas are told apart by place alone: cluster, node pool, instance type, capacity type and
    zone. Which node of a pool they run on is no difference.

    Parameters
    ----------
    loads
        Keys of the workloads that have a load, which plans that carry it whole do not tell.
    """
    before, after = _cost(old), _cost(new)
    totals = (_total(old), _total(new))
    alike = old.currency == new.currency
    workloads, pools = _workloads(old, new, loads or ()), _pools(old, new)
    return PlanDifference(
        currency_before=old.currency,
        currency_after=new.currency,
        cost_before=before,
        cost_after=after,
        cost_change=_change(before, after) if alike else None,
        total_before=totals[0],
        total_after=totals[1],
        total_change=_change(*totals) if alike else None,
        placed_before=old.replicas_placed,
        placed_after=new.replicas_placed,
        unplaced_before=old.replicas_unplaced,
        unplaced_after=new.replicas_unplaced,
        workloads=tuple(row for row in workloads if row.differs),
        pools=tuple(row for row in pools if row.differs),
        notes=tuple(_notes(old, new, workloads, sure=loads is not None)),
    )


def _cost(plan: Plan) -> float | None:
    return None if plan.status == "infeasible" else plan.cost_per_hour


def _total(plan: Plan) -> float | None:
    return None if plan.status == "infeasible" else plan.objective.total


def _change(before: float | None, after: float | None) -> float | None:
    if before is None or after is None:
        return None
    return float(Money.exact(after) - Money.exact(before))


def _workloads(old: Plan, new: Plan, loads: Container[str]) -> list[WorkloadDifference]:
    """Return every workload of either plan, by key."""
    plans = (_places(old), _places(new))
    left = (_left(old), _left(new))
    loose = (_not_carried(old), _not_carried(new))
    units = {row.workload: row.unit for row in (*old.unplaced, *new.unplaced) if row.unit}
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
            load_before=loose[0].get(key, 0.0),
            load_after=loose[1].get(key, 0.0),
            unit=units.get(key),
            is_load=key in units or key in loads,
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


def _not_carried(plan: Plan) -> dict[str, float]:
    return {row.workload: row.load for row in plan.unplaced if row.load is not None}


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


def _notes(
    old: Plan, new: Plan, workloads: Iterable[WorkloadDifference], *, sure: bool
) -> Iterable[str]:
    """Yield what shows that the plans are of different problems."""
    if old.currency != new.currency:
        yield f"the costs are in {old.currency} and {new.currency}, and do not compare"
    for row in workloads:
        if not row.there_before:
            yield f"workload {row.workload} is only in the new plan"
        elif not row.there_after:
            yield f"workload {row.workload} is only in the old plan"
        elif row.asked_before != row.asked_after and not row.is_load:
            asks = f"asks for {row.asked_after}, not {row.asked_before}"
            yield f"workload {row.workload} {asks}{'' if sure else ', unless it has a load'}"
    runs = [{(p.cluster, p.node_pool): p.nodes_now for p in plan.node_pools} for plan in (old, new)]
    for cluster, pool in sorted({*runs[0], *runs[1]}):
        was, now = (found.get((cluster, pool)) for found in runs)
        if was is None or now is None:
            only = "new" if was is None else "old"
            yield f"node pool {cluster}/{pool} is only in the {only} plan"
        elif was != now:
            yield f"in node pool {cluster}/{pool} run {now} nodes, not {was}"

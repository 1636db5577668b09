"""Plans written by hand: what each node carries is told, and all that follows from it is filled in.

Rows, pools, prices and what is left out follow from the nodes alone, whether rules hold or not, so
that a plan can break one rule and keep all others. Replicas state their GPUs in ``requests``.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from placement.plan import Assignment, NodePlan, Plan, PoolPlan
from placement.problem import Cluster, NodePool, Problem, Workload
from placement.verify import verify

__all__ = ["Json", "New", "broken", "written"]

Json = dict[str, Any]
Load = Mapping[str, int | str]
"""Replicas by the name of their workload, or which part of one, such as ``1/2``."""
New = tuple[str, str | None, Load]
"""The pool, zone and load of a new node; ``cluster/pool`` where pools of several have the name."""


def written(
    problem: Problem,
    running: Mapping[str, Load | None] | None = None,
    new: Iterable[New] = (),
    **more: Any,
) -> Plan:
    """Return the plan in which nodes carry this; None: released, not named: kept and empty.

    ``extra`` is the money beside nodes, by part; all other keywords are fields of the plan.
    """
    nodes = [*_running(problem, running or {}), *_new(problem, new)]
    cost = sum((Decimal(repr(n.price)) for n in nodes if n.state != "released"), Decimal(0))
    extra = more.pop("extra", {})
    total = float(cost + sum((Decimal(repr(part)) for part in extra.values()), Decimal(0)))
    rows = _rows(problem, nodes)
    return Plan.model_validate(
        {
            "status": "optimal",
            "cost_per_hour": float(cost),
            "objective": {"nodes": float(cost), "total": total, **extra},
            "lower_bound": total,
            "assignments": rows,
            "nodes": nodes,
            "node_pools": list(_pools(problem, nodes)),
            "unplaced": [left for w in problem.workloads for left in _unplaced(w, rows)],
            **more,
        }
    )


def broken(problem: Problem, plan: Plan) -> set[str]:
    """Return the rules that a plan breaks."""
    return {violation.rule for violation in verify(problem, plan)}


def _held(load: Load) -> list[Json]:
    return [
        {"workload": f"default/{name}", "replicas": what if isinstance(what, int) else 1}
        | ({} if isinstance(what, int) else {"part": what})
        for name, what in load.items()
    ]


def _running(problem: Problem, running: Mapping[str, Load | None]) -> Iterable[NodePlan]:
    for cluster in problem.clusters:
        pools = {pool.name: pool for pool in cluster.node_pools}
        for node in cluster.nodes:
            load = running.get(node.name, {})
            pool = pools.get(node.node_pool or "")
            if pool is None and not load:
                continue
            zones = (pool.zones or cluster.zones) if pool else ()
            zone = node.zone or (zones[0] if len(zones) == 1 else None)
            yield NodePlan.model_validate(
                {
                    "name": node.name,
                    "cluster": cluster.name,
                    "node_pool": node.node_pool,
                    "instance_type": pool.instance_type if pool else node.instance_type,
                    "capacity_type": pool.capacity_type
                    if pool
                    else node.capacity_type or "on-demand",
                    "zone": zone,
                    "state": "released" if load is None else "existing",
                    "price": (node.price or _price(problem, cluster, pool, zone)) if pool else 0.0,
                    "replicas": _held(load or {}),
                }
            )


def _new(problem: Problem, new: Iterable[New]) -> Iterable[NodePlan]:
    for number, (name, zone, load) in enumerate(new, start=1):
        cluster, pool = next(
            (cluster, pool)
            for cluster in problem.clusters
            for pool in cluster.node_pools
            if name in {pool.name, f"{cluster.name}/{pool.name}"}
        )
        yield NodePlan.model_validate(
            {
                "name": f"new-{number}",
                "cluster": cluster.name,
                "node_pool": pool.name,
                "instance_type": pool.instance_type,
                "capacity_type": pool.capacity_type,
                "zone": zone,
                "state": "new",
                "price": _price(problem, cluster, pool, zone),
                "replicas": _held(load),
            }
        )


def _price(problem: Problem, cluster: Cluster, pool: NodePool, zone: str | None) -> float:
    rows = {
        row.zone: row.price
        for row in problem.offerings
        if (row.region, row.instance_type, row.capacity_type)
        == (cluster.region, pool.instance_type, pool.capacity_type)
    }
    return rows[zone] if zone in rows else rows[None]


def _rows(problem: Problem, nodes: Iterable[NodePlan]) -> list[Assignment]:
    """Return the assignment rows; of replicas over several nodes, the first part is counted."""
    workloads = {workload.key: workload for workload in problem.workloads}
    counts: Counter[tuple[str | None, ...]] = Counter()
    for node in nodes:
        place = (node.cluster, node.node_pool, node.instance_type, node.capacity_type, node.zone)
        for held in node.replicas:
            if held.part is None or held.part.startswith("1/"):
                counts[held.workload, *place] += held.replicas
    fields = ("workload", "cluster", "node_pool", "instance_type", "capacity_type", "zone")
    return [
        Assignment.model_validate(
            dict(zip(fields, key, strict=True))
            | {"gpus_per_replica": _gpus(workloads[key[0] or ""]), "replicas": replicas}
        )
        for key, replicas in counts.items()
    ]


def _gpus(workload: Workload) -> int:
    return workload.requests.get("nvidia.com/gpu", 0) * workload.nodes_per_replica


def _pools(problem: Problem, nodes: list[NodePlan]) -> Iterable[PoolPlan]:
    for cluster in problem.clusters:
        for pool in cluster.node_pools:
            mine = [n for n in nodes if (n.cluster, n.node_pool) == (cluster.name, pool.name)]
            now = sum(node.state != "new" for node in mine)
            planned = sum(node.state != "released" for node in mine)
            yield PoolPlan(
                cluster=cluster.name,
                node_pool=pool.name,
                nodes_now=now,
                nodes_planned=planned,
                change=planned - now,
            )


def _unplaced(workload: Workload, rows: list[Assignment]) -> Iterable[Json]:
    mine = [row for row in rows if row.workload == workload.key]
    if workload.load is None:
        left = (workload.replicas or 0) - sum(row.replicas for row in mine)
        if left > 0:
            yield {"workload": workload.key, "replicas": left}
        return
    rates = {name: Fraction(repr(rate)) for name, rate in workload.load.per_replica.items()}
    done = sum(rates.get(r.instance_type or "", Fraction(0)) * r.replicas for r in mine)
    rest = Fraction(repr(workload.load.amount)) - done
    if rest > 0:
        yield {"workload": workload.key, "load": float(rest), "unit": workload.load.unit}

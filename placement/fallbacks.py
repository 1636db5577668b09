"""Plan B: where replicas go, and at what extra cost, if an offering turns out to have nothing.

All that the plan has elsewhere counts as running: its other new nodes are there and paid for, and
its replicas on them may move at a price that no saving reaches. So the whole problem is solved
again, not a residue of it: rules over all replicas of a workload (spread, shares, budgets) hold for
what stays and what goes together. What is bought then comes from what offerings have besides, each
looked at alone at the confidence asked for.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from placement.confidence import stock_bound
from placement.plan import Fallback, FallbackRow, NodePlan, Plan
from placement.problem import Offering, Problem
from placement.problem.base import MOST_MONEY
from placement.problem.current import Current
from placement.problem.fleet import Cluster, Node, NodePool
from placement.problem.revised import revised

__all__ = ["Solve", "after_failure", "fallbacks"]

Solve: TypeAlias = Callable[[Problem, float], Plan]
"""Solves a problem within some seconds."""

_Spot: TypeAlias = tuple[str, str | None, str | None]
"""Cluster, node pool and zone."""


def fallbacks(
    problem: Problem, plan: Plan, solve: Solve, seconds: float = 60.0
) -> tuple[Fallback, ...]:
    """Return plan B for every node pool and zone in which a plan buys nodes.

    Pools that buy from one offering fail together: each lists its own replicas, and the extra cost
    of all of them.

    Parameters
    ----------
    plan
        Of the problem, not infeasible.
    solve
        What solves a problem within some seconds, such as ``lambda p, s: place(p, time_limit=s)``.
    seconds
        For all of them; those for which none are left are missing.
    """
    until = time.monotonic() + seconds
    bought = _bought(problem, plan)
    rows = list(dict.fromkeys(bought.values()))
    found: list[Fallback] = []
    for number, row in enumerate(rows):
        left = until - time.monotonic()
        if left <= 0:
            break
        lost = [plan.nodes[at] for at, source in bought.items() if source == row]
        second = solve(after_failure(problem, plan, row), left / (len(rows) - number))
        found.extend(_told(plan, lost, second))
    return tuple(sorted(found, key=lambda f: (f.cluster, f.node_pool, f.zone or "")))


def after_failure(problem: Problem, plan: Plan, failed: Offering) -> Problem:
    """Return the problem in which a plan has got everything but what it buys of one offering."""
    bought = _bought(problem, plan)
    taken = Counter(bought.values())
    clusters = [_with_nodes(problem, c, plan, bought, failed) for c in problem.clusters]
    gone = {at for at, row in bought.items() if row == failed}
    kept = [node for at, node in enumerate(plan.nodes) if at not in gone]
    price = min(MOST_MONEY, 1.0 + plan.objective.total)
    placed = Counter[str]()
    for row in plan.assignments:
        placed[row.workload] += row.replicas
    workloads = []
    for workload in problem.workloads:
        news: dict[str, object] = {"current": tuple(_current(kept, workload.key))}
        if workload.load is None:  # what was left out stays out
            news["replicas"] = placed[workload.key]
        workloads.append(workload.model_copy(update={**news, "move_cost": price}))
    terms = {"confidence": None, "horizon_hours": 1.0, "min_saving": 0.0, "max_moves": None}
    offerings = [_left(problem, row, plan, failed, taken) for row in problem.offerings]
    return revised(
        problem,
        clusters=tuple(clusters),
        workloads=tuple(workloads),
        offerings=tuple(offerings),
        objective=problem.objective.model_copy(update=terms),
    )


def _bought(problem: Problem, plan: Plan) -> dict[int, Offering]:
    """Return the offering of every new node, by its position in the plan."""
    regions = {cluster.name: cluster.region for cluster in problem.clusters}
    found = {}
    for at, node in enumerate(plan.nodes):
        if node.state == "new" and node.instance_type is not None:
            region = regions[node.cluster]
            rows = {
                row.zone: row
                for row in problem.offerings
                if (row.region, row.instance_type) == (region, node.instance_type)
                and row.capacity_type == node.capacity_type
            }
            found[at] = rows.get(node.zone) or rows[None]
    return found


def _left(
    problem: Problem, row: Offering, plan: Plan, failed: Offering, taken: Mapping[Offering, int]
) -> Offering:
    """Return an offering with what it has besides what the plan has bought."""
    bound = 0 if row == failed else stock_bound(problem, row)
    if bound is not None and row != failed:
        bound = max(0, bound - _sold(row, taken))
    return row.model_copy(update={"stock": bound, "stock_age_minutes": 0.0})


def _sold(row: Offering, taken: Mapping[Offering, int]) -> int:
    """Return the nodes bought from an offering; one for a whole region counts its zones' too."""
    if row.zone is not None:
        return taken.get(row, 0)
    sort = (row.region, row.instance_type, row.capacity_type)
    return sum(
        count
        for other, count in taken.items()
        if (other.region, other.instance_type, other.capacity_type) == sort
    )


def _with_nodes(
    problem: Problem,
    cluster: Cluster,
    plan: Plan,
    bought: Mapping[int, Offering],
    failed: Offering,
) -> Cluster:
    """Return a cluster in which what the plan buys from other offerings runs."""
    nodes = list(cluster.nodes)
    short: set[str | None] = set()
    for at, row in bought.items():
        node = plan.nodes[at]
        if node.cluster != cluster.name:
            continue
        if row == failed:
            short.add(node.node_pool)
            continue
        free = problem.types[row.instance_type].capacity
        nodes.append(
            Node(
                name=node.name,
                node_pool=node.node_pool,
                zone=node.zone,
                price=node.price,
                free={},
            ).model_copy(update={"free": free})
        )
    runs = Counter(node.node_pool for node in nodes)
    pools = [
        _lowered(pool, runs[pool.name]) if pool.name in short else pool
        for pool in cluster.node_pools
    ]
    return cluster.model_copy(update={"nodes": tuple(nodes), "node_pools": tuple(pools)})


def _lowered(pool: NodePool, runs: int) -> NodePool:
    """Return a pool whose minimum is no more than what it still has."""
    return pool.model_copy(update={"min_nodes": min(pool.min_nodes, runs)})


def _current(nodes: list[NodePlan], key: str) -> Iterator[Current]:
    """Yield where a workload's replicas run; those over several nodes count where they begin."""
    whole: Counter[tuple[str, str | None]] = Counter()
    for node in nodes:
        for row in node.replicas:
            if row.workload == key and row.part is None:
                yield Current(
                    cluster=node.cluster,
                    node_pool=node.node_pool,
                    node=node.name,
                    replicas=row.replicas,
                )
            elif row.workload == key and str(row.part).startswith("1/"):
                whole[node.cluster, node.node_pool] += row.replicas
    for (cluster, pool), replicas in whole.items():
        yield Current(cluster=cluster, node_pool=pool, replicas=replicas)


def _counts(nodes: list[NodePlan]) -> Counter[tuple[str, _Spot]]:
    """Return the replicas of each workload in each place."""
    found: Counter[tuple[str, _Spot]] = Counter()
    for node in nodes:
        for row in node.replicas:
            if row.part is None or row.part.startswith("1/"):
                found[row.workload, (node.cluster, node.node_pool, node.zone)] += row.replicas
    return found


def _told(plan: Plan, lost: list[NodePlan], second: Plan) -> Iterator[Fallback]:
    """Yield what a second plan does with replicas that have lost their nodes, pool by pool."""
    gone = _counts(lost)
    gains = _counts(list(second.nodes)) - (_counts(list(plan.nodes)) - gone)
    extra = second.objective.total - second.objective.moves
    extra -= plan.objective.total - plan.objective.moves
    pools = sorted({(n.cluster, n.node_pool or "", n.zone or "") for n in lost})
    for cluster, pool, zone in pools:
        rows: list[FallbackRow] = []
        for (workload, spot), replicas in sorted(gone.items(), key=str):
            if spot != (cluster, pool or None, zone or None):
                continue
            rows += _takes(workload, replicas, gains)
        yield Fallback(
            cluster=cluster,
            node_pool=pool,
            zone=zone or None,
            capacity_type=lost[0].capacity_type,
            rows=tuple(rows),
            extra_cost_per_hour=extra,
            proven=second.status == "optimal",
        )


def _takes(
    workload: str, replicas: int, gains: Counter[tuple[str, _Spot]]
) -> Iterator[FallbackRow]:
    """Yield the new places of so many replicas, and take them from what is gained in all."""
    for key in sorted((key for key in gains if key[0] == workload), key=str):
        taken = min(replicas, gains[key])
        if taken:
            gains[key] -= taken
            replicas -= taken
            cluster, pool, zone = key[1]
            yield FallbackRow(
                workload=workload, replicas=taken, cluster=cluster, node_pool=pool, zone=zone
            )
    if replicas:
        yield FallbackRow(workload=workload, replicas=replicas)

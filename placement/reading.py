"""A packed solution, read back as a plan."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from placement.answer import Answer
from placement.formulation.layout import Layout
from placement.formulation.milp import Ints
from placement.instance import Instance
from placement.moves import moves_of
from placement.objective import objective_of
from placement.outranked import Outranking
from placement.packer import Fill
from placement.parts import with_parts
from placement.plan import (
    Assignment,
    LevelValue,
    NodePlan,
    NodeReplicas,
    Plan,
    PoolPlan,
    Unplaced,
)
from placement.problem import Problem, Workload
from placement.reasons import reasons_for
from placement.supply import Supply

__all__ = ["read_assignments", "read_nodes", "read_plan", "read_pools"]

NO_PLAN: tuple[str, ...] = ("the node pools' minima cannot be met, so there is no plan",)
TOOK_ROOM: tuple[str, ...] = ("replicas of higher or equal priority took the room",)
NOT_PROVEN = "search: it ended before it was proven that no more can be placed"


def read_plan(instance: Instance, answer: Answer, solver: str, strategy: str = "exact") -> Plan:
    """Return the plan that an answer stands for; without values, the one that places nothing."""
    if answer.values is None:
        return _no_plan(instance, answer, solver, strategy)
    layout = Layout.of(instance)
    x, n, u = (answer.values[block] for block in (layout.x, layout.n, layout.u))
    nodes = read_nodes(instance, n, answer.fills)
    moves = _moves_money(instance, answer.values[layout.block("k")])
    objective = objective_of(nodes, _placed(instance, x), instance.costs, moves)
    cost = objective.total
    results = [r for r in answer.levels if r.name in {"placed", "money"}]
    proven = all(r.proven for r in results) and any(r.name == "money" for r in results)
    bound = cost if proven else _bound(instance, answer, cost)
    return Plan(
        status="optimal" if proven else "feasible",
        currency=instance.problem.currency,
        cost_per_hour=objective.nodes,
        objective=objective,
        lower_bound=bound,
        gap=(cost - bound) / cost if cost else 0.0,
        solver=solver,
        strategy=strategy,
        ended_by=answer.ended_by,
        assignments=read_assignments(instance, x),
        nodes=nodes,
        node_pools=read_pools(instance.problem, nodes),
        unplaced=_unplaced(instance, u, (x, n), answer),
        moves=moves_of(instance.problem, nodes) if instance.moving else (),
        levels=tuple(_levels(instance, answer, cost, bound)),
        warnings=_warnings(instance, answer),
    )


def _no_plan(instance: Instance, answer: Answer, solver: str, strategy: str) -> Plan:
    """Return the plan that says that there is none."""
    return Plan(
        status="infeasible",
        currency=instance.problem.currency,
        solver=solver,
        strategy=strategy,
        ended_by=answer.ended_by,
        node_pools=_unchanged_pools(instance),
        unplaced=_unplaced(instance, instance.replicas, None, answer),
        warnings=_warnings(instance, answer),
    )


def _warnings(instance: Instance, answer: Answer) -> tuple[str, ...]:
    failure = (answer.failure,) if answer.failure else ()
    return (*instance.problem.warnings(), *failure)


def _moves_money(instance: Instance, moved: Ints) -> Fraction:
    """Return what the moved replicas of each workload that runs now cost per hour."""
    costs = (each.cost * k for each, k in zip(instance.moving, moved.tolist(), strict=True))
    return sum(costs, Fraction(0))


def _levels(instance: Instance, answer: Answer, cost: float, bound: float) -> Iterator[LevelValue]:
    """Yield what each level reached: money as the plan has it, the rest as counted."""
    for result in answer.levels:
        level = result.level
        value, least = float(result.value), max(0.0, result.bound / level.whole)
        if level.name == "money":
            value, least = cost, bound
        elif level.name == "placed":
            value = _left_out(instance, answer, level.priority)
            least = min(least, value)
        yield LevelValue(level=level.name, priority=level.priority, value=value, bound=least)


def _left_out(instance: Instance, answer: Answer, priority: int | None) -> float:
    """Return the replicas of a priority that are left out; of a load, the share not carried."""
    assert answer.values is not None
    layout = Layout.of(instance)
    counted = np.ones(instance.replicas.size, dtype=np.bool_)
    if priority is not None:
        counted = instance.priority == priority
    u, x = answer.values[layout.u].copy(), answer.values[layout.x]
    shares = Fraction(0)
    for load in instance.loads:
        u[load.workload] = 0
        if counted[load.workload]:
            shares += Fraction(load.left(x), load.amount)
    return float(int(u[counted].sum()) + shares)


def _bound(instance: Instance, answer: Answer, cost: float) -> float:
    """Return the proven bound on money, given the replicas placed."""
    found = [result.bound for result in answer.levels if result.name == "money"]
    return min(cost, max([0.0, *(bound * float(instance.unit) for bound in found)]))


def _unplaced(
    instance: Instance, left: Ints, found: tuple[Ints, Ints] | None, answer: Answer
) -> tuple[Unplaced, ...]:
    """Return what is left out: replicas, or of a load what is not carried."""
    loads = {load.workload: load for load in instance.loads}
    placed = [result for result in answer.levels if result.name == "placed"]
    proven = {result.level.priority for result in placed if result.proven}
    cut = len(proven) < len(placed) or not any(r.name == "money" for r in answer.levels)
    outranking: Outranking | None = None
    rows = []
    for workload, asker in enumerate(instance.problem.workloads):
        load, row = loads.get(workload), Unplaced(workload=asker.key)
        if load is None:
            row = row.model_copy(update={"replicas": int(left[workload])})
        elif asker.load is not None:
            none = np.zeros(instance.workload.size, dtype=np.int64)
            missing = float(load.left(none if found is None else found[0]) * load.step)
            row = row.model_copy(update={"load": missing or None, "unit": asker.load.unit})
        if row.replicas or row.load:
            reasons = NO_PLAN
            if found is not None:
                outranking = outranking or Outranking(instance, *found)
                said = reasons_for(
                    instance, workload, *found, outranking=outranking, fills=answer.fills
                )
                early = cut and asker.priority not in proven
                reasons = (NOT_PROVEN, *said) if early else said or TOOK_ROOM
            rows.append(row.model_copy(update={"reasons": reasons}))
    return tuple(sorted(rows, key=lambda row: row.workload))


def read_assignments(instance: Instance, x: np.ndarray) -> tuple[Assignment, ...]:
    """Return the rows of the plan, in the order of their names; equal places are one row."""
    counts: Counter[tuple[object, ...]] = Counter()
    found = instance.candidates
    parts = {w.key: w.nodes_per_replica for w in instance.problem.workloads}
    for candidate in np.flatnonzero(x).tolist():
        supply = found.supplies[int(found.supply[candidate])]
        key = instance.problem.workloads[int(found.workload[candidate])].key
        counts[key, *supply.place, int(found.gpus[candidate])] += int(x[candidate])
    return tuple(
        Assignment(
            workload=str(key[0]),
            cluster=str(key[1]),
            node_pool=str(key[2]) or None,
            instance_type=str(key[3]) or None,
            capacity_type=str(key[4]),
            zone=str(key[5]) or None,
            gpus_per_replica=int(str(key[6])),
            replicas=replicas // parts[str(key[0])],
        )
        for key, replicas in sorted(counts.items(), key=lambda item: item[0])
    )


def read_nodes(
    instance: Instance, answer_n: np.ndarray, fills: tuple[Fill, ...]
) -> tuple[NodePlan, ...]:
    """Return every node kept, new or released, by cluster and name."""
    contents = {fill.supply: fill for fill in fills}
    taken = {
        (cluster.name, node.name) for cluster in instance.problem.clusters for node in cluster.nodes
    }
    nodes: list[NodePlan] = []
    for position, supply in enumerate(instance.candidates.supplies):
        fill, kept = contents.get(position), int(answer_n[position])
        rows = [] if fill is None else [_replicas(instance, fill, node) for node in fill.nodes]
        if supply.running:
            nodes.extend(_running(supply, rows, kept))
        else:
            rows += [()] * (kept - len(rows))
            nodes.extend(_new(supply, rows, taken))
    nodes.sort(key=lambda node: (node.cluster, node.name))
    return with_parts(instance.problem, nodes)


def _replicas(instance: Instance, fill: Fill, node: tuple[int, ...]) -> tuple[NodeReplicas, ...]:
    workloads = instance.workload[fill.candidate].tolist()
    counts: Counter[str] = Counter()
    for workload, count in zip(workloads, node, strict=True):
        if count:
            counts[instance.problem.workloads[workload].key] += count
    return tuple(NodeReplicas(workload=k, replicas=n) for k, n in sorted(counts.items()))


def _running(supply: Supply, rows: list[tuple[NodeReplicas, ...]], kept: int) -> list[NodePlan]:
    """Return running nodes: the first ones by name carry replicas, the last ones are released."""
    nodes = []
    for number, name in enumerate(supply.nodes):
        replicas = rows[number] if number < len(rows) else ()
        if supply.pool is None and not replicas:
            continue
        state = "existing" if number < kept else "released"
        nodes.append(_node(supply, name, state, replicas))
    return nodes


def _new(
    supply: Supply, rows: list[tuple[NodeReplicas, ...]], taken: set[tuple[str, str]]
) -> list[NodePlan]:
    """Return nodes to be bought, named after their pool and numbered."""
    nodes, number = [], 0
    base = supply.pool.name if supply.pool else "node"
    for replicas in rows:
        number += 1
        while (supply.cluster.name, f"{base}-{number}") in taken:
            number += 1
        taken.add((supply.cluster.name, f"{base}-{number}"))
        nodes.append(_node(supply, f"{base}-{number}", "new", replicas))
    return nodes


def _node(supply: Supply, name: str, state: str, replicas: tuple[NodeReplicas, ...]) -> NodePlan:
    return NodePlan.model_validate(
        {
            "name": name,
            "cluster": supply.cluster.name,
            "node_pool": supply.pool.name if supply.pool else None,
            "instance_type": supply.type_name,
            "capacity_type": supply.capacity_type,
            "zone": supply.zone,
            "state": state,
            "price": supply.price,
            "replicas": replicas,
        }
    )


def read_pools(problem: Problem, nodes: tuple[NodePlan, ...]) -> tuple[PoolPlan, ...]:
    """Return every node pool with the nodes it has and is to have."""
    now: Counter[tuple[str, str | None]] = Counter()
    planned: Counter[tuple[str, str | None]] = Counter()
    for node in nodes:
        now[node.cluster, node.node_pool] += node.state != "new"
        planned[node.cluster, node.node_pool] += node.state != "released"
    return _pools(problem, now, planned)


def _unchanged_pools(instance: Instance) -> tuple[PoolPlan, ...]:
    """Return every node pool as it is, where there is no plan."""
    clusters = instance.problem.clusters
    now = Counter((c.name, node.node_pool) for c in clusters for node in c.nodes)
    return _pools(instance.problem, now, now)


def _pools(
    problem: Problem,
    now: Counter[tuple[str, str | None]],
    planned: Counter[tuple[str, str | None]],
) -> tuple[PoolPlan, ...]:
    return tuple(
        PoolPlan(
            cluster=cluster.name,
            node_pool=pool.name,
            nodes_now=now[cluster.name, pool.name],
            nodes_planned=planned[cluster.name, pool.name],
            change=planned[cluster.name, pool.name] - now[cluster.name, pool.name],
        )
        for cluster in sorted(problem.clusters, key=lambda c: c.name)
        for pool in sorted(cluster.node_pools, key=lambda p: p.name)
    )


def _placed(instance: Instance, x: np.ndarray) -> Iterator[tuple[Workload, Supply, int]]:
    found = instance.candidates
    for candidate in np.flatnonzero(x).tolist():
        workload = instance.problem.workloads[int(found.workload[candidate])]
        yield workload, found.supplies[int(found.supply[candidate])], int(x[candidate])

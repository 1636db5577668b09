"""A plan written out from a packing of the exhaustive search, and the levels of any plan."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from placement.plan import Assignment, NodePlan, NodeReplicas, Objective, Plan, PoolPlan, Unplaced
from placement.problem import Problem
from tests.exhaustive import Answer, Row, Used, row_order

__all__ = ["levels", "plan_of", "rows_of"]


def plan_of(problem: Problem, answer: Answer) -> Plan:
    """Return the answer as a plan, proven and with every row."""
    if not answer.feasible:
        nothing = tuple(_unplaced(problem, Answer(feasible=False)))
        return Plan(status="infeasible", currency=problem.currency, unplaced=nothing)
    nodes = tuple(_nodes(answer.used))
    money = float(sum((Decimal(str(n.price)) for n in nodes if n.state != "released"), Decimal(0)))
    return Plan(
        status="optimal",
        currency=problem.currency,
        cost_per_hour=money,
        objective=Objective(nodes=money, total=money),
        lower_bound=money,
        ended_by="optimal",
        assignments=tuple(_assignments(answer.rows)),
        nodes=nodes,
        node_pools=tuple(_pools(problem, nodes)),
        unplaced=tuple(_unplaced(problem, answer)),
    )


def _nodes(used: Iterable[Used]) -> Iterable[NodePlan]:
    number: Counter[tuple[str, str | None]] = Counter()
    for each in used:
        cluster, pool, kind, capacity_type, zone = each.bin.group
        if each.bin.node is None:
            number[cluster, pool] += 1
            name, state = f"{pool}-new-{number[cluster, pool]}", "new"
        else:
            name, state = each.bin.node.name, "existing" if each.kept else "released"
        yield NodePlan.model_validate(
            {
                "name": name,
                "cluster": cluster,
                "node_pool": pool,
                "instance_type": kind,
                "capacity_type": capacity_type,
                "zone": zone,
                "state": state,
                "price": float(each.bin.price),
                "replicas": [
                    NodeReplicas(workload=w, replicas=n, part=each.part) for w, n in each.replicas
                ],
            }
        )


def _assignments(rows: Iterable[Row]) -> Iterable[Assignment]:
    for row in rows:
        yield Assignment.model_validate(dict(zip(Assignment.model_fields, row, strict=True)))


def _pools(problem: Problem, nodes: Iterable[NodePlan]) -> Iterable[PoolPlan]:
    stay = Counter((node.cluster, node.node_pool) for node in nodes if node.state != "released")
    for cluster in problem.clusters:
        now = Counter(node.node_pool for node in cluster.nodes)
        for pool in cluster.node_pools:
            planned = stay[cluster.name, pool.name]
            yield PoolPlan(
                cluster=cluster.name,
                node_pool=pool.name,
                nodes_now=now[pool.name],
                nodes_planned=planned,
                change=planned - now[pool.name],
            )


def _unplaced(problem: Problem, answer: Answer) -> Iterable[Unplaced]:
    placed: Counter[str] = Counter()
    for row in answer.rows:
        placed[str(row[0])] += int(row[-1] or 0)
    left = {key: float(rest) for key, rest in answer.left}
    for workload in problem.workloads:
        if workload.load is None and workload.most_replicas > placed[workload.key]:
            rest = workload.most_replicas - placed[workload.key]
            yield Unplaced(workload=workload.key, replicas=rest)
        elif workload.load is not None and (workload.key in left or not answer.feasible):
            amount = left.get(workload.key, workload.load.amount)
            yield Unplaced(workload=workload.key, load=amount, unit=workload.load.unit)


def rows_of(plan: Plan) -> tuple[Row, ...]:
    """Return a plan's assignment rows in order."""
    return tuple(
        sorted((tuple(row.model_dump().values()) for row in plan.assignments), key=row_order)
    )


def levels(problem: Problem, plan: Plan) -> Answer:
    """Return a plan's own levels, read from its rows alone."""
    if plan.status == "infeasible":
        return Answer(feasible=False)
    placed = dict.fromkeys(sorted({w.priority for w in problem.workloads}, reverse=True), 0)
    priority = {workload.key: workload.priority for workload in problem.workloads}
    for row in plan.assignments:
        placed[priority[row.workload]] += row.replicas
    stay = [node for node in plan.nodes if node.state != "released"]
    loose = sum(node.node_pool is None for cluster in problem.clusters for node in cluster.nodes)
    return Answer(
        feasible=True,
        placed=tuple(placed.items()),
        cost=sum((Decimal(str(node.price)) for node in stay), Decimal(0)),
        nodes=sum(node.node_pool is not None for node in stay) + loose,
        clusters=len({row.cluster for row in plan.assignments}),
        rows=rows_of(plan),
    )

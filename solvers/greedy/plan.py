"""From the final state of a greedy rule to a plan."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from placement.moves import moves_of
from placement.objective import objective_of
from placement.parts import with_parts
from placement.plan import Assignment, Move, NodePlan, NodeReplicas, Plan, PoolPlan, Unplaced
from placement.problem import Problem, Workload
from placement.problem.base import Money
from placement.replica_costs import ReplicaCosts
from placement.solvers.greedy.ledger import Ledger
from placement.solvers.greedy.minimums import pool_key
from placement.supply import Supply

__all__ = ["Left", "infeasible_plan", "make_plan"]

Left = Mapping[int, tuple[int, tuple[str, ...]]]
"""By workload: what is left of its demand, in replicas or units of the load's step, and why."""


def make_plan(ledger: Ledger, left: Left, name: str) -> Plan:
    """Return the plan: assignments, nodes by name, pools, cost, and what is left out and why."""
    dropped = _dropped(ledger)
    nodes = _nodes(ledger, dropped)
    problem = ledger.candidates.problem
    costs = ReplicaCosts(problem, ledger.candidates.paths)
    moves = moves_of(problem, nodes) if any(each.current for each in problem.workloads) else ()
    objective = objective_of(nodes, _placed(ledger), costs, _money(problem, moves))
    return Plan(
        status="feasible",
        currency=problem.currency,
        cost_per_hour=objective.nodes,
        objective=objective,
        lower_bound=0.0,
        gap=1.0 if objective.total else 0.0,
        strategy=f"greedy:{name}",
        ended_by="heuristic",
        assignments=_assignments(ledger),
        nodes=nodes,
        node_pools=_pools(ledger, nodes),
        unplaced=_unplaced(ledger, left),
        moves=moves,
        warnings=problem.warnings(),
    )


def _money(problem: Problem, moves: Iterable[Move]) -> Fraction:
    """Return what moves cost per hour, spread over the horizon."""
    cost = {each.key: Fraction(Money.exact(each.move_cost)) for each in problem.workloads}
    hours = Fraction(Money.exact(problem.objective.horizon_hours))
    return sum((cost[row.workload] * row.replicas for row in moves), Fraction(0)) / hours


def _placed(ledger: Ledger) -> Iterator[tuple[Workload, Supply, int]]:
    """Yield the replicas on each node with their workload and kind of node."""
    found = ledger.candidates
    for _, candidate, replicas in ledger.loads:
        workload = found.problem.workloads[int(found.workload[candidate])]
        yield workload, found.supplies[int(found.supply[candidate])], replicas


def infeasible_plan(ledger: Ledger, short: Iterable[str], name: str) -> Plan:
    """Return the plan that says that minimal numbers of nodes cannot be had."""
    problem = ledger.candidates.problem
    reason = f"min_nodes cannot be met in node pool {', '.join(short)}: no plan holds"
    left = {number: (asked, (reason,)) for number, asked in enumerate(ledger.demands.asked)}
    return Plan(
        status="infeasible",
        currency=problem.currency,
        strategy=f"greedy:{name}",
        ended_by="infeasible",
        unplaced=_unplaced(ledger, left),
        warnings=(reason, *problem.warnings()),
    )


def _unplaced(ledger: Ledger, left: Left) -> tuple[Unplaced, ...]:
    rows = [
        ledger.demands.unplaced(workload, count, reasons)
        for workload, (count, reasons) in left.items()
        if count
    ]
    return tuple(sorted(rows, key=lambda row: row.workload))


def _assignments(ledger: Ledger) -> tuple[Assignment, ...]:
    candidates = ledger.candidates
    counts: Counter[tuple[tuple[str, str, str, str, str], str, int]] = Counter()
    for _, candidate, replicas in ledger.loads:
        supply = candidates.supplies[int(candidates.supply[candidate])]
        workload = candidates.problem.workloads[int(candidates.workload[candidate])]
        counts[supply.place, workload.key, int(candidates.gpus[candidate])] += replicas
    parts = {each.key: each.nodes_per_replica for each in candidates.problem.workloads}
    rows = sorted(
        (key, *place, gpus, count // parts[key]) for (place, key, gpus), count in counts.items()
    )
    return tuple(
        Assignment(
            workload=key,
            cluster=cluster,
            node_pool=pool or None,
            instance_type=kind or None,
            capacity_type=capacity,
            zone=zone or None,
            gpus_per_replica=gpus,
            replicas=count,
        )
        for key, cluster, pool, kind, capacity, zone, gpus, count in rows
    )


def _dropped(ledger: Ledger) -> set[int]:
    """Return the empty nodes that are let go, or not bought after all: the dearest first.

    A pool keeps its ``min_nodes``.
    """
    loaded = {node for node, _, _ in ledger.loads}
    supplies = ledger.candidates.supplies
    planned: Counter[tuple[str, str]] = Counter()
    idle = []
    for node, place in enumerate(ledger.supply.tolist()):
        supply = supplies[place]
        if supply.pool is None or node in ledger.gone:
            continue
        planned[pool_key(supply)] += 1
        if node not in loaded and (node >= ledger.running or supply.releasable):
            idle.append((-supply.price, node, supply.pool.min_nodes, pool_key(supply)))
    dropped = set(ledger.gone)
    for _, node, minimum, key in sorted(idle):
        if planned[key] > minimum:
            planned[key] -= 1
            dropped.add(node)
    return dropped


def _nodes(ledger: Ledger, dropped: set[int]) -> tuple[NodePlan, ...]:
    """Return every node of a pool, and those of no pool that carry replicas."""
    candidates = ledger.candidates
    loads: dict[int, Counter[str]] = defaultdict(Counter)
    for node, candidate, replicas in ledger.loads:
        key = candidates.problem.workloads[int(candidates.workload[candidate])].key
        loads[node][key] += replicas
    names = _names(ledger, dropped)
    rows = []
    for node, place in enumerate(ledger.supply.tolist()):
        supply = candidates.supplies[place]
        new = node >= ledger.running
        if (node in dropped and new) or (supply.pool is None and node not in loads):
            continue
        cluster, pool = pool_key(supply)
        rows.append(
            NodePlan(
                name=names[node],
                cluster=cluster,
                node_pool=pool or None,
                instance_type=supply.type_name,
                capacity_type=supply.capacity_type,
                zone=supply.zone,
                state="released" if node in dropped else "new" if new else "existing",
                price=supply.price,
                replicas=tuple(
                    NodeReplicas(workload=key, replicas=count)
                    for key, count in sorted(loads[node].items())
                ),
            )
        )
    rows.sort(key=lambda row: (row.cluster, row.node_pool or "", row.name))
    return with_parts(candidates.problem, rows)


def _names(ledger: Ledger, dropped: set[int]) -> list[str]:
    """Return the nodes' names; new ones are numbered within their pool and clash with none."""
    candidates = ledger.candidates
    names = [name for supply in candidates.supplies for name in supply.nodes]
    taken = {
        (cluster.name, node.name)
        for cluster in candidates.problem.clusters
        for node in cluster.nodes
    }
    last: Counter[tuple[str, str]] = Counter()
    for node, place in enumerate(ledger.supply[ledger.running :].tolist(), start=ledger.running):
        cluster, pool = pool_key(candidates.supplies[place])
        name = ""
        while not name or (cluster, name) in taken:
            last[cluster, pool] += node not in dropped or not name
            name = f"{pool}-new-{last[cluster, pool]}"
        names.append(name)
    return names


def _pools(ledger: Ledger, nodes: Iterable[NodePlan]) -> tuple[PoolPlan, ...]:
    planned: Counter[tuple[str, str | None]] = Counter(
        (node.cluster, node.node_pool) for node in nodes if node.state != "released"
    )
    rows = []
    for cluster in ledger.candidates.problem.clusters:
        running = Counter(node.node_pool for node in cluster.nodes)
        for pool in cluster.node_pools:
            now, then = running[pool.name], planned[cluster.name, pool.name]
            rows.append(
                PoolPlan(
                    cluster=cluster.name,
                    node_pool=pool.name,
                    nodes_now=now,
                    nodes_planned=then,
                    change=then - now,
                )
            )
    return tuple(sorted(rows, key=lambda row: (row.cluster, row.node_pool)))

"""A packed solution, read back as a plan."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from placement.answer import Answer
from placement.formulation.layout import Layout
from placement.formulation.milp import Ints
from placement.instance import Instance
from placement.moves import moves_of
from placement.objective import objective_of
from placement.plan import LevelValue, Plan, Unplaced
from placement.plan_rows import read_assignments, read_nodes, read_pools, unchanged_pools
from placement.problem import Workload
from placement.reasons import Reasons
from placement.supply import Supply

__all__ = ["read_plan"]

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
        node_pools=unchanged_pools(instance),
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
    against: Reasons | None = None
    rows = []
    for workload, asker in enumerate(instance.problem.workloads):
        load = loads.get(workload)
        if load is None and not left[workload]:
            continue
        row = Unplaced(workload=asker.key)
        if load is None:
            row = row.model_copy(update={"replicas": int(left[workload])})
        elif asker.load is not None:
            none = np.zeros(instance.workload.size, dtype=np.int64)
            missing = float(load.left(none if found is None else found[0]) * load.step)
            row = row.model_copy(update={"load": missing or None, "unit": asker.load.unit})
        if row.replicas or row.load:
            reasons = NO_PLAN
            if found is not None:
                against = against or Reasons(instance, *found, answer.fills)
                said = against.of(workload)
                early = cut and asker.priority not in proven
                reasons = (NOT_PROVEN, *said) if early else said or TOOK_ROOM
            rows.append(row.model_copy(update={"reasons": reasons}))
    return tuple(sorted(rows, key=lambda row: row.workload))


def _placed(instance: Instance, x: np.ndarray) -> Iterator[tuple[Workload, Supply, int]]:
    found, some = instance.candidates, np.flatnonzero(x)
    columns = (found.workload[some], found.supply[some], x[some])
    for workload, supply, replicas in zip(*(each.tolist() for each in columns), strict=True):
        yield instance.problem.workloads[workload], found.supplies[supply], replicas

"""The plan of a fleet that follows changes."""

from collections.abc import Iterator

import numpy as np

from placement.instance import make_instance
from placement.objective import objective_of
from placement.paths import paths_of
from placement.plan import LevelValue, Plan, Unplaced
from placement.plan_rows import read_pools
from placement.problem import Problem, Workload
from placement.reasons import Reasons
from placement.replica_costs import ReplicaCosts
from placement.solvers.decomposition.fleet import Fleet
from placement.starting import fills_of, start_of
from placement.supply import Supply

__all__ = ["PROVEN", "plan_of"]

PROVEN = 1e-6  # relative distance at which cost and bound count as equal, as in placement.answer
NOT_PROVEN = "search: it ended before it was proven that no more can be placed"


def plan_of(fleet: Fleet, ended_by: str) -> Plan:
    """Return the plan that a fleet stands at."""
    problem, supplies = fleet.roster.problem(), fleet.shelves.supplies
    nodes = fleet.rows.nodes(fleet.shelves, fleet.roster)
    costs = ReplicaCosts(problem, paths_of(problem))
    objective = objective_of(nodes, _placed(fleet, supplies), costs)
    cost = objective.total
    bound = max(0.0, min(cost, fleet.live.bound * fleet.unit))
    left = fleet.left
    proven = not left and bound >= cost - PROVEN * abs(cost)
    plan = Plan(
        status="optimal" if proven else "feasible",
        currency=problem.currency,
        cost_per_hour=objective.nodes,
        objective=objective,
        lower_bound=cost if proven else bound,
        gap=0.0 if proven or not cost else (cost - bound) / cost,
        solver="highs",
        strategy="decomposition",
        ended_by="optimal" if proven else ended_by,
        assignments=fleet.rows.assignments(fleet.live.state, fleet.roster, supplies),
        nodes=nodes,
        node_pools=read_pools(problem, nodes),
        levels=tuple(_levels(problem, left, cost, cost if proven else bound)),
        warnings=problem.warnings(),
    )
    return plan.model_copy(update={"unplaced": _unplaced(problem, plan, left)}) if left else plan


def _placed(fleet: Fleet, supplies: list[Supply]) -> Iterator[tuple[Workload, Supply, int]]:
    state = fleet.live.state
    for candidate in np.flatnonzero(state.x).tolist():
        workload = fleet.roster.at(int(state.market.workload[candidate]))
        supply = supplies[int(state.market.supply[candidate])]
        yield workload, supply, int(state.x[candidate])


def _levels(
    problem: Problem, left: dict[str, int], cost: float, bound: float
) -> Iterator[LevelValue]:
    """Yield replicas left out, for each priority where there are any, then money."""
    if not left:
        yield LevelValue(level="placed", value=0.0, bound=0.0)
    else:
        priority = {workload.key: workload.priority for workload in problem.workloads}
        for each in sorted(set(priority.values()), reverse=True):
            out = sum(many for key, many in left.items() if priority[key] == each)
            yield LevelValue(level="placed", priority=each, value=float(out), bound=0.0)
    yield LevelValue(level="money", value=cost, bound=bound)


def _unplaced(problem: Problem, plan: Plan, left: dict[str, int]) -> tuple[Unplaced, ...]:
    """Return what is left out, and why."""
    instance = make_instance(problem)
    x, n = start_of(instance, plan)
    against = Reasons(instance, x, n, fills_of(instance, plan))
    number = {workload.key: at for at, workload in enumerate(problem.workloads)}
    rows = []
    for key in sorted(left):
        said = against.of(number[key])
        rows.append(Unplaced(workload=key, replicas=left[key], reasons=(NOT_PROVEN, *said)))
    return tuple(rows)

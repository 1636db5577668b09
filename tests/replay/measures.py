"""What a scenario counts of a plan, whoever made it: by the problem and the plan's rows alone."""

from collections import Counter
from collections.abc import Callable
from fractions import Fraction

from placement import Plan, Problem, verify
from placement.problem import Workload
from placement.problem.base import Money

__all__ = ["HIGHER", "TRIED", "counted"]

TRIED = "tried in vain: "  # opens the warning of a rule that finds places by trying them
HIGHER = ("placed", "load carried", "in ")  # openings of measures of which more is better


def counted(problem: Problem, plan: Plan, measure: str) -> float:
    """Return a measure of a plan.

    Parameters
    ----------
    measure
        A name of ``_PLAIN``; ``in CLUSTER`` replicas there; ``at priority N`` replicas of such
        workloads left out; ``breaks RULE`` violations that the verifier finds of that rule.
    """
    if measure in _PLAIN:
        return _PLAIN[measure](problem, plan)
    if measure.startswith("breaks "):
        rule = measure.removeprefix("breaks ")
        return sum(found.rule == rule for found in verify(problem, plan))
    if measure.startswith("left out at priority "):
        priority = int(measure.removeprefix("left out at priority "))
        asked = [each for each in problem.workloads if each.priority == priority]
        return sum((each.replicas or 0) - _placed_of(plan, each) for each in asked)
    cluster = measure.removeprefix("in ")
    return sum(row.replicas for row in plan.assignments if row.cluster == cluster)


def _placed(problem: Problem, plan: Plan) -> float:
    return sum(row.replicas for row in plan.assignments)


def _placed_of(plan: Plan, workload: Workload) -> int:
    return sum(row.replicas for row in plan.assignments if row.workload == workload.key)


def _left_out(problem: Problem, plan: Plan) -> float:
    return sum(each.replicas or 0 for each in problem.workloads) - _placed(problem, plan)


def _nodes(problem: Problem, plan: Plan) -> float:
    return sum(node.state != "released" for node in plan.nodes)


def _gpus(problem: Problem, plan: Plan) -> float:
    return sum(row.gpus_per_replica * row.replicas for row in plan.assignments)


def _load(problem: Problem, plan: Plan) -> float:
    """Return what all replicas of loads carry, no more than there is of each load."""
    carried = Fraction(0)
    for workload in problem.workloads:
        if workload.load is not None:
            rates = workload.load.per_replica
            rows = (row for row in plan.assignments if row.workload == workload.key)
            able = sum(
                row.replicas * Fraction(Money.exact(rates[row.instance_type or ""])) for row in rows
            )
            carried += min(able, Fraction(Money.exact(workload.load.amount)))
    return float(carried)


def _moved(problem: Problem, plan: Plan) -> float:
    return sum(_moved_of(each, plan) for each in problem.workloads)


def _moved_of(workload: Workload, plan: Plan) -> int:
    """Return the running replicas that do not stay, those of a scale-down left out."""
    there: Counter[tuple[str, str | None, str]] = Counter()
    for node in plan.nodes:
        for held in node.replicas:
            if held.workload == workload.key:
                there[node.cluster, node.node_pool, node.name] += held.replicas
    stays = 0
    for row in sorted(workload.current, key=lambda each: each.node is None):
        leaving = row.replicas
        for place in sorted(there):
            if place[:2] == (row.cluster, row.node_pool) and row.node in {None, place[2]}:
                kept = min(leaving, there[place])
                there[place] -= kept
                leaving -= kept
        stays += row.replicas - leaving
    running = sum(row.replicas for row in workload.current)
    asked = _placed_of(plan, workload) if workload.load else workload.replicas or 0
    return running - stays - max(0, running - asked)


def _tried(problem: Problem, plan: Plan) -> float:
    return sum(warning.startswith(TRIED) for warning in plan.warnings)


_PLAIN: dict[str, Callable[[Problem, Plan], float]] = {
    "placed": _placed,
    "left out": _left_out,
    "cost": lambda _, plan: round(plan.cost_per_hour, 9),
    "preferences": lambda _, plan: round(plan.objective.preferences, 9),
    "latency": lambda _, plan: round(plan.objective.latency, 9),
    "nodes": _nodes,
    "GPUs": _gpus,
    "load carried": _load,
    "moved": _moved,
    "tried in vain": _tried,
}

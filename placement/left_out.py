"""What a plan leaves out of each priority, as its first level counts it."""

from placement.plan import Plan
from placement.problem import Problem

__all__ = ["left_by_priority"]


def left_by_priority(problem: Problem, plan: Plan) -> tuple[float, ...]:
    """Return replicas and shares of loads left out of each priority, the highest first."""
    workloads = {workload.key: workload for workload in problem.workloads}
    ranks = sorted({each.priority for each in workloads.values()}, reverse=True)
    left = dict.fromkeys(ranks, 0.0)
    for row in plan.unplaced:
        asker = workloads[row.workload]
        share = row.load / asker.load.amount if row.load and asker.load else 0.0
        left[asker.priority] += row.replicas + share
    return tuple(left.values())

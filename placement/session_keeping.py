"""The best plan in which what a change does not touch stays where it is."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from placement.exact import Exact
from placement.instance import Instance
from placement.left_out import left_by_priority
from placement.located import replicas_on
from placement.plan import Plan
from placement.reading import read_plan
from placement.solver import Limits, Relaxer, Solver
from placement.starting import nothing

__all__ = ["keeping", "no_worse"]

EQUAL = 1e-9  # relative distance of two costs that are sums of the same decimals


def keeping(
    instance: Instance,
    before: Plan,
    touched: Collection[str],
    *,
    solver: Solver,
    limits: Limits,
    relaxer: Relaxer,
) -> Plan | None:
    """Return the cheapest plan in which other workloads have no replica but where one is now.

    Parameters
    ----------
    touched
        Keys of the workloads that may go anywhere.
    """
    x = replicas_on(instance.candidates, (node for node in before.nodes if node.replicas))
    free = np.array([each.key in touched for each in instance.problem.workloads], dtype=np.bool_)
    most = np.where(free[instance.workload], instance.limit, np.minimum(x, instance.limit))
    fixed = replace(instance, limit=most)
    answer = Exact(instance=fixed, solver=solver, limits=limits, relaxer=relaxer).run(
        nothing(fixed)
    )
    return None if answer.values is None else read_plan(instance, answer, solver.name)


def no_worse(instance: Instance, plan: Plan, other: Plan) -> bool:
    """Return whether a plan leaves out no more than another one and costs no more."""
    problem = instance.problem
    left, others = left_by_priority(problem, plan), left_by_priority(problem, other)
    cost, least = plan.objective.total, other.objective.total
    return left < others or (left == others and cost <= least + EQUAL * abs(least))

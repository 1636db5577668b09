"""Greedy plans as starting points of a search."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from placement.formulation.milp import Ints
from placement.instance import Instance
from placement.left_out import left_by_priority
from placement.located import Located, replicas_on
from placement.members import Members
from placement.packer import Fill
from placement.packing import Verdict
from placement.plan import Plan
from placement.problem import Problem

__all__ = ["Start", "best_of", "fills_of", "nodes_at", "nothing", "start_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A plan to start a search from.

    Parameters
    ----------
    x, n
        ``(C,)`` replicas of each candidate and ``(S,)`` nodes of each supply.
    fills
        What is on the nodes; that it fits is known.
    plan
        Makes the plan.
    """

    x: Ints
    n: Ints
    fills: tuple[Fill, ...]
    plan: Callable[[], Plan]

    @classmethod
    def of(cls, instance: Instance, plan: Plan) -> "Start":
        """Return the start that a plan makes."""
        x, n = start_of(instance, plan)
        return cls(x=x, n=n, fills=fills_of(instance, plan), plan=lambda: plan)


def best_of(problem: Problem, plans: Sequence[Plan]) -> Plan | None:
    """Return the plan that leaves out the fewest replicas, by priority, then costs least."""

    def order(plan: Plan) -> tuple[tuple[float, ...], float]:
        return left_by_priority(problem, plan), plan.objective.total

    return min(plans, key=order, default=None)


def nothing(instance: Instance) -> tuple[Ints, Ints] | None:
    """Return the plan that places nothing, where rules may leave no other; None where none may."""
    if not instance.has_rules or any(cap.family == "pool_minimum" for cap in instance.caps):
        return None
    n = nodes_at(instance, np.zeros(instance.running.size, dtype=np.int64))
    return np.zeros(instance.workload.size, dtype=np.int64), n


def start_of(instance: Instance, plan: Plan) -> tuple[Ints, Ints]:
    """Return a plan as ``(C,)`` replicas of each candidate and ``(S,)`` nodes of each supply."""
    located = Located(instance.candidates.supplies)
    x = replicas_on(instance.candidates, plan.nodes)
    planned = np.zeros(instance.running.size, dtype=np.int64)
    for node in plan.nodes:
        supply = located.of(node)
        assert supply is not None  # the plan was made of these very supplies
        planned[supply] += node.state != "released"
    return x, nodes_at(instance, planned)


def nodes_at(instance: Instance, planned: Ints) -> Ints:
    """Return ``(S,)`` nodes as a search counts them: all of those that cannot be let go."""
    return np.where(instance.least > 0, instance.running, planned)


def fills_of(instance: Instance, plan: Plan) -> tuple[Fill, ...]:
    """Return what a plan has on the nodes of each supply; that it fits is shown by the plan."""
    located = Located(instance.candidates.supplies)
    number = {workload.key: i for i, workload in enumerate(instance.problem.workloads)}
    nodes: dict[int, list[dict[int, int]]] = {}
    for node in plan.nodes:
        supply = located.of(node)
        if supply is not None and node.replicas:
            held = {number[row.workload]: row.replicas for row in node.replicas}
            nodes.setdefault(supply, []).append(held)
    members = Members(instance.supply, len(instance.candidates.supplies))
    return tuple(_fill(instance, supply, members, nodes[supply]) for supply in sorted(nodes))


def _fill(instance: Instance, supply: int, members: Members, nodes: list[dict[int, int]]) -> Fill:
    candidate = members.of(supply)
    present = {workload for held in nodes for workload in held}
    workloads = instance.workload[candidate].tolist()
    kept = [(at, workload) for at, workload in enumerate(workloads) if workload in present]
    at, here = [at for at, _ in kept], [workload for _, workload in kept]
    counts = tuple(tuple([held.get(w, 0) for w in here]) for held in nodes)
    return Fill(supply=supply, candidate=candidate[at], verdict=Verdict.FITS, nodes=counts)

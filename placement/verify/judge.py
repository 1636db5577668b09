"""The independent judge: a problem and a plan in, every broken rule out."""

from collections.abc import Callable, Iterator

from placement.plan import Plan
from placement.problem import Problem
from placement.verify.affinity import check_cluster_affinity
from placement.verify.allowed import check_allowed_types, check_capacity_types
from placement.verify.capacity import check_capacity
from placement.verify.case import Case, read_case
from placement.verify.demand import check_demand
from placement.verify.infeasible import check_infeasible
from placement.verify.levels import check_levels
from placement.verify.limits import check_budgets, check_limits
from placement.verify.load import check_load
from placement.verify.memory_fit import check_memory_fit
from placement.verify.min_replicas import check_min_replicas
from placement.verify.money import check_bound, check_cost
from placement.verify.move_limit import check_move_limit
from placement.verify.moves import check_moves
from placement.verify.nodes import check_nodes
from placement.verify.packing import check_packing
from placement.verify.partners import check_colocation, check_separation
from placement.verify.pools import (
    check_node_pools,
    check_pool_maximum,
    check_pool_minimum,
    check_release,
)
from placement.verify.selector import check_node_selector
from placement.verify.shares import check_spot_share
from placement.verify.spread import check_spread
from placement.verify.stock import check_confidence, check_stock
from placement.verify.survive import check_survive
from placement.verify.taints import check_taints
from placement.verify.totals import check_cluster_limits, check_quotas
from placement.verify.users import check_users
from placement.verify.violation import Violation
from placement.verify.whole_nodes import check_whole_nodes

__all__ = ["verify"]

_Check = Callable[[Case], Iterator[Violation]]

_PLAN_CHECKS: tuple[_Check, ...] = (
    check_demand,
    check_packing,
    check_nodes,
    check_capacity,
    check_memory_fit,
    check_cluster_affinity,
    check_taints,
    check_node_selector,
    check_capacity_types,
    check_allowed_types,
    check_users,
    check_spot_share,
    check_spread,
    check_survive,
    check_min_replicas,
    check_colocation,
    check_separation,
    check_load,
    check_whole_nodes,
    check_stock,
    check_confidence,
    check_quotas,
    check_pool_minimum,
    check_pool_maximum,
    check_cluster_limits,
    check_limits,
    check_budgets,
    check_moves,
    check_move_limit,
    check_release,
    check_node_pools,
    check_cost,
    check_bound,
    check_levels,
)


def verify(problem: Problem, plan: Plan) -> tuple[Violation, ...]:
    """Return every rule that a plan breaks; an empty tuple means that it is valid.

    The judge recomputes all from the problem: it shares no code with the formulation or a solver,
    counts in exact integers and decimals, and believes nothing the plan says of itself. What it
    cannot judge is whether a lower bound is true; it judges what follows from the bound.

    Parameters
    ----------
    problem
        What was asked.
    plan
        What was answered; one of status ``infeasible`` is judged by whether it is right.

    Returns
    -------
    tuple of Violation
        In the order of ``RULES``.
    """
    case = read_case(problem, plan)
    checks = _PLAN_CHECKS
    if plan.status == "infeasible":
        checks = (check_demand, check_infeasible)
    return tuple(violation for check in checks for violation in check(case))

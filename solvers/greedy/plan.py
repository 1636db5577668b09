"""From the final state of a greedy rule to a plan."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

import numpy as np

from placement.moves import moves_of
from placement.objective import objective_at
from placement.plan import Move, Objective, Plan, Unplaced
from placement.problem import Problem, Workload
from placement.problem.base import Money
from placement.replica_costs import ReplicaCosts
from placement.solvers.greedy.ending import Ending
from placement.solvers.greedy.ledger import Ledger
from placement.solvers.greedy.rows import assignments_of, nodes_of, pools_of, summed
from placement.supply import Supply

__all__ = ["Left", "infeasible_plan", "make_plan", "money_of", "plan_of"]

Left = Mapping[int, tuple[int, tuple[str, ...]]]
"""By workload: what is left of its demand, in replicas or units of the load's step, and why."""


def make_plan(ledger: Ledger, left: Left, name: str) -> Plan:
    """Return the plan: assignments, nodes by name, pools, cost, and what is left out and why."""
    return plan_of(Ending(ledger), left, name)


def plan_of(ending: Ending, left: Left, name: str) -> Plan:
    """Do the same where it is known what becomes of the nodes."""
    ledger, nodes = ending.ledger, nodes_of(ending)
    problem = ledger.candidates.problem
    costs = ReplicaCosts(problem, ledger.candidates.paths)
    moves = moves_of(problem, nodes) if any(each.current for each in problem.workloads) else ()
    objective = money_of(ending, costs, _money(problem, moves))
    return Plan(
        status="feasible",
        currency=problem.currency,
        cost_per_hour=objective.nodes,
        objective=objective,
        lower_bound=0.0,
        gap=1.0 if objective.total else 0.0,
        strategy=f"greedy:{name}",
        ended_by="heuristic",
        assignments=assignments_of(ledger),
        nodes=nodes,
        node_pools=pools_of(ending),
        unplaced=_unplaced(ledger, left),
        moves=moves,
        warnings=problem.warnings(),
    )


def _money(problem: Problem, moves: Iterable[Move]) -> Fraction:
    """Return what moves cost per hour, spread over the horizon."""
    cost = {each.key: Fraction(Money.exact(each.move_cost)) for each in problem.workloads}
    hours = Fraction(Money.exact(problem.objective.horizon_hours))
    return sum((cost[row.workload] * row.replicas for row in moves), Fraction(0)) / hours


def money_of(ending: Ending, costs: ReplicaCosts, moves: Fraction = Fraction(0)) -> Objective:
    """Return the parts of the plan's money.

    Parameters
    ----------
    moves
        Money per hour for the replicas moved.
    """
    found, planned = ending.ledger.candidates, ending.planned
    prices: Counter[float] = Counter()
    for supply in np.flatnonzero(planned).tolist():
        prices[found.supplies[supply].price] += int(planned[supply])
    return objective_at(prices, _placed(ending.ledger) if costs.used else (), costs, moves)


def _placed(ledger: Ledger) -> Iterator[tuple[Workload, Supply, int]]:
    """Yield the replicas on each kind of node with their workload and the kind."""
    found = ledger.candidates
    candidates, counts = summed(ledger.loads[:, 1], ledger.loads[:, 2])
    for candidate, replicas in zip(candidates.tolist(), counts.tolist(), strict=True):
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

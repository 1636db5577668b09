"""A plan held against exhaustive search, level by level and row by row."""

from fractions import Fraction

import pytest

from placement import Plan, Problem, place, verify
from tests.exhaustive import Answer, optimum

__all__ = ["agrees", "costs_the_same"]


def agrees(problem: Problem, seed: int) -> None:
    """Fail unless the plan is valid, proven and row for row that of exhaustive search."""
    plan, best = place(problem), optimum(problem)
    assert verify(problem, plan) == (), seed
    assert (plan.status == "infeasible") == (not best.feasible), seed
    if best.feasible:
        assert plan.status == "optimal", seed
        _costs(plan, best, seed)
        rows = [tuple(row.model_dump().values()) for row in plan.assignments]
        assert rows == list(best.rows), seed
        assert sum(move.replicas for move in plan.moves) == best.moves, seed


def costs_the_same(problem: Problem, seed: int, solver: str) -> None:
    """Fail unless a plan is valid and places and costs what that of exhaustive search does."""
    plan, best = place(problem, solver=solver), optimum(problem)
    assert verify(problem, plan) == (), seed
    if best.feasible:
        placed = _placed(problem, plan)
        assert placed == {n: pytest.approx(float(share)) for n, share in best.placed}, seed
        _costs(plan, best, seed)


def _costs(plan: Plan, best: Answer, seed: int) -> None:
    """Fail unless a plan costs the same and leaves as much of every load."""
    assert plan.objective.total == pytest.approx(float(best.cost), rel=1e-9), seed
    left = {row.workload: row.load for row in plan.unplaced if row.load is not None}
    assert left == {key: pytest.approx(float(rest), rel=1e-9) for key, rest in best.left}, seed


def _placed(problem: Problem, plan: Plan) -> dict[int, float]:
    """Return what a plan places of every priority; loads count as the share carried."""
    placed: dict[int, Fraction] = {w.priority: Fraction(0) for w in problem.workloads}
    for workload in problem.workloads:
        rows = [row for row in plan.assignments if row.workload == workload.key]
        share = Fraction(sum(row.replicas for row in rows))
        if workload.load is not None:
            rates = workload.load.per_replica
            carried = sum(
                (Fraction(str(rates[row.instance_type or ""])) * row.replicas for row in rows),
                Fraction(0),
            )
            share = min(Fraction(1), carried / Fraction(str(workload.load.amount)))
        placed[workload.priority] += share
    return {priority: float(share) for priority, share in placed.items()}

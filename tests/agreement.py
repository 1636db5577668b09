"""A plan held against exhaustive search, level by level and row by row."""

import pytest

from placement import Problem, place, verify
from tests.exhaustive import optimum

__all__ = ["agrees", "costs_the_same"]


def agrees(problem: Problem, seed: int) -> None:
    """Fail unless the plan is valid, proven and row for row that of exhaustive search."""
    plan, best = place(problem), optimum(problem)
    assert verify(problem, plan) == (), seed
    assert (plan.status == "infeasible") == (not best.feasible), seed
    if best.feasible:
        assert plan.status == "optimal", seed
        assert plan.objective.total == pytest.approx(float(best.cost), rel=1e-9), seed
        rows = [tuple(row.model_dump().values()) for row in plan.assignments]
        assert rows == list(best.rows), seed


def costs_the_same(problem: Problem, seed: int, solver: str) -> None:
    """Fail unless a plan is valid and places and costs what that of exhaustive search does."""
    plan, best = place(problem, solver=solver), optimum(problem)
    assert verify(problem, plan) == (), seed
    if best.feasible:
        assert plan.replicas_placed == sum(count for _, count in best.placed), seed
        assert plan.objective.total == pytest.approx(float(best.cost), rel=1e-9), seed

"""place() against the exhaustive search: every level of the optimum, with every backend."""

from dataclasses import replace

import pytest

from placement import place
from placement.verify import verify
from tests.exhaustive import optimum
from tests.generate import MEDIUM, SMALL, Size, random_problem
from tests.plan_of import levels

SOLVERS = ("highs", "cp-sat", "scip")


def check(seed: int, solver: str, size: Size = SMALL) -> None:
    """Demand a valid, proven plan with the optimum's levels and its very rows."""
    problem = random_problem(seed, size=size)
    plan = place(problem, solver=solver)
    answer = optimum(problem)
    assert verify(problem, plan) == (), seed
    assert levels(problem, plan) == replace(answer, used=()), seed
    assert plan.status == ("optimal" if answer.feasible else "infeasible"), seed


@pytest.mark.parametrize("solver", SOLVERS)
def test_place_reaches_the_exhaustive_optimum(solver: str) -> None:
    first = 100 * SOLVERS.index(solver)
    for seed in range(first, first + 100):
        check(seed, solver)


@pytest.mark.parametrize("solver", SOLVERS)
def test_place_reaches_the_optimum_of_larger_problems(solver: str) -> None:
    first = 1000 + 20 * SOLVERS.index(solver)
    for seed in range(first, first + 20):
        check(seed, solver, MEDIUM)


@pytest.mark.parametrize("seed", range(0, 60, 6))
def test_every_backend_gives_the_same_rows(seed: int) -> None:
    problem = random_problem(seed)
    plans = [place(problem, solver=solver) for solver in SOLVERS]
    assert len({plan.assignments for plan in plans}) == 1
    assert len({plan.cost_per_hour for plan in plans}) == 1


@pytest.mark.large
@pytest.mark.parametrize("first", range(0, 2000, 250))
@pytest.mark.parametrize("solver", SOLVERS)
def test_place_reaches_the_optimum_of_two_thousand_problems(solver: str, first: int) -> None:
    for seed in range(first, first + 250):
        check(seed, solver)


@pytest.mark.large
@pytest.mark.parametrize("first", range(10_000, 10_600, 100))
@pytest.mark.parametrize("solver", SOLVERS)
def test_place_reaches_the_optimum_of_many_larger_problems(solver: str, first: int) -> None:
    for seed in range(first, first + 100):
        check(seed, solver, MEDIUM)

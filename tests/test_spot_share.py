"""How much of a workload may run on spot."""

from typing import Any

import pytest

from placement import Problem, place, verify
from tests.agreement import agrees, costs_the_same
from tests.generate import random_problem
from tests.generate_sharing import with_spot_share

Json = dict[str, Any]


def fleet(fraction: float, *, replicas: int = 4, on_demand: int = 9) -> Json:
    """Return a region where spot costs half; a node holds one replica."""
    return {
        "instance_types": [{"name": "t", "allocatable": {"cpu": 4, "memory": "8Gi", "pods": 4}}],
        "offerings": [
            {"region": "r", "instance_type": "t", "price": 2.0, "stock": on_demand},
            {"region": "r", "instance_type": "t", "price": 1.0, "capacity_type": "spot"},
        ],
        "clusters": [
            {
                "name": "c",
                "region": "r",
                "node_pools": [
                    {"name": "od", "instance_type": "t"},
                    {"name": "spot", "instance_type": "t", "capacity_type": "spot"},
                ],
            }
        ],
        "workloads": [
            {
                "name": "w",
                "replicas": replicas,
                "requests": {"cpu": 4},
                "capacity_types": ["on-demand", "spot"],
                "max_spot_fraction": fraction,
            }
        ],
    }


def on_spot(document: Json) -> tuple[int, int]:
    problem = Problem.model_validate(document)
    plan = place(problem)
    assert verify(problem, plan) == ()
    rows = [row for row in plan.assignments if row.capacity_type == "spot"]
    return sum(row.replicas for row in rows), plan.replicas_placed


@pytest.mark.parametrize(
    ("fraction", "spot"), [(1.0, 4), (0.75, 3), (0.74, 2), (0.5, 2), (0.1, 0), (0.0, 0)]
)
def test_as_many_as_the_share_allows_run_on_spot(fraction: float, spot: int) -> None:
    assert on_spot(fleet(fraction)) == (spot, 4)


def test_what_the_share_keeps_from_spot_is_left_out_with_the_reason() -> None:
    document = fleet(0.5, on_demand=1)
    assert on_spot(document) == (1, 2)
    reasons = place(Problem.model_validate(document)).unplaced[0].reasons
    assert "max_spot_fraction: 1 of 2 replicas placed run on spot" in " ".join(reasons)


def test_the_judge_names_a_share_that_is_exceeded() -> None:
    plan = place(Problem.model_validate(fleet(0.75)))
    stricter = Problem.model_validate(fleet(0.7))
    assert {violation.rule for violation in verify(stricter, plan)} == {"spot_share"}


def drawn(seed: int) -> Problem:
    """Return a random problem whose workloads may take spot, some of them only in part."""
    return with_spot_share(random_problem(seed), seed)


@pytest.mark.parametrize("first", range(0, 90, 30))
def test_plans_are_those_of_exhaustive_search(first: int) -> None:
    for seed in range(first, first + 30):
        agrees(drawn(seed), seed)


@pytest.mark.large
@pytest.mark.parametrize("solver", ["highs", "cp-sat", "scip"])
def test_plans_of_every_backend_are_those_of_exhaustive_search(solver: str) -> None:
    for seed in range(1000, 1300):
        costs_the_same(drawn(seed), seed, solver)

"""What some workloads may be charged together."""

from typing import Any

import pytest

from placement import Problem, place, verify
from tests.agreement import agrees, costs_the_same
from tests.generate import random_problem
from tests.generate_sharing import with_budgets

Json = dict[str, Any]
GPU = "nvidia.com/gpu"


def fleet(*budgets: Json) -> Json:
    """Return a cluster of nodes with four GPUs at 8 per hour; a replica takes one GPU."""
    kind = {
        "name": "t",
        "gpu": {"model": "A10", "count": 4, "memory": "24Gi"},
        "allocatable": {"cpu": 16, "memory": "64Gi", "pods": 16},
    }
    asks = {"replicas": 3, "requests": {"cpu": 1, GPU: 1}}
    return {
        "instance_types": [kind],
        "offerings": [{"region": "r", "instance_type": "t", "price": 8.0}],
        "clusters": [
            {"name": "c", "region": "r", "node_pools": [{"name": "p", "instance_type": "t"}]}
        ],
        "workloads": [
            {"name": "chat", "namespace": "prod", **asks},
            {"name": "batch", "namespace": "test", **asks},
        ],
        "budgets": [*budgets],
    }


def placed(document: Json) -> dict[str, int]:
    problem = Problem.model_validate(document)
    plan = place(problem)
    assert verify(problem, plan) == ()
    assert plan.status == "optimal"
    return {row.workload: row.replicas for row in plan.assignments}


@pytest.mark.parametrize(("most", "chat"), [(6.0, 3), (5.99, 2), (4.0, 2), (1.0, 0)])
def test_a_replica_is_charged_its_part_of_the_nodes_gpus(most: float, chat: int) -> None:
    """One of four GPUs at 8 per hour is charged 2, however empty the node is."""
    team = {"name": "team", "match": {"namespaces": ["prod"]}, "max_cost_per_hour": most}
    counts = placed(fleet(team))
    assert (counts.get("prod/chat", 0), counts["test/batch"]) == (chat, 3)


def test_what_a_budget_leaves_out_has_it_as_a_reason() -> None:
    plan = place(Problem.model_validate(fleet({"name": "all", "max_cost_per_hour": 5.0})))
    reasons = [reason for row in plan.unplaced for reason in row.reasons]
    assert "budget: all is used up (4 of 5 per hour)" in reasons


def test_the_judge_names_a_budget_that_is_exceeded() -> None:
    plan = place(Problem.model_validate(fleet()))
    tight = {"name": "tight", "match": {"clusters": ["c"]}, "max_cost_per_hour": 11.99}
    broken = verify(Problem.model_validate(fleet(tight)), plan)
    assert [violation.rule for violation in broken] == ["budget"]


def drawn(seed: int) -> Problem:
    """Return a random problem with one or two budgets near what it would be charged."""
    problem = random_problem(seed)
    return with_budgets(problem, seed, place(problem).cost_per_hour)


@pytest.mark.parametrize("first", range(0, 90, 30))
def test_plans_are_those_of_exhaustive_search(first: int) -> None:
    for seed in range(first, first + 30):
        agrees(drawn(seed), seed)


@pytest.mark.large
@pytest.mark.parametrize("solver", ["highs", "cp-sat", "scip"])
def test_plans_of_every_backend_are_those_of_exhaustive_search(solver: str) -> None:
    for seed in range(1000, 1300):
        costs_the_same(drawn(seed), seed, solver)

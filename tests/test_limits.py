"""Limits on what some replicas request together."""

from typing import Any

import pytest

from placement import InputError, Problem, place, verify
from placement.explain import explain
from tests.agreement import agrees, costs_the_same
from tests.generate import random_problem
from tests.generate_sharing import with_limits

Json = dict[str, Any]
GPU = "nvidia.com/gpu"


def fleet(*limits: Json) -> Json:
    """Return two clusters of equal nodes, and two workloads of different namespaces."""
    asks = {"replicas": 3, "requests": {"cpu": 2, GPU: 1}}
    return {
        "instance_types": [
            {
                "name": "t",
                "gpu": {"model": "A10", "count": 1, "memory": "24Gi"},
                "allocatable": {"cpu": 4, "memory": "8Gi", "pods": 4},
            }
        ],
        "offerings": [
            {"region": r, "instance_type": "t", "price": p} for r, p in (("a", 1), ("b", 2))
        ],
        "clusters": [
            {"name": f"c-{r}", "region": r, "node_pools": [{"name": "p", "instance_type": "t"}]}
            for r in ("a", "b")
        ],
        "workloads": [
            {"name": "chat", "namespace": "prod", **asks},
            {"name": "batch", "namespace": "test", **asks},
        ],
        "limits": [*limits],
    }


def placed(document: Json) -> dict[tuple[str, str], int]:
    problem = Problem.model_validate(document)
    plan = place(problem)
    assert verify(problem, plan) == ()
    assert plan.status == "optimal"
    return {(row.workload, row.cluster): row.replicas for row in plan.assignments}


def test_a_limit_counts_the_replicas_that_it_means_and_no_others() -> None:
    team = {"name": "team", "match": {"namespaces": ["prod"]}, "resource": GPU, "max": 2}
    assert placed(fleet(team)) == {("prod/chat", "c-a"): 2, ("test/batch", "c-a"): 3}


def test_a_limit_in_a_cluster_sends_the_rest_elsewhere() -> None:
    here = {"name": "here", "match": {"clusters": ["c-a"]}, "resource": "cpu", "max": "7"}
    counts = placed(fleet(here))
    assert sum(n for (_, cluster), n in counts.items() if cluster == "c-a") == 3
    assert sum(counts.values()) == 6


def test_what_a_limit_leaves_out_has_it_as_a_reason() -> None:
    team = {"name": "team", "match": {"workloads": ["chat"]}, "resource": GPU, "max": 1}
    plan = place(Problem.model_validate(fleet(team)))
    assert "limit: team is used up (1 of 1 nvidia.com/gpu)" in plan.unplaced[0].reasons


def test_a_limit_with_room_for_a_part_of_a_replica_over_two_nodes_is_its_reason() -> None:
    team = {"name": "team", "match": {"workloads": ["chat"]}, "resource": GPU, "max": 3}
    document = fleet(team)
    chat = next(one for one in document["workloads"] if one["name"] == "chat")
    chat.update(replicas=2, nodes_per_replica=2)
    problem = Problem.model_validate(document)
    plan = place(problem)
    assert "limit: team is used up (2 of 3 nvidia.com/gpu)" in plan.unplaced[0].reasons
    others = explain(problem, plan, "chat").alternatives
    assert {row.rule for row in others if row.place.cluster == "c-a"} == {"limit"}


def test_the_judge_names_a_limit_that_is_exceeded() -> None:
    plan = place(Problem.model_validate(fleet()))
    tight = {"name": "tight", "match": {"regions": ["a"]}, "resource": GPU, "max": 5}
    broken = verify(Problem.model_validate(fleet(tight)), plan)
    assert [violation.rule for violation in broken] == ["limit"]


@pytest.mark.parametrize(
    ("match", "path"),
    [
        ({"clusters": ["c-x"]}, "limits[0].match.clusters"),
        ({"workloads": ["prod/chart"]}, "limits[0].match.workloads"),
    ],
)
def test_a_match_of_nothing_known_is_an_error(match: Json, path: str) -> None:
    limit = {"name": "l", "match": match, "resource": GPU, "max": 1}
    with pytest.raises(InputError) as raised:
        Problem.model_validate(fleet(limit))
    assert [issue.path for issue in raised.value.issues] == [path]


def drawn(seed: int) -> Problem:
    """Return a random problem with one to three limits that are near what is asked."""
    return with_limits(random_problem(seed), seed)


@pytest.mark.parametrize("first", range(0, 90, 30))
def test_plans_are_those_of_exhaustive_search(first: int) -> None:
    for seed in range(first, first + 30):
        agrees(drawn(seed), seed)


@pytest.mark.large
@pytest.mark.parametrize("solver", ["highs", "cp-sat", "scip"])
def test_plans_of_every_backend_are_those_of_exhaustive_search(solver: str) -> None:
    for seed in range(1000, 1300):
        costs_the_same(drawn(seed), seed, solver)

"""The exhaustive search against answers worked out by hand, and against a dumber search."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from placement.problem import Problem
from placement.verify import verify
from tests.brute_force import TooMany, brute_force
from tests.exhaustive import optimum
from tests.generate import TINY, random_problem
from tests.plan_of import levels, plan_of

Json = dict[str, Any]
GPU = "nvidia.com/gpu"


def fleet(**changes: Any) -> Problem:
    """Return one cluster with pools `a` (8 GPUs, 10 $/h) and `b` (1 GPU, 2 $/h), and 3 replicas."""
    document: Json = {
        "instance_types": [
            {"name": "big", "gpu": gpu(8), "allocatable": {"cpu": 64, "memory": "512Gi"}},
            {"name": "one", "gpu": gpu(1), "allocatable": {"cpu": 8, "memory": "64Gi"}},
        ],
        "offerings": [
            {"region": "east", "instance_type": "big", "price": 10},
            {"region": "east", "instance_type": "one", "price": 2},
        ],
        "clusters": [cluster("c")],
        "workloads": [{"name": "w", "replicas": 3, "requests": {GPU: 1}}],
    }
    return Problem.model_validate(document | changes)


def gpu(count: int) -> Json:
    return {"model": "A10", "count": count, "memory": "24Gi"}


def cluster(name: str, **changes: Any) -> Json:
    pools = [{"name": "a", "instance_type": "big"}, {"name": "b", "instance_type": "one"}]
    return {"name": name, "region": "east", "node_pools": pools} | changes


def test_the_cheapest_nodes_are_bought() -> None:
    answer = optimum(fleet())
    assert (answer.cost, answer.nodes, answer.clusters) == (Decimal(6), 3, 1)
    assert answer.rows == (("default/w", "c", "b", "one", "on-demand", None, 1, 3),)


def test_a_big_node_wins_where_it_is_cheaper_than_many_small_ones() -> None:
    answer = optimum(fleet(workloads=[{"name": "w", "replicas": 6, "requests": {GPU: 1}}]))
    assert (answer.cost, answer.nodes) == (Decimal(10), 1)


def test_three_gpu_replicas_do_not_split_over_nodes() -> None:
    """Two nodes of 8 GPUs hold four replicas of 3 GPUs, though 16 GPUs would carry five."""
    offers = [{"region": "east", "instance_type": "big", "price": 10, "stock": 2}]
    workloads = [{"name": "w", "replicas": 5, "requests": {GPU: 3}}]
    answer = optimum(fleet(offerings=offers, workloads=workloads))
    assert answer.placed == ((0, 4),)
    assert answer.cost == 20


def test_replicas_of_higher_priority_come_first_whatever_they_cost() -> None:
    offers = [{"region": "east", "instance_type": "big", "price": 10, "stock": 1}]
    workloads = [
        {"name": "low", "replicas": 4, "requests": {GPU: 2}},
        {"name": "high", "replicas": 1, "requests": {GPU: 5}, "priority": 1},
    ]
    answer = optimum(fleet(offerings=offers, workloads=workloads))
    assert answer.placed == ((1, 1), (0, 1))


def test_at_equal_cost_fewer_nodes_then_fewer_clusters_then_names_decide() -> None:
    offers = [
        {"region": "east", "instance_type": "big", "price": 6},
        {"region": "east", "instance_type": "one", "price": 2},
    ]
    clusters = [cluster("d"), cluster("c")]
    answer = optimum(fleet(offerings=offers, clusters=clusters))
    assert (answer.cost, answer.nodes, answer.clusters) == (Decimal(6), 1, 1)
    assert answer.rows == (("default/w", "c", "a", "big", "on-demand", None, 1, 3),)


def test_names_prefer_the_smaller_count_in_the_first_row_that_differs() -> None:
    """Rows are compared field by field; replicas come last and ascend."""
    offers = [{"region": "east", "instance_type": "one", "price": 2}]
    pools = [{"name": name, "instance_type": "one", "max_nodes": 2} for name in "pq"]
    answer = optimum(fleet(offerings=offers, clusters=[cluster("c", node_pools=pools)]))
    assert [(row[2], row[-1]) for row in answer.rows] == [("p", 1), ("q", 2)]


def test_an_empty_releasable_node_goes_and_a_used_one_is_paid_for() -> None:
    free = {"cpu": 8, "memory": "64Gi", GPU: 1}
    node = {"node_pool": "b", "free": free, "releasable": True, "price": 1}
    nodes = [{"name": "n1", **node}, {"name": "n2", **node}]
    workloads = [{"name": "w", "replicas": 1, "requests": {GPU: 1}}]
    answer = optimum(fleet(clusters=[cluster("c", nodes=nodes)], workloads=workloads))
    assert (answer.cost, answer.nodes) == (Decimal(1), 1)
    assert sorted(used.kept for used in answer.used) == [False, True]


def test_a_minimum_that_stock_cannot_meet_leaves_no_plan() -> None:
    offers = [{"region": "east", "instance_type": "one", "price": 2, "stock": 1}]
    pools = [{"name": "b", "instance_type": "one", "min_nodes": 2}]
    assert not optimum(fleet(offerings=offers, clusters=[cluster("c", node_pools=pools)])).feasible


def test_stock_of_the_region_caps_its_zones_together() -> None:
    zones = ["z1", "z2"]
    offers = [
        {"region": "east", "zone": zone, "instance_type": "one", "price": price, "stock": stock}
        for zone, price, stock in ((None, 9, 3), ("z1", 2, 2), ("z2", 5, 2))
    ]
    clusters = [cluster("c", zones=zones)]
    workloads = [{"name": "w", "replicas": 5, "requests": {GPU: 1}}]
    answer = optimum(fleet(offerings=offers, clusters=clusters, workloads=workloads))
    assert answer.placed == ((0, 3),)
    assert answer.cost == 2 + 2 + 5
    assert [(row[5], row[-1]) for row in answer.rows] == [("z1", 2), ("z2", 1)]


@pytest.mark.parametrize("first", [0, 100])
def test_the_dumber_search_agrees_on_the_tiniest_problems(first: int) -> None:
    compared = 0
    for seed in range(first, first + 60):
        problem = random_problem(seed, size=TINY)
        try:
            assert replace(optimum(problem), used=()) == brute_force(problem, 600), seed
        except TooMany:
            continue
        compared += 1
    assert compared >= 40


@pytest.mark.large
@pytest.mark.parametrize("first", range(1000, 4000, 500))
def test_the_dumber_search_agrees_on_many_tiny_problems(first: int) -> None:
    for seed in range(first, first + 500):
        problem = random_problem(seed, size=TINY)
        try:
            assert replace(optimum(problem), used=()) == brute_force(problem, 6000), seed
        except TooMany:
            continue


def test_the_judge_accepts_every_optimum_and_reads_the_same_levels_from_it() -> None:
    for seed in range(400):
        problem = random_problem(seed)
        answer = optimum(problem)
        plan = plan_of(problem, answer)
        assert verify(problem, plan) == (), seed
        assert levels(problem, plan) == replace(answer, used=()), seed


def test_a_seed_gives_the_same_problem() -> None:
    assert random_problem(7) == random_problem(7)
    assert random_problem(7) != random_problem(8)

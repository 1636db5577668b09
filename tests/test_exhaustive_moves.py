"""The exhaustive search with replicas that run, against answers worked out by hand."""

from decimal import Decimal
from typing import Any

import pytest

from placement.problem import Problem
from tests.exhaustive import Answer, optimum

Json = dict[str, Any]


def best(workload: Json, prices: tuple[float, float] = (2, 3), **objective: Any) -> Answer:
    """Return the optimum where a node in `e` costs 2 $/h and one in `w` 3; two replicas in `w`."""
    regions = ("east", "west")
    document: Json = {
        "instance_types": [{"name": "t", "allocatable": {"cpu": 4, "memory": "8Gi"}}],
        "offerings": [
            {"region": region, "instance_type": "t", "price": price}
            for region, price in zip(regions, prices, strict=True)
        ],
        "clusters": [
            {"name": name, "region": region, "node_pools": [{"name": "p", "instance_type": "t"}]}
            for name, region in zip("ew", regions, strict=True)
        ],
        "workloads": [
            {
                "name": "a",
                "replicas": 2,
                "requests": {"cpu": 4},
                "current": [{"cluster": "w", "node_pool": "p", "replicas": 2}],
                **workload,
            }
        ],
        "objective": objective,
    }
    return optimum(Problem.model_validate(document))


@pytest.mark.parametrize(
    ("price", "hours", "moves", "cost"), [(0.5, 1.0, 2, 5), (1.5, 1.0, 0, 6), (1.5, 2.0, 2, 5.5)]
)
def test_replicas_move_where_it_pays_over_the_horizon(
    price: float, hours: float, moves: int, cost: float
) -> None:
    answer = best({"move_cost": price}, horizon_hours=hours)
    assert (answer.moves, answer.cost) == (moves, Decimal(str(cost)))


def test_nothing_moves_for_the_same_money() -> None:
    assert best({}, (2, 2)).moves == 0
    assert [row[1] for row in best({}, (2, 2)).rows] == ["w"]


def test_no_more_than_the_limit_move() -> None:
    answer = best({}, max_moves=1)
    assert (answer.moves, answer.cost) == (1, Decimal(5))


def test_moves_that_a_rule_forces_are_not_under_the_limit() -> None:
    answer = best({"cluster_affinity": {"exclude": ["w"]}}, max_moves=0)
    assert (answer.moves, answer.cost) == (2, Decimal(4))


def test_who_ends_unplaced_has_moved_but_for_a_smaller_demand() -> None:
    current = [{"cluster": "w", "node_pool": "p", "replicas": 3}]
    nowhere = {"cluster_affinity": {"regions": ["north"]}}
    assert best({"current": current, **nowhere}).moves == 2
    assert best({"current": current}, (9, 3)).moves == 0


def test_of_a_load_every_fall_in_replicas_is_a_smaller_demand() -> None:
    load = {"amount": 1.0, "per_replica": {"t": 1.0}}
    answer = best({"replicas": None, "load": load}, (9, 3))
    assert (answer.moves, answer.cost) == (0, Decimal(3))


@pytest.mark.parametrize(("share", "moves"), [(0.3, 2), (0.33, 2), (0.34, 0)])
def test_a_plan_that_saves_too_little_is_not_taken(share: float, moves: int) -> None:
    """Moving saves 2 of 6."""
    assert best({}, min_saving=share).moves == moves


def test_another_node_is_a_move_where_a_node_is_named() -> None:
    node = {"node_pool": "p", "price": 1, "free": {"cpu": 4, "memory": "8Gi"}}
    pool = {"name": "p", "instance_type": "t", "max_nodes": 2}
    cluster = {"name": "e", "region": "east", "node_pools": [pool]}
    nodes = [{"name": "m", **node}, {"name": "n", **node}]
    row = {"cluster": "e", "node_pool": "p", "node": "n", "replicas": 1}
    workload = {"name": "a", "replicas": 1, "requests": {"cpu": 4}, "current": [row]}
    document: Json = {
        "instance_types": [{"name": "t", "allocatable": {"cpu": 4, "memory": "8Gi"}}],
        "offerings": [{"region": "east", "instance_type": "t", "price": 1}],
        "clusters": [{**cluster, "nodes": nodes}],
        "workloads": [workload],
    }
    answer = optimum(Problem.model_validate(document))
    carries = [u.bin.node.name for u in answer.used if u.replicas and u.bin.node is not None]
    assert (answer.moves, carries) == (0, ["n"])

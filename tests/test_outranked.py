"""Replicas left out because higher priorities come first say which workloads hold the places."""

from typing import Any

import pytest

from placement import Plan, Problem, place
from tests.generate import random_problem
from tests.generate_rules import with_rules
from tests.reasons_fleet import GPU, fleet

Json = dict[str, Any]


def gives_way(problem: Problem, key: str = "default/low") -> list[str]:
    """Return what the reasons of a workload say of priorities, in the optimum."""
    rows = {row.workload: row for row in place(problem).unplaced}
    return [said for said in rows[key].reasons if said.startswith("priority: ")]


def workload(name: str, replicas: int, priority: int, **more: Any) -> Json:
    return {"name": name, "replicas": replicas, "priority": priority, "requests": GPU, **more}


def stocked(*workloads: Json, stock: int = 3, **more: Any) -> Problem:
    """Return one pool of nodes with one GPU, so many of which are to be had."""
    offerings = [{"region": "eu", "instance_type": "a10", "price": 1.0, "stock": stock}]
    return fleet(*workloads, offerings=offerings, **more)


def said(*names: str) -> list[str]:
    shown = ", ".join(names)
    return [f"priority: at 0 it gives way to {shown}, in places that it could have had"]


def test_the_workload_that_holds_the_stock_is_named_with_priority_and_replicas() -> None:
    problem = stocked(workload("low", 2, 0), workload("high", 2, 100))
    assert gives_way(problem) == said("default/high (at 100, 2 replicas)")


def test_equal_and_lower_priorities_hold_nothing_that_it_could_have_had() -> None:
    assert gives_way(stocked(workload("low", 3, 0), workload("peer", 3, 0))) == []
    both = stocked(workload("low", 4, 0), workload("lower", 3, -1))
    assert gives_way(both) == []
    assert gives_way(both, "default/lower") == [
        "priority: at -1 it gives way to default/low (at 0, 3 replicas), "
        "in places that it could have had"
    ]


def test_those_with_the_most_replicas_are_named_and_the_others_counted() -> None:
    above = [workload(f"h{n}", n, 10 * n) for n in range(1, 6)]
    found = gives_way(stocked(workload("low", 1, 0), *above, stock=15))
    names = (f"default/h{n} (at {10 * n}, {n} replicas)" for n in (5, 4, 3))
    assert found == [
        f"{said(*names)[0].partition(', in places')[0]} and 2 more, in places that it "
        "could have had"
    ]


def test_stock_of_a_region_is_held_from_another_cluster_too() -> None:
    pool = {"name": "gpu", "instance_type": "a10"}
    clusters = [{"name": name, "region": "eu", "node_pools": [pool]} for name in ("c", "d")]
    here, there = ({"cluster_affinity": {"cluster_names": [name]}} for name in ("c", "d"))
    problem = stocked(
        workload("low", 2, 0, **here), workload("high", 2, 5, **there), clusters=clusters
    )
    assert gives_way(problem) == said("default/high (at 5, 2 replicas)")


def test_a_workload_in_other_places_holds_nothing_of_it() -> None:
    pools = [
        {"name": "gpu", "instance_type": "a10"},
        {"name": "big", "instance_type": "h100x2", "max_nodes": 1},
    ]
    offerings = [
        {"region": "eu", "instance_type": "a10", "price": 1.0, "stock": 1},
        {"region": "eu", "instance_type": "h100x2", "price": 9.0},
    ]
    problem = fleet(
        workload("low", 2, 0, instance_types={"allow": ["a10"]}),
        workload("high", 2, 5, instance_types={"allow": ["h100x2"]}),
        cluster={"node_pools": pools},
        offerings=offerings,
    )
    assert gives_way(problem) == []


def test_running_nodes_are_held_by_what_takes_the_resource_that_they_lack() -> None:
    node = {"name": "n", "node_pool": "gpu", "free": {"cpu": 8, "memory": "30Gi", **GPU}}
    problem = stocked(
        workload("low", 1, 0),
        workload("high", 1, 7),
        {"name": "sidecar", "replicas": 1, "priority": 9, "requests": {"cpu": 1}},
        stock=0,
        cluster={"nodes": [node]},
    )
    assert gives_way(problem) == said("default/high (at 7, 1 replica)")


@pytest.mark.parametrize(
    "section",
    [
        {"limits": [{"name": "team", "resource": "nvidia.com/gpu", "max": 3}]},
        {"budgets": [{"name": "team", "max_cost_per_hour": 3.0}]},
    ],
)
def test_limits_and_budgets_of_teams_are_held_as_well(section: Json) -> None:
    problem = fleet(workload("low", 2, 0), workload("high", 2, 100), **section)
    assert gives_way(problem) == said("default/high (at 100, 2 replicas)")


def test_a_node_that_stays_in_any_case_is_no_quota_held() -> None:
    node = {"name": "n", "node_pool": "big", "free": {"cpu": 48, "memory": "400Gi", **GPU}}
    pools = [{"name": "gpu", "instance_type": "a10"}, {"name": "big", "instance_type": "h100x2"}]
    problem = fleet(
        workload("low", 1, 0, instance_types={"allow": ["a10"]}),
        workload("high", 1, 5, instance_types={"allow": ["h100x2"]}),
        cluster={"node_pools": pools, "nodes": [{**node, "price": 9.0}]},
        quotas=[{"name": "q", "region": "eu", "resource": "nvidia.com/gpu", "limit": 2}],
    )
    assert gives_way(problem) == []


def test_what_is_not_carried_of_a_load_gives_way_and_whole_replicas_are_counted() -> None:
    load = {"load": {"amount": 6.0, "per_replica": {"a10": 2.0}}}
    low = {"name": "low", "requests": GPU, **load}
    problem = stocked(low, workload("high", 1, 1, nodes_per_replica=2), stock=4)
    assert gives_way(problem) == said("default/high (at 1, 1 replica)")


@pytest.mark.parametrize("rules", [frozenset(), frozenset({"whole_nodes"})])
def test_where_some_are_named_more_is_placed_without_what_is_above_and_else_not(
    rules: frozenset[str],
) -> None:
    named = 0
    for seed in range(150, 230):
        problem = with_rules(random_problem(seed), seed, rules) if rules else random_problem(seed)
        priority = {w.key: w.priority for w in problem.workloads}
        if len({*priority.values()}) == 1:
            continue
        plan = place(problem)
        for row in plan.unplaced if plan.status != "infeasible" else ():
            own = priority[row.workload]
            above = {key for key in priority if priority[key] > own}
            text = "".join(reason for reason in row.reasons if reason.startswith("priority: "))
            names = {key for key in above if f"{key} (" in text}
            assert bool(names) is bool(text)
            then = place(_without(problem, above))
            if names:
                peers = {key for key in priority if priority[key] == own}
                assert _left(then, peers) < _left(plan, peers), (seed, row)
            else:
                assert _left(then, {row.workload}) >= row.replicas, (seed, row)
            named += bool(names)
    assert named > 1


def _left(plan: Plan, keys: set[str]) -> int:
    """Return the replicas of some workloads that a plan leaves out."""
    return sum(row.replicas for row in plan.unplaced if row.workload in keys)


def _without(problem: Problem, gone: set[str]) -> Problem:
    for workload in problem.workloads:
        if workload.key in gone:
            problem = problem.with_workload(workload.model_copy(update={"replicas": 0}))
    return problem

"""The cheapest change of rules that makes a plan whole."""

from typing import Any

import pytest

from placement import Problem, place, verify
from placement.repairs import Repair, repair, with_repairs
from tests.generate import TINY, random_problem
from tests.judged_reasons import (
    fits,
    no_other_repair_is_better,
    repair_makes_whole,
    with_teams,
)
from tests.reasons_fleet import GPU, MODEL, fleet

STEADY = {"region": "eu", "instance_type": "a10", "price": 1.0}
TAINT = {"key": "team", "value": "x", "effect": "NoSchedule"}
USERS = {"regions": {"us": 1.0}, "max_ms": 20.0}
NETWORK = {"latency_ms": [{"from": "us", "to": "eu", "ms": 81.5}]}
SPOT_POOL = {"node_pools": [{"name": "gpu", "instance_type": "a10", "capacity_type": "spot"}]}
BIG_FIRST = {
    "node_pools": [
        {"name": "gpu", "instance_type": "a10"},
        {"name": "big", "instance_type": "h100x2", "min_nodes": 1},
    ]
}
BIG = {"region": "eu", "instance_type": "h100x2", "price": 9.0}


def chat(**fields: Any) -> dict[str, Any]:
    """Return three replicas of a GPU each, with other fields."""
    return {"name": "chat", "replicas": 3, "requests": GPU, **fields}


def pool(**fields: Any) -> dict[str, Any]:
    """Return a cluster's pool of A10 with other fields."""
    return {"node_pools": [{"name": "gpu", "instance_type": "a10", **fields}]}


CASES = {
    "stock": (
        fleet(offerings=[{**STEADY, "stock": 1}]),
        "stock of a10 (on-demand) in eu: 1 -> 3",
    ),
    "quota": (
        fleet(quotas=[{"name": "q", "resource": "vcpus", "limit": 20}]),
        "quota q: 20 -> 24 vcpus",
    ),
    "quota of CPU": (
        fleet(quotas=[{"name": "q", "resource": "cpu", "limit": "12500m"}]),
        "quota q: 12500m -> 24 cpu",
    ),
    "maximum": (fleet(cluster=pool(max_nodes=1)), "max_nodes of c/gpu: 1 -> 3"),
    "cluster limit": (
        fleet(cluster={"limits": {"nvidia.com/gpu": 2}}),
        "limit of nvidia.com/gpu in cluster c: 2 -> 3",
    ),
    "limit": (
        fleet(limits=[{"name": "l", "resource": "nvidia.com/gpu", "max": 1}]),
        "limit l: 1 -> 3 nvidia.com/gpu",
    ),
    "budget": (
        fleet(budgets=[{"name": "b", "max_cost_per_hour": 1.5}]),
        "budget b: 1.5 -> 3 per hour",
    ),
    "minimum": (
        fleet(
            cluster={**BIG_FIRST, "limits": {"nvidia.com/gpu": 4}},
            offerings=[STEADY, BIG],
            workloads=[chat(gpu_models={"deny": ["H100"]})],
        ),
        "min_nodes of c/big: 1 -> 0",
    ),
    "affinity": (
        fleet(chat(cluster_affinity={"regions": ["us"]})),
        "default/chat: cluster_affinity: allow region eu",
    ),
    "exclusion": (
        fleet(chat(cluster_affinity={"exclude": ["c"]})),
        "default/chat: cluster_affinity: allow cluster c, so far excluded",
    ),
    "taint": (fleet(cluster={"taints": [TAINT]}), "default/chat: tolerate team=x:NoSchedule"),
    "selector": (
        fleet(chat(node_selector={"disk": "ssd"})),
        "default/chat: drop disk=ssd from node_selector",
    ),
    "type": (
        fleet(chat(instance_types={"allow": ["h100x2"]})),
        "default/chat: allow instance type a10",
    ),
    "GPU model": (fleet(chat(gpu_models={"deny": ["A10"]})), "default/chat: allow GPU model A10"),
    "capacity type": (fleet(cluster=SPOT_POOL), "default/chat: allow capacity type spot"),
    "spot share": (
        fleet(chat(capacity_types=["spot", "on-demand"], max_spot_fraction=0.5), cluster=SPOT_POOL),
        "default/chat: max_spot_fraction 0.5 -> 1",
    ),
    "latency": (
        fleet(chat(users=USERS), network=NETWORK),
        "default/chat: users.max_ms 20 -> 81.5",
    ),
}


def repaired(problem: Problem, **options: Any) -> Repair:
    """Return the repair of a problem's plan, held against the judge."""
    found = repair(problem, place(problem), **options)
    assert found is not None
    assert verify(found.problem, found.plan) == ()
    return found


@pytest.mark.parametrize("name", CASES)
def test_every_rule_is_changed_by_the_least_that_does(name: str) -> None:
    problem, words = CASES[name]
    found = repaired(problem)
    assert found.changes == (words,)
    assert found.proven
    assert fits(place(found.problem))
    assert Problem.model_validate(found.problem.model_dump(mode="json")) == found.problem


def test_what_is_whole_needs_no_repair() -> None:
    assert repair(fleet(), place(fleet())) is None


def test_what_no_rule_can_help_has_no_repair() -> None:
    problem = fleet({"name": "big", "replicas": 1, "model": MODEL})
    plan = place(problem)
    assert repair(problem, plan) is None
    assert with_repairs(problem, plan) == plan


def test_of_as_many_changes_the_cheapest_plan_wins() -> None:
    types = {"capacity_types": ["on-demand", "spot"]}
    offers = [{**STEADY, "stock": 1}, {**STEADY, "capacity_type": "spot", "price": 0.4, "stock": 1}]
    pools = {
        "node_pools": [
            {"name": "steady", "instance_type": "a10"},
            {"name": "spot", "instance_type": "a10", "capacity_type": "spot"},
        ]
    }
    found = repaired(fleet(chat(**types), offerings=offers, cluster=pools))
    assert found.changes == ("stock of a10 (spot) in eu: 1 -> 3",)
    assert (found.cost, found.extra) == pytest.approx((1.2, -0.2))


def test_two_rules_are_changed_where_one_does_not_do() -> None:
    found = repaired(fleet(offerings=[{**STEADY, "stock": 1}], cluster=pool(max_nodes=2)))
    assert found.changes == (
        "max_nodes of c/gpu: 2 -> 3",
        "stock of a10 (on-demand) in eu: 1 -> 3",
    )


def test_the_rest_is_repaired_where_something_has_no_place_at_all() -> None:
    big = {"name": "big", "replicas": 1, "model": MODEL}
    problem = fleet(chat(), big, offerings=[{**STEADY, "stock": 2}])
    found = repaired(problem)
    assert found.changes == ("stock of a10 (on-demand) in eu: 2 -> 3",)
    assert [row.workload for row in found.left] == ["default/big"]
    rows = {row.workload: row.repair for row in with_repairs(problem, place(problem)).unplaced}
    assert rows["default/big"] is None
    assert rows["default/chat"] == (
        "stock of a10 (on-demand) in eu: 2 -> 3 (the plan then costs 3 per hour)"
    )


def test_a_search_cut_short_says_so_and_its_repair_holds() -> None:
    found = repaired(fleet(offerings=[{**STEADY, "stock": 1}], cluster=pool(max_nodes=2)), most=4)
    assert not found.proven
    assert found.plan.whole
    assert fits(place(found.problem))


def test_a_plan_is_repaired_where_there_is_none_at_all() -> None:
    problem = fleet(cluster=pool(min_nodes=3), offerings=[{**STEADY, "stock": 2}])
    assert place(problem).status == "infeasible"
    assert repaired(problem).changes == ("stock of a10 (on-demand) in eu: 2 -> 3",)


def test_applying_the_repair_makes_the_plan_whole() -> None:
    whole = 0
    for seed in range(12):
        problem = with_teams(random_problem(seed), seed)
        plan = place(problem)
        whole += not fits(plan) and repair_makes_whole(problem, plan, seed)
    assert whole > 4


def test_no_fewer_rules_do_and_no_others_are_cheaper() -> None:
    assert sum(judged(seed) for seed in range(20)) > 2


def judged(seed: int) -> bool:
    """Return whether a tiny problem has a repair, and fail where exhaustive search has better."""
    problem = with_teams(random_problem(seed, size=TINY), 0)
    plan = place(problem)
    return not fits(plan) and no_other_repair_is_better(problem, plan, seed)


@pytest.mark.large
def test_applying_the_repair_makes_500_plans_whole() -> None:
    found, seed = 0, 100
    while found < 500:
        problem = with_teams(random_problem(seed), seed)
        plan = place(problem)
        if not fits(plan):
            repair_makes_whole(problem, plan, seed)
            found += 1
        seed += 1


@pytest.mark.large
def test_no_repair_of_300_tiny_problems_is_beaten() -> None:
    assert sum(judged(seed) for seed in range(1000, 1700)) > 100

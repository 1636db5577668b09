"""The words of the contract, each with an answer worked out by hand."""

from typing import Any

import pytest

from placement import InputError, Plan, Problem, place, verify

GPU = "nvidia.com/gpu"
KIND = {
    "name": "t",
    "gpu": {"model": "A10", "count": 1, "memory": "24Gi"},
    "allocatable": {"cpu": 8, "memory": "30Gi"},
}


def problem(cluster: dict[str, Any] | None = None, **parts: Any) -> Problem:
    """Return three one-GPU replicas and a pool of one-GPU nodes at 1 per hour, changed."""
    pool = {"name": "p", "instance_type": "t"}
    fleet = {"name": "c", "region": "r", "node_pools": [pool], **(cluster or {})}
    document = {
        "instance_types": [KIND],
        "offerings": [{"region": "r", "instance_type": "t", "price": 1}],
        "clusters": [fleet],
        "workloads": [{"name": "w", "replicas": 3, "requests": {GPU: 1}}],
    }
    return Problem.model_validate({**document, **parts})


def planned(given: Problem) -> Plan:
    """Return the plan, which the verifier accepts."""
    plan = place(given)
    assert verify(given, plan) == ()
    assert plan.status == "optimal"
    return plan


def test_a_workload_may_name_a_type_that_only_a_running_node_states() -> None:
    nodes = [
        {"name": "known", "instance_type": "box", "free": {GPU: 2}},
        {"name": "unknown", "free": {GPU: 2}},
    ]
    asker = {"name": "w", "replicas": 3, "requests": {GPU: 1}, "instance_types": {"allow": ["box"]}}
    (row,) = planned(problem({"nodes": nodes}, workloads=[asker])).assignments
    assert (row.instance_type, row.replicas) == ("box", 2)


@pytest.mark.parametrize(
    "neutral",
    [
        {"objective": {"horizonHours": 1, "minSaving": 0, "spotInterruptionCost": 0.0}},
        {"objective": {"horizon_hours": None}},
        {"network": {"latencyMs": [], "egress": None}},
    ],
)
def test_rules_that_ask_for_nothing_are_taken_in_either_spelling(neutral: Any) -> None:
    assert problem(**neutral) == problem()


def test_a_pool_whose_zones_nobody_offers_is_warned_of() -> None:
    zonal = [{"region": "r", "zone": "a", "instance_type": "t", "price": 1}]
    start = "node pool c/p cannot grow: no on-demand offering of t in r is for its zones"
    assert problem({"zones": ["a"]}, offerings=zonal).warnings() == ()
    assert problem({"zones": ["b"]}, offerings=zonal).warnings() == (f"{start} (b)",)
    assert problem(offerings=zonal).warnings() == (f"{start}, of which it states none",)


def test_zonal_stock_and_prices_count_beside_a_cap_of_the_region() -> None:
    rows = [
        {"region": "r", "instance_type": "t", "price": 9, "stock": 2},
        {"region": "r", "zone": "a", "instance_type": "t", "price": 2, "stock": 5},
        {"region": "r", "zone": "b", "instance_type": "t", "price": 1, "stock": 1},
    ]
    plan = planned(problem({"zones": ["a", "b", "none"]}, offerings=rows))
    assert [(row.zone, row.replicas) for row in plan.assignments] == [("a", 1), ("b", 1)]
    assert (plan.cost_per_hour, plan.replicas_unplaced) == (3, 1)
    assert planned(problem(offerings=rows)).cost_per_hour == 18  # no zones: the region's row alone


def test_equal_plans_are_one_plan_by_the_names_and_numbers_of_their_rows() -> None:
    nodes: list[dict[str, Any]] = [{"name": "n", "free": {GPU: 2}}]
    clusters = [{"name": name, "region": "r", "nodes": nodes} for name in "ba"]
    plan = planned(problem(clusters=clusters))
    assert [(row.cluster, row.replicas) for row in plan.assignments] == [("a", 1), ("b", 2)]


def test_a_minimum_keeps_the_cheapest_of_the_nodes_that_may_go() -> None:
    pool = {"name": "p", "instance_type": "t", "min_nodes": 2}
    nodes: list[dict[str, Any]] = [
        {"name": name, "node_pool": "p", "free": {}, "releasable": True, "price": price}
        for name, price in (("x", 1), ("y", 1), ("z", 0.5))
    ]
    plan = planned(problem({"node_pools": [pool], "nodes": nodes}, workloads=[]))
    states = [(node.name, node.state) for node in plan.nodes]
    assert states == [("x", "existing"), ("y", "released"), ("z", "existing")]
    assert plan.cost_per_hour == 1.5


def test_replicas_beyond_a_million_in_all_are_refused_where_they_pass_it() -> None:
    workloads = [{"name": f"w{i}", "replicas": 600_000} for i in range(3)]
    with pytest.raises(InputError) as caught:
        Problem.model_validate({"workloads": workloads})
    (issue,) = caught.value.issues
    assert issue.path == "workloads[1].replicas"
    assert "1,000,000" in issue.rule

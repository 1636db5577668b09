"""The difference of two plans: rows that grew and shrank, nodes, what no longer fits."""

import json
from typing import Any

import pytest

from placement import Loss, Plan, Problem, diff, place, sweep
from placement.difference_rows import PlaceChange
from placement.plan import Assignment, PoolPlan, Unplaced
from placement.sweep import worst_first

FLEET: dict[str, Any] = {
    "instance_types": [{"name": "n", "allocatable": {"cpu": 4}}],
    "offerings": [
        {"region": "cheap", "instance_type": "n", "price": 1, "stock": 1},
        {"region": "dear", "instance_type": "n", "price": 3, "stock": 1},
    ],
    "clusters": [
        {"name": "a", "region": "cheap", "node_pools": [{"name": "p", "instance_type": "n"}]},
        {"name": "b", "region": "dear", "node_pools": [{"name": "p", "instance_type": "n"}]},
    ],
    "workloads": [
        {"name": "web", "replicas": 2, "requests": {"cpu": 2}, "priority": 9},
        {"name": "low", "replicas": 1, "requests": {"cpu": 4}},
    ],
}


@pytest.fixture
def fleet() -> Problem:
    """Return two regions of one node each: one for two replicas of web, one for the low one."""
    return Problem.model_validate(FLEET)


def row(workload: str, replicas: int, **place: str) -> Assignment:
    """Return an assignment row."""
    given = {"cluster": "a", "capacity_type": "spot", **place}
    return Assignment.model_validate({"workload": workload, "replicas": replicas, **given})


def test_the_difference_of_a_plan_with_itself_is_empty(fleet: Problem) -> None:
    plan = place(fleet)
    found = diff(plan, plan)
    assert found.empty
    assert (found.cost_change, found.replicas_moved, found.workloads, found.pools) == (0, 0, (), ())


def test_a_lost_region_shows_what_moves_what_is_left_out_and_the_cost(fleet: Problem) -> None:
    found = diff(place(fleet), place(fleet.without_region("dear")))
    assert (found.cost_before, found.cost_after, found.cost_change) == (4, 1, -3)
    assert (found.placed_before, found.placed_after, found.replicas_moved) == (3, 2, 2)
    low, web = found.workloads
    assert [(change.place.cluster, change.change) for change in web.places] == [("a", 2), ("b", -2)]
    assert [(change.place.cluster, change.change) for change in low.places] == [("a", -1)]
    assert (low.unplaced_before, low.unplaced_after) == (0, 1)
    assert low.reasons


def test_moved_replicas_are_those_that_run_in_both_but_elsewhere() -> None:
    old = Plan(status="optimal", assignments=(row("w", 5), row("w", 1, zone="z")))
    new = Plan(status="optimal", assignments=(row("w", 2), row("w", 2, zone="z")))
    found = diff(old, new)
    assert found.workloads[0].moved == found.replicas_moved == 1
    assert [(c.before, c.after) for c in found.workloads[0].places] == [(5, 2), (1, 2)]


def test_rows_of_one_place_are_one_row() -> None:
    old = Plan(status="optimal", assignments=(row("w", 1), row("w", 2)))
    new = Plan(status="optimal", assignments=(row("w", 3),))
    assert diff(old, new).empty


def test_nodes_bought_and_released_are_counted_by_pool(fleet: Problem) -> None:
    found = diff(place(fleet), place(fleet.without_workload("low").with_replicas("web", 1)))
    assert [
        (p.cluster, p.before, p.after, p.bought_before, p.bought_after) for p in found.pools
    ] == [("b", 1, 0, 1, 0)]


def test_plans_of_other_problems_and_currencies_say_so() -> None:
    pool = PoolPlan(cluster="a", node_pool="p", nodes_now=1, nodes_planned=1, change=0)
    more = pool.model_copy(update={"node_pool": "q"})
    fewer = pool.model_copy(update={"nodes_now": 0})
    left = Unplaced(workload="gone", replicas=1)
    old = Plan(status="optimal", assignments=(row("w", 1),), unplaced=(left,), node_pools=(pool,))
    new = Plan(
        status="optimal",
        currency="CNY",
        assignments=(row("w", 2), row("new", 1)),
        node_pools=(fewer, more),
    )
    found = diff(old, new)
    assert found.cost_change is None
    assert found.notes == (
        "the costs are in USD and CNY, and do not compare",
        "workload gone is only in the old plan",
        "workload new is only in the new plan",
        "workload w asks for 2, not 1, unless it has a load",
        "in node pool a/p run 0 nodes, not 1",
        "node pool a/q is only in the new plan",
    )


def test_a_plan_that_does_not_exist_has_no_cost() -> None:
    found = diff(Plan(status="infeasible"), Plan(status="optimal", cost_per_hour=2.0))
    assert (found.cost_before, found.cost_after, found.cost_change) == (None, 2.0, None)
    assert not found.empty


def test_cost_changes_are_exact_decimals() -> None:
    old, new = (Plan(status="optimal", cost_per_hour=cost) for cost in (0.1, 0.3))
    assert diff(old, new).cost_change == 0.2


def test_the_difference_is_json(fleet: Problem) -> None:
    found = diff(place(fleet), place(fleet.without_cluster("a"))).to_dict()
    assert json.loads(json.dumps(found)) == found
    assert found["cost_per_hour"] == {"before": 4.0, "after": 3.0, "change": -1.0}


def test_a_sweep_is_every_loss_the_worst_first(fleet: Problem) -> None:
    losses = sweep(fleet, "region")
    assert [(loss.name, loss.plan.cost_per_hour) for loss in losses] == [("cheap", 3), ("dear", 1)]
    assert all(loss.no_longer_placed == ((0, 1),) for loss in losses)
    assert all(loss.plan == place_again(fleet, loss) for loss in losses)


def place_again(fleet: Problem, loss: Loss) -> Plan:
    """Return the plan after a loss, with the seconds of the one that was found."""
    again = place(fleet.without_region(loss.name))
    return again.model_copy(update={"seconds": loss.plan.seconds})


def test_losses_are_ordered_by_priority_then_cost_then_name() -> None:
    def loss(name: str, left: tuple[tuple[int, int], ...], cost: float, status: str) -> Loss:
        plan = Plan.model_validate({"status": status, "objective": {"total": cost}})
        empty = diff(plan, plan)
        return Loss(of="region", name=name, plan=plan, no_longer_placed=left, difference=empty)

    rows = [
        loss("b", (), 1, "optimal"),
        loss("a", (), 1, "optimal"),
        loss("dear", (), 2, "optimal"),
        loss("low", ((0, 50),), 1, "optimal"),
        loss("high", ((9, 1), (0, -3)), 1, "optimal"),
        loss("none", ((0, 1),), 0, "infeasible"),
    ]
    assert [loss.name for loss in worst_first(rows)] == ["none", "high", "low", "dear", "a", "b"]


def test_a_sweep_takes_any_planner_and_a_plan_that_is_there(fleet: Problem) -> None:
    asked = []

    def planner(problem: Problem) -> Plan:
        asked.append(problem)
        return Plan(status="infeasible")

    losses = sweep(fleet, "cluster", plan=planner, before=place(fleet))
    assert asked == [problem for _, problem in fleet.losses("cluster")]
    assert [loss.to_dict()["cost_per_hour"] for loss in losses] == [None, None]


def test_place_changes_count_signed() -> None:
    change = (
        diff(Plan(status="optimal", assignments=(row("w", 2),)), Plan(status="optimal"))
        .workloads[0]
        .places[0]
    )
    assert isinstance(change, PlaceChange)
    assert change.change == -2

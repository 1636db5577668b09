"""Plan B: where replicas go if what a pool buys is not there."""

from typing import Any

import pytest

from placement import Problem, place
from placement.fallbacks import after_failure, fallbacks
from placement.plan import Fallback, FallbackRow, Plan
from tests.generate import random_problem
from tests.generate_stock import market
from tests.test_confidence import shop


def plan_b(document: dict[str, Any]) -> dict[str, Fallback]:
    """Return the fallbacks by node pool."""
    plan = place(Problem.model_validate(document))
    assert plan.fallbacks
    return {f"{each.node_pool}{each.zone or ''}": each for each in plan.fallbacks}


def test_replicas_go_to_the_next_cheapest_place_at_what_it_costs_more() -> None:
    found = plan_b(shop({"low": 2, "high": 9}, None, 9, replicas=4, confidence=0.6))
    there = FallbackRow(workload="default/w", replicas=4, cluster="c", node_pool="p2")
    assert found["p1"].rows == (there,)
    assert found["p1"].extra_cost_per_hour == 4.0
    assert found["p1"].proven


def test_replicas_without_another_place_are_left_out() -> None:
    found = plan_b(shop({"low": 3, "high": 9}, {"low": 1, "high": 2}, replicas=4, confidence=0.9))
    assert found["p1"].rows == (FallbackRow(workload="default/w", replicas=3),)
    assert found["p1"].extra_cost_per_hour == -3.0


def test_without_a_confidence_there_is_no_plan_b() -> None:
    assert place(Problem.model_validate(shop({"low": 2, "high": 9}))).fallbacks == ()


def test_only_one_offering_fails_and_what_the_others_sold_runs() -> None:
    problem = Problem.model_validate(shop({"low": 2, "high": 9}, 2, 9, confidence=1.0))
    plan = place(problem)
    after = after_failure(problem, plan, problem.offerings[0])
    assert [row.stock for row in after.offerings] == [0, 0, 9]
    assert [node.node_pool for node in after.clusters[0].nodes] == ["p2", "p2"]
    (workload,) = after.workloads
    assert sum(row.replicas for row in workload.current) == 2


def test_pools_of_one_offering_fail_together_and_list_their_own_replicas() -> None:
    document = shop({"low": 4, "high": 9}, None, replicas=4, confidence=0.9)
    pool = {**document["clusters"][0]["node_pools"][0], "max_nodes": 3}
    document["clusters"][0]["node_pools"][0] = pool
    document["clusters"][0]["node_pools"].append({**pool, "name": "p1b"})
    found = plan_b(document)
    assert [row.replicas for name in ("p1", "p1b") for row in found[name].rows] in ([3, 1], [1, 3])
    assert {each.extra_cost_per_hour for each in found.values()} == {4.0}


@pytest.mark.parametrize("seed", range(12))
def test_every_replica_on_a_new_node_has_a_row(seed: int) -> None:
    for problem in (market(seed), random_problem(seed)):
        plan = place(problem)
        if plan.status == "infeasible":
            continue

        def solve(other: Problem, seconds: float) -> Plan:
            return place(other, time_limit=seconds)

        found = fallbacks(problem, plan, solve)
        new = [node for node in plan.nodes if node.state == "new"]
        assert {(f.cluster, f.node_pool, f.zone) for f in found} == {
            (n.cluster, n.node_pool, n.zone) for n in new
        }
        told = sum(row.replicas for f in found for row in f.rows)
        assert told == sum(row.replicas for node in new for row in node.replicas)


def test_no_time_no_plan_b() -> None:
    problem = Problem.model_validate(shop({"low": 2, "high": 9}))
    assert fallbacks(problem, place(problem), lambda p, _: place(p), seconds=0.0) == ()

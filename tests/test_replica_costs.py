"""What replicas cost beside their nodes: preferences, interruptions, latency and replies."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from placement import InputError, Problem, place, verify
from tests.agreement import agrees, costs_the_same
from tests.generate import random_problem
from tests.generate_costs import with_costs

Json = dict[str, Any]
ROOM = {"cpu": 8, "memory": "32Gi", "pods": 16}


def fleet(**more: Any) -> Json:
    """Return two regions at one price; ``near`` is 5 ms from the users, ``far`` 80."""
    document = {
        "instance_types": [{"name": "t", "allocatable": ROOM}],
        "offerings": [
            {"region": r, "instance_type": "t", "price": price, "capacity_type": kind}
            for r, price in (("near", 2.0), ("far", 1.0))
            for kind in ("on-demand", "spot")
        ],
        "clusters": [
            {
                "name": f"c-{region}",
                "region": region,
                "node_pools": [
                    {"name": "od", "instance_type": "t"},
                    {"name": "spot", "instance_type": "t", "capacity_type": "spot"},
                ],
            }
            for region in ("near", "far")
        ],
        "workloads": [{"name": "w", "replicas": 2, "requests": {"cpu": 4}}],
        "network": {
            "latency_ms": [
                {"from": "city", "to": "near", "ms": 5.0},
                {"from": "near", "to": "far", "ms": 75.0},
            ],
            "egress": [{"from": "far", "to": "city", "price_per_gib": 0.1}],
        },
    }
    document["workloads"][0].update(more.pop("workload", {}))  # type: ignore[index]
    return {**document, **more}


def placed(document: Json) -> tuple[set[str], dict[str, float]]:
    problem = Problem.model_validate(document)
    plan = place(problem)
    assert verify(problem, plan) == ()
    money = {k: v for k, v in plan.objective.model_dump().items() if v}
    return {row.cluster for row in plan.assignments}, money


def test_without_such_prices_the_cheaper_region_is_used() -> None:
    assert placed(fleet()) == ({"c-far"}, {"nodes": 1.0, "total": 1.0})


@pytest.mark.parametrize(("cost", "where"), [(0.4, "c-far"), (0.6, "c-near")])
def test_a_preference_is_bought_while_it_is_worth_its_price(cost: float, where: str) -> None:
    wish = [{"cluster_affinity": {"regions": ["near"]}, "cost": cost}]
    clusters, money = placed(fleet(workload={"preferences": wish}))
    assert clusters == {where}
    assert money.get("preferences", 0.0) == (0.8 if where == "c-far" else 0.0)


@pytest.mark.parametrize(("ms", "where"), [(0.006, "c-far"), (0.007, "c-near")])
def test_latency_is_paid_for_by_the_ms_along_the_shortest_path(ms: float, where: str) -> None:
    users = {"regions": {"city": 3}, "cost_per_ms": ms}
    clusters, money = placed(fleet(workload={"users": users}))
    assert clusters == {where}
    assert money["latency"] == pytest.approx(2 * ms * (80 if where == "c-far" else 5))


def test_a_region_beyond_max_ms_is_not_used_and_the_reason_has_figures() -> None:
    users = {"regions": {"city": 1, "near": 1}, "max_ms": 40.0}
    assert placed(fleet(workload={"users": users}))[0] == {"c-near"}
    only = fleet(workload={"users": {**users, "max_ms": 1.0}})
    plan = place(Problem.model_validate(only))
    reasons = " ".join(plan.unplaced[0].reasons)
    assert "far is 77.5 ms from the users, more than max_ms 1" in reasons


def test_replies_are_paid_for_along_the_cheapest_path_and_need_one() -> None:
    users = {"regions": {"city": 1}, "gib_per_replica_hour": 10.0}
    clusters, money = placed(fleet(workload={"users": users}))
    assert (clusters, money["egress"]) == ({"c-far"}, 2.0)  # from near no path leads to the city


def test_interruptions_of_spot_are_paid_for_by_the_replica() -> None:
    document = fleet(
        objective={"spot_interruption_cost": 2.0},
        workload={"capacity_types": ["on-demand", "spot"]},
    )
    for offer in document["offerings"]:
        if offer["capacity_type"] == "spot":
            offer.update(price=0.5 * offer["price"], interruption_rate=0.1)
    assert placed(document)[1] == {"nodes": 0.5, "risk": 0.4, "total": 0.9}
    document["objective"]["spot_interruption_cost"] = 3.0
    assert placed(document)[1] == {"nodes": 1.0, "total": 1.0}


@pytest.mark.parametrize("first", range(0, 120, 30))
def test_plans_are_those_of_exhaustive_search(first: int) -> None:
    for seed in range(first, first + 30):
        agrees(with_costs(random_problem(seed), seed), seed)


@pytest.mark.large
@pytest.mark.parametrize("solver", ["highs", "cp-sat", "scip"])
def test_plans_of_every_backend_are_those_of_exhaustive_search(solver: str) -> None:
    for seed in range(1000, 1400):
        costs_the_same(with_costs(random_problem(seed), seed), seed, solver)


def test_the_judge_names_replicas_too_far_away() -> None:
    document = fleet()
    plan = place(Problem.model_validate(document))  # in c-far
    document["workloads"][0]["users"] = {"regions": {"city": 1}, "max_ms": 40.0}
    assert {v.rule for v in verify(Problem.model_validate(document), plan)} == {"users"}
    document["workloads"][0]["users"] = {"regions": {"far": 1}, "gib_per_replica_hour": 1.0}
    assert verify(Problem.model_validate(document), plan) == ()


@pytest.mark.parametrize(
    ("change", "path", "rule"),
    [
        (
            {"network": {"latency_ms": [{"from": "a", "to": "a", "ms": 1.0}]}},
            "network.latency_ms[0]",
            "from one region to another",
        ),
        (
            {"network": {"egress": [{"from": "a", "to": "b", "price_per_gib": 1.0}] * 2}},
            "network.egress[1]",
            "given twice",
        ),
        (
            {"workload": {"users": {"regions": {"citi": 1}, "max_ms": 5.0}}},
            "workloads[0].users.regions",
            "did you mean 'city'",
        ),
        ({"workload": {"users": {"max_ms": 5.0}}}, "workloads[0].users", "needs regions"),
    ],
)
def test_what_cannot_be_meant_is_an_error(change: Json, path: str, rule: str) -> None:
    with pytest.raises(InputError) as raised:
        Problem.model_validate(fleet(**change))
    (issue,) = raised.value.issues
    assert issue.path == path
    assert rule in issue.rule


def test_the_example_of_the_documentation_is_read() -> None:
    page = (Path(__file__).resolve().parents[1] / "docs" / "replica-costs.md").read_text()
    example = yaml.safe_load(page.split("```yaml\n")[1].split("```")[0])
    example["workloads"][0]["requests"] = {"cpu": 1}
    clusters = [{"name": f"c-{r}", "region": r} for r in ("cn-hangzhou", "cn-beijing")]
    problem = Problem.model_validate({**example, "clusters": clusters})
    assert problem.workloads[0].users.max_ms == 60
    assert problem.network.egress[0].from_ == "cn-hangzhou"

"""The judge on ``whole_nodes``, and on what replicas over several nodes take, cost and count."""

from typing import Any

import pytest

from placement.plan import Plan
from placement.problem import Problem
from placement.verify import verify
from tests.two_regions import fleet, workload
from tests.written_plan import New, broken, written

GPU = "nvidia.com/gpu"


def wide(**fields: Any) -> dict[str, Any]:
    return workload(**{"nodes_per_replica": 2, "requests": {"cpu": 1, GPU: 2}, **fields})


def parts(pool: str, zone: str | None, *names: str) -> list[New]:
    return [(pool, zone, {"w": name}) for name in names]


ONE = parts("e-duo", "a", "1/2", "2/2")


def judged(problem: Problem, new: list[New], **running: Any) -> set[str]:
    return broken(problem, written(problem, {"e2": None, **running}, new))


def test_a_replica_over_two_new_nodes_of_one_place_holds() -> None:
    assert judged(fleet(wide()), ONE) == set()
    assert judged(fleet(wide()), ONE + parts("w-duo", "b", "2/2", "1/2")) == set()


@pytest.mark.parametrize(
    "new",
    [
        parts("e-duo", "a", "1/2"),
        parts("e-duo", "a", "1/2", "1/2"),
        parts("e-duo", "a", "1/2") + parts("w-duo", "a", "2/2"),
        parts("e-duo", "a", "1/2") + parts("e-duo", "b", "2/2"),
        parts("e-duo", "a", "1/2", "1/2") + parts("w-duo", "a", "2/2", "2/2"),
        parts("e-duo", "a", "1/3", "2/3", "3/3"),
        parts("e-duo", "a", "1/2", "2/2", "x"),
        [("e-duo", "a", {"w": 1})] * 2,
    ],
)
def test_parts_that_make_no_whole_replicas_in_one_place_are_not_packed(new: list[New]) -> None:
    assert judged(fleet(wide()), new) == {"packing"}


def test_a_replica_of_one_node_has_no_parts() -> None:
    problem = fleet(wide(nodes_per_replica=1))
    assert judged(problem, [("e-duo", "a", {"w": 1})]) == set()
    assert judged(problem, parts("e-duo", "a", "1/1")) == {"packing"}


def test_a_node_that_carries_others_too_is_not_whole() -> None:
    problem = fleet(wide(), workload("p"))
    new: list[New] = [("e-duo", "a", {"w": "1/2", "p": 1}), ("e-duo", "a", {"w": "2/2"})]
    assert judged(problem, new) == {"whole_nodes"}
    alone: list[New] = [("e-duo", "a", {"p": 1}), *ONE]
    assert judged(problem, alone) == set()


def test_a_node_carries_one_replica_only() -> None:
    problem = fleet(wide(requests={"cpu": 1}))
    document = written(problem, {"e2": None}, ONE).model_dump(mode="json")
    for node in document["nodes"]:
        for held in node["replicas"]:
            held["replicas"] = 2
    document["assignments"][0]["replicas"], document["unplaced"][0]["replicas"] = 2, 6
    assert broken(problem, Plan.model_validate(document)) == {"whole_nodes"}


def running(cluster: int, **nodes: dict[str, Any]) -> Problem:
    """Return the fleet with other nodes in a cluster, and replicas of two CPUs over two nodes."""
    document = fleet(wide(requests={"cpu": 2})).model_dump(mode="json")
    pools = document["clusters"][cluster]["node_pools"]
    names = [pool["name"] for pool in pools]
    document["clusters"][cluster]["nodes"] = [
        {"name": name, "free": {}, **fields} for name, fields in nodes.items()
    ]
    assert all(fields.get("node_pool") in {None, *names} for fields in nodes.values())
    return Problem.model_validate(document)


BOTH: dict[str, Any] = {"n1": {"w": "1/2"}, "n2": {"w": "2/2"}}


@pytest.mark.parametrize(
    ("pool", "free", "holds"),
    [
        ("w-plain", {"cpu": 4, "memory": "16Gi"}, True),
        ("w-plain", {"cpu": 4}, True),
        ("w-plain", {"cpu": "3900m", "memory": "16Gi"}, False),
        ("w-duo", {"cpu": 2, GPU: 2}, True),  # of types with GPUs, these alone make it whole
        ("w-duo", {"cpu": 4, GPU: 1}, False),
        (None, {"cpu": 2}, True),
    ],
)
def test_a_running_node_is_whole_where_its_gpus_or_else_its_cpu_are_free(
    pool: str | None, free: dict[str, Any], holds: bool
) -> None:
    node = {"node_pool": pool, "zone": "a", "free": free}
    problem = running(1, n1=node, n2=node)
    plan = written(problem, {"e2": None, **BOTH})
    assert broken(problem, plan) == (set() if holds else {"whole_nodes"})


def test_a_node_of_no_pool_is_whole_by_what_is_allocatable() -> None:
    node = {"free": {"cpu": 2}, "allocatable": {"cpu": 3}}
    problem = running(1, n1=node, n2=node | {"allocatable": {"cpu": 2}})
    plan = written(problem, {"e2": None, **BOTH})
    (found,) = verify(problem, plan)
    assert (found.rule, "n1" in found.where) == ("whole_nodes", True)


def test_running_and_new_nodes_of_one_place_are_mixed() -> None:
    node = {"node_pool": "w-plain", "zone": "a", "free": {"cpu": 4, "memory": "16Gi"}}
    problem = running(1, n1=node)
    held: dict[str, Any] = {"e2": None, "n1": {"w": "2/2"}}
    assert broken(problem, written(problem, held, parts("w-plain", "a", "1/2"))) == set()
    assert broken(problem, written(problem, held, parts("w-plain", "b", "1/2"))) == {"packing"}


def test_requests_are_per_node_and_must_fit_it() -> None:
    assert judged(fleet(wide(requests={"cpu": 4, GPU: 2})), ONE) == set()
    assert judged(fleet(wide(requests={"cpu": 5, GPU: 2})), ONE) == {"capacity"}


@pytest.mark.parametrize(("most", "holds"), [(4, True), (3, False)])
def test_limits_count_every_node_taken(most: int, holds: bool) -> None:
    limit = {"name": "l", "resource": GPU, "max": most}
    assert judged(fleet(wide(), limits=[limit]), ONE) == (set() if holds else {"limit"})


@pytest.mark.parametrize(("most", "holds"), [(8.0, True), (7.99, False)])
def test_budgets_are_charged_whole_nodes(most: float, holds: bool) -> None:
    budget = {"name": "b", "max_cost_per_hour": most}
    problem = fleet(wide(requests={"cpu": 1, GPU: 1}), budgets=[budget])
    assert judged(problem, ONE) == (set() if holds else {"budget"})


def test_preferences_cost_once_for_a_replica_and_risk_for_every_node() -> None:
    far = [{"cluster_affinity": {"regions": ["west"]}, "cost": 0.25}]
    users = {"regions": {"west": 1.0}, "cost_per_ms": 0.01, "gib_per_replica_hour": 2.0}
    edge = {"from": "east", "to": "west"}
    network = {"latency_ms": [edge | {"ms": 50}], "egress": [edge | {"price_per_gib": 0.1}]}
    document = fleet(
        wide(preferences=far, users=users, requests={"cpu": 1}),
        network=network,
        objective={"spot_interruption_cost": 3.0},
    ).model_dump(mode="json", by_alias=True)
    for row in document["offerings"]:
        row["interruption_rate"] = 0.5
    problem = Problem.model_validate(document)
    spot = parts("e-spot", "a", "1/2", "2/2")
    extra = {"preferences": 0.25, "latency": 0.5, "egress": 0.2, "risk": 3.0}
    plan = written(problem, {"e2": None}, spot, extra=extra)
    assert broken(problem, plan) == set()
    for part, money in extra.items():
        wrong = written(problem, {"e2": None}, spot, extra=extra | {part: money * 2})
        assert broken(problem, wrong) == {"cost"}


def test_gpus_per_replica_are_those_of_all_its_nodes() -> None:
    problem = fleet(wide())
    plan = written(problem, {"e2": None}, ONE)
    assert plan.assignments[0].gpus_per_replica == 4
    row = plan.assignments[0].model_copy(update={"gpus_per_replica": 2})
    assert broken(problem, plan.model_copy(update={"assignments": (row,)})) == {"memory_fit"}


def test_the_share_of_spot_is_of_replicas_however_many_nodes_they_take() -> None:
    for share, rules in ((0.5, set()), (0.49, {"spot_share"})):
        problem = fleet(wide(requests={"cpu": 1}, max_spot_fraction=share))
        new = parts("e-spot", "a", "1/2", "2/2") + parts("w-duo", "b", "1/2", "2/2")
        assert judged(problem, new) == rules

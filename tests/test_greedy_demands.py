"""Greedy baselines with loads, replicas over several nodes, and replicas that run already."""

import pytest

from placement.candidates import find_candidates
from placement.plan import Plan
from placement.problem import Problem
from placement.solvers.greedy import BASELINES
from placement.verify import verify
from tests.exhaustive import optimum
from tests.generate import random_problem
from tests.generate_rules import with_rules
from tests.greedy_fleet import Json, bought, cluster, fleet, offer, running, shares, solved

KNOWN = (
    frozenset({"load"}),
    frozenset({"whole_nodes"}),
    frozenset({"current"}),
    frozenset({"load", "whole_nodes"}),
    frozenset({"load", "whole_nodes", "current", "costs"}),
)
POOL = {"name": "p", "instance_type": "one"}
BIG = {"name": "q", "instance_type": "four"}


def loaded(amount: float, rates: dict[str, float], **more: object) -> list[Json]:
    """Return a workload with a load, a GPU for each of its replicas."""
    load = {"unit": "tokens/s", "amount": amount, "per_replica": rates}
    requests = {"cpu": 1, "memory": "4Gi", "nvidia.com/gpu": 1}
    return [{"name": "w", "requests": requests, "load": load, **more}]


def giant(replicas: int, gpus: int = 4) -> list[Json]:
    """Return a workload of which a replica takes two whole nodes."""
    requests = {"cpu": 1, "nvidia.com/gpu": gpus}
    return [{"name": "w", "replicas": replicas, "nodes_per_replica": 2, "requests": requests}]


def whole(name: str, pool: str = "q", gpus: int = 4) -> Json:
    """Return a running node of four GPUs, so many of them free."""
    free = {"cpu": 32, "memory": "128Gi", "nvidia.com/gpu": gpus}
    return {"name": name, "node_pool": pool, "free": free, "price": 3.0}


@pytest.mark.parametrize("seed", range(40))
def test_the_judge_accepts_every_baseline_and_none_beats_the_optimum(seed: int) -> None:
    for rules in KNOWN:
        problem = with_rules(random_problem(seed), seed, rules)
        candidates, best = find_candidates(problem), optimum(problem)
        for baseline in BASELINES.values():
            plan = baseline(problem, candidates)
            assert verify(problem, plan) == (), (baseline.name, sorted(rules))
            assert (plan.status != "infeasible") is best.feasible
            if not best.feasible:
                continue
            placed = placed_of(problem, plan)
            most = tuple(round(float(share), 9) for _, share in best.placed)
            assert placed <= most
            if placed == most:
                assert plan.objective.total >= float(best.cost) - 1e-9


def placed_of(problem: Problem, plan: Plan) -> tuple[float, ...]:
    """Return replicas and shares of loads placed of each priority, the highest first."""
    placed = dict.fromkeys(sorted({w.priority for w in problem.workloads}, reverse=True), 0.0)
    left = {row.workload: row for row in plan.unplaced}
    for workload in problem.workloads:
        row = left.get(workload.key)
        if workload.load is None:
            placed[workload.priority] += (workload.replicas or 0) - (row.replicas if row else 0)
        else:
            missing = (row.load or 0.0) if row else 0.0
            placed[workload.priority] += 1 - missing / workload.load.amount
    return tuple(round(share, 9) for share in placed.values())


def test_cheapest_goes_by_the_price_of_what_a_full_node_carries() -> None:
    problem = fleet(
        clusters=[cluster("a", "east", POOL, BIG)],
        offerings=[offer("east", "one", 1.0, stock=2), offer("east", "four", 3.0)],
        workloads=loaded(5.0, {"one": 2.0, "four": 1.0}),
    )
    plan = solved("cheapest", problem)  # 0.5 and 0.75 for a token per second; 1 and 0.75 a replica
    assert bought(plan) == {"a/p": 2, "a/q": 1}
    assert [row.replicas for row in plan.assignments] == [2, 1]
    assert plan.cost_per_hour == 5.0
    assert bought(solved("ffd", problem)) == {"a/p": 2, "a/q": 1}


def test_inventory_buys_by_pool_name_until_the_load_is_carried() -> None:
    problem = fleet(
        clusters=[cluster("a", "east", {**POOL, "name": "z"}, BIG)],
        offerings=[offer("east", "one", 1.0), offer("east", "four", 9.0, stock=1)],
        workloads=loaded(5.0, {"one": 2.0, "four": 1.0}),
    )
    plan = solved("inventory", problem)
    # Three replicas would do at 2 each: on the first pool they carry 3, then one more is added.
    assert bought(plan) == {"a/q": 1, "a/z": 1}
    assert {row.node_pool: row.replicas for row in plan.assignments} == {"q": 3, "z": 1}
    assert plan.cost_per_hour == 10.0


def test_a_replica_that_the_last_one_makes_needless_is_taken_away_again() -> None:
    slow = cluster("a", "east", POOL, BIG, nodes=[running("n", "p", 1)])
    problem = fleet(
        clusters=[slow],
        offerings=[offer("east", "one", 1.0, stock=0), offer("east", "four", 3.0)],
        workloads=loaded(3.0, {"one": 1.0, "four": 3.0}),
    )
    for name in ("cheapest", "ffd"):
        plan = solved(name, problem)
        assert [(row.node_pool, row.replicas) for row in plan.assignments] == [("q", 1)]
        assert plan.cost_per_hour == 4.0


def test_what_is_not_carried_is_told_in_the_unit_of_the_load_with_the_limit() -> None:
    problem = fleet(workloads=loaded(9.0, {"one": 2.0}))
    for name in ("cheapest", "ffd"):
        plan = solved(name, problem)
        assert shares(plan) == {"a": 2, "b": 2}
        (row,) = plan.unplaced
        assert (row.load, row.unit, row.replicas) == (1.0, "tokens/s", 0)
        assert "stock of one (on-demand) in east, stock of one" in row.reasons[0]


@pytest.mark.parametrize(
    ("amount", "placed", "left"),
    [(5.0, {"a": 2, "b": 1}, None), (6.0, {"a": 2, "b": 2}, None), (7.0, {"a": 2, "b": 2}, 1.0)],
)
def test_karmada_adds_replicas_until_the_load_is_carried(
    amount: float, placed: dict[str, int], left: float | None
) -> None:
    clusters = [
        cluster("a", "east", POOL, nodes=[running("n1", "p", 1), running("n2", "p", 1)]),
        cluster("b", "west", BIG, nodes=[whole("n", gpus=2)]),
    ]
    workloads = loaded(amount, {"one": 2.0, "four": 1.0})
    offerings = [offer("east", "one", 1.0), offer("west", "four", 3.0)]
    plan = solved("karmada", fleet(clusters=clusters, offerings=offerings, workloads=workloads))
    # Three replicas are divided 2 to 1 and carry 5; four carry 6, which is all there is room for.
    assert shares(plan) == placed
    assert [row.load for row in plan.unplaced] == ([left] if left else [])
    assert all("available replicas 0 are not enough" in row.reasons[0] for row in plan.unplaced)


def one_free(replicas: int) -> Problem:
    """Return a fleet with one whole node, one in use, and two to be had."""
    here = cluster("a", "east", BIG, nodes=[whole("n1"), whole("n2", gpus=3)])
    offerings = [offer("east", "four", 3.0, stock=2)]
    return fleet(clusters=[here], offerings=offerings, workloads=giant(replicas))


@pytest.mark.parametrize("name", ["inventory", "cheapest", "ffd"])
def test_a_node_is_bought_beside_the_one_that_is_free_for_a_replica_over_two(name: str) -> None:
    plan = solved(name, one_free(1))
    assert bought(plan) == {"a/q": 1}
    assert [(row.gpus_per_replica, row.replicas) for row in plan.assignments] == [(8, 1)]
    parts = {node.name: [row.part for row in node.replicas] for node in plan.nodes}
    assert parts == {"n1": ["1/2"], "n2": [], "q-new-1": ["2/2"]}


@pytest.mark.parametrize("name", ["cheapest", "ffd"])
def test_no_node_is_bought_that_would_not_make_up_a_replica(name: str) -> None:
    plan = solved(name, one_free(2))
    assert bought(plan) == {"a/q": 1}
    assert plan.unplaced[0].replicas == 1
    assert "stock of four (on-demand) in east" in plan.unplaced[0].reasons[0]


def test_inventory_counts_whole_replicas_and_divides_all_or_nothing() -> None:
    plan = solved("inventory", one_free(2))
    assert bought(plan) == {}
    assert "available replicas 1 are not enough" in plan.unplaced[0].reasons[0]


@pytest.mark.parametrize("name", sorted(BASELINES))
def test_no_rule_makes_a_replica_of_nodes_in_two_places(name: str) -> None:
    clusters = [
        cluster(one, region, BIG, nodes=[whole("n")])
        for one, region in (("a", "east"), ("b", "west"))
    ]
    offerings = [offer("east", "four", 3.0, stock=0), offer("west", "four", 3.0, stock=0)]
    plan = solved(name, fleet(clusters=clusters, offerings=offerings, workloads=giant(1)))
    assert plan.assignments == ()
    assert plan.unplaced[0].replicas == 1


def test_karmada_sends_a_replica_over_two_nodes_where_the_sums_have_room_for_both() -> None:
    clusters = [
        cluster("a", "east", BIG, nodes=[whole("n")]),
        cluster("b", "west", BIG, nodes=[whole("n1"), whole("n2"), whole("n3")]),
    ]
    offerings = [offer("east", "four", 3.0), offer("west", "four", 3.0)]
    plan = solved("karmada", fleet(clusters=clusters, offerings=offerings, workloads=giant(1)))
    assert shares(plan) == {"b": 1}


@pytest.mark.parametrize("name", sorted(BASELINES))
def test_what_runs_stays_and_only_what_is_missing_is_placed(name: str) -> None:
    clusters = [
        cluster("a", "east", nodes=[running("n", None, 3)]),
        cluster("b", "west", nodes=[running("n1", None, 1), running("n2", None, 1)]),
    ]
    current = [{"cluster": "b", "node": "n2", "replicas": 1}]
    problem = fleet(
        clusters=clusters,
        workloads=[
            {
                "name": "w",
                "replicas": 2,
                "requests": {"nvidia.com/gpu": 1},
                "current": current,
                "move_cost": 1.0,
            }
        ],
    )
    plan = solved(name, problem)
    assert plan.moves == ()
    assert {node.name for node in plan.nodes if node.cluster == "b" and node.replicas} >= {"n2"}
    assert plan.replicas_placed == 2


def test_a_replica_that_may_not_stay_is_moved_and_the_move_is_paid() -> None:
    pool = {"name": "p", "instance_type": "one"}
    clusters = [
        cluster("a", "east", pool, nodes=[running("n", "p", 1, releasable=True)]),
        cluster("b", "west", pool),
    ]
    away = {
        "name": "w",
        "replicas": 1,
        "requests": {"nvidia.com/gpu": 1},
        "cluster_affinity": {"cluster_names": ["b"]},
        "current": [{"cluster": "a", "node_pool": "p", "replicas": 1}],
        "move_cost": 1.0,
    }
    problem = fleet(clusters=clusters, workloads=[away], objective={"horizon_hours": 4})
    for name in ("inventory", "cheapest", "ffd"):
        plan = solved(name, problem)
        assert [(row.from_.cluster, row.to and row.to.cluster) for row in plan.moves] == [
            ("a", "b")
        ]
        assert (plan.objective.nodes, plan.objective.moves) == (1.5, 0.25)
        assert plan.objective.total == 1.75


@pytest.mark.parametrize("name", sorted(BASELINES))
def test_equal_loads_and_parts_give_the_same_plan(name: str) -> None:
    for seed in range(15):
        problem = with_rules(random_problem(seed), seed, KNOWN[-1])
        assert BASELINES[name](problem).fingerprint() == BASELINES[name](problem).fingerprint()

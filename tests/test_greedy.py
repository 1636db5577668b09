"""The greedy baselines: each by hand on a small fleet, and all of them under the judge."""

import subprocess
import sys

import pytest

from placement.candidates import find_candidates
from placement.problem import Problem
from placement.solvers.greedy import BASELINES, Baseline
from placement.verify import verify
from tests.generate import random_problem
from tests.greedy_fleet import bought, cluster, fleet, offer, running, shares, solved, workload

SEEDS = 150


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_judge_accepts_every_baseline_on_random_problems(seed: int) -> None:
    problem = random_problem(seed)
    candidates = find_candidates(problem)
    for baseline in BASELINES.values():
        plan = baseline(problem, candidates)
        assert verify(problem, plan) == (), baseline.name
        assert plan.strategy == f"greedy:{baseline.name}"


def test_the_random_problems_are_not_all_alike() -> None:
    plans = [BASELINES["cheapest"](random_problem(seed)) for seed in range(SEEDS)]
    assert {plan.status for plan in plans} == {"feasible", "infeasible"}
    assert sum(plan.replicas_placed > 0 for plan in plans) > SEEDS // 4
    assert sum(plan.replicas_unplaced > 0 for plan in plans) > SEEDS // 4


@pytest.mark.parametrize("name", sorted(BASELINES))
def test_equal_input_gives_the_same_plan(name: str) -> None:
    for seed in range(20):
        problem = random_problem(seed)
        assert BASELINES[name](problem).fingerprint() == BASELINES[name](problem).fingerprint()


def test_baselines_can_be_read_but_not_changed() -> None:
    assert list(BASELINES)[:4] == ["karmada", "karmada-aggregated", "karmada-static", "inventory"]
    with pytest.raises(TypeError):
        BASELINES["karmada"] = Baseline("ffd")  # type: ignore[index]


def test_naming_the_baselines_loads_none_of_their_rules() -> None:
    code = "import sys, placement.solvers.greedy as g; print(f'{g.__name__}.run' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"


def test_inventory_counts_stock_where_karmada_sees_nothing() -> None:
    problem = fleet()
    karmada = solved("karmada", problem)
    assert karmada.replicas_placed == 0
    assert karmada.cost_per_hour == 0
    assert karmada.gap == 0
    assert "available replicas 0 are not enough" in karmada.unplaced[0].reasons[0]
    plan = solved("inventory", problem)
    assert shares(plan) == {"a": 2, "b": 2}
    assert bought(plan) == {"a/p": 2, "b/p": 2}
    assert plan.cost_per_hour == 5.0
    assert (plan.lower_bound, plan.gap, plan.ended_by) == (0.0, 1.0, "heuristic")
    assert [node.name for node in plan.nodes] == ["p-new-1", "p-new-2"] * 2


def test_inventory_uses_free_capacity_alone_while_it_suffices() -> None:
    clusters = [
        cluster("a", "east", {"name": "p", "instance_type": "one"}),
        cluster("b", "west", {"name": "p", "instance_type": "four"}),
    ]
    clusters[1]["nodes"] = [running("n", "p", 4, price=2.0)]
    problem = fleet(clusters=clusters)
    plan = solved("inventory", problem)
    assert shares(plan) == {"b": 4}
    assert bought(plan) == {}


def test_inventory_buys_by_pool_name_and_not_by_price() -> None:
    pools = [{"name": "z", "instance_type": "one"}, {"name": "dear", "instance_type": "four"}]
    offerings = [offer("east", "one", 1.0), offer("east", "four", 9.0)]
    problem = fleet(clusters=[cluster("a", "east", *pools)], offerings=offerings)
    assert bought(solved("inventory", problem)) == {"a/dear": 1}
    assert bought(solved("cheapest", problem)) == {"a/z": 4}


def test_two_scalers_of_one_region_promise_the_same_stock() -> None:
    pool = {"name": "p", "instance_type": "one"}
    clusters = [cluster("a", "east", pool), cluster("b", "east", pool)]
    plan = solved("inventory", fleet(clusters=clusters))
    assert shares(plan) == {"a": 2}
    assert plan.unplaced[0].replicas == 2
    assert "stock of one (on-demand) in east" in plan.unplaced[0].reasons[0]


def test_one_scaler_does_not_promise_its_stock_twice() -> None:
    pools = [{"name": f"p{number}", "instance_type": "one"} for number in range(3)]
    plan = solved("inventory", fleet(clusters=[cluster("a", "east", *pools)]))
    assert plan.replicas_placed == 0
    assert "available replicas 2 are not enough" in plan.unplaced[0].reasons[0]


def test_cheapest_fills_the_cheap_stock_before_the_dear_one() -> None:
    plan = solved("cheapest", fleet(workloads=[workload("w", 3)]))
    assert shares(plan) == {"a": 2, "b": 1}
    assert plan.cost_per_hour == 3.5


def test_cheapest_fills_nodes_that_it_bought_before() -> None:
    clusters = [cluster("a", "east", {"name": "p", "instance_type": "four"})]
    problem = fleet(
        clusters=clusters,
        offerings=[offer("east", "four", 3.0)],
        workloads=[workload("w", 3), workload("x", 1)],
    )
    plan = solved("cheapest", problem)
    assert bought(plan) == {"a/p": 1}
    assert [(row.workload, row.replicas) for row in plan.nodes[0].replicas] == [
        ("default/w", 3),
        ("default/x", 1),
    ]


def test_ffd_opens_the_cheapest_node_and_not_the_cheapest_per_replica() -> None:
    pools = [{"name": "one", "instance_type": "one"}, {"name": "four", "instance_type": "four"}]
    problem = fleet(
        clusters=[cluster("a", "east", *pools)],
        offerings=[offer("east", "one", 1.0), offer("east", "four", 2.0)],
    )
    assert bought(solved("ffd", problem)) == {"a/one": 4}
    assert bought(solved("cheapest", problem)) == {"a/four": 1}


def test_ffd_takes_large_replicas_first_so_that_small_ones_fill_up() -> None:
    problem = fleet(
        clusters=[cluster("a", "east", {"name": "p", "instance_type": "four", "max_nodes": 2})],
        offerings=[offer("east", "four", 2.0)],
        workloads=[workload("a-small", 2, 1), workload("b-large", 2, 3)],
    )
    assert solved("ffd", problem).replicas_unplaced == 0
    assert solved("cheapest", problem).replicas_unplaced == 1


def test_karmada_divides_by_sums_and_leaves_what_does_not_pack_pending() -> None:
    clusters = [cluster("a", "east", {"name": "p", "instance_type": "four"})]
    clusters[0]["nodes"] = [running(f"n{number}", "p", 3, price=1.0) for number in range(4)]
    plan = solved("karmada", fleet(clusters=clusters, workloads=[workload("w", 6, 2)]))
    assert plan.replicas_placed == 4
    assert plan.unplaced[0].reasons == (
        "2 sent to cluster a stay pending: no node there has room for a replica",
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("karmada", {"a": 2, "b": 1}),
        ("karmada-aggregated", {"a": 3}),
        ("karmada-static", {"a": 2, "b": 1}),
    ],
)
def test_karmadas_divisions_differ_as_named(name: str, expected: dict[str, int]) -> None:
    clusters = [
        cluster("a", "east", nodes=[running("n", None, 4)]),
        cluster("b", "west", nodes=[running("n", None, 2)]),
    ]
    plan = solved(name, fleet(clusters=clusters, workloads=[workload("w", 3)]))
    assert shares(plan) == expected


def test_higher_priority_is_served_first_by_every_baseline() -> None:
    clusters = [cluster("a", "east", nodes=[running("n", None, 1)])]
    workloads = [workload("a", 1), workload("z", 1, priority=1)]
    problem = fleet(clusters=clusters, workloads=workloads)
    for name in BASELINES:
        plan = solved(name, problem)
        assert [row.workload for row in plan.assignments] == ["default/z"]
        assert plan.unplaced[0].workload == "default/a"


@pytest.mark.parametrize("name", sorted(BASELINES))
def test_a_workload_that_fits_nowhere_is_left_out_with_the_rule_that_forbids_it(name: str) -> None:
    lonely = workload("w", 2, gpu_models={"deny": ["A10"]})
    plan = solved(name, fleet(workloads=[lonely]))
    assert plan.unplaced[0].replicas == 2
    assert "allowed_types refuses 2 kinds of node" in plan.unplaced[0].reasons[0]
    assert "GPU model A10 is not allowed" in plan.unplaced[0].reasons[0]


def test_an_empty_fleet_is_no_reason_to_fail() -> None:
    for name in BASELINES:
        plan = solved(name, fleet(clusters=[], offerings=[]))
        assert plan.unplaced[0].reasons == (
            "the fleet has no nodes, and no node pool that may grow",
        )
        assert solved(name, Problem()).status == "feasible"

"""The greedy rules on a ledger that looks only where there is room, and on one that looks anywhere.

And the arrays that a search starts from, beside the plan that they stand for.
"""

import numpy as np
import pytest

from placement.candidates import find_candidates
from placement.instance import make_instance
from placement.plan import Plan
from placement.problem import Problem
from placement.solvers.greedy import BASELINES
from placement.solvers.greedy.run import carry_out
from placement.solvers.greedy.starts import order_of, start_at
from placement.starting import Start, best_of
from tests.generate import random_problem
from tests.generate_rules import with_rules
from tests.greedy_fleet import bought, cluster, fleet, offer, running, solved, workload
from tests.plain_ledger import PlainLedger

RULES = frozenset({"load", "whole_nodes", "current"})
SEEDS = range(60)


def _problem(seed: int) -> Problem:
    problem = random_problem(seed)
    return with_rules(problem, seed, RULES) if seed % 2 else problem


@pytest.mark.parametrize("name", sorted(BASELINES))
def test_a_rule_places_the_same_where_all_nodes_are_looked_at(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    problems = [_problem(seed) for seed in SEEDS]
    plans = [BASELINES[name](problem).fingerprint() for problem in problems]
    monkeypatch.setattr("placement.solvers.greedy.run.Ledger", PlainLedger)
    assert [BASELINES[name](problem).fingerprint() for problem in problems] == plans


@pytest.mark.parametrize("name", sorted(BASELINES))
def test_unchecked_rows_of_a_plan_pass_every_check(name: str) -> None:
    for seed in SEEDS:
        plan = BASELINES[name](_problem(seed))
        again = Plan.model_validate_json(plan.to_json())
        assert again.fingerprint() == plan.fingerprint()
        assert all(a == b for a, b in zip(plan.nodes, again.nodes, strict=True))
        assert plan.assignments == again.assignments
        assert plan.node_pools == again.node_pools


@pytest.mark.parametrize("name", ["cheapest", "ffd", "inventory"])
def test_the_start_of_a_run_is_the_start_of_its_plan(name: str) -> None:
    checked = 0
    for seed in SEEDS:
        instance = make_instance(_problem(seed))
        run = carry_out(name, instance.candidates, instance.caps)
        if run.short:
            continue
        checked += 1
        mine, plans = start_at(run, instance), Start.of(instance, run.plan())
        assert np.array_equal(mine.x, plans.x)
        assert np.array_equal(mine.n, plans.n)
        assert mine.plan().fingerprint() == plans.plan().fingerprint()
        assert len(mine.fills) == len(plans.fills)
        for one, other in zip(mine.fills, plans.fills, strict=True):
            assert (one.supply, one.nodes, one.verdict) == (
                other.supply,
                other.nodes,
                other.verdict,
            )
            assert np.array_equal(one.candidate, other.candidate)
    assert checked > len(SEEDS) // 2


def test_runs_are_in_the_order_of_their_plans() -> None:
    for seed in SEEDS:
        problem = random_problem(seed)
        instance = make_instance(problem)
        runs = [carry_out(name, instance.candidates) for name in ("cheapest", "ffd")]
        runs = [run for run in runs if not run.short]
        if runs:
            best = min(runs, key=lambda run: order_of(run, instance))
            expected = best_of(problem, [run.plan() for run in runs])
            assert expected is not None
            assert best.plan().fingerprint() == expected.fingerprint()


def test_nodes_that_are_full_are_not_looked_at_again_until_replicas_leave_them() -> None:
    clusters = [cluster("a", "east", nodes=[running(f"n{n}", None, 1) for n in range(8)])]
    ledger = carry_out(
        "cheapest", find_candidates(fleet(clusters=clusters, workloads=[workload("w", 8)]))
    ).ledger
    assert ledger.fit(0)[0].tolist() == []
    ledger.take_back({2: 1, 5: 1})
    assert ledger.fit(0)[0].tolist() == [2, 5]
    assert ledger.loads[:, 0].tolist() == [0, 1, 3, 4, 6, 7]


def test_a_node_not_bought_after_all_needs_no_name_that_is_free() -> None:
    pools = [{"name": "p", "instance_type": "one"}, {"name": "q", "instance_type": "four"}]
    tight = cluster("a", "east", *pools, nodes=[running("p-new-1", "p", 0)])
    rates = {"one": 3.0, "four": 10.0}
    load = {"amount": 10.0, "unit": "rps", "per_replica": rates}
    asked = {**workload("w", 0), "load": load}
    del asked["replicas"]
    offerings = [offer("east", "one", 1.0, stock=1), offer("east", "four", 100.0)]
    plan = solved("cheapest", fleet(clusters=[tight], offerings=offerings, workloads=[asked]))
    assert bought(plan) == {"a/q": 1}
    assert [node.name for node in plan.nodes] == ["p-new-1", "q-new-1"]

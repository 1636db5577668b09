"""The judge on ``load``: what carries it, how much is left, and that nothing is in vain."""

from typing import Any

import pytest

from placement.plan import Plan
from placement.problem import Problem
from tests.two_regions import fleet, workload
from tests.written_plan import New, broken, written

RATES = {"plain": 10.0, "duo": 35.0}


def of(amount: float, rates: dict[str, float] = RATES, **fields: Any) -> Problem:
    return fleet(workload(load={"amount": amount, "per_replica": rates}, **fields))


def judged(problem: Problem, plain: int, duo: int = 0, **more: Any) -> set[str]:
    new: list[New] = [("e-duo", "a", {"w": duo})] if duo else []
    return broken(problem, written(problem, {"e1": {"w": plain}, "e2": None}, new, **more))


@pytest.mark.parametrize(
    ("amount", "plain", "duo", "holds"),
    [
        (30.0, 3, 0, True),
        (30.0, 4, 0, False),
        (30.1, 4, 0, True),
        (30.0, 2, 0, True),  # the rest is told
        (45.0, 1, 1, True),
        (45.0, 2, 1, False),  # either small one can go
        (35.0, 1, 1, False),
        (70.0, 1, 2, False),
        (0.3, 3, 0, True),  # three times 0.1 is 0.3 exactly, for all that floats say
    ],
)
def test_no_replica_may_be_dropped_with_all_still_carried(
    amount: float, plain: int, duo: int, holds: bool
) -> None:
    rates = {"plain": 0.1, "duo": 1.0} if amount < 1 else RATES
    assert judged(of(amount, rates), plain, duo) == (set() if holds else {"load"})


def test_types_without_a_rate_are_refused() -> None:
    problem = of(30.0, {"duo": 35.0})
    plan = written(problem, {"e1": {"w": 1}, "e2": None})
    assert broken(problem, plan) == {"load"}
    unknown = of(30.0)
    assert broken(unknown, written(unknown, {"m": {"w": 1}, "e2": None})) == {"load"}


@pytest.mark.parametrize(
    "rule",
    [
        {"spread": [{"by": "node", "min_groups": 2}]},
        {"survive": [{"loss_of": "node", "keep_replicas": 1}]},
    ],
)
def test_groups_and_losses_may_take_replicas_beyond_the_load_as_many_as_are_of_use(
    rule: dict[str, Any],
) -> None:
    problem = of(10.0, **rule)
    most = problem.workloads[0].most_replicas
    for replicas in range(2, 6):
        plan = written(problem, {"e1": {"w": replicas - 1}, "w1": {"w": 1}, "e2": None})
        assert broken(problem, plan) == (set() if replicas <= most else {"load"})
    alone = of(10.0, spread=[{"by": "node", "max_groups": 2}])
    plan = written(alone, {"e1": {"w": 1}, "w1": {"w": 1}, "e2": None})
    assert broken(alone, plan) == {"load"}


LEFT = {"workload": "default/w", "unit": "requests/s"}


@pytest.mark.parametrize(
    ("unplaced", "holds"),
    [
        ([LEFT | {"load": 10.25}], True),
        ([LEFT | {"load": 10.25 * (1 + 1e-10)}], True),
        ([LEFT | {"load": 10.25 * (1 + 1e-8)}], False),
        ([], False),
        ([LEFT | {"load": 10.25, "replicas": 1}], False),
        ([LEFT | {"load": 10.25, "unit": "tokens/s"}], False),
        ([LEFT | {"load": 10.25, "unit": None}], False),
        ([LEFT | {"load": 0.25}, LEFT | {"load": 10.0}], True),
        ([LEFT | {"load": 30.25}], False),
    ],
)
def test_what_is_not_carried_is_told_in_the_loads_unit(
    unplaced: list[dict[str, Any]], holds: bool
) -> None:
    assert judged(of(30.25), 2, unplaced=unplaced) == (set() if holds else {"demand"})


def test_replicas_are_not_left_out_as_load_nor_beside_a_load_that_is_carried() -> None:
    assert judged(of(30.0), 3, unplaced=[LEFT | {"load": 1e-12}]) == {"demand"}
    problem = fleet(workload())
    left = [{"workload": "default/w", "replicas": 7, "load": 7.0, "unit": "requests/s"}]
    plan = written(problem, {"e1": {"w": 1}, "e2": None}, unplaced=left)
    assert broken(problem, plan) == {"demand"}


def test_a_replica_over_several_nodes_carries_its_rate_once() -> None:
    wide: dict[str, Any] = {"nodes_per_replica": 2, "requests": {"nvidia.com/gpu": 2}}
    parts: list[New] = [("e-duo", "a", {"w": part}) for part in ("1/2", "2/2")]
    for amount, replicas, rules in ((70.0, 2, set()), (35.0, 1, set()), (35.0, 2, {"load"})):
        problem = of(amount, **wide)
        plan = written(problem, {"e2": None}, parts * replicas)
        assert broken(problem, plan) == rules


def test_a_claim_that_no_plan_exists_leaves_all_load_out() -> None:
    document = of(30.0).model_dump(mode="json")
    document["clusters"][2]["node_pools"][0]["min_nodes"] = 2
    document["clusters"][2]["limits"] = {"nodes": 1}
    problem = Problem.model_validate(document)
    claim = Plan.model_validate({"status": "infeasible", "unplaced": [LEFT | {"load": 30.0}]})
    assert broken(problem, claim) == set()
    assert broken(problem, claim.model_copy(update={"unplaced": ()})) == {"demand"}


def test_a_spread_that_needs_no_second_group_lets_no_replica_be_in_vain() -> None:
    assert judged(of(35.0, spread=[{"by": "node", "max_groups": 2}]), 1, 1) == {"load"}

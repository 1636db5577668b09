"""Conflicts and repairs where stock is not certain: nodes that surely are there, or less doubt."""

from typing import Any

import pytest

from placement import Problem, place, verify
from placement.conflicts import conflict
from placement.relaxing import relaxables
from placement.repairs import Repair, repair
from tests.exhaustive import optimum
from tests.generate_stock import market
from tests.judged_reasons import (
    conflict_is_minimal,
    fits,
    no_other_repair_is_better,
    repair_makes_whole,
)

Json = dict[str, Any]

DOUBTFUL = {"quantiles": {0: 1, 0.1: 2, 0.3: 3, 0.7: 9}}


def shop(*stocks: Any, replicas: int = 4, age: float = 0.0, **terms: float) -> Problem:
    """Return a region with pools p1, p2, ... of nodes for one replica, ever dearer."""
    names = [f"p{number}" for number in range(1, len(stocks) + 1)]
    rows = [
        {
            **{"region": "r", "instance_type": name, "price": 1.0 + number, "stock": stock},
            "stock_age_minutes": age,
        }
        for number, (name, stock) in enumerate(zip(names, stocks, strict=True))
    ]
    pools = [{"name": name, "instance_type": name} for name in names]
    document: Json = {
        "instance_types": [{"name": n, "allocatable": {"cpu": 4, "memory": "8Gi"}} for n in names],
        "offerings": rows,
        "clusters": [{"name": "c", "region": "r", "node_pools": pools}],
        "workloads": [{"name": "w", "replicas": replicas, "requests": {"cpu": 4}}],
        "objective": terms,
    }
    return Problem.model_validate(document)


def mended(problem: Problem) -> Repair:
    """Return the repair of a problem's plan, held against the judge."""
    found = repair(problem, place(problem))
    assert found is not None
    assert found.proven
    assert verify(found.problem, found.plan) == ()
    assert fits(place(found.problem))
    return found


def test_rules_of_doubt_are_told_in_the_words_of_the_input() -> None:
    terms = {"confidence": 0.9, "stock_half_life_minutes": 60.0}
    problem = shop({"low": 2, "high": 11}, DOUBTFUL, 3, age=15.0, replicas=9, **terms)
    assert [str(rule) for rule in relaxables(problem)] == [
        "stock of p1 (on-demand) in r: {low: 2, high: 11}",
        "stock of p2 (on-demand) in r: {quantiles: {0: 1, 0.1: 2, 0.3: 3, 0.7: 9}}",
        "stock of p3 (on-demand) in r: 3, 15 minutes old",
        "objective.confidence: 0.9",
    ]


def test_what_is_certain_enough_is_no_rule_that_could_help() -> None:
    assert relaxables(shop({"low": 4, "high": 9}, replicas=4, confidence=0.99)) == ()
    assert [rule.kind for rule in relaxables(shop({"low": 2, "high": 3}, replicas=4))] == ["stock"]


def test_a_conflict_names_the_doubt_and_the_confidence() -> None:
    found = conflict(shop(DOUBTFUL, confidence=0.95))
    assert found is not None
    assert found.lines() == (
        "objective.confidence: 0.95",
        "stock of p1 (on-demand) in r: {quantiles: {0: 1, 0.1: 2, 0.3: 3, 0.7: 9}}",
    )


def test_the_confidence_falls_by_the_least_that_does() -> None:
    """Nodes that are certain cost as much, so the first by name is told."""
    found = mended(shop(DOUBTFUL, replicas=3, confidence=0.95))
    assert found.changes == ("objective.confidence: 0.95 -> 0.7",)
    assert not fits(place(shop(DOUBTFUL, replicas=3, confidence=0.701)))


def test_nodes_that_are_certain_help_where_a_lower_confidence_does_not() -> None:
    found = mended(shop({"low": 1, "high": 2}, replicas=3, confidence=0.5))
    assert found.changes == ("stock of p1 (on-demand) in r: {low: 1, high: 2} -> 3, certain",)
    assert found.problem.offerings[0].stock == 3


def test_nodes_that_are_certain_are_those_that_the_cheapest_plan_uses() -> None:
    """Less confidence would buy three of the dear ones, which costs more."""
    found = mended(shop({"low": 0, "high": 1}, DOUBTFUL, replicas=3, confidence=0.95))
    assert found.changes == ("stock of p1 (on-demand) in r: {low: 0, high: 1} -> 3, certain",)
    assert found.cost == 3.0


def test_without_a_confidence_a_median_is_replaced_by_what_is_certain() -> None:
    found = mended(shop({"low": 0, "high": 4}, replicas=3))
    assert found.changes == ("stock of p1 (on-demand) in r: {low: 0, high: 4} -> 3, certain",)


def test_old_news_of_a_stock_are_made_new() -> None:
    terms = {"confidence": 0.75, "stock_half_life_minutes": 60.0}
    less = mended(shop(3, age=60.0, replicas=3, **terms))
    assert less.changes == ("objective.confidence: 0.75 -> 0.5",)
    more = mended(shop(3, age=60.0, replicas=4, **terms))
    assert more.changes == ("stock of p1 (on-demand) in r: 3, 60 minutes old -> 4, certain",)
    assert more.problem.offerings[0].stock_age_minutes == 0.0


def confident(problem: Problem, least: float) -> Problem:
    terms = problem.objective.model_copy(update={"confidence": least})
    return problem.model_copy(update={"objective": terms})


@pytest.mark.parametrize("seed", [4, 39])
def test_no_packing_reaches_a_higher_confidence(seed: int) -> None:
    problem = market(seed)
    found = mended(problem)
    assert [rule.kind for rule in found.rules] == ["confidence"]
    least = found.problem.objective.confidence
    assert least is not None
    asked = sum(workload.replicas or 0 for workload in problem.workloads)
    for confidence, whole in ((least, True), (round(least + 0.001, 3), False)):
        answer = optimum(confident(problem, confidence))
        assert (sum(count for _, count in answer.placed) == asked) is whole


@pytest.mark.parametrize("seed", [4, 8, 21])
def test_no_other_change_is_smaller_or_cheaper(seed: int) -> None:
    problem = market(seed)
    assert conflict_is_minimal(problem, seed)
    assert no_other_repair_is_better(problem, place(problem), seed)


@pytest.mark.large
def test_no_other_change_is_smaller_or_cheaper_in_100_markets() -> None:
    found, seed = 0, 1000
    while found < 100:
        problem = market(seed)
        plan = place(problem)
        if not fits(plan) and len(relaxables(problem)) < 9:
            conflict_is_minimal(problem, seed)
            repair_makes_whole(problem, plan, seed)
            no_other_repair_is_better(problem, plan, seed)
            found += 1
        seed += 1

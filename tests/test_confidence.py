"""Stock that is not certain, and plans that hold with a stated probability."""

from collections import Counter
from fractions import Fraction
from math import sqrt
from typing import Any

import numpy as np
import pytest

from placement import InputError, Problem, place, verify
from placement.problem import Offering
from tests.agreement import agrees, costs_the_same
from tests.exhaustive_stock import likely, odds, there
from tests.generate_stock import drawn, market

Json = dict[str, Any]


@pytest.mark.parametrize("first", range(0, 90, 30))
def test_plans_are_those_of_exhaustive_search(first: int) -> None:
    for seed in range(first, first + 30):
        agrees(drawn(seed), seed)
        agrees(market(seed), seed)


@pytest.mark.large
@pytest.mark.parametrize("solver", ["highs", "cp-sat", "scip"])
def test_plans_of_every_backend_are_those_of_exhaustive_search(solver: str) -> None:
    for seed in range(1000, 1300):
        costs_the_same(drawn(seed), seed, solver)
        costs_the_same(market(seed), seed, solver)


def shop(*stocks: Any, replicas: int = 4, **terms: float) -> Json:
    """Return a region with pools p1, p2, ... of nodes for one replica, ever dearer."""
    names = [f"p{number}" for number in range(1, len(stocks) + 1)]
    return {
        "instance_types": [{"name": n, "allocatable": {"cpu": 4, "memory": "8Gi"}} for n in names],
        "offerings": [
            {"region": "r", "instance_type": name, "price": 1.0 + number, "stock": stock}
            for number, (name, stock) in enumerate(zip(names, stocks, strict=True))
        ],
        "clusters": [
            {
                "name": "c",
                "region": "r",
                "node_pools": [{"name": n, "instance_type": n} for n in names],
            }
        ],
        "workloads": [{"name": "w", "replicas": replicas, "requests": {"cpu": 4}}],
        "objective": terms,
    }


def bought(document: Json) -> list[int]:
    """Return the nodes that the plan buys of each pool."""
    problem = Problem.model_validate(document)
    plan = place(problem)
    assert verify(problem, plan) == ()
    return [row.change for row in plan.node_pools]


def stock_of(stock: Any) -> Offering:
    row = {"region": "r", "instance_type": "t", "price": 1.0, "stock": stock}
    return Offering.model_validate(row)


@pytest.mark.parametrize(
    ("stock", "median"),
    [
        (3, 3),
        (None, None),
        ({"low": 1, "high": 6}, 4),
        ({"low": 2, "high": 2}, 2),
        ({"low": 0, "high": 1}, 1),
        ({"quantiles": {0.1: 0, 0.5: 3, 0.9: 8}}, 3),
        ({"quantiles": {0.1: 2, 0.51: 3}}, 2),
        ({"quantiles": {0.6: 3}}, 0),
        ({"low": 0, "high": 2**31 - 1}, 2**30),
    ],
)
def test_without_a_confidence_the_median_counts(stock: Any, median: int | None) -> None:
    assert stock_of(stock).certain_stock == median


def test_a_quantile_is_there_with_what_its_share_leaves() -> None:
    stock = stock_of({"quantiles": {0.1: 1, 0.5: 3, 0.9: 8}}).stock
    assert not isinstance(stock, int | None)
    chances = [stock.chance(nodes) for nodes in range(10)]
    tenths = [int(10 * chance) for chance in chances]
    assert tenths == [10, 9, 5, 5, 1, 1, 1, 1, 1, 0]
    assert chances == [there(stock, nodes) for nodes in range(10)]


@pytest.mark.parametrize(
    ("confidence", "nodes"),
    [(0.5, [3, 1]), (0.7, [3, 1]), (0.71, [2, 2]), (0.9, [2, 2]), (0.91, [1, 3]), (1.0, [1, 3])],
)
def test_the_plan_buys_as_much_as_is_likely_enough(confidence: float, nodes: list[int]) -> None:
    doubtful = {"quantiles": {0: 1, 0.1: 2, 0.3: 3, 0.7: 9}}
    assert bought(shop(doubtful, None, confidence=confidence)) == nodes


def test_probabilities_of_several_offerings_multiply_and_may_just_reach() -> None:
    tenth = {"quantiles": {0.1: 1}}
    assert bought(shop(tenth, tenth, None, replicas=2, confidence=0.81)) == [1, 1, 0]
    assert bought(shop(tenth, tenth, None, replicas=2, confidence=0.8100001)) == [1, 0, 1]


def test_old_information_is_worth_less() -> None:
    document = shop(5, None, replicas=1, confidence=0.5, stock_half_life_minutes=60.0)
    document["offerings"][0]["stock_age_minutes"] = 60
    assert bought(document) == [1, 0]
    document["offerings"][0]["stock_age_minutes"] = 60.1
    assert bought(document) == [0, 1]


def test_ages_add_up_exactly() -> None:
    document = shop(1, 1, None, replicas=2, confidence=0.5, stock_half_life_minutes=60.0)
    for row in document["offerings"][:2]:
        row["stock_age_minutes"] = 30  # the square of the root of one half is one half
    assert bought(document) == [1, 1, 0]
    document["objective"]["confidence"] = 0.5000000001
    assert bought(document) == [1, 0, 1]


def test_what_is_left_out_for_the_risk_says_so() -> None:
    half = {"quantiles": {0.3: 1}}
    problem = Problem.model_validate(shop(half, half, replicas=2, confidence=0.6))
    (row,) = place(problem).unplaced
    assert "confidence: with one node more of p2 (on-demand) in r" in " ".join(row.reasons)


def test_the_judge_names_a_confidence_that_is_missed_and_a_median_that_is_exceeded() -> None:
    stock = {"quantiles": {0.1: 1, 0.6: 4}}
    problem = Problem.model_validate(shop(stock, replicas=4, confidence=0.4))
    plan = place(problem)
    assert plan.whole
    stricter = Problem.model_validate(shop(stock, replicas=4, confidence=0.41))
    assert {violation.rule for violation in verify(stricter, plan)} == {"confidence"}
    plain = Problem.model_validate(shop(stock, replicas=4))
    assert {violation.rule for violation in verify(plain, plan)} == {"stock"}


def test_the_judge_rejects_exactly_the_purchases_that_are_not_likely_enough() -> None:
    rejected = Counter[bool]()
    for seed in range(60):
        problem = market(seed)
        terms = problem.objective.model_copy(update={"confidence": None})
        plan = place(problem.model_copy(update={"objective": terms}))  # by the medians
        regions = {cluster.name: cluster.region for cluster in problem.clusters}
        count: Counter[int] = Counter()
        for node in plan.nodes:
            for at, row in enumerate(problem.offerings):
                same = (row.region, row.instance_type) == (
                    regions[node.cluster],
                    node.instance_type,
                )
                count[at] += node.state == "new" and same and row.zone in {None, node.zone}
        broken = {v.rule for v in verify(problem, plan)} if plan.status != "infeasible" else set()
        if plan.status != "infeasible":
            assert broken == (set() if likely(problem, count) else {"confidence"}), seed
            rejected["confidence" in broken] += 1
    assert min(rejected[True], rejected[False]) >= 10


def test_a_minimum_that_is_not_likely_enough_leaves_no_plan() -> None:
    document = shop({"quantiles": {0.1: 1}}, confidence=0.95)
    document["clusters"][0]["node_pools"][0]["min_nodes"] = 1
    problem = Problem.model_validate(document)
    plan = place(problem)
    assert plan.status == "infeasible"
    assert verify(problem, plan) == ()
    document["objective"]["confidence"] = 0.9
    assert {v.rule for v in verify(Problem.model_validate(document), plan)} == {"infeasible"}


@pytest.mark.parametrize(
    ("stock", "path", "rule"),
    [
        ({"low": 1}, "offerings[0].stock", "both low and high"),
        ({"low": 3, "high": 1}, "offerings[0].stock", "at least low"),
        ({"low": 1, "high": -1}, "offerings[0].stock.high", "greater than or equal to 0"),
        ({"lo": 1, "high": 2}, "offerings[0].stock.lo", "did you mean 'low'"),
        ({"quantiles": {0.5: 3, 0.9: 1}}, "offerings[0].stock", "fall as their share rises"),
        ({"quantiles": {1.5: 3}}, "offerings[0].stock.quantiles", "from 0 to 1"),
        ({"quantiles": {0.5: 1.5}}, "offerings[0].stock.quantiles", "whole number"),
        ({"low": 1, "high": 2, "quantiles": {0.5: 1}}, "offerings[0].stock", "not both"),
        (-1, "offerings[0].stock", "greater than or equal to 0"),
    ],
)
def test_a_stock_that_means_nothing_is_refused_with_its_path(
    stock: Any, path: str, rule: str
) -> None:
    with pytest.raises(InputError) as caught:
        Problem.model_validate(shop(stock))
    (issue,) = caught.value.issues
    assert issue.path == path
    assert rule in issue.rule


def test_what_changes_nothing_is_warned_of() -> None:
    document = shop(3, confidence=0.9)
    assert "confidence changes nothing" in " ".join(Problem.model_validate(document).warnings())
    document["offerings"][0]["stock_age_minutes"] = 10
    said = " ".join(Problem.model_validate(document).warnings())
    assert "stock_age_minutes changes nothing without objective.stock_half_life_minutes" in said
    document["objective"] = {"stock_half_life_minutes": 60, "confidence": 0.5}
    assert Problem.model_validate(document).warnings() == ()
    document["objective"] = {"stock_half_life_minutes": 60}
    said = " ".join(Problem.model_validate(document).warnings())
    assert "stock_age_minutes changes nothing without objective.confidence" in said


def test_a_stock_that_is_set_is_certain() -> None:
    document = shop({"low": 0, "high": 9}, confidence=0.9, stock_half_life_minutes=60)
    document["offerings"][0]["stock_age_minutes"] = 600
    problem = Problem.model_validate(document).with_stock("p1", "r", 4)
    assert place(problem).whole


DRAWS = 10_000
FAR = 2.5758  # standard errors: 99 % of a normal distribution lies within (its 99.5th percentile)


def failures(problem: Problem, seed: int) -> tuple[Fraction, float]:
    """Return how likely a plan's purchases are all there, and the share of draws that lack some."""
    counts: Counter[str] = Counter()
    for node in place(problem).nodes:
        counts[str(node.instance_type)] += node.state == "new"
    rng, exact, short = np.random.default_rng(seed), Fraction(1), np.zeros(DRAWS, dtype=np.bool_)
    for row in problem.offerings:
        wanted = counts[row.instance_type]
        assert row.stock is not None
        exact *= there(row.stock, wanted)
        values, chances = zip(*odds(row.stock), strict=True)
        drawn_stock = rng.choice(values, size=DRAWS, p=[float(chance) for chance in chances])
        short |= drawn_stock < wanted
    return exact, float(short.mean())


@pytest.mark.parametrize("confidence", [0.5, 0.8, 0.9, 0.95])
def test_draws_fail_as_often_as_the_plan_states_and_no_more_than_asked(confidence: float) -> None:
    steps = {"quantiles": {0.02: 1, 0.1: 3, 0.5: 5}}
    stocks = ({"low": 1, "high": 9}, steps, {"low": 2, "high": 8})
    problem = Problem.model_validate(shop(*stocks, replicas=6, confidence=confidence))
    exact, share = failures(problem, seed=7)
    risk = float(1 - exact)
    assert exact >= Fraction(str(confidence))
    assert risk > 0
    assert abs(share - risk) <= FAR * sqrt(risk * (1 - risk) / DRAWS)
    allowed = 1 - confidence
    assert share <= allowed + FAR * sqrt(allowed * confidence / DRAWS)

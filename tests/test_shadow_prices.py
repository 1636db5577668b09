"""What a unit more or less of every figure is worth."""

import pytest

from placement import Problem, place
from placement.shadow_prices import ShadowPrice, shadow_prices
from tests.generate import random_problem
from tests.judged_reasons import prices_are_those_of_solving_again, with_teams
from tests.reasons_fleet import GPU, fleet

STEADY = {"region": "eu", "instance_type": "a10", "price": 1.0}
FAR = {"region": "us", "instance_type": "a10", "price": 1.5}
BOTH = [
    {"name": name, "region": name, "node_pools": [{"name": "gpu", "instance_type": "a10"}]}
    for name in ("eu", "us")
]


def prices(problem: Problem) -> dict[str, ShadowPrice]:
    """Return the prices by rule."""
    return {row.rule: row for row in shadow_prices(problem, place(problem))}


def test_stock_is_worth_what_the_next_place_costs_more() -> None:
    problem = fleet(offerings=[{**STEADY, "stock": 1}, FAR], clusters=BOTH)
    row = prices(problem)["stock of a10 (on-demand) in eu"]
    assert (row.unit, row.more, row.less) == ("node", 1.0, 1.0)
    assert row.saves == pytest.approx(0.5)
    assert row.costs == pytest.approx(0.5)
    assert (row.places, row.displaces) == (0.0, 0.0)


def test_a_quota_is_priced_per_unit_of_what_one_node_takes() -> None:
    quota = {"name": "q", "region": "eu", "resource": "vcpus", "limit": 10}
    row = prices(fleet(offerings=[STEADY, FAR], clusters=BOTH, quotas=[quota]))["quota q"]
    assert (row.unit, row.used, row.more) == ("vcpu", 8.0, 6.0)
    assert row.saves == pytest.approx(0.5 / 6)
    assert row.less == 10.0
    assert row.costs == pytest.approx(0.5 / 10)


def test_a_budget_is_priced_in_money_per_money() -> None:
    budget = {"name": "b", "match": {"clusters": ["eu"]}, "max_cost_per_hour": 2.25}
    row = prices(fleet(offerings=[STEADY, FAR], clusters=BOTH, budgets=[budget]))["budget b"]
    assert (row.unit, row.used, row.more) == ("per hour", 2.0, 0.75)
    assert row.saves == pytest.approx(0.5 / 0.75)


def test_what_is_left_out_is_counted_and_not_priced() -> None:
    row = prices(fleet(offerings=[{**STEADY, "stock": 1}]))["stock of a10 (on-demand) in eu"]
    assert (row.saves, row.places) == (None, 1.0)
    assert (row.costs, row.displaces) == (None, 1.0)


def test_a_figure_with_slack_can_have_a_price() -> None:
    asks = {"name": "chat", "replicas": 4, "requests": GPU}
    pools = [{"name": k, "instance_type": k, "max_nodes": n} for k, n in (("a10", 3), ("x4", 1))]
    x4 = {
        "name": "x4",
        "gpu": {"model": "A10", "count": 4, "memory": "24Gi"},
        "allocatable": {"cpu": 32, "memory": "99Gi"},
    }
    kinds = [fleet().instance_types[0].model_dump(mode="json"), x4]
    problem = fleet(
        asks,
        instance_types=kinds,
        offerings=[{**STEADY, "price": 0.8}, {**STEADY, "instance_type": "x4", "price": 3.5}],
        cluster={"node_pools": pools},
    )
    row = prices(problem)["max_nodes of c/a10"]
    assert (row.used, row.bound) == (0.0, 3.0)
    assert row.saves == pytest.approx(0.3)


def test_a_figure_that_nothing_can_use_is_worth_nothing() -> None:
    idle = {"name": "q", "region": "moon", "limit": 3}
    row = prices(fleet(quotas=[idle]))["quota q"]
    assert not row.matters
    assert (row.more, row.less) == (0.0, 0.0)


def test_prices_are_those_of_solving_again() -> None:
    found = 0
    for seed in range(12):
        problem = with_teams(random_problem(seed), seed)
        found += prices_are_those_of_solving_again(problem, place(problem), seed)
    assert found > 4


@pytest.mark.large
def test_prices_are_those_of_solving_again_in_300_problems() -> None:
    for seed in range(100, 400):
        problem = with_teams(random_problem(seed), seed)
        prices_are_those_of_solving_again(problem, place(problem), seed)

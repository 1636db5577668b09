"""``placement compare``: the optimum beside the baselines, and only what may be compared."""

import json
from pathlib import Path

import pytest

from placement import Plan, Problem, place
from placement.cli.comparison import compared
from placement.plan import Unplaced
from placement.solvers.greedy import BASELINES
from tests.bad_documents import GOOD
from tests.cli_command import command, written

# Two regions in which the same nodes have other prices; nothing runs yet.
PRICED = """
instance_types: [{name: n, allocatable: {cpu: 4}}]
offerings:
  - {region: cheap, instance_type: n, price: 1}
  - {region: dear, instance_type: n, price: 3}
clusters:
  - {name: a, region: cheap, node_pools: [{name: p, instance_type: n}]}
  - {name: b, region: dear, node_pools: [{name: p, instance_type: n}]}
workloads: [{name: web, replicas: 4, requests: {cpu: 2}}]
"""


@pytest.fixture
def priced(tmp_path: Path) -> str:
    """Return the path of a problem in which price matters."""
    written(tmp_path, {"fleet.yaml": PRICED})
    return str(tmp_path / "fleet.yaml")


def test_every_baseline_is_a_row_under_the_optimum(priced: str) -> None:
    rows = json.loads(command("compare", priced, "--json").out)
    assert [row["name"] for row in rows] == ["optimum", *BASELINES]
    assert all(row["verified"] for row in rows)
    assert rows[0]["cost_per_hour"] == 2.0


def test_savings_are_of_the_baseline_and_only_where_it_places_as_many(priced: str) -> None:
    rows = {row["name"]: row for row in json.loads(command("compare", priced, "--json").out)}
    assert rows["cheapest"]["saving"] == 0.0
    for row in rows.values():
        if row["replicas_unplaced"]:
            assert row["saving"] is None
        else:
            cost = row["cost_per_hour"]
            assert row["saving"] == pytest.approx((cost - 2.0) / cost)


def test_the_table_says_what_cannot_be_compared() -> None:
    ended = command("compare")
    assert ended.code == 0
    assert "places 4 fewer" in ended.out
    assert "compared only between plans that leave out equally many replicas" in ended.out


def test_the_exit_code_is_that_of_the_optimum(tmp_path: Path) -> None:
    written(tmp_path, {"fleet.yaml": GOOD.replace("replicas: 2", "replicas: 9")})
    assert command("compare", str(tmp_path / "fleet.yaml")).code == 3


def test_a_plan_that_fails_verification_is_shown_and_ends_in_one(
    priced: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(problem: Problem, candidates: object = None) -> Plan:
        return place(problem).model_copy(update={"cost_per_hour": 0.5})

    monkeypatch.setattr("placement.solvers.greedy.BASELINES", {"wrong": wrong})
    ended = command("compare", priced)
    assert ended.code == 1
    assert "wrong breaks cost 1:" in ended.out
    assert "NO        breaks cost 1" in ended.out
    assert "cost: " in ended.out


def test_plans_that_leave_out_other_priorities_are_not_compared() -> None:
    problem = Problem.model_validate(
        {
            "workloads": [
                {"name": "low", "replicas": 1, "requests": {"cpu": 1}},
                {"name": "high", "replicas": 1, "priority": 9, "requests": {"cpu": 1}},
            ]
        }
    )
    left = {name: (Unplaced(workload=f"default/{name}", replicas=1),) for name in ("low", "high")}
    first, other = (Plan(status="feasible", unplaced=left[name]) for name in ("low", "high"))
    same, different = compared(problem, first, {"same": first, "other": other}).rows[1:]
    assert same.saving == 0.0
    assert (different.saving, different.fewer) == (None, 0)

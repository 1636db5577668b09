"""``placement verify``: the verdict and the exit code."""

import json
from pathlib import Path

import pytest

from tests.bad_documents import GOOD
from tests.cli_command import command, written


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a problem and its plan."""
    written(tmp_path, {"fleet.yaml": GOOD})
    ended = command("plan", str(tmp_path / "fleet.yaml"), "-q", "-o", str(tmp_path / "plan.json"))
    assert ended.code == 0
    return tmp_path


def tampered(folder: Path, old: str, new: str) -> Path:
    """Return the folder with one text of the plan replaced."""
    path = folder / "plan.json"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    return folder


def verify(folder: Path, *more: str) -> tuple[int, str, str]:
    """Return exit code, output and messages of the verdict on the folder's plan."""
    plan = str(folder / "plan.json")
    ended = command("verify", str(folder / "fleet.yaml"), "--plan", plan, *more)
    return ended.code, ended.out, ended.err


def test_a_plan_as_it_was_made_is_valid(folder: Path) -> None:
    code, out, err = verify(folder)
    assert (code, err) == (0, "")
    assert out.startswith("valid: 34 rules checked, 2 replicas placed\ncost: 2.80 USD per hour")


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('"cost_per_hour": 2.8', '"cost_per_hour": 2.7', "cost"),
        ('"replicas": 2', '"replicas": 1', "demand"),
        ('"nodes_planned": 2', '"nodes_planned": 3', "node_pools"),
        ('"price": 1.4', '"price": 1.3', "cost"),
        ('"cluster": "c-hz"', '"cluster": "c-elsewhere"', "packing"),
    ],
)
def test_a_plan_that_was_tampered_with_breaks_rules_by_name(
    folder: Path, old: str, new: str, rule: str
) -> None:
    code, out, err = verify(tampered(folder, old, new))
    assert code == 1
    assert out.startswith("invalid: ")
    assert any(line.strip().startswith(f"{rule}: ") for line in out.splitlines())
    assert "verification failed" in err


def test_the_verdict_as_json_lists_rule_place_and_message(folder: Path) -> None:
    assert json.loads(verify(folder, "--json")[1]) == {"valid": True, "violations": []}
    tampered(folder, '"cost_per_hour": 2.8', '"cost_per_hour": 2.7')
    verdict = json.loads(verify(folder, "--json")[1])
    assert verdict["valid"] is False
    assert {"rule", "where", "message"} == set(verdict["violations"][0])


def test_the_plan_may_come_from_standard_input(folder: Path) -> None:
    fleet, plan = str(folder / "fleet.yaml"), (folder / "plan.json").read_text()
    assert command("verify", fleet, "--plan", "-", stdin=plan).code == 0


def test_problem_and_plan_cannot_both_come_from_standard_input() -> None:
    ended = command("verify", "-", "--plan", "-", stdin=GOOD)
    assert ended.code == 2
    assert "only one of the two" in ended.err


def test_a_true_no_is_valid(folder: Path) -> None:
    fleet = folder / "fleet.yaml"
    fleet.write_text(GOOD.replace("max_nodes: 10", "min_nodes: 5, max_nodes: 10"))
    command("plan", str(fleet), "-q", "-o", str(folder / "plan.json"))
    code, out, _ = verify(folder)
    assert (code, out) == (0, "valid: there is no plan for this problem\n")

"""``placement explain``: what it shows."""

import json
from pathlib import Path

import pytest

from tests.bad_documents import GOOD
from tests.cli_command import command, written


@pytest.fixture
def fleet(tmp_path: Path) -> str:
    """Return the path of a small problem with a second cluster that is refused."""
    more = "  - {name: c-far, region: far, node_pools: [{name: gpu, instance_type: a10}]}\n"
    written(tmp_path, {"fleet.yaml": GOOD.replace("workloads:\n", f"{more}workloads:\n")})
    return str(tmp_path / "fleet.yaml")


def test_places_prices_and_refusals_are_shown(fleet: str) -> None:
    ended = command("explain", fleet, "--workload", "chat")
    assert ended.code == 0
    assert "default/chat: 2 of 2 replicas placed" in ended.out
    assert "new a10 (on-demand) in c-hz/gpu, zone hz-a" in ended.out
    assert "c-far/gpu - offering: the pool cannot grow" in ended.out


def test_memory_is_shown_part_by_part() -> None:
    out = command("explain", "--workload", "qwen3-8b", "-q").out
    assert "Memory of each GPU, in GiB" in out
    assert "A10     1  22.07             20.97    15.27" in out
    assert "Limits that bind" in out


def test_a_saved_plan_is_explained_without_solving(
    fleet: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = str(tmp_path / "plan.json")
    command("plan", fleet, "-q", "-o", plan)
    monkeypatch.setattr("placement.place", None)
    ended = command("explain", fleet, "--plan", plan, "-w", "default/chat", "--json")
    assert ended.code == 0
    assert json.loads(ended.out)["placed"] == 2


def test_a_plan_of_another_problem_is_not_explained(fleet: str, tmp_path: Path) -> None:
    plan = str(tmp_path / "plan.json")
    command("plan", "-q", "-o", plan)
    ended = command("explain", fleet, "--plan", plan, "-w", "chat")
    assert ended.code == 1
    assert "no valid plan for this problem" in ended.err
    assert "demand: " in ended.err


def test_what_is_left_out_ends_in_three_with_reasons(fleet: str) -> None:
    path = Path(fleet)
    path.write_text(path.read_text().replace("replicas: 2", "replicas: 9"))
    ended = command("explain", fleet, "-w", "chat")
    assert ended.code == 3
    assert "Left out, because:" in ended.out
    assert "What would change it" in ended.out

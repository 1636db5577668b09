"""``placement explain``: what it shows."""

import json
from pathlib import Path

import pytest

from tests.bad_documents import GOOD
from tests.cli_command import command, written
from tests.reasons_fleet import GPU
from tests.reasons_fleet import fleet as tight


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


def test_what_is_left_out_comes_with_the_conflict_and_the_repair(fleet: str) -> None:
    path = Path(fleet)
    path.write_text(path.read_text().replace("replicas: 2", "replicas: 8"))
    ended = command("explain", fleet, "-w", "chat", "-q")
    rule = (
        "\nOne rule keeps it out, whatever else changes:\n  - stock of a10 (on-demand) in hz: 2\n"
    )
    assert rule in ended.out
    assert "\n  - stock of a10 (on-demand) in hz: 2 -> 7\n  cost: 11.20 USD per hour" in ended.out
    short = command("explain", fleet, "-w", "chat", "-q", "--no-repair")
    assert short.code == 3
    assert ended.out.startswith(short.out)
    assert "whatever else changes" not in short.out


def test_what_a_wider_change_would_save_is_told(tmp_path: Path) -> None:
    survive = {"loss_of": "capacity_type", "keep": 0.5}
    chat = {"name": "chat", "replicas": 4, "requests": GPU, "survive": [survive]}
    chat["capacity_types"] = ["on-demand", "spot"]
    pools = [{"name": "spot", "instance_type": "a10", "capacity_type": "spot", "max_nodes": 9}]
    pools.append({"name": "steady", "instance_type": "a10", "max_nodes": 1})
    problem = tight(chat, cluster={"node_pools": pools})
    path = tmp_path / "fleet.json"
    path.write_text(problem.model_dump_json())
    out = command("explain", str(path), "-w", "chat", "-q").out
    assert "\n  - default/chat: survive loss of capacity_type: keep 0.5 -> 0.25\n" in out
    assert "\n  cost: 2.20 USD per hour, before 1.40: +0.80\n" in out
    assert out.endswith("\n  without these rules at all: 1.60 USD per hour\n")


def test_conflict_repair_and_prices_are_in_the_json(fleet: str) -> None:
    path = Path(fleet)
    path.write_text(path.read_text().replace("replicas: 2", "replicas: 8"))
    found = json.loads(command("explain", fleet, "-w", "chat", "-q", "--prices", "--json").out)
    assert found["conflict"]["rules"] == [
        {"kind": "stock", "rule": "stock of a10 (on-demand) in hz: 2"}
    ]
    assert found["repair"]["changes"] == ["stock of a10 (on-demand) in hz: 2 -> 7"]
    assert [row["places"] for row in found["prices"] if row["kind"] == "stock"] == [1.0]


def test_prices_alone_need_no_workload(fleet: str) -> None:
    ended = command("explain", fleet, "--prices", "-q")
    assert ended.code == 0
    assert ended.out == "3 figures of no price\n"
    assert command("explain", fleet, "-q").code == 2


def test_what_nobody_can_change_is_said_and_has_no_repair(fleet: str) -> None:
    path = Path(fleet)
    path.write_text(path.read_text().replace("{cpu: 1, ", "{cpu: 99, "))
    out = command("explain", fleet, "-w", "chat", "-q").out
    assert "Nothing that an operator can change here helps:" in out
    assert "a replica needs 99 cpu, a node has 8 free" in out
    assert out.endswith("There is no repair.\n")

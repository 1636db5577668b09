"""``placement plan``: what it shows and writes, and how it ends."""

import json
import os
import stat
from pathlib import Path

import pytest
import yaml

from placement import Plan, Problem, place
from placement.adapters.problems import read_problem
from tests.bad_documents import GOOD
from tests.cli_command import command, written

REFERENCE = Path(__file__).resolve().parents[1] / "examples" / "reference"


@pytest.fixture
def fleet(tmp_path: Path) -> str:
    """Return the path of a small good problem: two replicas, one of them on a node that runs."""
    written(tmp_path, {"fleet.yaml": GOOD})
    return str(tmp_path / "fleet.yaml")


def spoilt(fleet: str, old: str, new: str) -> str:
    """Return the path of the fleet with one text replaced."""
    path = Path(fleet)
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    return fleet


def test_without_a_file_the_built_in_example_is_planned_and_named() -> None:
    ended = command("plan")
    assert ended.code == 0
    assert "built-in example" in ended.err
    assert "4 of 4 replicas placed, proven cheapest" in ended.out
    assert "cost: 5.3705 USD per hour, 3,920.45 per month of 730 hours; nodes: 4 new" in ended.out


def test_the_table_says_where_how_many_and_what_the_pools_become(fleet: str) -> None:
    lines = command("plan", fleet).out.splitlines()
    rows = [line.split() for line in lines]
    assert ["WORKLOAD", "CLUSTER", "POOL", "TYPE", "CAPACITY", "ZONE"] in [row[:6] for row in rows]
    assert ["default/chat", "c-hz", "gpu", "a10", "on-demand", "hz-a", "1", "2"] in rows
    assert ["c-hz", "gpu", "1", "2", "+1", "2.80"] in rows


def test_the_reference_manifests_are_planned_two_and_two() -> None:
    ended = command("plan", str(REFERENCE), "-o", "-")
    plan = Plan.model_validate(json.loads(ended.out))
    assert ended.code == 0
    assert {row.cluster: row.replicas for row in plan.assignments} == {
        "c-beijing": 2,
        "c-hangzhou": 2,
    }


def test_a_dash_prints_the_plan_alone(fleet: str) -> None:
    ended = command("plan", fleet, "-o", "-")
    printed = Plan.model_validate(json.loads(ended.out))
    problem = read_problem([fleet]).problem
    assert printed.fingerprint() == place(problem).fingerprint()
    assert ended.out.endswith("}\n")


def test_files_are_written_beside_the_table(fleet: str, tmp_path: Path) -> None:
    names = [str(tmp_path / name) for name in ("plan.json", "bindings.yaml", "pools.yaml")]
    ended = command("plan", fleet, "-o", names[0], "--bindings", names[1], "--node-pools", names[2])
    assert "Assignments" in ended.out
    assert [line for line in ended.err.splitlines() if line.startswith("wrote")] == [
        f"wrote {name}" for name in names
    ]
    plan = Plan.model_validate_json(Path(names[0]).read_text())
    (binding,) = yaml.safe_load_all(Path(names[1]).read_text())
    (pool,) = yaml.safe_load(Path(names[2]).read_text())["node_pools"]
    assert plan.replicas_placed == 2
    assert binding["spec"]["clusters"] == [{"name": "c-hz", "replicas": 2}]
    assert pool["nodes_planned"] == 2


def test_bindings_can_be_printed_in_place_of_the_table(fleet: str) -> None:
    ended = command("plan", fleet, "--bindings", "-")
    (binding,) = yaml.safe_load_all(ended.out)
    assert binding["kind"] == "ResourceBinding"


def test_a_file_is_replaced_whole_with_its_mode_and_through_its_link(
    fleet: str, tmp_path: Path
) -> None:
    target, link = tmp_path / "real.json", tmp_path / "link.json"
    target.write_text("old")
    target.chmod(0o600)
    link.symlink_to(target)
    before = sorted(path.name for path in tmp_path.iterdir())
    assert command("plan", fleet, "-o", str(link)).code == 0
    assert link.is_symlink()
    assert json.loads(target.read_text())["status"] == "optimal"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_a_new_file_has_the_mode_that_the_mask_allows(fleet: str, tmp_path: Path) -> None:
    mask = os.umask(0o027)
    try:
        command("plan", fleet, "-o", str(tmp_path / "plan.json"))
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "plan.json").stat().st_mode) == 0o640


def test_replicas_left_out_end_in_three_and_are_listed_with_reasons(
    fleet: str, tmp_path: Path
) -> None:
    bindings = tmp_path / "bindings.yaml"
    path = spoilt(fleet, "replicas: 2", "replicas: 9")
    ended = command("plan", path, "--bindings", str(bindings))
    assert ended.code == 3
    assert "3 of 9 replicas placed" in ended.out
    assert "default/chat: 6 replicas" in ended.out
    assert "stock of a10 (on-demand) in hz is used up (2 of 2)" in ended.out
    assert "6 replicas are left unplaced" in ended.err
    assert bindings.is_file()


def test_no_plan_ends_in_four_and_writes_nothing_that_acts_on_clusters(
    fleet: str, tmp_path: Path
) -> None:
    path = spoilt(fleet, "max_nodes: 10", "min_nodes: 5, max_nodes: 10")
    plan, bindings = tmp_path / "plan.json", tmp_path / "bindings.yaml"
    ended = command("plan", path, "-o", str(plan), "--bindings", str(bindings))
    assert ended.code == 4
    assert "infeasible: no plan for 2 replicas" in ended.out
    assert "no plan exists" in ended.err
    assert json.loads(plan.read_text())["status"] == "infeasible"
    assert not bindings.exists()
    assert "--bindings" in ended.err


def test_warnings_go_to_standard_error(fleet: str) -> None:
    path = spoilt(fleet, "name: gpu, instance", "capacity_type: spot, name: gpu, instance")
    path = spoilt(path, "free: {cpu: 4", "price: 1, free: {cpu: 4")
    ended = command("plan", path)
    assert "warning: node pool c-hz/gpu cannot grow: no spot offering" in ended.err
    assert "warning" not in ended.out


def test_quiet_says_nothing_but_what_is_wrong(fleet: str, tmp_path: Path) -> None:
    assert command("plan", fleet, "-q", "-o", str(tmp_path / "plan.json")).err == ""
    assert command("plan", "--quiet").err == ""


def test_the_problem_may_come_from_standard_input() -> None:
    ended = command("plan", "-", "-o", "-", stdin=GOOD)
    assert json.loads(ended.out)["status"] == "optimal"


def test_options_reach_the_solver(fleet: str) -> None:
    arguments = ("--solver", "cp-sat", "--time-limit", "9", "--gap", "0.1", "--seed", "7")
    assert json.loads(command("plan", fleet, "-o", "-", *arguments).out)["solver"] == "cp-sat"


def test_a_broken_backend_ends_in_four(fleet: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from placement import SolverError

    def broken(problem: Problem, **options: object) -> Plan:
        raise SolverError("HiGHS failed: it is Monday")

    monkeypatch.setattr("placement.place", broken)
    ended = command("plan", fleet)
    assert ended.code == 4
    assert "no plan: HiGHS failed: it is Monday" in ended.err


def test_a_fault_of_the_program_is_told_from_bad_input(
    fleet: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(problem: Problem, **options: object) -> Plan:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("placement.place", broken)
    ended = command("plan", fleet)
    assert ended.code == 70
    assert "internal error: ZeroDivisionError" in ended.err
    assert "Traceback" not in ended.err
    assert "Traceback" in command("plan", fleet, env={"PLACEMENT_DEBUG": "1"}).err


def test_columns_bound_the_width(fleet: str) -> None:
    ended = command("plan", fleet, env={"COLUMNS": "60"})
    table = ended.out.partition("Assignments")[2]
    assert max(map(len, table.splitlines())) <= 60
    assert {"c-hz", "gpu", "a10", "hz-a"} <= set(table.split())

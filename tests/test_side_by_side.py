"""Runs side by side: each in a process of its own, killed when it must be, always a row."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.benchmark_rows import DONE, cells, row, sign

if TYPE_CHECKING:
    from watched import Watched

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module", autouse=True)
def importable() -> Iterator[None]:
    """Make the modules of the benchmarks importable, as their scripts see them."""
    before = list(sys.path)
    sys.path.insert(0, str(ROOT / "benchmarks"))
    yield
    sys.path[:] = before


def watched(code: str, seconds: float = 60.0, mebibytes: float = 10_240.0) -> "Watched":
    from watched import watch

    return watch([sys.executable, "-c", code], seconds=seconds, mebibytes=mebibytes)


def test_a_command_that_ends_by_itself_has_no_fault() -> None:
    found = watched("print('one'); print('two')")
    assert found.lines == ("one", "two")
    assert found.fault == ""


def test_a_command_that_hangs_is_killed_with_its_children() -> None:
    child = "import time; time.sleep(300)"
    code = "import subprocess, sys; c = subprocess.Popen([sys.executable, '-c', {!r}]); "
    code += "print(c.pid, flush=True); c.wait()"
    found = watched(code.format(child), seconds=1.0)
    assert found.fault == "killed after 1 s"
    (pid,) = found.lines
    assert ends(int(pid))


def ends(pid: int) -> bool:
    """Return whether a process ends, for which it has a little time."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.1)
    return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="memory is read from /proc")
def test_memory_is_that_of_all_processes_and_too_much_of_it_kills() -> None:
    child = "import time; held = bytearray(200 << 20); time.sleep(60)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    found = watched(code, mebibytes=150.0)
    assert found.fault == "killed above 150 MiB"
    assert found.peak > 150.0


def test_a_command_that_breaks_tells_its_last_line() -> None:
    assert watched("raise ValueError('no such thing')").fault == "ValueError: no such thing"
    assert watched("raise SystemExit(3)").fault == "exit 3"


def test_a_row_has_a_cell_for_each_column() -> None:
    from fleet_table import HEAD

    found = row({"stage": "parse", "seconds": 0.25, "peak": 90.0}, {"result": DONE})
    head, rule = (cells(line) for line in HEAD.split("\n"))
    text = dict(zip(head, cells(found.text()), strict=True))
    assert len(rule) == len(head)
    assert text["cost"] == "200.00"
    assert text["bound"] == "190.00"
    assert text["gap"] == "5.000%"
    assert text["unplaced"] == "3"
    assert text["by stage"] == "parse 0.25"
    assert text["peak MiB"] == "90"
    assert text["ended by"] == "time"


def test_the_bound_of_a_strategy_is_held_against_plans_that_leave_out_as_much() -> None:
    exact = row({"result": DONE})
    same = {**DONE, "bound": None, "cost": 380.0}
    assert cells(row({"result": same}, name="ffd").text([exact]))[6] == "50.000%"
    fewer = {**same, "unplaced": 4, "left_out": [4]}
    assert cells(row({"result": fewer}, name="ffd").text([exact]))[6] == ""
    broken = row({"result": same}, {"broken": {"spread": 2}}, name="ffd")
    assert cells(broken.text([exact]))[6] == ""
    assert cells(broken.text([exact]))[-1] == "time; breaks spread x 2"


def test_a_run_that_was_killed_stays_a_row_with_what_was_last_seen() -> None:
    found = row(sign(4.5, 9.0, 7.5), fault="killed after 5 s")
    assert not found.sound
    last = cells(found.text())[-1]
    assert last == "killed after 5 s; last seen in money, best 9.00, bound 7.50"


def test_a_strategy_that_cannot_take_a_rule_says_so_in_its_row() -> None:
    found = row({"refused": "decomposition cannot take load; exact can"}, name="decomposition")
    assert found.sound
    assert found.gap([row({"result": DONE})]) is None
    assert cells(found.text())[-1] == "refused: decomposition cannot take load; exact can"


def test_a_row_shows_stages_in_their_order_and_what_was_chosen() -> None:
    stages = [{"stage": name, "seconds": 1.0} for name in ("verify", "odd", "greedy", "draw")]
    found = cells(row(*stages, {"result": DONE}, name="auto").text())
    assert found[9] == "draw 1.00, greedy 1.00, odd 1.00, verify 1.00"
    assert found[11] == "time; exact"


def command(*arguments: str) -> "subprocess.CompletedProcess[str]":
    asked = [sys.executable, "-m", "benchmarks", "--sizes", "S", *arguments]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_command_writes_a_row_for_every_run(tmp_path: Path) -> None:
    output = tmp_path / "table.md"
    trace, pictures = tmp_path / "runs.jsonl", tmp_path / "pictures"
    files = ("--output", str(output), "--trace", str(trace), "--plots", str(pictures))
    asked = ("--kinds", "islands", "--baselines", "ffd,cheapest", "--executor-workers", "2")
    ran = command(*asked, *files)
    assert ran.returncode == 0, ran.stderr
    lines = [line for line in ran.stdout.splitlines() if line]
    assert set(lines) <= set(output.read_text(encoding="utf-8").splitlines())
    table = [cells(line) for line in lines[2:]]
    names = ("drawn", "exact", "decomposition", "auto", "ffd", "cheapest")
    assert [line[:4] for line in table] == [["S", "islands", "0", name] for name in names]
    _, exact, decomposition, auto, ffd, cheapest = table
    assert exact[-1] == "optimal"
    assert auto[-1] == "optimal; exact"
    assert exact[4] == exact[5] == auto[4]
    assert decomposition[6]
    for stage in ("draw", "warm up"):
        assert f"{stage} " in exact[9]
    kept = [json.loads(line) for line in trace.read_text(encoding="utf-8").splitlines()]
    stages = {line.get("stage") for line in kept[2]["lines"]}
    assert {"before", "candidates", "arrays", "names", "reading", "verifying", "verify"} <= stages
    assert float(ffd[4]) >= float(exact[4])
    assert float(cheapest[4]) >= float(exact[4])
    assert float(exact[10]) > 20.0
    assert len(kept) == 1 + len(names)
    assert len(list(pictures.glob("*.svg"))) == 3


def test_the_command_says_what_a_strategy_cannot_take() -> None:
    asked = ("--kinds", "rules", "--strategies", "decomposition", "--baselines", "none")
    ran = command(*asked)
    assert ran.returncode == 0, ran.stderr
    assert cells(ran.stdout.splitlines()[3])[-1].startswith("refused: decomposition cannot take ")


def test_the_command_fails_where_a_target_is_missed() -> None:
    ran = command("--targets", "--seeds", "0", "--time-limit", "1e-9")
    assert ran.returncode == 1
    *_, target = ran.stdout.splitlines()
    assert cells(target)[0] == "S: proven optimal in 50 ms"
    assert cells(target)[-1] == "**no**"


def test_the_command_tells_of_a_strategy_that_had_to_be_killed() -> None:
    ran = command(
        "--kinds", "gpu", "--strategies", "exact", "--baselines", "none", "--kill-after", "0.05"
    )
    assert ran.returncode == 1
    assert len(ran.stdout.splitlines()) == 4
    assert "killed after 0 s" in ran.stdout


def test_names_that_do_not_exist_are_refused() -> None:
    ran = command("--kinds", "odd")
    assert ran.returncode == 2
    assert "no odd; there are gpu, mixed" in ran.stderr
    assert "no size Q" in command("--sizes", "Q").stderr

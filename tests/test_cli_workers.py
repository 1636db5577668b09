"""``--strategy`` and ``--workers``: what they change, and what they do not."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from placement import Plan, place
from placement.adapters.problems import read_problem
from placement.cli.processes import processes
from tests.bad_documents import GOOD
from tests.cli_command import command, written


@pytest.fixture
def fleet(tmp_path: Path) -> str:
    """Return the path of a small good problem."""
    written(tmp_path, {"fleet.yaml": GOOD})
    return str(tmp_path / "fleet.yaml")


@pytest.mark.parametrize("strategy", ["exact", "decomposition", "greedy"])
def test_the_plan_is_made_by_the_strategy_asked_for(strategy: str, fleet: str) -> None:
    ended = command("plan", fleet, "-o", "-", "--strategy", strategy)
    plan = Plan.model_validate_json(ended.out)
    problem = read_problem([fleet]).problem
    assert plan.fingerprint() == place(problem, strategy=strategy).fingerprint()
    assert ended.code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("compare", "--json"),
        ("explain", "--workload", "chat", "--json"),
        ("whatif", "-c", "replicas chat 1", "--json"),
    ],
)
def test_other_commands_take_them_too(arguments: tuple[str, ...], fleet: str) -> None:
    name, *more = arguments
    ended = command(name, fleet, *more, "--strategy", "exact", "--workers", "2")
    assert ended.code == 0
    assert json.loads(ended.out)


def test_one_worker_is_the_command_itself() -> None:
    with processes(1) as executor:
        assert executor is None


def test_processes_end_with_the_block_whatever_they_are_at() -> None:
    with processes(2) as executor:
        assert executor is not None
        number = executor.submit(os.getpid).result()
        slow = executor.submit(time.sleep, 600)
        assert number != os.getpid()
    assert slow.cancelled() or slow.exception() is not None


def test_processes_hear_no_interrupt() -> None:
    with processes(2) as executor:
        assert executor is not None
        os.kill(executor.submit(os.getpid).result(), signal.SIGINT)
        assert executor.submit(int).result() == 0


def test_processes_end_with_a_command_that_is_killed() -> None:
    """The last to hold the output ends: it can be read to its end."""
    code = (
        "import os, signal, time\n"
        "from placement.cli.processes import processes\n"
        "if __name__ == '__main__':\n"
        "    with processes(2) as executor:\n"
        "        executor.submit(time.sleep, 600)\n"
        "        print(executor.submit(os.getpid).result(), flush=True)\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.returncode == -signal.SIGKILL
    assert ended.stdout.strip().isdigit()
    assert ended.stderr == ""


def test_ctrl_c_is_heard_again_afterwards() -> None:
    with processes(2):
        assert signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    assert threading.current_thread() is threading.main_thread()

"""Streams, signals and start-up, seen from outside: the command as a process of its own."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from placement.__main__ import main

COMMAND = (sys.executable, "-m", "placement")
PLAIN = {k: v for k, v in os.environ.items() if k not in {"COLUMNS", "NO_COLOR", "FORCE_COLOR"}}

# A search that goes on until it is told to stop, or, told to ignore that, for a minute.
SLOW = """
import signal, sys, time
import placement
from placement.__main__ import main

signal.signal(signal.SIGINT, signal.default_int_handler)
exact, deaf, seconds = placement.place, {deaf}, {seconds}

def place(problem, *, progress, cancel, **options):
    begun = time.monotonic()
    while time.monotonic() - begun < seconds and (deaf or not cancel()):
        told = placement.Progress(stage="money", seconds=1.0, best=6.0, bound=5.0)
        progress(told)
        time.sleep(0.02)
    return exact(problem).model_copy(update={{"status": "feasible", "ended_by": "cancelled"}})

placement.place = place
main()
"""


def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    settings = {"capture_output": True, "text": True, "env": PLAIN, "timeout": 60, **options}
    return subprocess.run([*COMMAND, *arguments], check=False, **settings)  # type: ignore[call-overload,no-any-return]


def slow(folder: Path, *, deaf: bool = False) -> "subprocess.Popen[str]":
    """Start a plan that does not end by itself; return once it shows progress."""
    code = SLOW.format(deaf=deaf, seconds=60)
    outputs = ("-o", str(folder / "plan.json"), "--bindings", str(folder / "bindings.yaml"))
    started = subprocess.Popen(
        [sys.executable, "-c", code, "plan", *outputs],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=PLAIN,
    )
    assert started.stderr is not None
    for line in started.stderr:
        if "best 6.00, bound 5.00, gap 16.67 %" in line:
            return started
    raise AssertionError("it ended without a sign of progress")


def test_ctrl_c_shows_the_best_plan_and_writes_what_acts_on_nothing(tmp_path: Path) -> None:
    process = slow(tmp_path)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out.startswith("STOPPED BY CTRL-C: the best plan found until then")
    assert "4 of 4 replicas placed" in out
    assert "stopped by Ctrl-C" in err
    assert "Traceback" not in err
    assert json.loads((tmp_path / "plan.json").read_text())["ended_by"] == "cancelled"
    assert not (tmp_path / "bindings.yaml").exists()


def test_a_second_ctrl_c_leaves_at_once_and_writes_nothing(tmp_path: Path) -> None:
    process = slow(tmp_path, deaf=True)
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    assert any("press Ctrl-C again" in line for line in process.stderr)
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert time.monotonic() - begun < 10
    assert (process.returncode, out) == (130, "")
    assert "interrupted; nothing was written" in err
    assert list(tmp_path.iterdir()) == []


def test_help_starts_without_what_it_does_not_need() -> None:
    show = "import sys; from placement.cli.app import run; run(['--help'])"
    ended = run_code(f"{show}; print('LOADED', *sys.modules)")
    loaded = ended.stdout.partition("LOADED ")[2].split()
    assert "typer" in loaded
    assert not {"ortools", "highspy", "numpy", "yaml", "rich"} & set(loaded)


def run_code(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a script that stands for the command."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=PLAIN,
        timeout=60,
    )


@pytest.mark.parametrize(("module", "package"), [("typer", "typer"), ("yaml", "PyYAML")])
def test_without_its_extra_the_command_says_what_to_install(module: str, package: str) -> None:
    code = (
        f"import sys; sys.modules[{module!r}] = None; from placement.__main__ import main; main()"
    )
    ended = run_code(code, "plan")
    assert (ended.returncode, ended.stdout) == (2, "")
    (line,) = ended.stderr.splitlines()
    assert package in line
    assert "pip install 'placement[cli]'" in line


def test_a_reader_that_leaves_is_no_error() -> None:
    process = subprocess.Popen(
        [*COMMAND, "fit", "qwen3-8b"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=PLAIN
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    with closing(process.stderr) as errors:
        assert errors.read() == b""
    assert process.wait(timeout=60) == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
def test_a_full_device_is_an_error_with_a_reason() -> None:
    with open("/dev/full", "w") as full:
        ended = run("fit", "qwen3-8b", stdout=full, capture_output=False, stderr=subprocess.PIPE)
    assert ended.returncode == 2
    assert "standard output: cannot be written: No space left" in ended.stderr


def test_what_the_encoding_lacks_is_escaped_and_json_stays_utf_8(tmp_path: Path) -> None:
    config: dict[str, int | str] = {"hidden_size": 64, "num_hidden_layers": 2, "vocab_size": 99}
    config |= {"intermediate_size": 128, "num_attention_heads": 4, "model_type": "llama"}
    folder = tmp_path / "模型"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config))
    narrow = {**PLAIN, "PYTHONIOENCODING": "ascii"}
    table = run("fit", str(folder), "--gpu", "A10", env=narrow)
    assert table.returncode == 0
    assert "\\u6a21\\u578b" in table.stdout
    document = run("fit", str(folder), "--gpu", "A10", "--json", env=narrow, encoding="utf-8")
    assert json.loads(document.stdout)[0]["model"] == str(folder)


def on_terminal(arguments: list[str], **environment: str) -> str:
    """Return what a terminal of 80 columns gets from a command, both streams together."""
    master, slave = pty.openpty()
    env = {**PLAIN, "TERM": "xterm", "COLUMNS": "80", **environment}
    process = subprocess.Popen(
        [sys.executable, *arguments], stdin=slave, stdout=slave, stderr=slave, env=env
    )
    os.close(slave)
    seen = b"".join(_chunks(master))
    os.close(master)
    process.wait(timeout=60)
    return seen.decode()


def _chunks(master: int) -> Iterator[bytes]:
    while True:
        try:
            chunk = os.read(master, 65536)
        except OSError:  # Linux says so where others return nothing: the other end is closed
            return
        if not chunk:
            return
        yield chunk


def test_a_terminal_gets_a_live_line_that_is_gone_at_the_end() -> None:
    seen = on_terminal(["-c", SLOW.format(deaf=False, seconds=1.5), "plan"])
    assert "best 6.00, bound 5.00, gap 16.67 %" in seen
    assert "\x1b[2K" in seen.partition("best 6.00")[2]
    assert "\x1b[1mAssignments" in seen


def test_a_terminal_that_wants_no_colour_gets_none() -> None:
    """A live line that a slow machine shows moves the cursor, and has no colour either."""
    seen = on_terminal(["-m", "placement", "plan"], NO_COLOR="1")
    assert "Assignments" in seen
    assert not re.search(r"\x1b\[[\d;]*m", seen)


def test_a_terminal_that_knows_no_escapes_gets_none() -> None:
    seen = on_terminal(["-m", "placement", "plan"], TERM="dumb")
    assert "Assignments" in seen
    assert "\x1b" not in seen


def test_ctrl_c_before_the_command_has_begun_ends_in_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("placement.cli.app.run", interrupted)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130
    assert capsys.readouterr().err == "placement: interrupted; nothing was written\n"

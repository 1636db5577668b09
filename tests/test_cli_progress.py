"""Progress: silent for a second, then figures; never on standard output."""

import math
from dataclasses import dataclass

import pytest

from placement.cli import progress
from placement.cli.progress import make_line, progress_text
from placement.place import Progress


@dataclass
class At:
    """Where some work is."""

    seconds: float
    stage: str = "solving"
    progress: Progress | None = None
    currency: str = "USD"


def told(stage: str, best: float, bound: float) -> At:
    """Return work that has told how far it is."""
    return At(9.0, progress=Progress(stage=stage, seconds=8.0, best=best, bound=bound))


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (At(3.2, stage="reading"), "3 s  reading"),
        (
            told("money", 38.1304, 37.5),
            "9 s  solving: cost in USD per hour: best 38.1304, bound 37.50, gap 1.65 %",
        ),
        (
            told("placed", 4.0, 0.0),
            "9 s  solving: replicas left out: best 4, bound 0, gap 100 %",
        ),
        (
            told("money", math.inf, -math.inf),
            "9 s  solving: cost in USD per hour: best none yet, bound none yet, gap unknown",
        ),
        (
            told("money", 1e30, 2.0),
            "9 s  solving: cost in USD per hour: best none yet, bound 2.00, gap unknown",
        ),
        (
            told("rounding", math.inf, 37.5),
            "9 s  solving: rounding, cost in USD per hour: best none yet, bound 37.50, gap unknown",
        ),
        (
            told("improvement", 40.0, 38.0),
            "9 s  solving: improvement, cost in USD per hour: best 40.00, bound 38.00, gap 5 %",
        ),
        (told("nodes", 4.0, 4.0), "9 s  solving: nodes: best 4, bound 4, gap 0 %"),
    ],
)
def test_best_bound_and_gap_are_said_in_the_stages_units(state: At, text: str) -> None:
    assert progress_text(state) == text


def test_plain_lines_come_after_a_second_and_then_every_few(
    capsys: pytest.CaptureFixture[str],
) -> None:
    line = make_line(quiet=False)
    for tenths in range(130):
        line.show(At(tenths / 10))
    line.close()
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == ["1 s  solving", "6 s  solving", "11 s  solving"]


def test_quiet_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    line = make_line(quiet=True)
    line.show(At(99.0))
    line.close()
    assert capsys.readouterr() == ("", "")


def test_a_dumb_terminal_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "dumb")
    assert type(make_line(quiet=False)) is progress._Plain
    monkeypatch.setenv("TERM", "xterm")
    assert type(make_line(quiet=False)) is progress._Live

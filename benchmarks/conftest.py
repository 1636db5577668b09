"""Lets the benchmarks import their neighbours, and shows their figures as one Markdown table."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

_ROWS: pytest.StashKey[list[tuple[str, ...]]] = pytest.StashKey()


@pytest.fixture
def table(pytestconfig: pytest.Config) -> list[tuple[str, ...]]:
    """Return the rows of the table shown at the end; a benchmark appends its own."""
    return pytestconfig.stash.setdefault(_ROWS, [])


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Show what the benchmarks have put in the table."""
    rows = config.stash.get(_ROWS, [])
    if not rows:
        return
    terminalreporter.section("stages")
    for row in (("size", "stage", "median", "note"), ("---",) * 4, *rows):
        terminalreporter.write_line("| " + " | ".join(row) + " |")

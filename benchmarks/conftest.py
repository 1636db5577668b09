"""Lets the benchmarks import their neighbours, and shows their figures as one Markdown table."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parent))

if TYPE_CHECKING:
    from figures import Figure

_FIGURES: pytest.StashKey[list["Figure"]] = pytest.StashKey()


@pytest.fixture
def figures(pytestconfig: pytest.Config) -> list["Figure"]:
    """Return the figures shown at the end; a benchmark appends its own."""
    return pytestconfig.stash.setdefault(_FIGURES, [])


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Show the figures."""
    from figures import markdown  # noqa: PLC0415 # importable only once this file has run

    if found := config.stash.get(_FIGURES, []):
        terminalreporter.section("stages")
        for line in markdown(found):
            terminalreporter.write_line(line)

"""Help that teaches: every command has an example and its exit codes."""

import pytest

from tests.cli_command import command

COMMANDS = ("plan", "verify", "compare", "explain", "diff", "whatif", "fit", "schema")


def test_the_whole_lists_every_command_with_what_it_does() -> None:
    out = command("--help").out
    listed = {line.split()[0] for line in out.partition("Commands:")[2].splitlines() if line}
    assert listed == set(COMMANDS)
    assert "0 all replicas placed" in out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_examples_and_exit_codes(name: str) -> None:
    ended = command(name, "--help")
    assert ended.code == 0
    assert f"\n    placement {name}" in ended.out
    assert "Examples:\n" in ended.out
    assert "Exit codes:" in ended.out
    assert ended.out.isascii()


def test_without_a_command_the_help_is_shown_as_an_error() -> None:
    ended = command()
    assert (ended.code, ended.out) == (2, "")
    assert "Usage: placement" in ended.err


def test_the_version_is_that_of_the_package() -> None:
    from importlib.metadata import version

    assert command("--version").out == f"placement {version('placement')}\n"

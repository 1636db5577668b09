"""docs/whatif.md: every command prints what the page says, and the Python runs."""

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest
import yaml

from tests.cli_command import command, written

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "whatif.md").read_text()


def blocks(language: str) -> list[str]:
    """Return the page's blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder to work in, with the page's ``fleet.yaml``."""
    written(tmp_path, {"fleet.yaml": blocks("yaml")[0]})
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("block", blocks("console"))
def test_every_command_prints_what_the_page_shows(block: str, folder: Path) -> None:
    said = re.split(r"^\$ placement (.*)\n", block, flags=re.MULTILINE)[1:]
    assert said
    for line, shown in zip(said[::2], said[1::2], strict=True):
        arguments, _, target = line.partition(" > ")
        ended = command(*shlex.split(arguments))
        assert ended.err == "", line
        if target:
            (folder / target).write_text(ended.out)
        else:
            assert ended.out == shown, line


def test_the_python_prints_what_the_page_shows(folder: Path) -> None:
    document = yaml.safe_load((folder / "fleet.yaml").read_text())
    heard = io.StringIO()
    with contextlib.redirect_stdout(heard):
        exec(blocks("python")[0], {"document": document})
    assert heard.getvalue() == blocks("text")[0]

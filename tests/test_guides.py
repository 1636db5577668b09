"""The guides: every command prints what the page says, and the Python runs."""

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest
import yaml

from tests.cli_command import command, written

DOCS = Path(__file__).resolve().parents[1] / "docs"
SECONDS = re.compile(r"\d+\.\d\d s\)")
FILES = {
    "groups": ("fleet.yaml", "spread.yaml", "survive.yaml", "spot.yaml", "company.yaml"),
    "loads": ("fleet.yaml", "slices.yaml", "giant.yaml", "group.yaml"),
    "moves": ("fleet.yaml", "day.yaml", "calm.yaml", "few.yaml"),
    "reasons": ("fleet.yaml", "tight.yaml"),
    "shares": ("fleet.yaml", "reserved.yaml", "teams.yaml"),
    "uncertain-stock": ("fleet.yaml", "sure.yaml"),
    "whatif": ("fleet.yaml",),
}
PAGES = {name: (DOCS / f"{name}.md").read_text() for name in FILES}
REMARK = "placement: 3 replicas are left unplaced"


def blocks(page: str, language: str) -> list[str]:
    """Return a page's blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGES[page], re.DOTALL | re.MULTILINE)


def files(page: str) -> dict[str, str]:
    """Return the page's files; one that is no whole problem is what the page adds to the first."""
    first, *more = blocks(page, "yaml")
    whole = [text if text.startswith("currency:") else first + text for text in more]
    return dict(zip(FILES[page], (first, *whole), strict=True))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("page", "block"), [(page, block) for page in PAGES for block in blocks(page, "console")]
)
def test_every_command_prints_what_the_page_shows(page: str, block: str, folder: Path) -> None:
    written(folder, files(page))
    said = re.split(r"^\$ placement (.*)\n", block, flags=re.MULTILINE)[1:]
    assert said
    for line, shown in zip(said[::2], said[1::2], strict=True):
        arguments, _, target = line.partition(" > ")
        ended = command(*shlex.split(arguments))
        if target:
            (folder / target).write_text(ended.out)
        else:
            assert SECONDS.sub("s)", ended.out) == SECONDS.sub("s)", shown), line
        assert all(said == REMARK or said in PAGES[page] for said in ended.err.splitlines()), line


@pytest.mark.parametrize(("page", "file"), [("reasons", "tight.yaml"), ("whatif", "fleet.yaml")])
def test_the_python_prints_what_the_page_shows(page: str, file: str, folder: Path) -> None:
    written(folder, files(page))
    document = yaml.safe_load((folder / file).read_text())
    heard = io.StringIO()
    with contextlib.redirect_stdout(heard):
        exec(blocks(page, "python")[0], {"document": document})
    assert heard.getvalue() == blocks(page, "text")[0]

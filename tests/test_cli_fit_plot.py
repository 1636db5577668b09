"""``placement fit --plot``: a picture of the memory of each GPU."""

import struct
import sys
from pathlib import Path
from unittest import mock

import pytest

from tests.cli_command import Ended, command

ASKED = ("Qwen/Qwen3-8B", "Qwen/Qwen3-32B", "--gpu", "A10,T4", "-tp", "1")


def drawn(path: Path, *arguments: str) -> Ended:
    ended = command("fit", *(arguments or ASKED), "--plot", str(path))
    assert ended.code == 0
    assert ended.err == f"wrote {path}\n"
    return ended


def test_a_png_grows_with_the_bars(tmp_path: Path) -> None:
    drawn(tmp_path / "two.png")
    drawn(tmp_path / "all.png", "Qwen/Qwen3-8B")
    heights = []
    for name in ("two.png", "all.png"):
        content = (tmp_path / name).read_bytes()
        assert content.startswith(b"\x89PNG\r\n\x1a\n")
        width, height = struct.unpack(">II", content[16:24])
        assert width == 1200
        heights.append(height)
    assert heights[1] > 2 * heights[0]


@pytest.mark.parametrize(("suffix", "start"), [(".svg", b"<?xml"), (".PDF", b"%PDF")])
def test_the_suffix_chooses_the_format_and_equal_answers_are_equal_files(
    tmp_path: Path, suffix: str, start: bytes
) -> None:
    first, second = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    drawn(first)
    drawn(second)
    assert first.read_bytes().startswith(start)
    assert first.read_bytes() == second.read_bytes()


def test_the_picture_comes_beside_the_table_or_the_json(tmp_path: Path) -> None:
    assert "GiB per GPU" in drawn(tmp_path / "a.png").out
    assert drawn(tmp_path / "a.png", *ASKED, "--json").out.startswith("[\n")


def test_names_that_look_like_mathematics_are_drawn_as_they_are(tmp_path: Path) -> None:
    card = ("--gpu", "my $\\frac$ card", "--gpu-total-gib", "20")
    assert "my $\\frac$ card" in drawn(tmp_path / "a.png", "qwen3-8b", *card).out


def test_signs_that_the_font_lacks_are_no_warning(tmp_path: Path) -> None:
    card = ("--gpu", "\N{CJK UNIFIED IDEOGRAPH-65E5}", "--gpu-total-gib", "20")
    picture = tmp_path / "a.png"
    assert drawn(picture, "qwen3-8b", *card).err == f"wrote {picture}\n"


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("a.gif", "--plot: must end in .png, .svg or .pdf (got"),
        ("none/a.png", "cannot be written: there is no folder"),
        ("", "--plot: must end in"),
    ],
)
def test_a_picture_that_cannot_be_drawn_is_refused_before_any_work(
    tmp_path: Path, name: str, rule: str
) -> None:
    ended = command("fit", *ASKED, "--plot", str(tmp_path / name) if name else "")
    assert (ended.code, ended.out) == (2, "")
    assert rule in ended.err


def test_without_matplotlib_the_extra_is_named(tmp_path: Path) -> None:
    missing = {name: None for name in list(sys.modules) if name.split(".")[0] == "matplotlib"}
    with mock.patch.dict(sys.modules, {**missing, "matplotlib": None, "matplotlib.figure": None}):
        ended = command("fit", *ASKED, "--plot", str(tmp_path / "a.png"))
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        "--plot: needs matplotlib, which is not installed: pip install 'placement[plot]'\n"
    )

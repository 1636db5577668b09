"""Run the command within the test's own process, as its entry point does."""

import io
import os
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from placement.cli.app import run

__all__ = ["Ended", "command", "written"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str


def command(*arguments: str, stdin: str = "", env: Mapping[str, str] | None = None) -> Ended:
    """Return how ``placement ARGUMENTS`` ends; neither stream is a terminal."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
    heard = io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8")
    plain = {"COLUMNS": "", "NO_COLOR": "", "PLACEMENT_DEBUG": "", **(env or {})}
    with (
        mock.patch.dict(os.environ, plain),
        mock.patch.object(sys, "stdin", heard),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        code = run(list(arguments))
    texts = []
    for stream in (out, err):
        stream.seek(0)
        texts.append(stream.read())
    return Ended(code=code, out=texts[0], err=texts[1])


def written(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files into a folder, with the folders on their way."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

"""Runs as they are kept: a JSON object a line, the first of which says when and where."""

import json
import os
import platform
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TextIO

from fleet_draft import Json
from fleet_table import Row, row_of
from watched import Watched

__all__ = ["about", "about_text", "keep", "kept"]

PACKAGES = {"highspy": "HiGHS", "numpy": "NumPy", "pydantic": "Pydantic"}


def about() -> Json:
    """Return day, machine and versions."""
    return {
        "day": datetime.now(tz=UTC).strftime("%Y-%m-%d"),
        "machine": f"{platform.system()}, {platform.machine()}, {os.cpu_count()} cores",
        "versions": [
            f"Python {platform.python_version()}",
            *(f"{name} {version(package)}" for package, name in PACKAGES.items()),
        ],
    }


def about_text(found: Sequence[Json]) -> str:
    """Return the same as words; of several, each once."""
    texts = (f"{one['day']}; {one['machine']}; {', '.join(one['versions'])}" for one in found)
    return " / ".join(dict.fromkeys(texts))


def keep(file: TextIO, task: Json, watched: Watched) -> None:
    """Add a run."""
    lines = [json.loads(line) for line in watched.lines]
    row = {"task": task, "peak": watched.peak, "fault": watched.fault, "lines": lines}
    print(json.dumps(row), file=file, flush=True)


def kept(paths: Iterable[Path]) -> tuple[list[Json], list[Row]]:
    """Return what files hold: when and where, and the runs; of one that is there twice the last.

    A last line that was not written to its end, since the writer was killed, is left out.
    """
    places: list[Json] = []
    rows: dict[tuple[object, ...], Row] = {}
    for path in paths:
        for line in path.read_text(encoding="utf-8").split("\n"):
            if not line.endswith("}"):
                continue
            found = json.loads(line)
            if "about" in found:
                places.append(found["about"])
                continue
            lines = tuple(json.dumps(each) for each in found["lines"])
            row = row_of(
                found["task"], Watched(lines=lines, peak=found["peak"], fault=found["fault"])
            )
            rows[*row.fleet, row.name] = row
    return places, list(rows.values())

"""Rows of benchmarks as if runs had given them; ``benchmarks`` has to be importable."""

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fleet_table import Row

TASK = {
    "size": "S",
    "kind": "gpu",
    "seed": 0,
    "name": "exact",
    "time_limit": 60.0,
    "gap": 0.0,
    "tightness": 1.0,
    "executor_workers": 0,
}
DONE: dict[str, Any] = {
    "cost": 200.0,
    "bound": 190.0,
    "unplaced": 3,
    "loads": 0,
    "left_out": [3],
    "status": "feasible",
    "strategy": "exact",
    "ended": "time",
    "seconds": 2.0,
}


def row(*lines: object, fault: str = "", peak: float = 80.0, **task: object) -> "Row":
    """Return the row of a run that printed these lines."""
    from fleet_table import row_of
    from watched import Watched

    printed = tuple(json.dumps(line) for line in lines)
    return row_of({**TASK, **task}, Watched(lines=printed, peak=peak, fault=fault))


def done(**changed: object) -> dict[str, object]:
    """Return the last line of a run that ended."""
    return {"result": {**DONE, **changed}}


def sign(seconds: float, best: float | None, bound: float | None, at: str = "money") -> object:
    """Return a sign of progress."""
    return {"at": at, "seconds": seconds, "best": best, "bound": bound}


def cells(text: str) -> list[str]:
    """Return the cells of a line of a table."""
    return [cell.strip() for cell in text.strip("|").split("|")]

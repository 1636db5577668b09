"""The targets of fleets by size, stated beforehand, and what runs of them took.

The runs are of ``auto`` on fleets of kind ``gpu``. Seconds are from the problem in memory to the
verified plan: of the whole run, or from when on the search had a plan that is proven to be so
close, with the reading and verifying of the run added. A target is met where all seeds meet it.
"""

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from fleet_table import Row
from fleets import size_of

__all__ = ["SECONDS", "SIZES", "missed", "table"]

SIZES = ("S", "M", "L", "XL")
SECONDS = {"S": 10.0, "M": 20.0, "L": 40.0, "XL": 120.0}
"""Time limits: beyond the targets, so that it is seen by how much one is missed."""


@dataclass(frozen=True, slots=True)
class Target:
    """What runs of a size shall reach.

    Parameters
    ----------
    figure
        What a run took, None where it never got there.
    most
        What it may take; None where it need only get there.
    """

    size: str
    what: str
    figure: Callable[[Row], float | None]
    most: float | None
    form: str = "{:.2f} s"

    columns: ClassVar = {
        "target": "---",
        "median": "---:",
        "worst": "---:",
        "seeds that meet it": "---:",
        "met": "---",
    }

    def met(self, rows: Sequence[Row]) -> int:
        """Return how many runs meet it."""
        found = [self.figure(row) for row in rows]
        return sum(one is not None and (self.most is None or one <= self.most) for one in found)

    def cells(self, rows: Sequence[Row]) -> list[str]:
        """Return its line of the table."""
        figures = [self.figure(row) for row in rows]
        found = sorted(figures, key=lambda one: (one is None, one))
        texts = [
            "not reached" if one is None else self.form.format(one)
            for one in (found[len(found) // 2], found[-1])
        ]
        met = self.met(rows)
        verdict = "yes" if met == len(rows) else "**no**"
        return [f"{self.size}: {self.what}", *texts, f"{met} of {len(rows)}", verdict]


def _proven(row: Row) -> float | None:
    proven = row.sound and row.result.get("status") == "optimal"
    return float(row.result["seconds"]) if proven else None


def _within(gap: float) -> Callable[[Row], float | None]:
    return lambda row: row.seconds_to(gap)


def _memory(row: Row) -> float | None:
    return row.peak if row.sound else None


TARGETS = (
    Target("S", "proven optimal in 50 ms", _proven, 0.05, "{:.3f} s"),
    Target("M", "0.1 % in 1 s", _within(1e-3), 1.0),
    Target("M", "0.01 % in 5 s", _within(1e-4), 5.0),
    Target("L", "0.2 % in 10 s", _within(2e-3), 10.0),
    Target("XL", "0.5 % in 30 s", _within(5e-3), 30.0),
    Target("XL", "then 0.1 %", _within(1e-3), None),
    Target("XL", "1 GiB of memory in all", _memory, 1024.0, "{:.0f} MiB"),
)
GROWTH = 2.0
GROWN = 5e-3  # the gap up to which the time of L and XL is compared


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the table of the targets that rows say something about; nothing where there is none."""
    found = [_line(cells) for cells in _all(rows)]
    if found:
        yield _line(list(Target.columns))
        yield _line(list(Target.columns.values()))
        yield from found


def missed(rows: Sequence[Row]) -> int:
    """Return how many targets are missed."""
    return sum(cells[-1] != "yes" for cells in _all(rows))


def _all(rows: Sequence[Row]) -> Iterator[list[str]]:
    by_size = {size: [row for row in rows if _counts(row, size)] for size in SIZES}
    for target in TARGETS:
        if by_size[target.size]:
            yield target.cells(by_size[target.size])
    if by_size["L"] and by_size["XL"]:
        yield _growth(by_size)


def _counts(row: Row, size: str) -> bool:
    return (row.task["size"], row.task["kind"], row.name) == (size, "gpu", "auto")


def _growth(by_size: dict[str, list[Row]]) -> list[str]:
    """Return the line on time for each workload, up to the same gap."""
    what = f"XL / L: seconds to {GROWN:.1%} for each workload at most {GROWTH:g} times"
    each = {}
    for size in ("L", "XL"):
        found = [row.seconds_to(GROWN) for row in by_size[size]]
        if None in found:
            return [what, "not reached", "not reached", "", "**no**"]
        known = [seconds / size_of(size).workloads for seconds in found if seconds is not None]
        each[size] = statistics.median(known), max(known)
    middle, worst = (each["XL"][place] / each["L"][place] for place in (0, 1))
    met = "yes" if max(middle, worst) <= GROWTH else "**no**"
    return [what, f"{middle:.2f}", f"{worst:.2f}", "", met]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"

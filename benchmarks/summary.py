"""Runs of one size and kind in one line each: median over the seeds, and the worst."""

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from fleet_table import Row
from one_run import STRATEGIES

from placement.solvers.greedy import BASELINES

__all__ = ["bounds_of", "cost_ratios", "fleets_of", "summary"]

COLUMNS = {
    "size": "---",
    "kind": "---",
    "strategy": "---",
    "runs": "---:",
    "gap": "---:",
    "unplaced": "---:",
    "seconds": "---:",
    "peak MiB": "---:",
    "best greedy, cost / bound": "---",
    "ended by": "---",
}


def fleets_of(rows: Sequence[Row]) -> list[list[Row]]:
    """Return the rows of each fleet; all that ran on it."""
    fleets: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        fleets.setdefault(row.fleet, []).append(row)
    return list(fleets.values())


def bounds_of(fleet: Sequence[Row]) -> list[Row]:
    """Return the runs whose bounds hold for a fleet."""
    return [row for row in fleet if row.name in STRATEGIES and row.sound]


def cost_ratios(fleet: Sequence[Row]) -> dict[str, float]:
    """Return cost / bound of each baseline that places as much as a strategy whose bound holds."""
    bounds, found = bounds_of(fleet), {}
    for row in fleet:
        bound = row.bound(bounds)
        if row.name in BASELINES and row.sound and bound:
            found[row.name] = row.result["cost"] / bound
    return found


def summary(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the table: a line for each size, kind and strategy."""
    yield _line(COLUMNS)
    yield _line(COLUMNS.values())
    fleets = fleets_of([row for row in rows if row.name in {*STRATEGIES, *BASELINES}])
    for (size, kind), group in groupby(fleets, lambda fleet: fleet[0].fleet[:2]):
        same = list(group)
        greedy = _greedy([cost_ratios(fleet) for fleet in same])
        for name in STRATEGIES:
            if found := [(row, bounds_of(f)) for f in same for row in f if row.name == name]:
                yield _line([str(size), str(kind), name, *_cells(found, greedy)])


def _cells(found: Sequence[tuple[Row, Sequence[Row]]], greedy: str) -> list[str]:
    rows = [row for row, _ in found]
    gaps = [row.gap(bounds) for row, bounds in found]
    return [
        str(len(rows)),
        _middle(gaps, "{:.3%}"),
        _middle([row.result.get("unplaced") for row in rows], "{:.0f}"),
        _middle([row.result.get("seconds") for row in rows], "{:.2f}"),
        f"{max(row.peak for row in rows):.0f}",
        greedy,
        _ends(rows),
    ]


def _middle(values: Sequence[float | None], form: str) -> str:
    """Return median and worst; a run that has no such value is worse than all that have one."""
    known = [math.inf if value is None else value for value in values]
    texts = [
        form.format(value) if value < math.inf else "none"
        for value in (statistics.median_high(known), max(known))
    ]
    return texts[0] if len(set(texts)) == 1 else f"{texts[0]} ({texts[1]})"


def _ends(rows: Sequence[Row]) -> str:
    """Return how runs ended, the most frequent first."""
    ends = Counter(
        row.fault
        or ("refused" if row.refused else "")
        or ("a broken plan" if row.broken else "")
        or str(row.result.get("ended"))
        for row in rows
    )
    parts = [text if n == len(rows) else f"{text} x {n}" for text, n in ends.most_common()]
    return ", ".join(parts).replace("|", "/")


def _greedy(ratios: Sequence[dict[str, float]]) -> str:
    """Return the rule with the lowest median, of those that place as much on most fleets."""
    found = {
        name: statistics.median(known)
        for name in BASELINES
        if len(known := [one[name] for one in ratios if name in one]) * 2 > len(ratios)
    }
    best = min(found, key=lambda name: found[name], default=None)
    return "none places as much" if best is None else f"{found[best]:.3f} {best}"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"

"""What the pictures of runs show, as numbers."""

import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fleet_table import Row
from fleets import size_of
from one_run import STRATEGIES
from summary import cost_ratios, fleets_of
from traced import Point

from placement.solvers.greedy import BASELINES

__all__ = ["CLOSE", "Curve", "Dot", "dots", "gap_curves", "ratios"]

CLOSE = 5e-3  # the gap whose time is drawn over the size
STEPS = 60  # of the time axis, as many for each curve


@dataclass(frozen=True, slots=True)
class Curve:
    """The median gap of runs over time.

    Parameters
    ----------
    kind
        Of the fleets; empty where it is of all.
    """

    size: str
    kind: str
    strategy: str
    points: Sequence[Point]


@dataclass(frozen=True, slots=True)
class Dot:
    """The time of one run; of one that did not get there, how long it went on."""

    name: str
    workloads: int
    seconds: float
    there: bool


def gap_curves(rows: Sequence[Row]) -> Iterator[Curve]:
    """Yield a curve for each size and strategy, and before it one for each kind."""
    chosen = [row for row in rows if row.name in STRATEGIES and not row.refused]
    for size in dict.fromkeys(str(row.task["size"]) for row in chosen):
        for name in STRATEGIES:
            same = [row for row in chosen if (row.task["size"], row.name) == (size, name)]
            kinds = dict.fromkeys(str(row.task["kind"]) for row in same)
            for kind in (*kinds, ""):
                points = _median([r.points for r in same if kind in {"", r.task["kind"]}])
                if points:
                    yield Curve(size, kind, name, points)


def _median(runs: Sequence[Sequence[Point]]) -> list[Point]:
    """Return the median over time, from when on more than half have a gap, as it falls."""
    times = [seconds for run in runs for seconds, _ in run if seconds > 0]
    if not times:
        return []
    first, last = min(times), max(times)
    found: list[Point] = []
    for step in range(STEPS + 1):
        at = first * (last / first) ** (step / STEPS) if step < STEPS else last
        gap = statistics.median_high(_at(run, at) for run in runs)
        if gap < math.inf and (not found or gap < found[-1][1] or step == STEPS):
            found.append((at, gap))
    return found


def _at(run: Sequence[Point], seconds: float) -> float:
    return min((gap for when, gap in run if when <= seconds), default=math.inf)


def dots(rows: Sequence[Row]) -> list[Dot]:
    """Return when each strategy was close to the bound, and when each greedy rule was done.

    Of sizes in which teams keep workloads from most clusters, and small ones: these form a series.
    """
    found = []
    for row in rows:
        seconds = row.result.get("seconds")
        if seconds is None or not row.sound or str(row.task["size"]).endswith("-open"):
            continue
        workloads = size_of(str(row.task["size"])).workloads
        if row.name in STRATEGIES:
            close = row.seconds_to(CLOSE)
            found.append(Dot(row.name, workloads, close or seconds, close is not None))
        elif row.name in BASELINES:
            found.append(Dot("greedy rules", workloads, seconds, there=True))
    return found


def ratios(rows: Sequence[Row]) -> dict[tuple[str, str, str], float]:
    """Return the median of cost / bound by size, kind and baseline, where as many are placed."""
    found: dict[tuple[str, str, str], list[float]] = {}
    for fleet in fleets_of(rows):
        size, kind = (str(part) for part in fleet[0].fleet[:2])
        for name, ratio in cost_ratios(fleet).items():
            found.setdefault((size, kind, name), []).append(ratio)
    return {key: statistics.median(each) for key, each in found.items()}

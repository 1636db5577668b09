"""How a search went on: signs of progress that say something new, and the gap over time in them."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from fleet_draft import Json

from placement import Progress

__all__ = ["Point", "Tracing", "gaps", "gaps_of", "seconds_to"]

EVERY = 0.5  # seconds after which a sign is kept though it says little
FINER = 0.99  # of the gap before: a gap below is worth a line
COUNTED = frozenset({"start", "placed", "moves", "nodes", "clusters", "replicas", "names"})
"""Stages whose best and bound are no money."""

Point = tuple[float, float]
"""Seconds since the search began, and the relative gap that is proven by then."""


@dataclass(slots=True)
class Tracing:
    """Passes on a sign of progress where stage, best or gap are new, or the last one is old."""

    say: Callable[..., None]
    _last: Progress | None = None

    def tell(self, progress: Progress) -> None:
        """Take a sign."""
        last = self._last
        if (
            last is None
            or (progress.stage, progress.best) != (last.stage, last.best)
            or progress.gap < FINER * last.gap
            or progress.seconds - last.seconds >= EVERY
        ):
            self._last = progress
            self.say(
                at=progress.stage,
                seconds=round(progress.seconds, 4),
                best=_finite(progress.best),
                bound=_finite(progress.bound),
            )


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def gaps(lines: Sequence[Json]) -> Iterator[Point]:
    """Yield when the gap of money fell, and how far."""
    found = (
        (line["seconds"], max(0.0, (line["best"] - line["bound"]) / abs(line["best"])))
        for line in lines
        if line["at"] not in COUNTED and line["best"] and line["bound"] is not None
    )
    least = math.inf
    for seconds, gap in found:
        if gap < least:
            least = gap
            yield seconds, gap


def gaps_of(lines: Sequence[Json], result: Json) -> list[Point]:
    """Return the same for a run that ended, its plan the last point, where it has a bound."""
    points = list(gaps(lines))
    cost, bound = result.get("cost"), result.get("bound")
    if cost is not None and bound is not None:
        last = (result["seconds"], max(0.0, (cost - bound) / cost) if cost else 0.0)
        points = [point for point in points if point[0] <= last[0]] + [last]
    lowest = accumulate((gap for _, gap in points), min)
    return [(seconds, gap) for (seconds, _), gap in zip(points, lowest, strict=True)]


def seconds_to(points: Sequence[Point], gap: float, after: float = 0.0) -> float | None:
    """Return when a gap was reached, None where it never was.

    Parameters
    ----------
    after
        Seconds that a plan takes once it is found: reading and verifying. The last point has them.
    """
    for seconds, reached in points[:-1]:
        if reached <= gap:
            return min(seconds + after, points[-1][0]) if points[-1][1] <= gap else seconds + after
    return points[-1][0] if points and points[-1][1] <= gap else None

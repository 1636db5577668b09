"""What runs on generated fleets gave, as rows of a Markdown table; bad ones are rows as well."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fleet_draft import Json
from traced import Point, gaps_of, seconds_to
from watched import Watched

__all__ = ["HEAD", "Row", "in_order", "money", "row_of"]

FIRST = (
    *("draw", "parse", "rules", "warm up", "before", "candidates", "arrays", "greedy"),
    *("relaxation", "rounding", "improvement", "proof"),
    *("start", "placed", "money", "moves", "nodes", "clusters", "replicas", "names"),
)
LAST = ("packing", "reading", "verifying", "verify")
"""Stages that are shown first and last; between them what else there is, as it came."""

SHOWN = 0.005  # seconds of a stage from which on it is shown
AFTER = ("reading", "verifying")
"""Stages that a plan goes through once the search has it."""

COLUMNS = {
    "size": "---",
    "kind": "---",
    "seed": "---:",
    "name": "---",
    "cost": "---:",
    "bound": "---:",
    "gap": "---:",
    "unplaced": "---:",
    "seconds": "---:",
    "by stage": "---",
    "peak MiB": "---:",
    "ended by": "---",
}
HEAD = "\n".join(f"| {' | '.join(cells)} |" for cells in (COLUMNS, COLUMNS.values()))
"""The first two lines of the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One run.

    Parameters
    ----------
    stages
        Seconds by stage.
    result
        Its figures; empty where it did not come to an end.
    last
        The last sign of progress: stage, best and bound.
    broken
        How often a plan breaks a rule, by rule.
    refused
        What a strategy cannot take, in its words.
    points
        When the proven gap fell, and how far, the plan last.
    """

    task: Mapping[str, object]
    stages: Mapping[str, float]
    result: Json
    last: Json
    broken: Mapping[str, int]
    peak: float
    fault: str
    refused: str
    points: Sequence[Point]

    def text(self, bounds: Sequence["Row"] = ()) -> str:
        """Return the row.

        Parameters
        ----------
        bounds
            Runs on the same fleet, whose bounds hold for this one where it leaves out as much.
        """
        cells = [
            *(str(self.task[name]) for name in ("size", "kind", "seed", "name")),
            money(self.result.get("cost")),
            money(self.result.get("bound")),
            "" if (gap := self.gap(bounds)) is None else f"{gap:.3%}",
            self._unplaced(),
            f"{self.result['seconds']:.2f}" if "seconds" in self.result else "",
            ", ".join(
                f"{name} {seconds:.2f}" for name, seconds in self.stages.items() if seconds >= SHOWN
            ),
            f"{self.peak:.0f}",
            "; ".join(self._end()).replace("|", "/"),
        ]
        return f"| {' | '.join(cells)} |"

    def gap(self, bounds: Sequence["Row"] = ()) -> float | None:
        """Return (cost - bound) / cost, None where no bound holds or the run is not sound."""
        bound, cost = self.bound(bounds), self.result.get("cost")
        if bound is None or not self.sound:
            return None
        return (cost - bound) / cost if cost else 0.0

    def bound(self, bounds: Sequence["Row"] = ()) -> float | None:
        """Return the best bound of runs on the same fleet that leave out as much as this one."""
        left = self.result.get("left_out"), self.result.get("loads")
        held = [
            row.result["bound"]
            for row in (self, *bounds)
            if row.result.get("bound") is not None
            and left == (row.result["left_out"], row.result["loads"])
        ]
        return max(held, default=None)

    def seconds_to(self, gap: float) -> float | None:
        """Return from when on there is a verified plan that is proven to be so close."""
        after = sum(self.stages.get(stage, 0.0) for stage in AFTER)
        return seconds_to(self.points, gap, after) if self.sound else None

    @property
    def fleet(self) -> tuple[object, ...]:
        """Return what tells its fleet from others."""
        return tuple(self.task.get(name) for name in ("size", "kind", "seed", "tightness"))

    @property
    def name(self) -> str:
        """Return the strategy, or the baseline."""
        return str(self.task["name"])

    @property
    def sound(self) -> bool:
        """Return whether the run ended by itself, with a plan that breaks no rule."""
        return not self.broken and not self.fault

    def _unplaced(self) -> str:
        loads = self.result.get("loads")
        return str(self.result.get("unplaced", "")) + (f" + {loads} loads" if loads else "")

    def _end(self) -> Iterator[str]:
        if ended := self.fault or self.result.get("ended"):
            yield ended
        if self.name == "auto" and (strategy := self.result.get("strategy")):
            yield strategy
        if self.refused:
            yield f"refused: {self.refused}"
        if not self.result and self.last:
            best, bound = money(self.last["best"]), money(self.last["bound"])
            yield f"last seen in {self.last['at']}, best {best}, bound {bound}"
        if self.broken:
            yield "breaks " + ", ".join(f"{rule} x {n}" for rule, n in self.broken.items())


def row_of(task: Mapping[str, object], watched: Watched) -> Row:
    """Return the row of a run that was watched, from the lines that it printed."""
    lines = [json.loads(line) for line in watched.lines]
    stages: dict[str, float] = {}
    for line in lines:
        if "stage" in line:
            stages[line["stage"]] = stages.get(line["stage"], 0.0) + line["seconds"]
    merged = {name: value for line in lines for name, value in line.items()}
    result = merged.get("result", {})
    return Row(
        task=task,
        stages={name: stages[name] for name in in_order(stages)},
        result=result,
        last={name: merged[name] for name in ("at", "best", "bound") if name in merged},
        broken=merged.get("broken", {}),
        peak=max(watched.peak, merged.get("peak", 0.0)),
        fault=watched.fault,
        refused=merged.get("refused", ""),
        points=gaps_of([line for line in lines if "at" in line], result),
    )


def in_order(stages: Iterable[str]) -> list[str]:
    """Return stages as they follow each other; those that are not known as they came."""
    found = list(stages)
    named = (*FIRST, *(name for name in found if name not in LAST), *LAST)
    return [name for name in dict.fromkeys(named) if name in found]


def money(value: float | None) -> str:
    """Return an amount, empty for none."""
    return "" if value is None else f"{value:,.2f}"

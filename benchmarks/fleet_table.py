"""What runs on generated fleets gave, as rows of a Markdown table; bad ones are rows as well."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fleet_draft import Json
from watched import Watched

__all__ = ["HEAD", "Row", "row_of"]

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
    """

    task: Mapping[str, object]
    stages: Mapping[str, float]
    result: Json
    last: Json
    broken: Mapping[str, int]
    peak: float
    fault: str

    def text(self, bounds: Sequence["Row"] = ()) -> str:
        """Return the row.

        Parameters
        ----------
        bounds
            Runs on the same fleet, whose bounds hold for this one where it leaves out as much.
        """
        cells = [
            *(str(self.task[name]) for name in ("size", "kind", "seed", "name")),
            _money(self.result.get("cost")),
            _money(self.result.get("bound")),
            self._gap(bounds),
            self._unplaced(),
            f"{self.result['seconds']:.2f}" if "seconds" in self.result else "",
            ", ".join(f"{name} {seconds:.2f}" for name, seconds in self.stages.items()),
            f"{self.peak:.0f}",
            "; ".join(self._end()).replace("|", "/"),
        ]
        return f"| {' | '.join(cells)} |"

    def _gap(self, bounds: Sequence["Row"]) -> str:
        left = self.result.get("left_out"), self.result.get("loads")
        held = [
            row.result["bound"]
            for row in (self, *bounds)
            if row.result.get("bound") is not None
            and left == (row.result["left_out"], row.result["loads"])
        ]
        if not held or not self.sound:
            return ""
        cost = self.result["cost"]
        return f"{(cost - max(held)) / cost if cost else 0.0:.3%}"

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
        if not self.result and self.last:
            best, bound = _money(self.last["best"]), _money(self.last["bound"])
            yield f"last seen in {self.last['at']}, best {best}, bound {bound}"
        if self.broken:
            yield "breaks " + ", ".join(f"{rule} x {n}" for rule, n in self.broken.items())


def row_of(task: Mapping[str, object], watched: Watched) -> Row:
    """Return the row of a run that was watched, from the lines that it printed."""
    lines = [json.loads(line) for line in watched.lines]
    stages: dict[str, float] = {}
    for line in lines:
        if "stage" in line and line["seconds"] >= 0.005:
            stages[line["stage"]] = stages.get(line["stage"], 0.0) + line["seconds"]
    merged = {name: value for line in lines for name, value in line.items()}
    return Row(
        task=task,
        stages=stages,
        result=merged.get("result", {}),
        last={name: merged[name] for name in ("at", "best", "bound") if name in merged},
        broken=merged.get("broken", {}),
        peak=max(watched.peak, merged.get("peak", 0.0)),
        fault=watched.fault,
    )


def _money(value: float | None) -> str:
    return "" if value is None else f"{value:,.2f}"

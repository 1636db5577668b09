"""Runs as pictures: gap over time, time over size, cost of the greedy rules over the bound.

Equal runs give equal files, byte for byte. Needs matplotlib (the extra ``plot``).
"""

import io
import math
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curves import CLOSE, Dot, dots, gap_curves, ratios
from fleet_kinds import KINDS
from fleet_table import Row
from one_run import STRATEGIES

from placement.solvers.greedy import BASELINES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["PICTURES", "draw"]

HEIGHT, PANEL = 3.4, 3.6  # inches, of a picture and of the width of a part of it
COLOURS = dict(zip((*STRATEGIES, "greedy rules"), ("C0", "C1", "C2", "C7"), strict=True))
DASHES = {"exact": "-", "decomposition": "-", "auto": (0, (4, 2)), "greedy rules": ":"}
MARKERS = dict(zip(KINDS, "osD^vP*X", strict=True))
LEAST = 1e-6  # a gap at or below is drawn there
STYLE: Any = {  # its type is a list of all names that there are
    "svg.hashsalt": "placement",
    "svg.fonttype": "none",
    "font.size": 9,
    "axes.grid": True,
    "grid.alpha": 0.3,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def draw(rows: Sequence[Row], folder: Path) -> list[Path]:
    """Write the pictures that there is something for, and return where they are."""
    import matplotlib  # noqa: PLC0415 # heavy, and an extra

    written = []
    folder.mkdir(parents=True, exist_ok=True)
    with matplotlib.rc_context(STYLE):
        for name, make in PICTURES.items():
            figure = make(rows)
            if figure is None:
                continue
            text = io.BytesIO()
            figure.savefig(text, format="svg", metadata={"Date": None})
            written.append(folder / f"{name}.svg")
            written[-1].write_bytes(text.getvalue())
    return written


def _panels(titles: Sequence[str], width: float = PANEL) -> "tuple[Figure, list[Axes]]":
    """Return a picture with a part for each title, without pyplot and its state."""
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(max(7.0, width * len(titles)), HEIGHT), layout="constrained")
    parts = list(figure.subplots(1, len(titles), squeeze=False)[0])
    for part, title in zip(parts, titles, strict=True):
        part.set_title(title)
    return figure, parts


def _legend(figure: "Figure", parts: "Sequence[Axes]") -> None:
    found = {
        label: handle
        for part in parts
        for handle, label in zip(*part.get_legend_handles_labels(), strict=True)
    }
    figure.legend(
        list(found.values()),
        list(found),
        loc="outside lower center",
        ncols=max(1, len(found)),
        frameon=False,
    )


def gap_over_time(rows: Sequence[Row]) -> "Figure | None":
    """Draw the median gap of each strategy, and faintly that of each kind of fleet."""
    curves = list(gap_curves(rows))
    sizes = list(dict.fromkeys(curve.size for curve in curves))
    if not curves:
        return None
    figure, parts = _panels(sizes)
    for curve in curves:
        part = parts[sizes.index(curve.size)]
        part.plot(
            [seconds for seconds, _ in curve.points],
            [max(LEAST, gap) for _, gap in curve.points],
            drawstyle="steps-post",
            color=COLOURS[curve.strategy],
            linestyle=DASHES[curve.strategy],
            linewidth=0.6 if curve.kind else 2.0,
            alpha=0.5 if curve.kind else 1.0,
            label=None if curve.kind else f"{curve.strategy}, median",
            marker="." if len(curve.points) == 1 else "",
        )
    for part in parts:
        part.set(xscale="log", yscale="log", xlabel="seconds")
        part.xaxis.set_major_formatter("{x:g}")
        part.xaxis.set_minor_formatter("")
    parts[0].set_ylabel("proven gap")
    _legend(figure, parts)
    return figure


def time_over_size(rows: Sequence[Row]) -> "Figure | None":
    """Draw when strategies were close to the bound; hollow where one never was, at its end."""
    found = dots(rows)
    if not found:
        return None
    figure, (part,) = _panels([f"seconds to a proven gap of {CLOSE:.1%} (hollow: not reached)"])
    for name in dict.fromkeys(dot.name for dot in found):
        same = [dot for dot in found if dot.name == name]
        sizes = sorted({dot.workloads for dot in same})
        part.plot(
            sizes,
            [_middle([dot for dot in same if dot.workloads == n]) for n in sizes],
            color=COLOURS[name],
            linestyle=DASHES[name],
            linewidth=1.6,
            label=f"{name}, median",
        )
        for there in (True, False):
            some = sorted({(dot.workloads, dot.seconds) for dot in same if dot.there == there})
            part.plot(
                [workloads for workloads, _ in some],
                [seconds for _, seconds in some],
                color=COLOURS[name],
                linestyle="",
                marker="o",
                markersize=3,
                markerfacecolor=COLOURS[name] if there else "none",
                alpha=0.6,
            )
    part.set(xscale="log", yscale="log", xlabel="workloads", ylabel="seconds")
    part.set_xticks(sorted({dot.workloads for dot in found}))
    part.xaxis.set_major_formatter("{x:,.0f}")
    part.xaxis.set_minor_formatter("")
    _legend(figure, [part])
    return figure


def _middle(found: Sequence[Dot]) -> float:
    """Return the median time, nan where half never got there."""
    middle = statistics.median_high(dot.seconds if dot.there else math.inf for dot in found)
    return middle if middle < math.inf else math.nan


def cost_by_baseline(rows: Sequence[Row]) -> "Figure | None":
    """Draw cost / bound of each greedy rule, a sign for each kind of fleet."""
    found = ratios(rows)
    sizes = list(dict.fromkeys(size for size, _, _ in found))
    if not found:
        return None
    rules = [rule for rule in BASELINES if any(rule == name for _, _, name in found)]
    figure, parts = _panels(sizes, 1.2 + 0.45 * len(rules))
    for size, part in zip(sizes, parts, strict=True):
        for place, kind in enumerate(KINDS):
            shown = [
                (x, found[size, kind, r]) for x, r in enumerate(rules) if (size, kind, r) in found
            ]
            if shown:
                part.plot(
                    [x + 0.07 * (place - len(KINDS) / 2) for x, _ in shown],
                    [ratio for _, ratio in shown],
                    linestyle="",
                    marker=MARKERS[kind],
                    markersize=5,
                    color=f"C{place}",
                    label=kind,
                )
        part.set(yscale="log", xlim=(-0.6, len(rules) - 0.4))
        part.set_xticks(range(len(rules)), rules, rotation=30, ha="right")
        part.yaxis.set_major_formatter("{x:g}")
        part.yaxis.set_minor_formatter("{x:g}")
    parts[0].set_ylabel("cost / bound")
    _legend(figure, parts)
    return figure


PICTURES: "dict[str, Callable[[Sequence[Row]], Figure | None]]" = {
    "gap-over-time": gap_over_time,
    "time-over-size": time_over_size,
    "cost-by-baseline": cost_by_baseline,
}
"""The pictures by the names of their files."""

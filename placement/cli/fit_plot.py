"""The bars of ``placement fit`` as a picture: PNG, SVG or PDF."""

import io
import os
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from placement.cli.fit_parts import PARTS, Bar, bar_of, replica
from placement.cli.streams import say
from placement.errors import InputError, Issue
from placement.memory import MemoryFit
from placement.memory.units import GIB

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["check_plot", "draw"]

_SUFFIXES = (".png", ".svg", ".pdf")
_COLOURS = ("#0072B2", "#CC79A7", "#E69F00", "#009E73", "#DDDDDD")
"""Of each part. Source: the palette of Okabe and Ito, "Color Universal Design" (2008), which people
with any kind of colour blindness tell apart; grey is added for what is unused."""

_HATCHES = ("", "...", "///", "", "")  # parts differ in print without colour, too
_LINES = ("vLLM's share", "end of the GPU")
_RED = "#D55E00"  # of the same palette
_VERDICTS = {"yes": "fits", "at-risk": "at risk", "no": "does not fit", "unknown": "unknown"}
_ROW, _MARGIN, _WIDTH = 0.42, 1.5, 10.0  # inches: of a bar, of all around a model's bars, of all
_MOST_HEIGHT = 500  # inches; a picture of more pixels than 65,536 cannot be written
_DOTS = 120  # an inch


def check_plot(path: str) -> None:
    """Refuse a picture that cannot be drawn, before any work is done for it.

    Raises
    ------
    InputError
        When the suffix is not that of a picture, or matplotlib is not installed.
    """
    if os.path.splitext(path)[1].lower() not in _SUFFIXES:
        rule = f"must end in {', '.join(_SUFFIXES[:-1])} or {_SUFFIXES[-1]}"
        raise InputError([Issue(path="--plot", rule=rule, value=path)])
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError as error:
        rule = "needs matplotlib, which is not installed: pip install 'placement[plot]'"
        raise InputError([Issue(path="--plot", rule=rule)]) from error


def draw(found: Sequence[MemoryFit], path: str) -> None:
    """Write a picture with a bar for every fit, a part of it for every model.

    Raises
    ------
    InputError
        When it cannot be written.
    """
    picture = io.BytesIO()
    suffix = os.path.splitext(path)[1].lower()
    # Neither date nor chance in the file: equal answers are equal pictures.
    dated = {".png": {}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}[suffix]
    import matplotlib

    with (
        matplotlib.rc_context({"svg.hashsalt": "placement", "hatch.linewidth": 0.5}),
        warnings.catch_warnings(),
    ):
        # A name in signs that the font lacks is drawn as boxes, which can be seen.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        _figure(found).savefig(picture, format=suffix[1:], dpi=_DOTS, metadata=dated)
    try:
        Path(path).write_bytes(picture.getvalue())
    except OSError as error:
        rule = f"cannot be written: {error.strerror or error}"
        raise InputError([Issue(path="", rule=rule, source=path)]) from error
    say(f"wrote {path}")


def _figure(found: Sequence[MemoryFit]) -> "Figure":
    """Return the picture, without pyplot and its state."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    models = list(dict.fromkeys(fit.model for fit in found))
    groups = [[fit for fit in found if fit.model == model] for model in models]
    heights = [_MARGIN + _ROW * len(group) for group in groups]
    figure = Figure(figsize=(_WIDTH, min(_MOST_HEIGHT, sum(heights) + 0.5)), layout="constrained")
    FigureCanvasAgg(figure)
    places = figure.subplots(len(groups), 1, squeeze=False, height_ratios=heights)[:, 0]
    for axes, group in zip(places, groups, strict=True):
        _draw_model(axes, group)
    drawn = {
        label: handle
        for axes in places
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    labels = [label for label in (*PARTS, *_LINES) if label in drawn]
    handles = [drawn[label] for label in labels]
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False)
    return figure


def _draw_model(axes: "Axes", fits: Sequence[MemoryFit]) -> None:
    bars = [bar_of(fit) for fit in fits]
    rows = range(len(fits))
    starts = [0.0] * len(fits)
    for part, name in enumerate(PARTS):
        sizes = [bar.sizes[part] / GIB for bar in bars]
        axes.barh(
            rows,
            sizes,
            left=starts,
            height=0.7,
            label=name,
            color=_COLOURS[part],
            hatch=_HATCHES[part],
            edgecolor="white",
            linewidth=0.5,
        )
        starts = [start + size for start, size in zip(starts, sizes, strict=True)]
    _mark_budgets(axes, bars)
    right = max(max(bar.total / GIB, end) for bar, end in zip(bars, starts, strict=True))
    for row, (fit, bar, end) in enumerate(zip(fits, bars, starts, strict=True)):
        text, colour = _verdict(fit, bar), "black" if fit.fits == "yes" else _RED
        at = max(end, bar.total / GIB) + right * 0.01
        axes.text(at, row, text, va="center", ha="left", fontsize=9, color=colour)
    _dress(axes, fits, right)


def _mark_budgets(axes: "Axes", bars: Sequence[Bar]) -> None:
    """Draw the engine's share of each GPU as a line, and the end of a GPU that is overrun."""
    rows = range(len(bars))
    low, high = [row - 0.42 for row in rows], [row + 0.42 for row in rows]
    budgets = [bar.budget / GIB for bar in bars]
    axes.vlines(budgets, low, high, colors="black", linewidth=1.6, label=_LINES[0])
    over = [row for row in rows if sum(bars[row].sizes) > bars[row].total]
    if over:
        axes.vlines(
            [bars[row].total / GIB for row in over],
            [low[row] for row in over],
            [high[row] for row in over],
            colors=_RED,
            linewidth=2.2,
            label=_LINES[1],
        )


def _verdict(fit: MemoryFit, bar: Bar) -> str:
    short = f", {bar.short / GIB:.1f} GiB short" if bar.short else ""
    held = f", {fit.max_concurrency:.1f} requests at once" if fit.max_concurrency >= 1 else ""
    return f"{_VERDICTS[fit.fits]}{short or held}"


def _dress(axes: "Axes", fits: Sequence[MemoryFit], right: float) -> None:
    lengths = "; ".join(f"{n:,}" for n in dict.fromkeys(fit.max_model_len for fit in fits))
    engine = ", ".join(dict.fromkeys(fit.engine for fit in fits))
    axes.set_title(
        f"{_plain(fits[0].model)}: memory of each GPU\nrequests of {lengths} tokens, {engine}",
        loc="left",
        fontsize=11,
    )
    axes.set_yticks(range(len(fits)), list(_labels(fits)), fontsize=9)
    axes.set_ylim(len(fits) - 0.4, -0.6)  # the first at the top
    axes.set_xlim(0, right * 1.28)
    axes.set_xlabel("GiB per GPU")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#EEEEEE")
    axes.set_axisbelow(True)


def _labels(fits: Sequence[MemoryFit]) -> Iterator[str]:
    yield from (_plain(replica(fit)) for fit in fits)


def _plain(text: str) -> str:
    """Return text that is not read as mathematics, and of a length that leaves room for bars."""
    short = text if len(text) <= 60 else f"...{text[-57:]}"
    return short.replace("$", r"\$")

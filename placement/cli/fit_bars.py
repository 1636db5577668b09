"""A bar for every GPU, of block characters: what its memory is taken by."""

import io
import sys
from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from placement.cli.fit_parts import PARTS, Bar, bar_of
from placement.cli.terminal import is_styled, width_of
from placement.memory import MemoryFit
from placement.memory.units import GIB

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

__all__ = ["bars_of"]

_WIDTH = 100  # where the terminal does not say
_NARROWEST = 16  # cells that a bar can be read in; under that the label gets a line of its own
_BLOCKS, _PLAIN = "█▓▒░·", "#+=-."  # one sign for each part; the second where an encoding has none
_GAP = "  "  # between label, bar and figures
_LETTERS = "WAOK "  # at the start of each part, so that nobody needs the colours
_COLOURS = ("blue", "magenta", "yellow", "green", "bright_black")


def bars_of(found: Sequence[MemoryFit]) -> str:
    """Return a legend and a line for every fit, all at the scale of the largest card.

    Colours are used on a terminal that wants them; without, letters and shades tell parts apart.
    """
    bars = [bar_of(fit) for fit in found]
    labels = [f"{fit.gpus} x {fit.gpu}" for fit in found]
    tails = [_tail(bar) for bar in bars]
    width = width_of("stdout") or _WIDTH
    head, tail = (max(map(len, texts)) + len(_GAP) for texts in (labels, tails))
    own_line = width - head - tail < _NARROWEST
    cells = max(_NARROWEST, width - tail - (len(_GAP) if own_line else head))
    largest = max(bar.total for bar in bars)
    console, buffer = _console(width)
    console.print(_legend(width), soft_wrap=True)
    for label, bar, text in zip(labels, bars, tails, strict=True):
        line = _line(bar, largest / cells)
        line.pad_right(cells - line.cell_len)
        line.append(f"{_GAP}{text}")
        if own_line:
            console.print(label, soft_wrap=True)
        console.print(_text(_GAP if own_line else f"{label:{head}}") + line, soft_wrap=True)
    return buffer.getvalue()


def _line(bar: Bar, scale: float) -> "Text":
    """Return one bar; ``scale`` is bytes of a cell. What is beyond the card is cut off."""
    line, signs = _text(""), _signs()
    for position, count in enumerate(_cells(bar, scale)):
        cells = signs[position] * count
        if cells and _LETTERS[position].strip():
            cells = _LETTERS[position] + cells[1:]
        line.append(cells, style=_COLOURS[position])
    if bar.short and line:
        line.right_crop(1)
        line.append("!", style="bold red")
    return line


def _cells(bar: Bar, scale: float) -> list[int]:
    """Return the cells of each part: rounded so that they add up, the largest remainders first."""
    ends = [min(bar.total, end) / scale for end in accumulate(bar.sizes)]
    exact = [end - start for start, end in zip([0.0, *ends], ends, strict=False)]
    counts = [int(size) for size in exact]
    left = round(ends[-1]) - sum(counts)
    by_remainder = sorted(range(len(exact)), key=lambda part: counts[part] - exact[part])
    for part in by_remainder[: max(0, left)]:
        counts[part] += 1
    return counts


def _tail(bar: Bar) -> str:
    short = f", {bar.short / GIB:.1f} short" if bar.short else ""
    return f"{bar.total / GIB:.1f} GiB{short}"


def _legend(width: int) -> "Text":
    """Return what the signs mean, in as many lines as it takes."""
    signs, legend, taken = _signs(), _text(""), 0
    samples = [f"{letter.strip()}{sign * 2}" for letter, sign in zip(_LETTERS, signs, strict=True)]
    for sample, style, part in zip(
        [*samples, "!"], [*_COLOURS, "bold red"], [*PARTS, "too little"], strict=True
    ):
        wide = len(f"{sample} {part}")
        if taken and taken + len(_GAP) + wide > width:
            legend.append("\n")
            taken = 0
        elif taken:
            legend.append(_GAP)
            taken += len(_GAP)
        legend.append(sample, style=style)
        legend.append(f" {part}")
        taken += wide
    return legend


def _signs() -> str:
    """Return the signs of the parts that the encoding of standard output has."""
    try:
        _BLOCKS.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except (LookupError, UnicodeEncodeError):
        return _PLAIN
    return _BLOCKS


def _text(text: str) -> "Text":
    from rich.text import Text

    return Text(text)


def _console(width: int) -> "tuple[Console, io.StringIO]":
    from rich.console import Console

    buffer, styled = io.StringIO(), is_styled("stdout")
    console = Console(
        file=buffer,
        width=width,
        force_terminal=styled,
        color_system="auto" if styled else None,
        legacy_windows=False,
        highlight=False,
    )
    return console, buffer

"""Tables and lines for people: columns side by side, no frames, plain where plain is asked for."""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

from placement.cli.streams import printable
from placement.cli.terminal import is_styled, width_of

__all__ = ["Block", "Table", "listed", "render"]

_GAP = "  "  # between columns
_NARROWEST = 10  # cells of text that fold more narrowly than this cannot be read


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table.

    Parameters
    ----------
    title
        Stands above the header.
    columns
        Headings; those of numbers begin with ``>`` and are aligned to the right.
    rows
        Cells; None is shown as ``-``.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]


Block = str | Table


def listed(title: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield a title and lines under it, each once; nothing where there are none."""
    once = list(dict.fromkeys(lines))
    if once:
        yield ""
        yield title
        yield from (f"  - {line}" for line in once)


def render(blocks: Iterable[Block]) -> str:
    """Return lines and tables as text for standard output, with an empty line above tables.

    A table that is wider than ``COLUMNS`` or the terminal is folded, and where that could not be
    read it has a line for every cell; nothing is lost.
    """
    styled, width = is_styled("stdout"), width_of("stdout")
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, str):
            lines += printable(block).splitlines() or [""]
            continue
        title = printable(block.title)
        lines += ["", f"\x1b[1m{title}\x1b[0m" if styled else title]
        lines += _drawn(block, width, styled=styled)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _drawn(table: Table, width: int | None, *, styled: bool) -> list[str]:
    """Return the lines of a table."""
    from rich.cells import cell_len

    head = [heading.removeprefix(">").upper() for heading in table.columns]
    right = [heading.startswith(">") for heading in table.columns]
    rows = [["-" if cell is None else printable(str(cell)) for cell in row] for row in table.rows]
    widths = [max(map(cell_len, column)) for column in zip(head, *rows, strict=True)]
    if width is not None and sum(widths) + len(_GAP) * (len(widths) - 1) > width:
        return _folded(head, rows, right, width)
    drawn = []
    for row in (head, *rows):
        cells = []
        for cell, wide, aligned in zip(row, widths, right, strict=True):
            blank = " " * (wide - cell_len(cell))
            cells.append(f"{blank}{cell}" if aligned else f"{cell}{blank}")
        drawn.append(_GAP.join(cells))
    if styled:
        drawn[0] = f"\x1b[2m{drawn[0]}\x1b[0m"
    return drawn


def _folded(
    head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool], width: int
) -> list[str]:
    """Return the lines of a table whose cells are broken to fit a width; numbers are not."""
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table as Folding
    from rich.text import Text

    broken = ["\n".join(heading.replace("/", "/ ").split()) for heading in head]
    least = []
    for position, number in enumerate(right):
        longest = max((cell_len(row[position]) for row in rows), default=0)
        words = broken[position].split("\n")
        least.append(max(longest if number else min(longest, _NARROWEST), *map(len, words)))
    if sum(least) + len(_GAP) * (len(least) - 1) > width:
        return _stacked(head, rows, width)
    folding = Folding(box=None, pad_edge=False, padding=(0, len(_GAP), 0, 0))
    for heading, number, narrow in zip(broken, right, least, strict=True):
        side: Literal["left", "right"] = "right" if number else "left"
        folding.add_column(
            Text(heading), justify=side, overflow="fold", no_wrap=number, min_width=narrow
        )
    for row in rows:
        folding.add_row(*map(Text, row))
    buffer = io.StringIO()
    Console(file=buffer, width=width, color_system=None, legacy_windows=False).print(folding)
    return buffer.getvalue().splitlines()


def _stacked(head: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Return a line for every cell, its heading before it: for what no folding makes fit."""
    from rich.cells import chop_cells

    wide = min(max(map(len, head)) + len(_GAP), width // 2)
    lines: list[str] = []
    for row in rows:
        lines += [""] if lines else []
        for heading, cell in zip(head, row, strict=True):
            names, values = chop_cells(heading, wide - 1), chop_cells(cell, width - wide)
            pairs = zip_longest(names, values, fillvalue="")
            lines += [f"{name:{wide}}{value}" for name, value in pairs]
    return lines

"""Tables and lines for people: columns side by side, no frames, plain where plain is asked for."""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from placement.cli.streams import printable
from placement.cli.terminal import is_styled, width_of

__all__ = ["Block", "Table", "listed", "render"]

_ANY_WIDTH = 100_000  # columns, where nobody says how many there are


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
    """Return lines and tables as text for standard output, with an empty line around tables."""
    from rich.console import Console
    from rich.text import Text

    styled = is_styled("stdout")
    buffer = io.StringIO()
    console = Console(
        file=buffer,
        width=width_of("stdout") or _ANY_WIDTH,
        force_terminal=styled,
        color_system="standard" if styled else None,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )
    for block in blocks:
        if isinstance(block, str):
            console.print(Text(printable(block)), soft_wrap=True)
            continue
        console.print()
        console.print(Text(printable(block.title), style="bold"), soft_wrap=True)
        console.print(_drawn(block))
    return "".join(f"{line.rstrip()}\n" for line in buffer.getvalue().splitlines())


def _drawn(table: Table) -> object:
    from rich.table import Table as Drawn
    from rich.text import Text

    drawn = Drawn(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in table.columns:
        right = heading.startswith(">")
        drawn.add_column(
            heading.removeprefix(">").upper(),
            justify="right" if right else "left",
            overflow="fold",
        )
    for row in table.rows:
        cells = ("-" if cell is None else str(cell) for cell in row)
        drawn.add_row(*(Text(printable(cell)) for cell in cells))
    return drawn

"""CSV tables: read with bounds, check every cell, report every fault together."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from placement.adapters.pipes import read_bytes
from placement.errors import AdapterError, Issue, nearest, show

__all__ = ["Cells", "Table", "doubles", "read_text", "rows_of", "shortened"]

MOST_BYTES = 64 * 2**20  # of one file: two hundred times the largest of the shipped ones
MOST_ISSUES = 100  # that one error lists; a wrong delimiter breaks every row

Cells = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What a CSV file must look like.

    Parameters
    ----------
    name
        Of the file, without ``.csv``.
    columns
        Every column with the function that reads its cells; it raises ValueError with the rule
        that a cell breaks.
    key
        Columns that together may occur once.
    """

    name: str
    columns: Mapping[str, Callable[[str], object]]
    key: tuple[str, ...]


def read_text(path: Path) -> str:
    """Return a file's text, UTF-8 with or without a byte order mark.

    Raises
    ------
    AdapterError
        When the file cannot be read, is larger than 64 MiB or is not UTF-8.
    """
    try:
        content = read_bytes(path, MOST_BYTES + 1)
    except OSError as error:
        rule = f"cannot be read: {error.strerror or error}"
        raise AdapterError([Issue(path="", rule=rule, source=str(path))]) from error
    if len(content) > MOST_BYTES:
        rule = f"must not be larger than {MOST_BYTES // 2**20} MiB"
        raise AdapterError([Issue(path="", rule=rule, source=str(path))])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        rule = "must be UTF-8; save the file in that encoding"
        raise AdapterError([Issue(path="", rule=rule, source=f"{path}:{line}")]) from error


def rows_of(table: Table, text: str, source: str, issues: list[Issue]) -> Iterator[Cells]:
    """Yield the good rows of a table; add what is wrong with the others to ``issues``.

    Parameters
    ----------
    text
        The file's content, the header in the first line.
    source
        The file's name, for messages; the line number is added.

    Notes
    -----
    Each row also carries its place under the key ``source``, e.g. ``prices.csv:12``.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        if faults := list(_header_issues(table, header, source)):
            issues += faults
            return
        for fields in reader:
            place = f"{source}:{reader.line_num}"
            cells = _cells(table, header, fields, place, issues) if fields else None
            if cells is not None:
                yield cells
    except csv.Error as error:
        rule = f"is not well-formed CSV: {error}"
        issues.append(Issue(path="", rule=rule, source=f"{source}:{reader.line_num}"))


def doubles(table: Table, rows: Iterable[Cells]) -> Iterator[Issue]:
    """Yield every row whose key an earlier row has."""
    first: dict[tuple[object, ...], str] = {}
    for cells in rows:
        key = tuple(cells[name] for name in table.key)
        place = str(cells["source"])
        earlier = first.setdefault(key, place)
        if earlier != place:
            rule = f"the row repeats that of {earlier}; remove one"
            value = ", ".join(str(part) for part in key if part is not None)
            yield Issue(path=", ".join(table.key), rule=rule, value=value, source=place)


def shortened(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    """Return at most a hundred issues, the last one saying how many more there are."""
    found = tuple(issues)
    if len(found) <= MOST_ISSUES:
        return found
    rest = Issue(path="", rule=f"and {len(found) - MOST_ISSUES} more issues, not listed here")
    return (*found[:MOST_ISSUES], rest)


def _header_issues(table: Table, header: list[str], source: str) -> Iterator[Issue]:
    place = f"{source}:1"
    for name in table.columns:
        if name not in header:
            yield Issue(path=name, rule="the column is missing; add it", source=place)
    for position, name in enumerate(header):
        if name not in table.columns:
            rule = f"is no column of {table.name}.csv{nearest(name, table.columns)}"
            yield Issue(path=f"column {position + 1}", rule=rule, value=show(name), source=place)
        elif name in header[:position]:
            yield Issue(path=name, rule="the column is given twice; remove one", source=place)


def _cells(
    table: Table, header: list[str], fields: list[str], place: str, issues: list[Issue]
) -> Cells | None:
    """Return a row's values by column, or None where some cell is bad."""
    if len(fields) != len(header):
        rule = f"must have {len(header)} fields, as the header has"
        issues.append(Issue(path="", rule=rule, value=str(len(fields)), source=place))
        return None
    cells: Cells = {"source": place}
    for name, text in zip(header, fields, strict=True):
        try:
            cells[name] = table.columns[name](text)
        except ValueError as error:
            issues.append(Issue(path=name, rule=str(error), value=show(text), source=place))
    return cells if len(cells) == len(header) + 1 else None

"""The tables of a price catalog as files: find them, read them, hold them against each other."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from placement.adapters.catalog_rows import ADVISOR, DERIVED, OFFERED, PRICES, TABLES, TYPES
from placement.adapters.tables import Cells, doubles, read_text, rows_of, shortened
from placement.errors import AdapterError, Issue, nearest, show

__all__ = ["read_tables"]


def read_tables(paths: Iterable[str | Path]) -> dict[str, list[Cells]]:
    """Return the rows of every table by the table's name, each row checked.

    Raises
    ------
    AdapterError
        With every fault found, each with its file and line, column, value and rule.
    """
    issues: list[Issue] = []
    tables: dict[str, list[Cells]] = {name: [] for name in TABLES}
    seen = set()
    for path in _files(paths, issues):
        seen.add(path.stem)
        tables[path.stem] += rows_of(TABLES[path.stem], read_text(path), str(path), issues)
    for table in (TYPES, PRICES):
        if table.name not in seen:
            rule = f"{table.name}.csv is missing; a catalog needs it"
            issues.append(Issue(path="", rule=rule, source=", ".join(map(str, paths))))
    if not issues:
        for name, table in TABLES.items():
            issues += doubles(table, tables[name])
        issues += _contradictions(tables)
    if issues:
        raise AdapterError(shortened(issues))
    return tables


def _files(paths: Iterable[str | Path], issues: list[Issue]) -> Iterator[Path]:
    """Yield the files of known names, in a fixed order."""
    for path in map(Path, paths):
        if path.is_dir():
            yield from (path / f"{name}.csv" for name in TABLES if (path / f"{name}.csv").is_file())
        elif path.stem in TABLES:
            yield path
        else:
            known = [f"{name}.csv" for name in TABLES]
            rule = f"must be a folder or one of {', '.join(known)}{nearest(path.name, known)}"
            issues.append(Issue(path="", rule=rule, source=str(path)))


def _contradictions(tables: Mapping[str, list[Cells]]) -> Iterator[Issue]:
    """Yield where rows of one table contradict another table or themselves."""
    types = {str(cells["instance_type"]): cells for cells in tables[TYPES.name]}
    for cells in types.values():
        parts = [bool(cells[name]) for name in ("gpu_model", "gpu_count", "gpu_memory_mib")]
        if any(parts) and not all(parts):
            rule = "gpu_model, gpu_count and gpu_memory_mib must all be given, or be empty, 0 and 0"
            yield Issue(path="gpu_model", rule=rule, source=str(cells["source"]))
    for name in (PRICES.name, DERIVED.name, OFFERED.name, ADVISOR.name):
        for cells in tables[name]:
            yield from _row_issues(cells, types)


def _row_issues(cells: Cells, types: Mapping[str, Cells]) -> Iterator[Issue]:
    place, kind = str(cells["source"]), str(cells["instance_type"])
    if kind not in types:
        rule = f"instance_types.csv has no such type{nearest(kind, types)}"
        yield Issue(path="instance_type", rule=rule, value=show(kind), source=place)
        return
    owner = types[kind]["provider"]
    if cells.get("provider", owner) != owner:
        rule = f"must be {owner!r}, to whom {kind} belongs in instance_types.csv"
        yield Issue(path="provider", rule=rule, value=show(cells["provider"]), source=place)
    if cells.get("currency") == "USD" and cells["price"] != cells["price_usd_per_hour"]:
        rule = f"must equal price, which is in USD: {cells['price']}"
        value = str(cells["price_usd_per_hour"])
        yield Issue(path="price_usd_per_hour", rule=rule, value=value, source=place)

"""The pages of runs: what was asked, the targets, the summary, the pictures, and the rows."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import marked
import targets
from fleet_draft import Json
from fleet_table import HEAD, Row
from stored_runs import about_text
from summary import bounds_of, fleets_of, summary

__all__ = ["write_pages"]

TITLES = {
    "gap-over-time": "Proven gap over time: the median of each strategy, faintly of each kind",
    "time-over-size": "Seconds to a proven gap of 0.5 % over the number of workloads",
    "cost-by-baseline": "Cost of each greedy rule over the bound, where it places as much",
}


def write_pages(
    output: Path,
    rows_page: Path | None,
    rows: Sequence[Row],
    places: Sequence[Json],
    pictures: Sequence[Path],
) -> None:
    """Write all of it into a page, or the rows into one of their own."""
    head = list(_head(rows, places))
    table = list(_rows(rows))
    lines = [*head, *_summary(rows, output.parent, pictures)]
    if rows_page is None:
        lines += ["", *table]
    else:
        link = os.path.relpath(rows_page, output.parent)
        lines += ["", f"[Every run]({Path(link).as_posix()}), the bad ones too."]
        marked.write(rows_page, ["# Every run, side by side", "", *head, "", *table])
    marked.write(output, lines)


def _head(rows: Sequence[Row], places: Sequence[Json]) -> Iterator[str]:
    fleets = fleets_of(rows)
    asked = {
        "sizes": dict.fromkeys(str(fleet[0].task["size"]) for fleet in fleets),
        "kinds": dict.fromkeys(str(fleet[0].task["kind"]) for fleet in fleets),
        "seeds": dict.fromkeys(str(fleet[0].task["seed"]) for fleet in fleets),
    }
    words = "; ".join(f"{name} {', '.join(found)}" for name, found in asked.items())
    bad = sum(not row.sound for row in rows)
    yield f"{len(rows)} runs, {bad} of them bad ({about_text(places)}): {words}; {_limits(rows)}."


def _limits(rows: Sequence[Row]) -> str:
    found = dict.fromkeys(
        (
            f"{row.task['time_limit']:g} s",
            f"gap {row.task['gap']:g}",
            f"tightness {row.task['tightness']:g}",
            f"{row.task['executor_workers']} workers",
        )
        for row in rows
    )
    return " / ".join(", ".join(one) for one in found)


def _summary(rows: Sequence[Row], folder: Path, pictures: Sequence[Path]) -> Iterator[str]:
    if found := list(targets.table(rows)):
        yield from ("", *found)
    yield from (
        "",
        "Median over the seeds, and the worst in brackets where it is another:",
        "",
        *summary(rows),
    )
    for picture in pictures:
        link = Path(os.path.relpath(picture, folder)).as_posix()
        yield from ("", f"![{TITLES[picture.stem]}]({link})")


def _rows(rows: Sequence[Row]) -> Iterator[str]:
    yield HEAD
    for fleet in fleets_of(rows):
        bounds = bounds_of(fleet)
        yield from (row.text(bounds) for row in fleet)

"""Prints how well the memory laws foretell start-ups of vLLM that were seen.

Run ``python benchmarks/memory_accuracy.py`` for Markdown, with ``--json`` for JSON, with ``--rows``
for every start-up beside what is predicted; ``--update`` writes the figures into
``docs/memory-accuracy.md``. Exits with 1 if a target is missed.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from startup_causes import cause_of, outliers
from startup_errors import QUANTITIES, TARGETS, errors, summary
from startup_fits import Sized, size_all
from startup_laws import LAWS
from startup_refits import family, refits, version
from startup_tables import (
    by_group,
    every_row,
    foretold,
    left_out,
    named,
    overall,
    refitted,
    verdicts,
)
from startup_verdicts import confusion, is_wrong, judged

DOCUMENT = Path(__file__).parents[1] / "docs" / "memory-accuracy.md"
MARK = "<!-- From here on as benchmarks/memory_accuracy.py --update writes it. -->\n"

ERA = "0.11 and newer"
"""The start-ups that the targets are about."""


def main() -> int:
    """Size every start-up, print, and return whether the targets are met."""
    parser = argparse.ArgumentParser(description="How accurate the memory laws are")
    parser.add_argument("--json", action="store_true", help="print JSON instead of Markdown")
    parser.add_argument("--rows", action="store_true", help="print every start-up")
    parser.add_argument("--update", action="store_true", help=f"write {DOCUMENT.name}")
    arguments = parser.parse_args()
    logged, tabled = size_all("log"), size_all("table")
    if arguments.json:
        print(json.dumps(_json(logged, tabled), indent=1, ensure_ascii=False))
    elif arguments.update:
        written, _ = DOCUMENT.read_text("utf-8").split(MARK)
        DOCUMENT.write_text(f"{written}{MARK}\n{report(logged, tabled)}", "utf-8")
    elif arguments.rows:
        print("\n".join(every_row(logged)))
    else:
        print(report(logged, tabled), end="")
    return 1 if missed(logged) else 0


def report(logged: tuple[Sized, ...], tabled: tuple[Sized, ...]) -> str:
    """Return all figures as Markdown; GPUs' totals as logged, and from our table."""
    return "\n".join((*_report(logged, tabled), ""))


def missed(sized: Sequence[Sized]) -> list[str]:
    """Return the targets that are missed, a word each."""
    found = []
    of_era = within(sized, ERA)
    for quantity in QUANTITIES:
        median, p90 = TARGETS.get(quantity.name, (None, None))
        got = summary(errors(of_era, quantity))
        if median is None or p90 is None or got is None:
            continue
        if got.median > median or got.p90 > p90:
            found.append(quantity.name)
    found += [f"verdict of {each.start.id}" for each in judged(sized) if is_wrong(each)]
    return found


def within(sized: Sequence[Sized], era: str) -> tuple[Sized, ...]:
    """Return the start-ups of one era."""
    return tuple(each for each in sized if each.start.era == era)


def _report(logged: tuple[Sized, ...], tabled: tuple[Sized, ...]) -> Iterator[str]:
    counts = Counter(each.start.outcome for each in logged)
    ended = ", ".join(f"{number} {outcome}" for outcome, number in counts.items())
    yield f"{len(logged)} start-ups: {ended}. Errors are predicted less measured; median and 90th"
    yield "percentile are those of absolute errors."
    of_era = within(logged, ERA)
    newer = within(logged, "dated 2026")
    others = [each for each in of_era if each.start.card != "H100-80GB"]
    for title, lines in (
        (f"Started, vLLM {ERA}, GPU's total as logged", overall(of_era, targets=True)),
        ("The same, GPU's total from our table", overall(within(tabled, ERA), targets=True)),
        ("The same, other GPUs than H100", overall(others)),
        (
            "Dated 2026, version not stated: the newest assumed",
            overall(newer),
        ),
        ("All that started", overall(logged)),
        ("By GPU: median / p90 / worst (count)", by_group(of_era, "GPU", _gpu)),
        ("By version, all that started", by_group(logged, "version", version)),
        ("By family", by_group(of_era, "family", family)),
        ("Verdicts", verdicts(logged)),
        ("Verdicts, GPU's total from our table", verdicts(tabled)),
        ("Verdicts where only the class of the GPU is known", verdicts(logged, gpu_known=False)),
        ("Outliers: weights by more than 2 %, KV by more than 3 %", named(logged)),
        ("Not judged, or not in full", left_out(logged)),
        ("Foretold unseen", foretold(family, "family")),
    ):
        yield from ("", f"## {title}", "", *lines)
    for law in LAWS:
        yield from ("", f"## Refitted: {law.name}", "", *refitted(law))


def _gpu(sized: Sized) -> str:
    return sized.start.card or sized.start.gpu


def _json(logged: tuple[Sized, ...], tabled: tuple[Sized, ...]) -> dict[str, Any]:
    of_era = within(logged, ERA)
    return {
        "missed": missed(logged),
        "errors": {
            "total as logged": _summaries(of_era),
            "total from the table": _summaries(within(tabled, ERA)),
            "all started": _summaries(logged),
        },
        "verdicts": confusion(judged(logged)),
        "outliers": {
            each.start.id: {error.quantity.name: error.value for error in found}
            | {"cause": cause_of(each)}
            for each, found in outliers(logged)
        },
        "not judged": {each.start.id: each.why_not for each in logged if each.why_not},
        "refits": {
            law.name: [
                {"left_out": refit.left_out, "constants": refit.constants, "errors": refit.errors}
                for refit in refits(law)
            ]
            for law in LAWS
        },
    }


def _summaries(sized: Sequence[Sized]) -> dict[str, Any]:
    found = {}
    for quantity in QUANTITIES:
        if (got := summary(errors(sized, quantity))) is not None:
            found[quantity.name] = {
                "unit": quantity.unit,
                "count": got.count,
                "mean": got.mean,
                "median": got.median,
                "p90": got.p90,
                "bias": got.bias,
                "worst": got.worst.value,
                "worst_of": got.worst.sized.start.id,
            }
    return found


if __name__ == "__main__":
    raise SystemExit(main())

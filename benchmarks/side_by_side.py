"""Strategies and greedy baselines side by side on generated fleets: ``python -m benchmarks``.

Each run is a process of its own, so that its peak memory is its own and one that hangs is killed;
it draws its fleet anew. Prints a Markdown table row by row, then the targets that the rows say
something about. Exits with 1 if a strategy did not end by itself, or gave a plan that breaks a
rule; with ``--targets`` also where one is missed.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import product
from typing import TextIO

import targets
from asked import asked_for
from fleet_draft import Json
from fleet_table import HEAD, Row, row_of
from one_run import DRAWN, STRATEGIES
from pictures import draw
from stored_runs import about, keep, kept
from watched import Watched, watch
from written import write_pages

__all__ = ["main"]

CHILD = "import sys; sys.path[:] = {path!r}; from one_run import main; main()"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all that is asked for and return how it went."""
    asked = asked_for(arguments)
    if asked.stored:
        places, rows = kept(asked.stored)
    else:
        places, rows = [about()], list(_run(asked))
    found = list(targets.table(rows))
    if found:
        print("", *found, sep="\n")
    pictures = draw(rows, asked.plots) if asked.plots else []
    if asked.output:
        write_pages(asked.output, asked.rows, rows, places, pictures)
    bad = sum(row.name in STRATEGIES and not row.sound for row in rows)
    return int(bad > 0 or (asked.targets and targets.missed(rows) > 0))


def _run(asked: argparse.Namespace) -> Iterator[Row]:
    """Run, print and keep what is asked for; yield the rows."""
    print(HEAD, flush=True)
    with ExitStack() as files:
        trace: TextIO | None = None
        if asked.trace:
            trace = files.enter_context(asked.trace.open("w", encoding="utf-8"))
            print(json.dumps({"about": about()}), file=trace, flush=True)
        for size, kind, seed in product(asked.sizes, asked.kinds, asked.seeds):
            known: list[Row] = []
            for task in _tasks({"size": size, "kind": kind, "seed": int(seed)}, asked):
                watched = _watched(task, asked)
                row = row_of(task, watched)
                print(row.text(known), flush=True)
                if trace is not None:
                    keep(trace, task, watched)
                if row.name in STRATEGIES and row.sound:
                    known.append(row)
                yield row


def _tasks(fleet: Json, asked: argparse.Namespace) -> Iterator[Json]:
    """Yield what is done with a fleet; strategies before baselines."""
    first = () if asked.targets else (DRAWN,)
    for name in (*first, *asked.strategies, *asked.baselines):
        yield {
            **fleet,
            "name": name,
            "time_limit": asked.seconds_for(fleet["size"]),
            "gap": asked.gap,
            "tightness": asked.tightness,
            "executor_workers": asked.executor_workers,
        }


def _watched(task: Json, asked: argparse.Namespace) -> Watched:
    command = [sys.executable, "-c", CHILD.format(path=sys.path), json.dumps(task)]
    return watch(command, seconds=asked.kill_after, mebibytes=asked.memory)


if __name__ == "__main__":
    sys.exit(main())

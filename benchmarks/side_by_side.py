"""Strategies and greedy baselines side by side on generated fleets: ``python -m benchmarks``.

Each run is a process of its own, so that its peak memory is its own and one that hangs is killed;
it draws its fleet anew. Prints a Markdown table row by row. Exits with 1 if a strategy did not end
by itself, or gave a plan that breaks a rule.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import TextIO

from fleet_kinds import KINDS
from fleet_table import HEAD, Row, row_of
from fleets import SEEDS, SIZES, size_of
from one_run import DRAWN, STRATEGIES
from watched import watch

from placement.solvers.greedy import BASELINES

__all__ = ["main"]

CHILD = "import sys; sys.path[:] = {path!r}; from one_run import main; main()"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all that is asked for and return how it went."""
    asked = _parser().parse_args(arguments)
    outputs: list[TextIO] = [sys.stdout]
    if asked.output:
        outputs.append(asked.output.open("w", encoding="utf-8"))
    _write(outputs, HEAD)
    bad = 0
    for size, kind, seed in product(asked.sizes, asked.kinds, asked.seeds):
        fleet = {"size": size, "kind": kind, "seed": int(seed)}
        for row, text in rows(fleet, asked):
            _write(outputs, text)
            bad += row.task["name"] in STRATEGIES and not row.sound
    return int(bad > 0)


def rows(fleet: dict[str, object], asked: argparse.Namespace) -> Iterator[tuple[Row, str]]:
    """Yield what every method does with a fleet, with the row's text; strategies first."""
    known: list[Row] = []
    for name in (DRAWN, *asked.strategies, *asked.baselines):
        limits = {"time_limit": asked.time_limit, "gap": asked.gap, "tightness": asked.tightness}
        task = {**fleet, "name": name, **limits}
        code = CHILD.format(path=sys.path)
        command = [sys.executable, "-c", code, json.dumps(task)]
        row = row_of(task, watch(command, seconds=asked.kill_after, mebibytes=asked.memory))
        yield row, row.text(known)
        if name in STRATEGIES and row.sound:
            known.append(row)


def _write(outputs: Sequence[TextIO], text: str) -> None:
    for output in outputs:
        print(text, file=output, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Strategies and baselines on generated fleets"
    )

    def names(option: str, known: Sequence[str], default: str, text: str) -> None:
        """Add an option that takes names, a comma between them, ``all`` or ``none``."""

        def read(value: str) -> list[str]:
            found = {"all": list(known), "none": []}.get(value, value.split(","))
            if unknown := set(found) - set(known):
                raise argparse.ArgumentTypeError(
                    f"no {', '.join(sorted(unknown))}; there are {', '.join(known)}"
                )
            return found

        parser.add_argument(option, type=read, default=default, help=f"{text} (default {default})")

    parser.add_argument(
        "--sizes",
        type=_sizes,
        default="S,M",
        help=f"of {', '.join(SIZES)}, or workloads x clusters x types x regions such as "
        "500x80x40x15 (default S,M)",
    )
    names("--kinds", list(KINDS), "all", f"of {', '.join(KINDS)}")
    names("--seeds", [str(seed) for seed in SEEDS], "0", "of the fleets, 0 to 4")
    names("--strategies", list(STRATEGIES), "all", f"of {', '.join(STRATEGIES)}")
    names("--baselines", list(BASELINES), "all", f"of {', '.join(BASELINES)}")
    parser.add_argument("--tightness", type=float, default=1.0, help="divides stock and quotas")
    parser.add_argument("--time-limit", type=float, default=60.0, help="of a strategy, seconds")
    parser.add_argument("--gap", type=float, default=0.0, help="at which a strategy may stop")
    parser.add_argument("--kill-after", type=float, default=300.0, help="of any run, seconds")
    parser.add_argument("--memory", type=float, default=10_240.0, help="of any run, MiB")
    parser.add_argument("--output", type=Path, help="a file for the table as well")
    return parser


def _sizes(value: str) -> list[str]:
    found = list(SIZES) if value == "all" else value.split(",")
    for name in found:
        try:
            size_of(name)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error
    return found


if __name__ == "__main__":
    sys.exit(main())

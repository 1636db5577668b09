"""What ``python -m benchmarks`` can be asked for."""

import argparse
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import targets
from fleet_kinds import KINDS
from fleets import SEEDS, SIZES, size_of
from one_run import STRATEGIES

from placement.solvers.greedy import BASELINES

__all__ = ["asked_for"]

TARGETS = {
    "sizes": ",".join(targets.SIZES),
    "kinds": "gpu",
    "seeds": "all",
    "strategies": "auto",
    "baselines": "none",
}
"""What ``--targets`` runs where nothing else is said."""

LIMIT = 60.0  # seconds of a strategy


class Asked(argparse.Namespace):
    """The options."""

    time_limit: float | None
    targets: bool

    def seconds_for(self, size: str) -> float:
        """Return the time limit of a strategy on a fleet of some size."""
        if self.time_limit is not None:
            return self.time_limit
        return targets.SECONDS.get(size, LIMIT) if self.targets else LIMIT


def asked_for(arguments: Sequence[str] | None = None) -> Asked:
    """Return the options; those that are wrong end the program."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Strategies and baselines on generated fleets"
    )
    _what(parser)
    _limits(parser)
    _files(parser)
    asked = parser.parse_args(arguments, Asked())
    if asked.targets:
        parser.set_defaults(**TARGETS)
        asked = parser.parse_args(arguments, Asked())
    if asked.stored and asked.trace:
        parser.error("--trace keeps runs, and --from makes none")
    if asked.rows and not asked.output:
        parser.error("--rows goes with --output")
    if asked.plots and find_spec("matplotlib") is None:
        parser.error("--plots needs matplotlib: pip install 'placement[plot]'")
    return asked


def _what(parser: argparse.ArgumentParser) -> None:
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
        "--targets",
        action="store_true",
        help="only auto on fleets of kind gpu, S to XL, all seeds, as far as nothing else is said; "
        "fails where a target is missed",
    )
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


def _limits(parser: argparse.ArgumentParser) -> None:
    limits = ", ".join(f"{size} {seconds:g}" for size, seconds in targets.SECONDS.items())
    parser.add_argument(
        "--time-limit",
        type=float,
        help=f"of a strategy, seconds (default {LIMIT:g}; with --targets {limits})",
    )
    parser.add_argument("--gap", type=float, default=0.0, help="at which a strategy may stop")
    parser.add_argument(
        "--executor-workers", type=int, default=0, help="processes for its parts (default none)"
    )
    parser.add_argument("--kill-after", type=float, default=300.0, help="of any run, seconds")
    parser.add_argument("--memory", type=float, default=10_240.0, help="of any run, MiB")


def _files(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--trace", type=Path, metavar="FILE", help="keep the runs, a line each")
    parser.add_argument(
        "--from",
        type=Path,
        nargs="+",
        dest="stored",
        metavar="FILE",
        help="take kept runs and make none; of one that is there twice, the last",
    )
    parser.add_argument("--plots", type=Path, metavar="DIR", help="a folder for the pictures")
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="a page for targets, summary, pictures and rows"
    )
    parser.add_argument(
        "--rows", type=Path, metavar="FILE", help="a page of their own for the rows"
    )


def _sizes(value: str) -> list[str]:
    found = list(SIZES) if value == "all" else value.split(",")
    for name in found:
        try:
            size_of(name)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error
    return found

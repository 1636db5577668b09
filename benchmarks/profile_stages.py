"""Where the time of one plan goes: ``python benchmarks/profile_stages.py SIZE KIND SEED``.

Prints Markdown: seconds by stage, by module, and by function, the fifteen with most time of their
own. Taken under cProfile, which makes Python slower and leaves compiled code as it is; what runs in
other processes is waited for here (the exact strategy solves in one of its own).
"""

import argparse
import cProfile
import pstats
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from clocks import Clocks
from fleet_kinds import KINDS
from fleet_table import in_order
from fleets import SIZES, problem, size_of
from one_run import STRATEGIES, warm_up

from placement import place

__all__ = ["Spent", "main", "profiled", "tables"]

MOST = 15
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Spent:
    """What a function took: calls, and seconds of its own."""

    module: str
    name: str
    calls: int
    seconds: float


def profiled(do: Callable[[], Result]) -> tuple[Result, list[Spent]]:
    """Return what a function returns, and what was spent in it, most first."""
    profile = cProfile.Profile()
    result = profile.runcall(do)
    found = [
        Spent(_module(path), f"{name}:{line}" if line else name, calls, own)
        for (path, line, name), (_, calls, own, *_) in pstats.Stats(profile).stats.items()  # type: ignore[attr-defined]
    ]
    return result, sorted(found, key=lambda spent: (-spent.seconds, spent.module, spent.name))


def _module(path: str) -> str:
    """Return a module's name from where its file is; what is compiled has no file."""
    if path == "~":
        return "compiled"
    parts = Path(path).with_suffix("").parts
    for root in ("site-packages", "placement", "solvers", "adapters", "benchmarks"):
        if root in parts:
            last = len(parts) - 1 - parts[::-1].index(root)
            return ".".join(parts[last + (root == "site-packages") :])
    return parts[-1]


def tables(stages: dict[str, float], spent: Sequence[Spent]) -> Iterator[str]:
    """Yield the tables: stages, modules, functions."""
    yield from _table("stage", [(name, stages[name]) for name in in_order(stages)])
    modules: dict[str, float] = defaultdict(float)
    for one in spent:
        modules[one.module] += one.seconds
    ordered = sorted(modules.items(), key=lambda item: (-item[1], item[0]))
    yield from ("", *_table("module", ordered))
    yield from ("", "| function | calls | own seconds | share |", "| --- | ---: | ---: | ---: |")
    whole = sum(one.seconds for one in spent)
    for one in spent[:MOST]:
        name = f"{one.module} {one.name}".replace("|", "/")
        yield f"| {name} | {one.calls:,} | {one.seconds:.3f} | {_share(one.seconds, whole)} |"


def _table(title: str, found: Sequence[tuple[str, float]]) -> Iterator[str]:
    yield f"| {title} | own seconds | share |"
    yield "| --- | ---: | ---: |"
    whole = sum(seconds for _, seconds in found)
    for name, seconds in found[:MOST]:
        yield f"| {name} | {seconds:.3f} | {_share(seconds, whole)} |"


def _share(part: float, whole: float) -> str:
    return f"{part / whole if whole else 0.0:.1%}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Profile what is asked for."""
    parser = argparse.ArgumentParser(description="Where the time of one plan goes")
    parser.add_argument("size", help=f"of {', '.join(SIZES)}, or its numbers")
    parser.add_argument("kind", choices=list(KINDS))
    parser.add_argument("seed", type=int)
    parser.add_argument("--strategy", choices=STRATEGIES, default="auto")
    parser.add_argument("--time-limit", type=float, default=60.0, help="seconds (default 60)")
    parser.add_argument("--gap", type=float, default=0.0, help="at which it may stop")
    asked = parser.parse_args(arguments)
    fleet = problem(size_of(asked.size), asked.kind, asked.seed)
    warm_up(asked.strategy)
    stages: dict[str, float] = defaultdict(float)

    def ended(stage: str, seconds: float) -> None:
        stages[stage] += seconds

    clocks = Clocks(ended=ended)
    with clocks.watching(), clocks.stage("before"):
        plan, spent = profiled(
            lambda: place(
                fleet,
                strategy=asked.strategy,
                time_limit=asked.time_limit,
                gap=asked.gap,
                progress=lambda told: clocks.turn(told.stage),
            )
        )
    print(f"{asked.size} {asked.kind} seed {asked.seed}, {plan.strategy}: {plan.seconds:.2f} s,")
    print(f"cost {plan.objective.total:,.2f}, bound {plan.lower_bound:,.2f}, {plan.ended_by}\n")
    print(*tables(stages, spent), sep="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

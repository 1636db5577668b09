"""Prints what the optimum saves against every baseline, at real prices.

Run ``python benchmarks/savings.py`` for Markdown, with ``--json`` for JSON. Exits with 1 if a plan
breaks a rule, or if a baseline that places as many replicas costs less than the optimum.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from comparison import OPTIMUM, Comparison, Entry, compare
from generator import SIZES, problem

from placement.adapters.problems import read_problem
from placement.problem import Problem
from placement.solvers.greedy import BASELINES

EXAMPLES = Path(__file__).parents[1] / "examples"
LARGE = "200x50"


def main() -> int:
    """Compare, print, and return how it went."""
    arguments = _arguments()
    gaps = {name: arguments.gap if name.startswith(LARGE) else 0.0 for name in arguments.instances}
    found = []
    for name, fleet in instances(arguments.instances, arguments.seed):
        print(f"{name} ...", file=sys.stderr)
        found.append(compare(name, fleet, time_limit=arguments.time_limit, gap=gaps[name]))
    faults = [fault for comparison in found for fault in comparison.faults()]
    if arguments.json:
        print(json.dumps([as_json(comparison) for comparison in found], indent=2))
    else:
        print("\n".join([*summary(found), "", *details(found), "", *_limits(found)]))
    for fault in faults:
        print(f"FAULT {fault}", file=sys.stderr)
    return 1 if faults else 0


def _arguments() -> argparse.Namespace:
    names = ["reference", "catalog-fleet", *SIZES]
    parser = argparse.ArgumentParser(description="What the optimum saves, at real prices")
    parser.add_argument("instances", nargs="*", help=f"of {', '.join(names)} (default all)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of Markdown")
    parser.add_argument("--seed", type=int, default=0, help="of the generated fleets (default 0)")
    parser.add_argument("--time-limit", type=float, default=60.0, help="seconds (default 60)")
    parser.add_argument(
        "--gap", type=float, default=0.005, help=f"at which {LARGE} may stop (default 0.005)"
    )
    arguments = parser.parse_args()
    if unknown := set(arguments.instances) - set(names):
        parser.error(f"no instance {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    arguments.instances = arguments.instances or names
    return arguments


def instances(names: Sequence[str], seed: int) -> Iterator[tuple[str, Problem]]:
    """Yield problems by name: the two examples, and generated fleets."""
    for name in names:
        if name in SIZES:
            yield name, problem(SIZES[name], seed)
        elif name == "reference":
            yield name, read_problem([EXAMPLES / "reference"]).problem
        else:
            yield name, read_problem([EXAMPLES / "catalog_fleet.yaml"]).problem


def summary(found: Sequence[Comparison]) -> Iterator[str]:
    """Yield the table of savings: one row for each instance, one column for each baseline."""
    yield _row(["instance", "replicas", "optimum per hour", "proven gap", "seconds", *BASELINES])
    yield _row(["---", *["---:"] * (4 + len(BASELINES))])
    for comparison in found:
        best = comparison.optimum
        yield _row(
            [
                comparison.name,
                _placed(best, comparison),
                _money(best),
                f"{best.plan.gap:.2%}",
                f"{best.seconds:.2f}",
                *(_against(entry, comparison) for entry in comparison.entries[1:]),
            ]
        )


def _placed(entry: Entry, comparison: Comparison) -> str:
    asked = sum(workload.most_replicas for workload in comparison.problem.workloads)
    placed = entry.plan.replicas_placed
    return str(asked) if placed == asked else f"{placed} of {asked}"


def _money(entry: Entry) -> str:
    return f"{entry.cost:,.2f} {entry.plan.currency}"


def _against(entry: Entry, comparison: Comparison) -> str:
    """Return a baseline's cost and what the optimum saves, or how many replicas it places."""
    saved = comparison.saving(entry)
    if saved is None:
        return f"places {entry.plan.replicas_placed}"
    return f"{entry.cost:,.2f} (**{saved:.1%}** saved)"


def details(found: Sequence[Comparison]) -> Iterator[str]:
    """Yield every plan as a row."""
    columns = ("instance", "method", "per hour", "unplaced", "saved", "seconds", "bound", "gap")
    yield _row([*columns, "ended by"])
    yield _row(["---", "---", *["---:"] * 6, "---"])
    for comparison in found:
        for entry in comparison.entries:
            saved = comparison.saving(entry)
            exact = entry.method == OPTIMUM
            yield _row(
                [
                    comparison.name,
                    entry.method,
                    _money(entry),
                    str(entry.plan.replicas_unplaced),
                    "" if exact or saved is None else f"{saved:.2%}",
                    f"{entry.seconds:.3f}",
                    f"{entry.plan.lower_bound:,.2f}" if exact else "",
                    f"{entry.plan.gap:.4%}" if exact else "",
                    f"{entry.plan.status}, {entry.plan.ended_by}" if exact else "",
                ]
            )


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _limits(found: Sequence[Comparison]) -> Iterator[str]:
    """Yield what the optimum was allowed."""
    for comparison in found:
        until = f"until the gap is {comparison.gap:.2%}" if comparison.gap else "to the proof"
        yield f"- {comparison.name}: {until}, at most {comparison.time_limit:g} s"


def as_json(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as plain values."""
    return {
        "instance": comparison.name,
        "time_limit": comparison.time_limit,
        "gap_asked": comparison.gap,
        "plans": [
            {
                "method": entry.method,
                "currency": entry.plan.currency,
                "cost_per_hour": float(entry.cost),
                "replicas_placed": entry.plan.replicas_placed,
                "replicas_unplaced": entry.plan.replicas_unplaced,
                "saved": comparison.saving(entry),
                "seconds": entry.seconds,
                "status": entry.plan.status,
                "ended_by": entry.plan.ended_by,
                "lower_bound": entry.plan.lower_bound if entry.method == OPTIMUM else None,
                "gap": entry.plan.gap if entry.method == OPTIMUM else None,
                "broken_rules": list(entry.broken),
            }
            for entry in comparison.entries
        ],
    }


if __name__ == "__main__":
    sys.exit(main())

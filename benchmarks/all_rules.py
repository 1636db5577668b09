"""Prints how far a fleet with every rule is from its bound.

Run ``python benchmarks/all_rules.py 50x20 200x50``; target: 200x50 within 1 % of the bound in 60 s.
"""

import argparse
import time

from generator import SIZES, problem
from rule_draw import with_every_rule

from placement import place

TARGET = 0.01


def main() -> int:
    """Plan each size without rules, then with all of them from what then runs."""
    parser = argparse.ArgumentParser(description="Plans with every rule")
    parser.add_argument("sizes", nargs="*", default=list(SIZES), help=f"of {', '.join(SIZES)}")
    parser.add_argument("--seed", type=int, default=0, help="of the fleet (default 0)")
    parser.add_argument("--time-limit", type=float, default=60.0, help="seconds (default 60)")
    asked = parser.parse_args()
    print("| size | total | bound | gap | left out | moves | seconds | ended by |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
    missed = 0
    for name in asked.sizes:
        fleet = problem(SIZES[name], asked.seed)
        before = place(fleet, time_limit=20.0, gap=0.005)
        ruled = with_every_rule(fleet, asked.seed, before)
        begun = time.perf_counter()
        plan = place(ruled, time_limit=asked.time_limit, gap=0.9 * TARGET)
        seconds = time.perf_counter() - begun
        moved = sum(move.replicas for move in plan.moves)
        money = f"{plan.objective.total:,.2f} | {plan.lower_bound:,.2f} | {plan.gap:.2%}"
        counts = f"{len(plan.unplaced)} workloads | {moved} | {seconds:.1f} | {plan.ended_by}"
        print(f"| {name} | {money} | {counts} |", flush=True)
        missed += plan.gap > TARGET
    return int(missed > 0)


if __name__ == "__main__":
    raise SystemExit(main())

"""Place a fleet of eleven clusters and ten models at catalog prices.

Run ``python examples/catalog_fleet.py`` to solve it and see where everything runs, or with
``--write FILE`` to write the problem as a document for the command, ``-`` for standard output.
``examples/catalog_fleet.yaml`` is such a document.
"""

import argparse
import sys
from pathlib import Path

from fleet import build
from fleet_workloads import WORKLOADS

from placement import Plan, Problem, place
from placement.adapters.yaml_out import to_yaml

HEADER = """\
# Eleven clusters over five providers, ten models from 0.6B to 235B.
# Types, sizes and prices are of the public catalog in benchmarks/data/catalog (not live).
# Made up: clusters, running nodes, quotas, stock and demand.
# Written by examples/catalog_fleet.py --write; change examples/fleet*.py and write it again.
"""


def main() -> None:
    """Solve the fleet, or write it as a document."""
    parser = argparse.ArgumentParser(description="A fleet at catalog prices")
    parser.add_argument("--write", metavar="FILE", help="write the problem, - for standard output")
    parser.add_argument("--time-limit", type=float, default=60.0, help="seconds (default 60)")
    arguments = parser.parse_args()
    problem = build()
    if arguments.write is None:
        show(place(problem, time_limit=arguments.time_limit))
    elif arguments.write == "-":
        sys.stdout.write(document(problem))
    else:
        Path(arguments.write).write_text(document(problem), encoding="utf-8")


def document(problem: Problem) -> str:
    """Return the problem as YAML; the models stay names of the built-in table."""
    fields = problem.model_dump(mode="json", exclude_defaults=True)
    return HEADER + to_yaml([{**fields, "workloads": WORKLOADS}], sort=False)


def show(plan: Plan) -> None:
    """Print what the plan costs and where the replicas are."""
    print(f"{plan.status}: {plan.cost_per_hour:.2f} {plan.currency}/h, gap {plan.gap:.2%}")
    for row in plan.assignments:
        where = f"{row.cluster}/{row.node_pool}"
        print(
            f"  {row.workload:24} {row.replicas:3} x {row.gpus_per_replica} GPU  {where:28} "
            f"{row.instance_type} {row.zone or ''}"
        )
    for left in plan.unplaced:
        print(f"  {left.workload:24} {left.replicas:3} without a place: {'; '.join(left.reasons)}")
    for pool in plan.node_pools:
        if pool.change:
            print(f"  {pool.change:+d} nodes: {pool.cluster}/{pool.node_pool}")


if __name__ == "__main__":
    main()

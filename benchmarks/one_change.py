"""One change of a large fleet, end to end: how long a session takes, and the gap after it.

Prints a table in Markdown: of every kind of change, how many, median and largest milliseconds of
the clock and of the processor, the largest gap after, and workloads touched.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from random import Random

from fleets import SIZES, problem
from resident import peak

from placement import (
    ClusterGone,
    DemandChange,
    PriceChange,
    Problem,
    Session,
    StockChange,
    Update,
    WorkloadAdded,
    WorkloadRemoved,
)
from placement.problem import Offering
from placement.session_changes import Change

__all__ = ["DRAWS", "measured"]

CHANGES = 15
TIME_LIMITS = {"M": 5.0, "L": 40.0, "XL": 150.0}
"""Seconds for the first plan; on a machine that does nothing else it needs less."""

GAP = 1e-3


def _demand(random: Random, now: Problem, _: Offering) -> Change:
    workload = random.choice(now.workloads)
    asked = (workload.replicas or 0) + random.choice((-2, -1, 1, 2, 3))
    return DemandChange(workload.key, max(0, asked))


def _stock(random: Random, _: Problem, row: Offering) -> Change:
    stock = max(0, (row.certain_stock or 3) + random.choice((-3, -2, -1, 1, 2)))
    return StockChange(
        row.instance_type, row.region, stock, zone=row.zone, capacity_type=row.capacity_type
    )


def _price(random: Random, _: Problem, row: Offering) -> Change:
    price = round(row.price * random.choice((0.8, 0.9, 1.1, 1.2)), 4)
    return PriceChange(
        row.instance_type, row.region, price, zone=row.zone, capacity_type=row.capacity_type
    )


def _added(random: Random, now: Problem, _: Offering) -> Change:
    workload = random.choice(now.workloads)
    name = f"{workload.name}-{random.randrange(10**9)}"
    return WorkloadAdded(workload.model_copy(update={"name": name}))


def _removed(random: Random, now: Problem, _: Offering) -> Change:
    return WorkloadRemoved(random.choice(now.workloads).key)


def _gone(random: Random, now: Problem, _: Offering) -> Change:
    return ClusterGone(random.choice([c for c in now.clusters if c.node_pools]).name)


DRAWS: dict[str, Callable[[Random, Problem, Offering], Change]] = {
    "demand": _demand,
    "stock": _stock,
    "price": _price,
    "workload added": _added,
    "workload removed": _removed,
    "cluster gone": _gone,
}
"""Changes by kind; those of offerings are of one that the first plan buys from."""


def measured(
    session: Session, kind: str, random: Random, bought: list[Offering]
) -> tuple[float, float, Update]:
    """Return milliseconds of the clock and of the processor that a change took, and the update.

    Parameters
    ----------
    bought
        Offerings of which one changes.
    """
    change = DRAWS[kind](random, session.problem, random.choice(bought))
    clock, processor = time.perf_counter(), time.process_time()
    update = session.apply(change)
    return (
        1e3 * (time.perf_counter() - clock),
        1e3 * (time.process_time() - processor),
        update,
    )


def _bought(session: Session) -> list[Offering]:
    """Return the offerings that a plan buys from."""
    now = session.problem
    regions = {cluster.name: cluster.region for cluster in now.clusters}
    used = {(regions[n.cluster], n.instance_type, n.capacity_type) for n in session.plan.nodes}
    return [r for r in now.offerings if (r.region, r.instance_type, r.capacity_type) in used]


def _table(size: str, kinds: list[str], count: int, seed: int) -> None:
    session = Session(problem(SIZES[size], "gpu", seed), time_limit=TIME_LIMITS[size], gap=GAP)
    print(f"| {size} | first plan | | | | | | {100 * session.plan.gap:.2f} % | |", flush=True)
    random, bought = Random(seed), _bought(session)
    for kind in kinds:
        rows = [measured(session, kind, random, bought) for _ in range(count)]
        clock, processor = [row[0] for row in rows], [row[1] for row in rows]
        touched = statistics.median(len(row[2].touched) for row in rows)
        cells = (
            size,
            kind,
            count,
            f"{statistics.median(clock):.0f}",
            f"{max(clock):.0f}",
            f"{statistics.median(processor):.0f}",
            f"{max(processor):.0f}",
            f"{100 * max(row[2].gap for row in rows):.2f} %",
            f"{touched:g}",
        )
        print("| " + " | ".join(map(str, cells)) + " |", flush=True)
    print(f"peak of {size}: {peak():.0f} MiB", flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", default=["M", "L", "XL"], metavar="SIZE")
    parser.add_argument("--kind", action="append", choices=[*DRAWS])
    parser.add_argument("--changes", type=int, default=CHANGES)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    print("| size | change | n | ms | max ms | CPU ms | max CPU ms | largest gap | touched |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for size in asked.sizes:
        _table(size, asked.kind or [*DRAWS], asked.changes, asked.seed)


if __name__ == "__main__":
    main()

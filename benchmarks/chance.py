"""Prints what a confidence costs, how often the plan's purchases really fail, and a rule beside it.

Run ``python benchmarks/chance.py`` for Markdown. Fleets are those of ``generator.py`` with nothing
running and no quotas, so that all has to be bought; **made up** is how uncertain their stock is.
Every plan faces 10,000 draws of every stock. Beside it a rule that knows prices but no stock: it
takes workloads in turn, buys where that is cheapest, and on failure tries the next offering. Exits
with 1 if a plan fails more often than it states, beyond the interval.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from random import Random
from typing import TypeAlias

import numpy as np
from generator import SIZES, document

from placement import Plan, Problem, place
from placement.candidates import find_candidates
from placement.problem import Offering
from placement.problem.stock import UncertainStock
from placement.supply import Supply

CONFIDENCES = (0.5, 0.8, 0.9, 0.95, 0.99)
TRIES = (1, 2, 3, 5)
DRAWS = 10_000
FAR = 2.5758  # standard errors: 99 % of a normal distribution lies within (its 99.5th percentile)
Draws: TypeAlias = dict[int, "np.ndarray"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row: what was asked and stated, what it costs, and how often something was missing."""

    what: str
    cost: float
    unplaced: float
    stated: float | None
    failed: float

    @property
    def interval(self) -> float:
        """Return the half width of the 99 % interval of the share that failed."""
        share = self.failed if self.stated is None else self.stated
        return FAR * sqrt(share * (1 - share) / DRAWS)

    @property
    def kept(self) -> bool:
        """Return whether failures are no more than stated, within the interval."""
        return self.stated is None or self.failed <= self.stated + self.interval


def main() -> int:
    """Plan, draw, print, and return how it went."""
    parser = argparse.ArgumentParser(description="What a confidence costs, and whether it holds")
    parser.add_argument("--seeds", type=int, default=3, help="fleets (default 3)")
    parser.add_argument("--size", default="10x5", choices=SIZES, help="of the fleets")
    arguments = parser.parse_args()
    kept = True
    for seed in range(arguments.seeds):
        lines = list(fleet_lines(arguments.size, seed))
        print("\n".join([f"\n**{arguments.size}, seed {seed}**\n", *table(lines)]), flush=True)
        kept &= all(line.kept for line in lines)
    return 0 if kept else 1


def fleet(size: str, seed: int) -> dict[str, object]:
    """Return a generated fleet in which all has to be bought, from stocks that are uncertain."""
    found, rng = document(SIZES[size], seed), Random(seed)
    for cluster in found["clusters"]:
        cluster["nodes"] = []
    found["quotas"] = []
    for row in found["offerings"]:
        if "stock" in row:
            row["stock"] = doubt(rng, 4 * row["stock"])  # enough to have a choice
    return found


def doubt(rng: Random, mean: int) -> dict[str, object]:
    """Return a range or quantiles around a stock."""
    if rng.random() < 0.5:
        return {"low": mean // 5, "high": 2 * mean - mean // 5}
    return {"quantiles": {0.005: 0, 0.05: mean // 4, 0.2: mean // 2, 0.5: mean, 0.9: 2 * mean}}


def fleet_lines(size: str, seed: int) -> Iterator[Line]:
    """Yield a row for every confidence and for every number of tries."""
    base = fleet(size, seed)
    problem = Problem.model_validate(base)
    draws = drawn(problem, seed)
    for confidence in CONFIDENCES:
        asked = Problem.model_validate({**base, "objective": {"confidence": confidence}})
        plan = place(asked, time_limit=120.0)
        yield planned(asked, plan, confidence, draws)
        print(f"{confidence}: {plan.status}, {plan.seconds:.1f} s", file=sys.stderr)
    offers = list(choices(problem))
    for tries in TRIES:
        yield retried(problem, offers, tries, draws)


def drawn(problem: Problem, seed: int) -> Draws:
    """Return ``(DRAWS,)`` stocks of every uncertain offering, by position."""
    rng = np.random.default_rng(seed)
    return {
        at: stocks(row.stock, rng)
        for at, row in enumerate(problem.offerings)
        if isinstance(row.stock, UncertainStock)
    }


def stocks(stock: UncertainStock, rng: np.random.Generator) -> np.ndarray:
    """Return draws: uniform in a range; between quantiles the lower, before the first none."""
    if stock.low is not None and stock.high is not None:
        return rng.integers(stock.low, stock.high + 1, size=DRAWS)
    shares = np.array([share for share, _ in stock.quantiles])
    figures = np.array([0, *(figure for _, figure in stock.quantiles)])
    return figures[np.searchsorted(shares, rng.random(DRAWS), side="right")]


def planned(problem: Problem, plan: Plan, confidence: float, draws: Draws) -> Line:
    """Return how a plan fares: it fails in a draw if any offering has less than it buys."""
    missing, there = np.zeros(DRAWS, dtype=np.bool_), 1.0
    for at, wanted in bought(problem, plan).items():
        stock = problem.offerings[at].stock
        if isinstance(stock, UncertainStock):
            there *= float(stock.chance(wanted))
            missing |= draws[at] < wanted
    return Line(
        what=f"confidence {confidence:g}",
        cost=plan.cost_per_hour,
        unplaced=plan.replicas_unplaced,
        stated=1 - there,
        failed=float(missing.mean()),
    )


def bought(problem: Problem, plan: Plan) -> Counter[int]:
    """Return the new nodes that count against each offering, by position."""
    regions = {cluster.name: cluster.region for cluster in problem.clusters}
    found: Counter[int] = Counter()
    for node in plan.nodes:
        for at, row in enumerate(problem.offerings):
            same = (row.region, row.instance_type) == (regions[node.cluster], node.instance_type)
            if same and row.capacity_type == node.capacity_type and row.zone in {None, node.zone}:
                found[at] += node.state == "new"
    return found


Choice: TypeAlias = tuple[int, list[tuple[float, int, list[int]]]]
"""Replicas of a workload; of its places: price of a node, replicas on it, offerings it draws on."""


def choices(problem: Problem) -> Iterator[Choice]:
    """Yield what each workload can buy, for the rule that retries."""
    found = find_candidates(problem)
    requests = found.requests[:]
    whole = np.where(requests > 0, found.room[found.supply] // np.maximum(requests, 1), 2**62).min(
        axis=1
    )
    for number, workload in enumerate(problem.workloads):
        places: dict[tuple[float, int, tuple[int, ...]], None] = {}
        for at in np.flatnonzero(found.workload == number).tolist():
            supply = found.supplies[int(found.supply[at])]
            sources = [
                position for position, row in enumerate(problem.offerings) if draws_on(row, supply)
            ]
            places[supply.price, int(whole[at]), tuple(sources)] = None
        yield workload.most_replicas, [(p, n, list(rows)) for p, n, rows in places]


def draws_on(row: Offering, supply: Supply) -> bool:
    """Return whether a node of a supply counts against an offering."""
    where = (supply.cluster.region, supply.type_name, supply.capacity_type)
    same = (row.region, row.instance_type, row.capacity_type) == where
    return same and row.zone in {None, supply.zone}


def retried(problem: Problem, offers: Sequence[Choice], tries: int, draws: Draws) -> Line:
    """Return how the rule fares: a draw fails if replicas are left after so many tries each."""
    cost = left_out = failed = 0.0
    for draw in range(DRAWS):
        left = {at: int(stock[draw]) for at, stock in draws.items()}
        short = 0
        for replicas, places in offers:
            open_replicas = replicas
            order = sorted(places, key=lambda p: (ceil(replicas / p[1]) * p[0], p))
            for price, fits, sources in order[:tries]:
                wanted = ceil(open_replicas / fits)
                got = min([wanted, *(left[at] for at in sources if at in left)])
                for at in sources:
                    if at in left:
                        left[at] -= got
                cost += got * price
                open_replicas = max(0, open_replicas - got * fits)
                if not open_replicas:
                    break
            short += open_replicas
        left_out += short
        failed += short > 0
    return Line(
        what=f"cheapest first, {tries} {'try' if tries == 1 else 'tries'}",
        cost=cost / DRAWS,
        unplaced=left_out / DRAWS,
        stated=None,
        failed=failed / DRAWS,
    )


def table(lines: Sequence[Line]) -> Iterator[str]:
    """Yield the rows as Markdown."""
    yield "| plan | cost per hour | left out | stated risk | failed in 10,000 draws | 99 % within |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for line in lines:
        stated = "none" if line.stated is None else f"{line.stated:.2%}"
        yield (
            f"| {line.what} | {line.cost:,.2f} | {line.unplaced:.3g} | {stated} "
            f"| {line.failed:.2%} | ± {line.interval:.2%} |"
        )


if __name__ == "__main__":
    sys.exit(main())

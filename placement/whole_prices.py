"""Prices of nodes, replicas and moves in whole units of money."""

from decimal import Decimal
from fractions import Fraction
from math import gcd

import numpy as np

from placement.candidates import Candidates
from placement.formulation.milp import Ints
from placement.moving import Moving
from placement.problem.base import Money
from placement.replica_costs import ReplicaCosts

__all__ = ["whole_prices"]

FINEST_MONEY = Decimal("1e-6")  # per hour: no cloud quotes finer (prices of 2026, see the catalog)
LARGEST_PRICE = 10**9  # units: sums over a million nodes stay whole in double precision


def whole_prices(
    found: Candidates, costs: ReplicaCosts, moving: tuple[Moving, ...]
) -> tuple[tuple[Ints, ...], Decimal]:
    """Return prices of nodes, replicas and moves in whole multiples of the largest unit of all.

    A price finer than ``FINEST_MONEY``, or than a billionth of the dearest, is rounded down: every
    plan then costs no more in the programme than in truth, so that bounds stay valid.
    """
    nodes = [Fraction(Money.exact(supply.price)) for supply in found.supplies]
    replicas = _replica_prices(found, costs)
    exact = [*nodes, *replicas, *(each.cost for each in moving)]
    unit = FINEST_MONEY
    while max(exact, default=Fraction(0)) / Fraction(unit) > LARGEST_PRICE:
        unit *= 10
    scaled = [int(price / Fraction(unit)) for price in exact]
    step = gcd(*scaled) or 1
    whole = np.array([price // step for price in scaled], dtype=np.int64)
    split = np.split(whole, np.cumsum([len(nodes), len(replicas)]))
    return tuple(split), unit * step


def _replica_prices(found: Candidates, costs: ReplicaCosts) -> list[Fraction]:
    """Return what a replica of each candidate costs beside its node; zeros where nothing does."""
    if not costs.used:
        return [Fraction(0)] * found.workload.size
    workloads, supplies = found.problem.workloads, found.supplies
    pairs = zip(found.workload.tolist(), found.supply.tolist(), strict=True)
    return [sum(costs.of(workloads[w], supplies[s]).values(), Fraction(0)) for w, s in pairs]

"""Prices of nodes, replicas and moves in whole units of money."""

from decimal import Decimal
from fractions import Fraction
from math import gcd

import numpy as np

from placement.candidates import Candidates
from placement.formulation.milp import Ints
from placement.moving import Moving
from placement.numbering import distinct, numbered
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
    firsts, number = numbered([supply.price for supply in found.supplies])
    nodes = [Fraction(Money.exact(found.supplies[first].price)) for first in firsts]
    replicas, which = _replica_prices(found, costs)
    exact = [*nodes, *replicas, *(each.cost for each in moving)]
    unit = FINEST_MONEY
    while max(exact, default=Fraction(0)) / Fraction(unit) > LARGEST_PRICE:
        unit *= 10
    parts, per = Fraction(unit).as_integer_ratio()
    scaled = [price.numerator * per // (price.denominator * parts) for price in exact]
    step = gcd(*scaled) or 1
    whole = np.array([price // step for price in scaled], dtype=np.int64)
    node, replica, move = np.split(whole, np.cumsum([len(nodes), len(replicas)]))
    return (node[number], replica[which], move), unit * step


def _replica_prices(found: Candidates, costs: ReplicaCosts) -> tuple[list[Fraction], Ints]:
    """Return what replicas cost beside their nodes, each price once, and ``(C,)`` whose is which.

    Workloads that say the same of users and preferences have the same prices.
    """
    workloads, supplies = found.problem.workloads, found.supplies
    if not costs.used:
        return [Fraction(0)], np.zeros(found.workload.size, dtype=np.int64)
    askers, sort = numbered([costs.workload_key(workload) for workload in workloads])
    places, place = numbered([costs.place_key(supply) for supply in supplies])
    pairs = sort[found.workload] * len(places) + place[found.supply]
    codes, which = distinct(pairs, len(askers) * len(places))
    prices = []
    for asker, where in zip(
        *(side.tolist() for side in np.divmod(codes, len(places))), strict=True
    ):
        parts = costs.of(workloads[askers[asker]], supplies[places[where]])
        prices.append(sum(parts.values(), Fraction(0)))
    return prices, which

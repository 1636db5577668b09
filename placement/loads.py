"""Demand stated as a load, as index arrays."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

import numpy as np

from placement.candidates import Candidates
from placement.formulation.milp import Ints
from placement.problem import Load, Workload
from placement.problem.base import Money

__all__ = ["LoadRow", "loads_of", "share_weights"]

FINEST_SHARE = 10**6
"""Parts of a load that a level tells apart where several loads have no common measure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadRow:
    """A load and what carries it.

    Parameters
    ----------
    candidate, rate
        ``(k,)`` candidates of the workload, and what one replica of each carries.
    amount
        The whole load; it and the rates are in units of ``step``.
    step
        In the unit of the load.
    parts
        Nodes of one replica: x counts each of them.
    tight
        Whether no replica may be there without which the load is carried whole all the same.
    """

    workload: int
    candidate: Ints
    rate: Ints
    amount: int
    step: Fraction
    parts: int
    tight: bool

    @property
    def kinds(self) -> Iterator[tuple[int, Ints]]:
        """Yield each rate below the highest, the highest first, and its candidates."""
        for rate in sorted(set(self.rate.tolist()), reverse=True)[1:]:
            yield rate, self.candidate[self.rate == rate]

    @property
    def highest(self) -> int:
        """Return the highest rate, 0 where there is no candidate."""
        return int(self.rate.max(initial=0))

    def left(self, x: Ints) -> int:
        """Return how much is not carried by ``(C,)`` replicas, in units of ``step``."""
        return max(0, self.amount - self.carries(x) // self.parts)

    def carries(self, x: Ints) -> int:
        """Return how much ``(C,)`` replicas could carry, times ``parts``."""
        return int((self.rate * x[self.candidate]).sum())


def loads_of(found: Candidates) -> tuple[LoadRow, ...]:
    """Return the loads of a problem's workloads, in their order."""
    return tuple(
        _row(found, number, workload, workload.load)
        for number, workload in enumerate(found.problem.workloads)
        if workload.load is not None
    )


def _row(found: Candidates, number: int, workload: Workload, load: Load) -> LoadRow:
    mine = found.of(number)
    types = [found.supplies[s].type_name for s in found.supply[mine].tolist()]
    rates = {name: Fraction(Money.exact(rate)) for name, rate in load.per_replica.items()}
    amount = Fraction(Money.exact(load.amount))
    all_figures = [amount, *rates.values()]
    step = Fraction(
        gcd(*(figure.numerator for figure in all_figures)),
        lcm(*(figure.denominator for figure in all_figures)),
    )
    parts, per = step.numerator, step.denominator
    whole = {
        name: rate.numerator * per // (rate.denominator * parts) for name, rate in rates.items()
    }
    return LoadRow(
        workload=number,
        candidate=mine,
        rate=np.array([whole[name or ""] for name in types], dtype=np.int64),
        amount=int(amount / step),
        step=step,
        parts=workload.nodes_per_replica,
        tight=not workload.may_exceed_load,
    )


def share_weights(loads: tuple[LoadRow, ...]) -> tuple[int, Ints]:
    """Return what one replica weighs beside loads, and ``(L,)`` what a unit of each load weighs.

    A whole load weighs as much as a replica. Where the loads' units have no small common measure,
    shares are told in millionths, rounded down but for a first unit.
    """
    whole = lcm(1, *(load.amount for load in loads))
    whole = min(whole, FINEST_SHARE)
    weights = [max(1, whole // load.amount) for load in loads]
    return whole, np.array(weights, dtype=np.int64)

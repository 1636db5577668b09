"""How much of every figure a plan uses, and the least step that lets one more be used."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from placement.candidates import find_candidates
from placement.caps import find_caps
from placement.formulation.milp import Ints
from placement.located import Located, replicas_on
from placement.plan import Plan
from placement.problem import Problem
from placement.supplies import supplies
from placement.supply import Supply
from placement.totals import Total, budget_totals, resource_totals

__all__ = ["Usage", "places_of", "usage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a plan uses of a figure.

    Parameters
    ----------
    used, bound
        In base units, or money per hour.
    sizes
        What one node, or one replica, of each kind counts.
    """

    used: Fraction
    bound: Fraction
    sizes: tuple[Fraction, ...]

    @property
    def slack(self) -> Fraction:
        """Return what is left; negative where what runs exceeds the bound."""
        return self.bound - self.used

    @property
    def step(self) -> Fraction | None:
        """Return the least growth of the bound by which one more node or replica fits.

        As many as fit already are taken to be there. None where nothing is counted.
        """
        steps = []
        for size in self.sizes:
            fit = max(0, self.slack // size)
            steps.append((fit + 1) * size - self.slack)
        return min(steps, default=None)


def usage(stated: Problem, problem: Problem, plan: Plan) -> dict[tuple[str, str], Usage]:
    """Return the use of every figure, by its kind and label as :class:`Relaxable` has them.

    Parameters
    ----------
    stated
        The problem whose figures are meant.
    problem
        The one that the plan is of; it may lack rules that ``stated`` has.
    """
    return dict((*_caps(stated, plan), *_totals(stated, problem, plan)))


def places_of(problem: Problem, plan: Plan, workload: str) -> Iterator[Supply]:
    """Yield the kinds of node of a problem on which a plan runs a workload."""
    fleet = supplies(problem)
    located = Located(fleet)
    positions = [
        located.of(node)
        for node in plan.nodes
        if any(row.workload == workload for row in node.replicas)
    ]
    yield from (fleet[at] for at in dict.fromkeys(positions) if at is not None)


def _caps(stated: Problem, plan: Plan) -> Iterator[tuple[tuple[str, str], Usage]]:
    fleet = supplies(stated)
    located, count = Located(fleet), np.zeros(len(fleet), dtype=np.int64)
    for node in plan.nodes:
        position = located.of(node)
        if position is not None and node.state != "released":
            count[position] += 1
    for position, supply in enumerate(fleet):
        if supply.running and supply.pool is None:
            count[position] = len(supply.nodes)  # plans list those with replicas alone
    for cap in find_caps(stated, fleet):
        weights = sorted(set(_new(fleet, cap.supply, cap.weight)))
        use = Usage(
            used=Fraction(int((cap.weight * count[cap.supply]).sum())),
            bound=Fraction(cap.bound),
            sizes=tuple(Fraction(weight) for weight in weights),
        )
        yield (cap.family, f"{cap.rule}:"), use


def _new(fleet: tuple[Supply, ...], positions: Ints, weights: Ints) -> Iterable[int]:
    pairs = zip(positions.tolist(), weights.tolist(), strict=True)
    return (weight for position, weight in pairs if not fleet[position].running)


def _totals(
    stated: Problem, problem: Problem, plan: Plan
) -> Iterator[tuple[tuple[str, str], Usage]]:
    found = find_candidates(problem)
    x = replicas_on(found, plan.nodes)
    found = replace(found, problem=stated)  # whose limits and budgets are meant
    for total in (*resource_totals(found), *budget_totals(found)):
        kind = "budget" if total.resource is None else "limit"
        yield (kind, f"{kind} {total.name}:"), _total(total, x)


def _total(total: Total, x: Ints) -> Usage:
    return Usage(
        used=int((total.size * x[total.candidate]).sum()) * total.step,
        bound=total.stated,
        sizes=tuple(size * total.step for size in sorted(set(total.size.tolist()))),
    )

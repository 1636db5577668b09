"""Limits on what replicas request or are charged together, as index arrays."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, gcd, lcm

import numpy as np

from placement.candidates import Candidates
from placement.formulation.milp import Ints
from placement.numbering import distinct, numbered
from placement.problem import Cluster, Workload
from placement.problem.base import Money
from placement.problem.totals import Match
from placement.quantity import CPU, format_quantity
from placement.supply import Supply

__all__ = ["Total", "budget_totals", "resource_totals"]

FINEST = 10**9
"""Largest charge in a row, in the row's own units: sums stay exact in double precision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """One limit.

    Parameters
    ----------
    candidate, size
        ``(nnz,)`` candidates that it counts, and what one replica of each requests.
    bound
        The most in all. Sizes and bound are in units of ``step``: base units of a resource, or
        money per hour.
    stated
        The bound as it was stated, in base units or money.
    resource
        None for a budget.
    """

    name: str
    resource: str | None
    candidate: Ints
    size: Ints
    bound: int
    step: Fraction
    stated: Fraction

    def says(self, candidates: Ints, x: Ints, parts: int = 1) -> str:
        """Return that the limit is used up for one more of some candidates, or an empty string.

        Parameters
        ----------
        x
            ``(C,)`` replicas of each candidate.
        parts
            Nodes of one replica of the candidates, each of which counts.
        """
        mine = np.isin(self.candidate, candidates)
        used = int((self.size * x[self.candidate]).sum())
        if not mine.any() or used + parts * int(self.size[mine].min()) <= self.bound:
            return ""
        said = " of ".join(self.amounts(x))
        if self.resource is None:
            return f"budget: {self.name} is used up ({said} per hour)"
        return f"limit: {self.name} is used up ({said} {self.resource})"

    def used(self, x: Ints) -> Fraction:
        """Return what replicas take of the limit, in base units or money."""
        return int((self.size * x[self.candidate]).sum()) * self.step

    def amounts(self, x: Ints) -> tuple[str, str]:
        """Return what is used and what is stated, as a document writes them."""
        used, stated = self.used(x), self.stated
        if self.resource is None:
            return f"{float(used):g}", f"{float(stated):g}"
        return (
            format_quantity(int(used), self.resource),
            format_quantity(int(stated), self.resource),
        )


def resource_totals(found: Candidates) -> tuple[Total, ...]:
    """Return the limits on resources that count something."""
    return tuple(_resource_totals(found))


def budget_totals(found: Candidates) -> tuple[Total, ...]:
    """Return the budgets that charge something."""
    return tuple(_budget_totals(found))


def _resource_totals(found: Candidates) -> Iterator[Total]:
    for limit in found.problem.limits:
        if limit.resource in found.resources[:-1]:
            size = found.requests[:, found.resources.index(limit.resource)]
            candidate = _meant(limit.match, found, size > 0)
            if candidate.size:
                step = gcd(*size[candidate].tolist())
                yield Total(
                    name=limit.name,
                    resource=limit.resource,
                    candidate=candidate,
                    size=size[candidate] // step,
                    bound=limit.max // step,
                    step=Fraction(step),
                    stated=Fraction(limit.max),
                )


def _budget_totals(found: Candidates) -> Iterator[Total]:
    if not found.problem.budgets:
        return
    charges, which = _charges(found)
    charged = np.array([charge > 0 for charge in charges], dtype=np.bool_)[which]
    for budget in found.problem.budgets:
        candidate = _meant(budget.match, found, charged)
        if candidate.size:
            most = Fraction(Money.exact(budget.max_cost_per_hour))
            kinds, kind = distinct(which[candidate], len(charges))
            mine = [charges[one] for one in kinds.tolist()]
            # Charges are told in a common measure; where that is too fine, rounded up: none is
            # exceeded then.
            common = Fraction(
                gcd(*(c.numerator for c in mine)), lcm(*(c.denominator for c in mine))
            )
            step = max(common, max(mine) / FINEST)
            yield Total(
                name=budget.name,
                resource=None,
                candidate=candidate,
                size=np.array([ceil(charge / step) for charge in mine], dtype=np.int64)[kind],
                bound=floor(most / step),
                step=step,
                stated=most,
            )


def _charges(found: Candidates) -> tuple[list[Fraction], Ints]:
    """Return what one replica is charged per hour on each node that it takes, and ``(C,)`` which.

    It is the price of the node in the share of its GPUs, or its CPU, that the replica requests; of
    a replica that takes whole nodes, the price.
    """
    offers = [(s.price, *_counted(found, s)) for s in found.supplies]
    firsts, offer = numbered(offers)
    column = np.array([column for _, column, _ in offers], dtype=np.int64)[found.supply]
    taken = np.where(column >= 0, found.requests[np.arange(column.size), column], 0)
    spans = np.array([w.nodes_per_replica > 1 for w in found.problem.workloads], dtype=np.bool_)
    amounts, amount = np.unique(np.where(spans[found.workload], -1, taken), return_inverse=True)
    pairs = offer[found.supply] * amounts.size + amount
    codes, which = distinct(pairs, len(firsts) * amounts.size)
    charges = []
    for code in codes.tolist():
        price, _, has = offers[firsts[code // amounts.size]]
        takes, exact = int(amounts[code % amounts.size]), Fraction(Money.exact(price))
        charges.append(exact if takes < 0 else exact * takes / has)
    return charges, which


def _counted(found: Candidates, supply: Supply) -> tuple[int, int]:
    """Return the column of what a node is charged by and what it has of it, -1 and 1 of nothing."""
    resource = supply.kind.gpu.resource if supply.kind and supply.kind.gpu else CPU
    has = supply.size.get(resource, 0)
    if resource not in found.resources or not has:
        return -1, 1
    return found.resources.index(resource), has


def _meant(match: Match, found: Candidates, counted: np.ndarray) -> Ints:
    """Return the candidates that a match means, of those that count."""
    workloads = np.array([_means(match, w) for w in found.problem.workloads], dtype=np.bool_)
    supplies = np.array([_holds_in(match, s.cluster) for s in found.supplies], dtype=np.bool_)
    return np.flatnonzero(workloads[found.workload] & supplies[found.supply] & counted)


def _means(match: Match, workload: Workload) -> bool:
    return (not match.namespaces or workload.namespace in match.namespaces) and (
        not match.workloads or bool({workload.name, workload.key} & {*match.workloads})
    )


def _holds_in(match: Match, cluster: Cluster) -> bool:
    return (not match.clusters or cluster.name in match.clusters) and (
        not match.regions or cluster.region in match.regions
    )

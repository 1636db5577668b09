"""Limits on what replicas request together, as index arrays."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import gcd

import numpy as np

from placement.candidates import Candidates
from placement.formulation.milp import Ints
from placement.problem import Cluster, Workload
from placement.problem.totals import Match
from placement.quantity import format_quantity

__all__ = ["Total", "matches", "resource_totals"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """One limit.

    Parameters
    ----------
    candidate, size
        ``(nnz,)`` candidates that it counts, and what one replica of each requests.
    bound
        The most in all. Sizes and bound are in units of ``step`` base units.
    """

    name: str
    resource: str
    candidate: Ints
    size: Ints
    bound: int
    step: int

    def says(self, candidates: Ints, x: Ints) -> str:
        """Return that the limit is used up for one more of some candidates, or an empty string.

        Parameters
        ----------
        x
            ``(C,)`` replicas of each candidate.
        """
        mine = np.isin(self.candidate, candidates)
        used = int((self.size * x[self.candidate]).sum())
        if not mine.any() or used + int(self.size[mine].min()) <= self.bound:
            return ""
        said = (format_quantity(n * self.step, self.resource) for n in (used, self.bound))
        return f"limit: {self.name} is used up ({' of '.join(said)} {self.resource})"


def resource_totals(found: Candidates) -> tuple[Total, ...]:
    """Return the limits that count something; those that no plan can exceed, too."""
    return tuple(_totals(found))


def _totals(found: Candidates) -> Iterator[Total]:
    workloads = found.problem.workloads
    for limit in found.problem.limits:
        if limit.resource not in found.resources[:-1]:
            continue
        size = found.requests[:, found.resources.index(limit.resource)]
        pairs = zip(found.workload.tolist(), found.supply.tolist(), strict=True)
        meant = np.array(
            [matches(limit.match, workloads[w], found.supplies[s].cluster) for w, s in pairs],
            dtype=np.bool_,
        )
        candidate = np.flatnonzero(meant & (size > 0)) if meant.size else np.zeros(0, np.int64)
        if candidate.size:
            step = gcd(*size[candidate].tolist())
            yield Total(
                name=limit.name,
                resource=limit.resource,
                candidate=candidate,
                size=size[candidate] // step,
                bound=limit.max // step,
                step=step,
            )


def matches(match: Match, workload: Workload, cluster: Cluster) -> bool:
    """Return whether replicas of a workload in a cluster are meant."""
    return (
        (not match.namespaces or workload.namespace in match.namespaces)
        and (not match.workloads or bool({workload.name, workload.key} & {*match.workloads}))
        and (not match.clusters or cluster.name in match.clusters)
        and (not match.regions or cluster.region in match.regions)
    )

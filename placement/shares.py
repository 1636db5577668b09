"""Rules on the shares of a workload's replicas, as index arrays."""

from dataclasses import dataclass
from fractions import Fraction
from math import floor

import numpy as np

from placement.candidates import Candidates
from placement.formulation.milp import Ints
from placement.problem.base import Money

__all__ = ["WHOLE", "SpotShares", "spot_shares"]

WHOLE = 10**6
"""Parts in which a share is counted; finer ones are rounded down, so that none is exceeded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotShares:
    """The workloads that may not run on spot alone, and their candidates.

    Parameters
    ----------
    workload, share
        ``(rows,)`` the workloads, and their shares in parts of :data:`WHOLE`.
    row, candidate, spot
        ``(nnz,)`` row and number of each of their candidates, and 1 where it is on spot.
    """

    workload: Ints
    share: Ints
    row: Ints
    candidate: Ints
    spot: Ints

    def says(self, workload: int, x: Ints) -> str:
        """Return why no further replica of a workload may go to spot, or an empty string.

        Parameters
        ----------
        x
            ``(C,)`` replicas of each candidate.
        """
        rows = np.flatnonzero(self.workload == workload)
        if not rows.size:
            return ""
        mine = self.row == rows[0]
        placed = int(x[self.candidate[mine]].sum())
        on_spot = int((x[self.candidate[mine]] * self.spot[mine]).sum())
        share = int(self.share[rows[0]])
        if (on_spot + 1) * WHOLE <= share * (placed + 1):
            return ""
        return (
            f"max_spot_fraction: {on_spot} of {placed} replicas placed run on spot, and at most "
            f"{share / WHOLE:g} of them may"
        )


def spot_shares(found: Candidates) -> SpotShares:
    """Return the shares that can bind: below one, of workloads that have a candidate on spot."""
    stated = [each.max_spot_fraction for each in found.problem.workloads]
    parts = {share: floor(Fraction(Money.exact(share)) * WHOLE) for share in dict.fromkeys(stated)}
    on_spot = np.array([s.capacity_type == "spot" for s in found.supplies], dtype=np.int64)
    spot = on_spot[found.supply] if found.supply.size else found.supply
    share = np.array([parts[each] for each in stated], dtype=np.int64)
    binding = np.flatnonzero((share < WHOLE) & _has(found, spot, share.size))
    number = np.full(share.size, -1, dtype=np.int64)
    number[binding] = np.arange(binding.size)
    candidate = np.flatnonzero(number[found.workload] >= 0)
    return SpotShares(
        workload=binding,
        share=share[binding],
        row=number[found.workload[candidate]],
        candidate=candidate,
        spot=spot[candidate],
    )


def _has(found: Candidates, spot: Ints, workloads: int) -> np.ndarray:
    return np.bincount(found.workload, weights=spot, minlength=workloads) > 0

"""The columns of a block's programme: u of its workloads, n of its supplies, x, and g."""

from dataclasses import dataclass, field

import numpy as np

from placement.formulation.milp import Ints
from placement.solvers.decomposition.market import Market
from placement.solvers.decomposition.sharing import Share

__all__ = ["Columns", "Wanted", "columns_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a block is to be about.

    Parameters
    ----------
    workloads
        Ascending.
    candidates
        Those of them that are worth a column, in their order.
    supplies
        Supplies that have columns beside those of the candidates.
    gap
        Distance of cost and bound at which an answer will do, in units of the dearest replica.
    """

    workloads: Ints
    candidates: Ints
    gap: float
    supplies: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns of a block: u of its workloads, n of its supplies, x of its candidates, and g.

    Parameters
    ----------
    grows
        Limits that are exceeded now, of which it may decide by g whether they are kept again.
    asker, offer
        ``(c,)`` places of each candidate's workload and supply among those of the block.
    """

    workloads: Ints
    supplies: Ints
    candidates: Ints
    grows: Ints
    asker: Ints
    offer: Ints

    @staticmethod
    def values(u: Ints, n: Ints, x: Ints, g: Ints) -> Ints:
        """Return figures of all columns, in their order."""
        return np.concatenate([u, n, x, g]).astype(np.int64)

    @property
    def n(self) -> int:
        """Return where the columns of nodes begin."""
        return int(self.workloads.size)

    @property
    def x(self) -> Ints:
        """Return the columns of candidates."""
        return self.n + self.supplies.size + np.arange(self.candidates.size, dtype=np.int64)

    @property
    def g(self) -> Ints:
        """Return the columns of limits that are exceeded now."""
        before = self.n + self.supplies.size + self.candidates.size
        return before + np.arange(self.grows.size, dtype=np.int64)


def columns_of(market: Market, wanted: Wanted, share: Share) -> Columns:
    """Return the columns of what a block is about."""
    workloads, candidates = wanted.workloads, wanted.candidates
    supplies = np.union1d(market.supply[candidates], wanted.supplies)
    return Columns(
        workloads=workloads,
        supplies=supplies,
        candidates=candidates,
        grows=_grows(market, supplies, share),
        asker=np.searchsorted(workloads, market.workload[candidates]),
        offer=np.searchsorted(supplies, market.supply[candidates]),
    )


def _grows(market: Market, supplies: Ints, share: Share) -> Ints:
    """Return the exceeded limits that a block may decide on, of those with added nodes of its own.

    Without any, what it has can only become less.
    """
    limits = market.limits
    inside = np.zeros(limits.closed.size, dtype=np.bool_)
    inside[supplies] = True
    own = np.unique(limits.row[limits.new & inside[limits.supply]])
    chosen: Ints = own[share.limits[own]]
    return chosen

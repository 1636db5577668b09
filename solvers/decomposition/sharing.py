"""What blocks of one batch may change, so that all their answers hold together.

Each supply belongs to one block: only that one may buy or give up its nodes, or use the room that
is free there. Each limit belongs to one block, which may use what is left of it. The others keep
what they have there, and may do with less.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from placement.formulation.milp import Floats, Ints
from placement.solvers.decomposition.state import State

__all__ = ["Share", "shares"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one block may change: ``(S,)`` supplies and ``(K,)`` limits."""

    supplies: np.ndarray
    limits: np.ndarray


def shares(state: State, candidates: Sequence[Ints]) -> Iterator[Share]:
    """Yield the share of every block of a batch.

    Parameters
    ----------
    candidates
        Those of each block that are worth a column.
    """
    market = state.market
    wish = np.array([_wish(state, own) for own in candidates])
    reach = np.zeros((len(candidates), market.limits.most.size))
    entry = market.limits
    for number in range(len(candidates)):
        np.add.at(reach[number], entry.row, wish[number][entry.supply])
    owner, holder = wish.argmax(axis=0), reach.argmax(axis=0)
    for number in range(len(candidates)):
        yield Share(supplies=owner == number, limits=holder == number)


def _wish(state: State, candidates: Ints) -> Floats:
    """Return ``(S,)`` how much a block has to do with each supply.

    What it has there counts most, then what it could have; replicas left out count many times.
    """
    market = state.market
    workload, supply = market.workload[candidates], market.supply[candidates]
    left = (market.replicas - state.placed)[workload]
    found = np.zeros(market.price.size)
    np.add.at(found, supply, state.x[candidates] + 1e-3 * market.replicas[workload] + LEFT * left)
    return found


LEFT = 10.0

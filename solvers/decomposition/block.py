"""Some workloads of a solution, to be placed anew while all others stay: a small programme."""

from dataclasses import dataclass, replace

import numpy as np

from placement.formulation.milp import Ints, Milp
from placement.solver import Limits, Outcome
from placement.solvers.decomposition.block_rows import (
    SCALE,
    capacity,
    costs,
    demand,
    growth,
    limited,
)
from placement.solvers.decomposition.columns import Wanted, columns_of
from placement.solvers.decomposition.sharing import Share
from placement.solvers.decomposition.state import State
from placement.solvers.highs import Highs

__all__ = ["Block", "Task", "Wanted", "block_of", "solve_task"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a worker needs: arrays alone."""

    milp: Milp
    limits: Limits
    start: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The programme of some workloads, and what its columns stand for.

    Parameters
    ----------
    workloads
        Those that are placed anew.
    candidates, supplies
        ``(c,)`` and ``(s,)`` those that have columns: u, then n, then x, then g.
    """

    workloads: Ints
    candidates: Ints
    supplies: Ints
    task: Task

    def left(self, state: State) -> Ints:
        """Return the supplies that their replicas are on in a solution."""
        candidates = state.market.candidates_of(self.workloads)
        return np.unique(state.market.supply[candidates[state.x[candidates] > 0]])

    def merged(self, state: State, outcome: Outcome) -> State | None:
        """Return a solution with what a worker found, or None where it found nothing."""
        if outcome.values is None:
            return None
        before = self.workloads.size + self.supplies.size
        replicas = outcome.values[before : before + self.candidates.size]
        return state.replaced(self.workloads, self.candidates, replicas)


def solve_task(task: Task) -> Outcome:
    """Solve one block; runs wherever the executor has it run."""
    return Highs().solve(task.milp, task.limits, start=task.start)


def block_of(state: State, wanted: Wanted, share: Share, limits: Limits) -> Block:
    """Return the programme of some workloads.

    Parameters
    ----------
    share
        What may change; all else stays as it is.
    """
    market, workloads, candidates = state.market, wanted.workloads, wanted.candidates
    columns = columns_of(market, wanted, share)
    supplies = columns.supplies
    others = _others(state, workloads, share)
    asked = market.replicas[workloads]
    least = np.where(share.supplies, market.rows.nodes(others, market.least), state.n)[supplies]
    most = np.where(share.supplies, market.most, state.n)[supplies]
    replicas = np.minimum(market.limit[candidates], asked[columns.asker])
    milp = Milp(
        cost=costs(market, columns),
        lower=columns.values(0 * asked, least, 0 * replicas, 0 * columns.grows).astype(np.float64),
        upper=columns.values(
            asked, np.maximum(least, most), replicas, np.ones_like(columns.grows)
        ).astype(np.float64),
        families=(
            demand(market, columns),
            capacity(market, columns, others),
            limited(state, columns, share),
            growth(state, columns),
        ),
    )
    left = asked - state.placed[workloads]
    added = np.minimum(market.limits.added(state.n), 1)[columns.grows]
    start = columns.values(left, state.n[supplies], state.x[candidates], added)
    limits = replace(limits, absolute_gap=wanted.gap * SCALE)
    return Block(
        workloads=workloads,
        candidates=candidates,
        supplies=supplies,
        task=Task(milp=milp, limits=limits, start=start),
    )


def _others(state: State, workloads: Ints, share: Share) -> Ints:
    """Return ``(Q,)`` what all others take; where nothing may change, all but what is there."""
    rows = state.market.rows
    others = state.others(state.market.candidates_of(workloads))
    fixed = ~share.supplies[rows.supply]
    own = (state.loads - others)[fixed]
    others[fixed] = (rows.room * state.n[rows.supply])[fixed] - own
    return others

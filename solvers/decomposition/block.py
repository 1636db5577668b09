"""Some workloads of a solution, to be placed anew while all others stay: a small programme."""

from dataclasses import dataclass, replace

import numpy as np

from placement.formulation.milp import Floats, Ints, Milp, Rows
from placement.solver import Limits, Outcome
from placement.solvers.decomposition.market import Market
from placement.solvers.decomposition.sharing import Share
from placement.solvers.decomposition.state import State
from placement.solvers.highs import Highs

__all__ = ["Block", "Task", "Wanted", "block_of", "solve_task"]

SCALE = 1e3  # of the dearest price in the objective: tolerances of 1e-7 are far below a price


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
        ``(c,)`` and ``(s,)`` those that have columns: u, then n, then x.
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
        replicas = outcome.values[self.workloads.size + self.supplies.size :]
        return state.replaced(self.workloads, self.candidates, replicas)


def solve_task(task: Task) -> Outcome:
    """Solve one block; runs wherever the executor has it run."""
    return Highs().solve(task.milp, task.limits, start=task.start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a block is to be about.

    Parameters
    ----------
    workloads
        Ascending.
    candidates
        Those of them that are worth a column, in their order.
    gap
        Distance of cost and bound at which an answer will do, in units of the dearest replica.
    """

    workloads: Ints
    candidates: Ints
    gap: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """The columns of a block: u of its workloads, n of its supplies, x of its candidates.

    Parameters
    ----------
    asker, offer
        ``(c,)`` places of each candidate's workload and supply among those of the block.
    """

    workloads: Ints
    supplies: Ints
    candidates: Ints
    asker: Ints
    offer: Ints

    @property
    def n(self) -> int:
        """Return where the columns of nodes begin."""
        return int(self.workloads.size)

    @property
    def x(self) -> Ints:
        """Return the columns of candidates."""
        return self.n + self.supplies.size + np.arange(self.candidates.size, dtype=np.int64)


def block_of(state: State, wanted: Wanted, share: Share, limits: Limits) -> Block:
    """Return the programme of some workloads.

    Parameters
    ----------
    share
        What may change; all else stays as it is.
    """
    market, workloads, candidates = state.market, wanted.workloads, wanted.candidates
    supplies, offer = np.unique(market.supply[candidates], return_inverse=True)
    columns = _Columns(
        workloads=workloads,
        supplies=supplies,
        candidates=candidates,
        asker=np.searchsorted(workloads, market.workload[candidates]),
        offer=offer.reshape(-1),
    )
    others = _others(state, workloads, share)
    asked = market.replicas[workloads]
    least = np.where(share.supplies, market.rows.nodes(others, market.least), state.n)[supplies]
    most = np.where(market.limits.closed, market.least, market.most)
    most = np.where(share.supplies, most, state.n)[supplies]
    replicas = np.minimum(market.limit[candidates], asked[columns.asker])
    milp = Milp(
        cost=_cost(market, columns),
        lower=np.concatenate([np.zeros(workloads.size), least, np.zeros(candidates.size)]),
        upper=np.concatenate([asked, np.maximum(least, most), replicas]).astype(np.float64),
        families=(
            _demand(market, columns),
            _capacity(market, columns, others),
            _limits(state, columns, share),
        ),
    )
    left = asked - state.placed[workloads]
    start = np.concatenate([left, state.n[supplies], state.x[candidates]])
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


def _cost(market: Market, columns: _Columns) -> Floats:
    scale = SCALE / market.dearest
    return np.concatenate(
        [
            market.penalties[columns.workloads] * SCALE,
            market.price[columns.supplies] * scale,
            market.replica_price[columns.candidates] * scale,
        ]
    )


def _demand(market: Market, columns: _Columns) -> Rows:
    """Return: replicas placed and left out are those asked for."""
    own = np.arange(columns.workloads.size, dtype=np.int64)
    asked = market.replicas[columns.workloads].astype(np.float64)
    return Rows(
        name="demand",
        row=np.concatenate([own, columns.asker]),
        col=np.concatenate([own, columns.x]),
        coef=np.ones(own.size + columns.asker.size),
        lower=asked,
        upper=asked,
    )


def _capacity(market: Market, columns: _Columns, others: Ints) -> Rows:
    """Return: what replicas take, those of others included, is at most what the nodes have."""
    rows = market.rows
    counts = np.diff(rows.first)[columns.supplies]
    starts = np.cumsum(counts) - counts
    row = np.arange(int(counts.sum()), dtype=np.int64)
    owner = np.repeat(np.arange(columns.supplies.size, dtype=np.int64), counts)
    source = rows.first[columns.supplies][owner] + row - starts[owner]
    step = np.arange(rows.takes.shape[1])
    takes = rows.takes[columns.candidates]
    has = (step[None, :] < counts[columns.offer][:, None]) & (takes > 0)
    own_row = (starts[columns.offer][:, None] + step)[has]
    own_col = np.broadcast_to(columns.x[:, None], takes.shape)[has]
    return Rows(
        name="capacity",
        row=np.concatenate([row, own_row]),
        col=np.concatenate([columns.n + owner, own_col]),
        coef=np.concatenate([rows.room[source], -takes[has]]).astype(np.float64),
        lower=others[source].astype(np.float64),
        upper=np.full(row.size, np.inf),
    )


def _limits(state: State, columns: _Columns, share: Share) -> Rows:
    """Return the limits that these supplies can touch, less what all other nodes count."""
    market, limits = state.market, state.market.limits
    position = np.full(market.price.size, -1, dtype=np.int64)
    position[columns.supplies] = np.arange(columns.supplies.size)
    entry = position[limits.supply] >= 0
    row, supply = limits.row[entry], limits.supply[entry]
    weight = limits.weight[entry]
    inside = np.zeros(limits.most.size, dtype=np.int64)
    np.add.at(inside, row, weight * state.n[supply])
    rest = limits.sums(state.n) - inside
    top = np.where(share.limits, limits.most - rest, inside)
    floor = np.where(share.limits, limits.least - rest, np.minimum(inside, limits.least))
    reach = np.zeros(limits.most.size, dtype=np.int64)
    np.add.at(reach, row, weight * market.most[supply])
    binds = (reach > top) | (floor > 0)
    binds &= np.bincount(row, minlength=limits.most.size) > 0
    number = np.cumsum(binds) - 1
    kept = binds[row]
    lower = np.where(limits.least > 0, floor.astype(np.float64), -np.inf)
    return Rows(
        name="limits",
        row=number[row[kept]],
        col=columns.n + position[supply[kept]],
        coef=weight[kept].astype(np.float64),
        lower=lower[binds],
        upper=top[binds].astype(np.float64),
    )

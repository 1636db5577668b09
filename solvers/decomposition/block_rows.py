"""The objective and the rows of a block's programme: demand, capacity, limits."""

import numpy as np

from placement.formulation.milp import Floats, Ints, Rows
from placement.solvers.decomposition.columns import Columns
from placement.solvers.decomposition.market import Limit, Market
from placement.solvers.decomposition.sharing import Share
from placement.solvers.decomposition.state import State

__all__ = ["SCALE", "capacity", "costs", "demand", "growth", "limited"]

SCALE = 1e3  # of the dearest price in the objective: tolerances of 1e-7 are far below a price


def costs(market: Market, columns: Columns) -> Floats:
    """Return the objective: money, and a price on what is left out."""
    scale = SCALE / market.dearest
    return np.concatenate(
        [
            market.penalties[columns.workloads] * SCALE,
            market.price[columns.supplies] * scale,
            market.replica_price[columns.candidates] * scale,
            np.zeros(columns.grows.size),
        ]
    )


def demand(market: Market, columns: Columns) -> Rows:
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


def capacity(market: Market, columns: Columns, others: Ints) -> Rows:
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


def limited(state: State, columns: Columns, share: Share) -> Rows:
    """Return the limits that these supplies can touch, less what all other nodes count."""
    market, limits = state.market, state.market.limits
    at, row, own = _touched(limits, columns)
    supply, weight = limits.supply[own], limits.weight[own]
    inside = np.zeros(limits.most.size, dtype=np.int64)
    np.add.at(inside, row, weight * state.n[supply])
    rest = limits.sums(state.n) - inside
    decided = limits.added(state.n) > 0
    decided[columns.grows] = False
    most = np.where(decided, limits.kept, limits.most)
    top = np.where(share.limits, most - rest, inside)
    floor = np.where(share.limits, limits.least - rest, np.minimum(inside, limits.least))
    reach = np.zeros(limits.most.size, dtype=np.int64)
    np.add.at(reach, row, weight * market.most[supply])
    binds = (reach > top) | (floor > 0)
    binds[columns.grows] = True
    binds &= np.bincount(row, minlength=limits.most.size) > 0
    number = np.cumsum(binds) - 1
    kept = binds[row]
    lower = np.where(limits.least > 0, floor.astype(np.float64), -np.inf)
    beyond = (limits.most - limits.kept)[columns.grows]
    return Rows(
        name="limits",
        row=np.concatenate([number[row[kept]], number[columns.grows]]),
        col=np.concatenate([at[kept], columns.g]),
        coef=np.concatenate([weight[kept], beyond]).astype(np.float64),
        lower=lower[binds],
        upper=top[binds].astype(np.float64),
    )


def growth(state: State, columns: Columns) -> Rows:
    """Return: under limits that are exceeded now nodes are added only if they are kept again.

    Whether they are is decided by g; where it is not this block's to decide, no more are added.
    """
    limits = state.market.limits
    at, row, own = _touched(limits, columns)
    at, row, own = at[limits.new[own]], row[limits.new[own]], own[limits.new[own]]
    inside = np.zeros(limits.most.size, dtype=np.int64)
    np.add.at(inside, row, limits.weight[own] * state.n[limits.supply[own]])
    top = inside.copy()
    top[columns.grows] -= limits.added(state.n)[columns.grows]
    binds = np.bincount(row, minlength=limits.most.size) > 0
    binds[columns.grows] = True
    number = np.cumsum(binds) - 1
    return Rows(
        name="growth",
        row=np.concatenate([number[row], number[columns.grows]]),
        col=np.concatenate([at, columns.g]),
        coef=np.concatenate([limits.weight[own], -limits.kept[columns.grows]]).astype(np.float64),
        lower=np.full(int(binds.sum()), -np.inf),
        upper=top[binds].astype(np.float64),
    )


def _touched(limits: Limit, columns: Columns) -> tuple[Ints, Ints, Ints]:
    """Return column, row and number of each entry of the limits that these supplies have."""
    position = np.full(limits.closed.size, -1, dtype=np.int64)
    position[columns.supplies] = np.arange(columns.supplies.size)
    own = np.flatnonzero(position[limits.supply] >= 0)
    return columns.n + position[limits.supply[own]], limits.row[own], own

"""The proof, or what it leaves: one programme over all candidates that a cheaper plan can have.

On top of the relaxation's bound, a replica of a candidate costs its reduced cost. What would take
it beyond the cost of a plan that is known is in no cheaper plan; the rest is a programme whose
bound holds for the whole, and small where the gap is.
"""

from dataclasses import dataclass, replace

import numpy as np

from placement.formulation.milp import Floats, Ints
from placement.solver import Limits, Solver, Watch
from placement.solvers.decomposition.block import Block, Wanted, block_of
from placement.solvers.decomposition.block_rows import SCALE
from placement.solvers.decomposition.sharing import Share
from placement.solvers.decomposition.state import State

__all__ = ["NODES", "Known", "Proof", "proved"]

MOST = 20_000  # candidates of a programme that is worth a try: 200 x 50 has 4 to 25 thousand
SOME = 6_000  # the nearest, where there are more
NODES = 5_000  # of the search tree: a limit of work
MARGIN = 1e-6  # of the cost: far above solvers' tolerances, as in placement.narrowing


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A solution, better than the one given where there is one, and a bound of the cost.

    Parameters
    ----------
    whole
        Whether all candidates that matter were in the programme.
    """

    found: State | None
    bound: float
    whole: bool
    ended_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known before.

    Parameters
    ----------
    state
        A solution that leaves nothing out.
    reduced
        ``(C,)`` reduced costs of the relaxation, in units.
    bound
        Its bound, in units.
    """

    state: State
    reduced: Floats
    bound: float


def proved(known: Known, solver: Solver, limits: Limits, watch: Watch | None) -> Proof:
    """Return what a programme over all candidates that matter says.

    Where these are too many, one over the nearest says no more than where a better plan is.

    Parameters
    ----------
    watch
        Hears of cost and bound in units, and may stop the search.
    """
    state, reduced, bound = known.state, known.reduced, known.bound
    market = state.market
    cost = float(state.worth[1])
    slack = cost - bound + MARGIN * cost
    worth = np.flatnonzero((reduced <= slack) | (state.x > 0))
    whole = worth.size <= MOST
    if not whole:
        nearest = worth[np.argsort(reduced[worth], kind="stable")[:SOME]]
        worth = np.union1d(nearest, np.flatnonzero(state.x > 0))
    block = _block(known, worth, slack, limits)
    scale = market.dearest / SCALE

    def hear(best: float, least: float) -> bool:
        least = least * scale if whole else bound
        return watch is not None and watch(best * scale, max(bound, least))

    outcome = solver.solve(block.task.milp, block.task.limits, start=block.task.start, watch=hear)
    elsewhere = cost - float(block.task.milp.cost @ block.task.start) * scale
    least = outcome.bound * scale + elsewhere
    whole = whole and outcome.values is not None  # there is the start: that there is none is wrong
    return Proof(
        found=block.merged(state, outcome),
        bound=max(bound, min(cost, least - MARGIN * cost * 1e-3)) if whole else bound,
        whole=whole,
        ended_by=outcome.limit or "optimal",
    )


def _block(known: Known, worth: Ints, slack: float, limits: Limits) -> Block:
    state, reduced = known.state, known.reduced
    market = state.market
    workloads = np.arange(market.replicas.size)
    everything = Share(
        supplies=np.ones(market.price.size, dtype=np.bool_),
        limits=np.ones(market.limits.most.size, dtype=np.bool_),
    )
    floored = market.limits.supply[market.limits.least[market.limits.row] > 0]
    loose = np.union1d(np.flatnonzero(state.n > market.least), floored)
    wanted = Wanted(workloads=workloads, candidates=worth, supplies=loose, gap=0.0)
    block = block_of(state, wanted, everything, limits)
    most = block.task.milp.upper.copy()
    first = workloads.size + block.supplies.size
    x = slice(first, first + worth.size)
    steps = np.floor(slack / np.maximum(reduced[worth], 1e-9))
    most[: workloads.size] = 0
    most[x] = np.minimum(most[x], np.maximum(steps, 0))
    milp = replace(block.task.milp, upper=np.maximum(most, block.task.start))
    task = replace(block.task, milp=milp, limits=replace(limits, absolute_gap=1e-7 * SCALE))
    return replace(block, task=task)

"""From a fractional solution to a whole one: what is nearly whole is held there, step by step.

First the nodes, then the replicas. After each step the relaxation is solved again, so that what
was given up in one place finds the next best; new candidates join as prices change.
"""

import math
from dataclasses import dataclass

import numpy as np

from placement.formulation.milp import Floats, Ints
from placement.solvers.decomposition.engine import Costs
from placement.solvers.decomposition.market import Market
from placement.solvers.decomposition.relaxation import Bounds, Relaxation, Relaxed

__all__ = ["dived"]

STEP = 0.3  # of what is fractional, held at once: 0.1 takes four times as long and is no better
AT_ONCE = 8  # as many at the least
NODE_STEPS, REPLICA_STEPS = 40, 12  # limits of work; what is left then is rounded
FEW = 100  # fractional replicas up to which holding them one by one is worth the time
WHOLE = 1e-6  # distance from a whole number that solvers take for none


@dataclass(slots=True)
class _Held:
    """Bounds as they were tightened: ``(S,)`` of nodes, ``(C,)`` at least so many replicas."""

    market: Market
    least: Ints
    most: Ints
    replicas: Ints
    loose: int = 2**62

    def nodes(self, costs: Costs, found: Relaxed) -> Bounds | None:
        """Return bounds for the nodes whose rounding costs least, or None where all are whole.

        To the nearest whole number; one upwards where there was no progress, since what leaves one
        of many nodes of one price is a part of the next.
        """
        floor = np.floor(found.n + WHOLE).astype(np.int64)
        part = found.n - floor
        loose = np.flatnonzero((part > WHOLE) & (self.most > self.least))
        if not loose.size:
            return None
        stalled, self.loose = loose.size >= self.loose, loose.size
        nearest = np.where(part > 0.5, 1 - part, part)
        away = nearest[loose] * costs.n[loose]
        count = max(AT_ONCE, math.ceil(STEP * loose.size))
        chosen = loose[np.argsort(away, kind="stable")[:count]]
        up = part[chosen] > 0.5
        if stalled:
            up[int(np.argmin((1 - part[chosen]) * costs.n[chosen]))] = True
        up &= self._allowed(chosen, floor[chosen] + 1, up)
        self.least[chosen[up]] = floor[chosen[up]] + 1
        self.most[chosen[~up]] = floor[chosen[~up]]
        return Bounds(n=chosen, n_least=self.least[chosen], n_most=self.most[chosen])

    def _allowed(self, chosen: Ints, nodes: Ints, up: np.ndarray) -> np.ndarray:
        """Return which supplies may have so many nodes by every limit, each after those before."""
        limits = self.market.limits
        sums = limits.sums(self.least)
        allowed = np.zeros(chosen.size, dtype=np.bool_)
        for number, supply in enumerate(chosen.tolist()):
            if not up[number] or (limits.closed[supply] and nodes[number] > self.least[supply]):
                continue
            entries = limits.order[limits.first[supply] : limits.first[supply + 1]]
            more = limits.weight[entries] * (int(nodes[number]) - int(self.least[supply]))
            rows = limits.row[entries]
            if (sums[rows] + more <= limits.most[rows]).all():
                sums[rows] += more
                allowed[number] = True
        return allowed

    def candidates(self, found: Relaxed) -> Bounds | None:
        """Return bounds for the replicas nearest to whole; None where all or many are not.

        Upwards only where demand and nodes have room for all that is held.
        """
        floor = np.floor(found.x + WHOLE)
        part: Floats = found.x - floor
        loose = np.flatnonzero(part > WHOLE)
        if not loose.size or loose.size > FEW:
            return None
        away = np.minimum(part[loose], 1 - part[loose])
        count = max(AT_ONCE, math.ceil(STEP * loose.size))
        chosen = loose[np.argsort(away, kind="stable")[:count]]
        up = self._fitting(chosen, floor[chosen].astype(np.int64) + 1, part[chosen] > 0.5)
        least = self.replicas[chosen].astype(np.float64)
        return Bounds(x=chosen, x_least=least, x_most=np.where(up, np.inf, floor[chosen]))

    def _fitting(self, chosen: Ints, replicas: Ints, up: np.ndarray) -> np.ndarray:
        """Hold so many replicas where that fits, each after those before; return where it does."""
        market, rows = self.market, self.market.rows
        there = np.flatnonzero(self.replicas)
        held = self.replicas[there]
        loads = rows.loads(market.supply[there], there, held)
        free = rows.room * self.most[rows.supply] - loads
        placed = np.bincount(
            market.workload[there], weights=held, minlength=market.replicas.size
        ).astype(np.int64)
        fits = np.zeros(chosen.size, dtype=np.bool_)
        for number, candidate in enumerate(chosen.tolist()):
            more = int(replicas[number] - self.replicas[candidate])
            supply, workload = int(market.supply[candidate]), int(market.workload[candidate])
            own = slice(int(rows.first[supply]), int(rows.first[supply + 1]))
            takes = rows.takes[candidate, : own.stop - own.start] * more
            room = placed[workload] + more <= market.replicas[workload]
            if up[number] and room and (takes <= free[own]).all():
                free[own] -= takes
                placed[workload] += more
                self.replicas[candidate] += more
                fits[number] = True
        return fits


def dived(relaxation: Relaxation, costs: Costs, found: Relaxed, until: float) -> Relaxed:
    """Return the last solution on the way down: whole, unless time or a dead end came first."""
    market = relaxation.market
    none = np.zeros(market.workload.size, dtype=np.int64)
    held = _Held(market, market.least.copy(), market.most.copy(), none)
    steps = {"n": NODE_STEPS, "x": REPLICA_STEPS}
    while steps["n"]:
        bounds = held.nodes(costs, found)
        if bounds is not None:
            steps["n"] -= 1
        elif steps["x"]:
            bounds = held.candidates(found)
            steps["x"] -= 1
        if bounds is None:
            break
        tighter = relaxation.tightened(bounds, costs, until)
        if tighter is None:
            break
        found = tighter
    return found

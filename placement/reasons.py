"""Why replicas were left out: what each place refuses, or which limits are used up."""

import numpy as np

from placement.formulation.milp import Ints
from placement.instance import Instance
from placement.outranked import Outranking
from placement.packer import Fill
from placement.refused import Refused, listed
from placement.tie_reasons import against
from placement.used_up import UsedUp

__all__ = ["Reasons"]

MOST_REASONS = 12  # lines; further places that say the same are counted


class Reasons:
    """What stands against replicas beyond those of a plan.

    Parameters
    ----------
    x
        ``(C,)`` replicas of each candidate.
    n
        ``(S,)`` nodes kept or bought of each supply.
    fills
        What is on them.
    """

    def __init__(self, instance: Instance, x: Ints, n: Ints, fills: tuple[Fill, ...]) -> None:
        self._instance, self._x, self._n = instance, x, n
        self._outranking = Outranking(instance, x, n)
        self._used_up = UsedUp(instance, n)
        self._refused = Refused(instance)
        self._fills = {fill.supply: fill for fill in fills}
        self._room: dict[int, Ints] = {}

    def of(self, workload: int) -> tuple[str, ...]:
        """Return why replicas of a workload were left out; empty where nothing tells."""
        instance, x, n = self._instance, self._x, self._n
        candidates = np.arange(*np.searchsorted(instance.workload, (workload, workload + 1)))
        mine = instance.supply[candidates]
        lines = [*filter(None, [self._outranking.says(workload)]), *self._used_up.says(mine)]
        full = self._full(candidates)
        if full:
            lines.append(f"capacity: no room is left on {listed(full)}")
        asker = instance.problem.workloads[workload]
        parts = asker.nodes_per_replica
        totals = (
            total.says(candidates, x, parts) for total in (*instance.totals, *instance.budgets)
        )
        lines += instance.confidence.says(mine, n)
        lines += filter(None, [instance.spot_shares.says(workload, x), *totals])
        lines += against(instance.ties, workload, asker, candidates, x)
        if not mine.size and not instance.candidates.supplies:
            lines.append("no cluster has a node or a node pool that can grow")
        refused, count = self._refused.lines(workload, MOST_REASONS)
        count += len(lines)
        lines.extend(refused)
        if count > MOST_REASONS:
            more = count - MOST_REASONS + 1
            lines = [*lines[: MOST_REASONS - 1], f"and {more} more reasons"]
        return tuple(lines)

    def _full(self, candidates: Ints) -> list[str]:
        """Return the running nodes that a workload may use and on which one replica has no room."""
        instance, found = self._instance, self._instance.candidates
        running = candidates[instance.running[instance.supply[candidates]] > 0]
        full: list[str] = []
        for candidate in running[np.argsort(instance.supply[running])].tolist():
            supply = int(instance.supply[candidate])
            left = self._left(supply)
            if left is not None and not (found.takes[candidate] <= left).all(axis=1).any():
                full.append(found.supplies[supply].describe())
        return full

    def _left(self, supply: int) -> Ints | None:
        """Return ``(k, R)`` what is left on running nodes; None where one of them is empty."""
        fill = self._fills.get(supply)
        if fill is None or len(fill.nodes) < self._instance.running[supply]:
            return None
        if supply not in self._room:
            found = self._instance.candidates
            counts = np.array(fill.nodes, dtype=np.int64)
            self._room[supply] = found.room[supply] - counts @ found.takes[fill.candidate]
        return self._room[supply]

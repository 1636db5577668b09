"""Which workloads of higher priority hold what a workload that is left out could have had."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from placement.formulation.milp import Ints
from placement.instance import Instance
from placement.needs import UNLIMITED
from placement.tie_reasons import against

__all__ = ["Outranking"]

MOST_NAMES = 3  # further workloads are counted
MOST_TRIED = 50  # places of a workload for which rules are asked one by one


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """What is placed, and what is free beside it.

    Parameters
    ----------
    x, n
        ``(C,)`` replicas, and ``(S,)`` nodes that count against limits.
    nodes
        ``(S,)`` nodes that can be used: these, and what runs and would be let go.
    taken
        ``(S, R)`` what the replicas take of all nodes of a supply.
    units
        ``(S,)`` replicas on them.
    new
        ``(S,)`` nodes that limits allow beside ``n``.
    """

    x: Ints
    n: Ints
    nodes: Ints
    taken: Ints
    units: Ints
    new: Ints


class Outranking:
    """A plan beside itself without what is above a priority.

    Parameters
    ----------
    x
        ``(C,)`` replicas of each candidate.
    n
        ``(S,)`` nodes kept or bought of each supply.
    """

    def __init__(self, instance: Instance, x: Ints, n: Ints) -> None:
        self._instance = instance
        self._caps = [cap for cap in instance.caps if cap.family != "pool_minimum"]
        sizes = [cap.supply.size for cap in self._caps]
        none = [np.zeros(0, dtype=np.int64)]
        self._cap: Ints = np.repeat(np.arange(len(sizes)), sizes)
        self._capped: Ints = np.concatenate([*none, *(cap.supply for cap in self._caps)])
        self._weight: Ints = np.concatenate([*none, *(cap.weight for cap in self._caps)])
        self._placed = np.flatnonzero(x)
        self._placed_at = instance.supply[self._placed]
        self._takes = instance.candidates.takes[self._placed] > 0
        keys = [workload.key for workload in instance.problem.workloads]
        self._rank = np.argsort(sorted(range(len(keys)), key=keys.__getitem__))
        self._plan = self._state(x, n)
        self._tight = self._weight > self._spare(n)[self._cap]
        self._without: dict[int, _State] = {}

    def says(self, workload: int) -> str:
        """Return the reason that names who outranks a workload; empty where nobody does.

        A place counts where one replica more would fit and break no rule, were nothing of higher
        priority placed. Its nodes may be full, or limits, budgets or shares that are used up stand
        against it; who takes of these is named, with the replicas that do.
        """
        instance = self._instance
        own = np.arange(*np.searchsorted(instance.workload, (workload, workload + 1)))
        asker, placed = instance.problem.workloads[workload], self._placed
        above = instance.priority[instance.workload[placed]] > asker.priority
        alone = int(self._plan.x[own].sum()) // asker.nodes_per_replica + 1 >= asker.min_replicas
        if not above.any() or not own.size or not alone:
            return ""
        lost = self._lost(own, self._below(asker.priority))
        held = placed[above & self._holds(workload, lost)]
        units = np.zeros(instance.replicas.size, dtype=np.int64)
        np.add.at(units, instance.workload[held], self._plan.x[held])
        return self._said(workload, -(-units // instance.parts))

    def _below(self, priority: int) -> _State:
        """Return the plan without what is above a priority.

        New nodes that the rest does not need are not bought then; of what runs, nothing is let go.
        """
        if priority not in self._without:
            instance, plan = self._instance, self._plan
            rest = np.where(instance.priority[instance.workload] > priority, 0, plan.x)
            needed = np.minimum(plan.n, self._units(rest))
            n = np.where(instance.running > 0, instance.running, needed)
            self._without[priority] = self._state(rest, n)
        return self._without[priority]

    def _state(self, x: Ints, n: Ints) -> _State:
        instance = self._instance
        taken = np.zeros(instance.candidates.room.shape, dtype=np.int64)
        some = np.flatnonzero(x)
        np.add.at(taken, instance.supply[some], instance.candidates.takes[some] * x[some, None])
        new = np.where(instance.running > 0, 0, np.maximum(instance.most - n, 0))
        each = np.where(
            self._weight > 0, self._spare(n)[self._cap] // np.maximum(self._weight, 1), UNLIMITED
        )
        np.minimum.at(new, self._capped, each)
        nodes = np.maximum(n, instance.running)
        return _State(x=x, n=n, nodes=nodes, taken=taken, units=self._units(x), new=new)

    def _units(self, x: Ints) -> Ints:
        units = np.zeros(self._instance.running.size, dtype=np.int64)
        np.add.at(units, self._instance.supply, x)
        return units

    def _spare(self, n: Ints) -> Ints:
        """Return ``(caps,)`` what nodes leave of each limit."""
        spare = np.array([cap.bound for cap in self._caps], dtype=np.int64)
        np.subtract.at(spare, self._cap, self._weight * n[self._capped])
        found: Ints = np.maximum(spare, 0)
        return found

    def _lost(self, own: Ints, after: _State) -> Ints:
        """Return the candidates of a workload that are open in a state, and not in the plan."""
        now, then = self._fits(own, self._plan), self._fits(own, after)
        if not self._instance.has_rules:
            return own[then & ~now]
        tried = np.flatnonzero(then)[:MOST_TRIED].tolist()
        found = [
            int(own[at])
            for at in tried
            if not (now[at] and self._allowed(int(own[at]), self._plan))
            and self._allowed(int(own[at]), after)
        ]
        return np.array(found, dtype=np.int64)

    def _fits(self, own: Ints, state: _State) -> NDArray[np.bool_]:
        """Return ``(k,)`` whether one replica more has room in the place of each candidate."""
        instance, supply = self._instance, self._instance.supply[own]
        parts = int(instance.parts[instance.workload[own[0]]])
        if parts == 1:
            empty = state.nodes[supply] > state.units[supply]
            return (state.new[supply] > 0) | empty | ~self._lacks(own, state).any(axis=1)
        whole = np.maximum(state.nodes - state.units, 0) + state.new
        fits = np.zeros(own.size, dtype=np.bool_)
        for asker, place in instance.whole:
            if asker == instance.workload[own[0]]:
                fits |= np.isin(own, place) & (int(whole[instance.supply[place]].sum()) >= parts)
        return fits

    def _lacks(self, own: Ints, state: _State) -> NDArray[np.bool_]:
        """Return ``(k, R)`` what the nodes of each candidate have not left, in the mean."""
        found, supply = self._instance.candidates, self._instance.supply[own]
        nodes = state.nodes[supply, None]
        room = np.minimum(found.room[supply], UNLIMITED // np.maximum(nodes, 1)) * nodes
        needs = found.takes[own] * np.maximum(nodes, 1)
        lacks: NDArray[np.bool_] = room - state.taken[supply] < needs
        return lacks

    def _allowed(self, candidate: int, state: _State) -> bool:
        """Return whether no rule beyond room and limits on nodes is against one replica more."""
        instance, one = self._instance, np.array([candidate])
        workload, supply = int(instance.workload[candidate]), instance.supply[one]
        parts = int(instance.parts[workload])
        spot = instance.candidates.supplies[int(supply[0])].capacity_type == "spot"
        totals = (*instance.totals, *instance.budgets)
        return not (
            (spot and instance.spot_shares.says(workload, state.x))
            or any(total.says(one, state.x, parts) for total in totals)
            or any(instance.confidence.says(supply, state.n))
            or against(instance.ties, workload, instance.problem.workloads[workload], one, state.x)
        )

    def _holds(self, workload: int, lost: Ints) -> NDArray[np.bool_]:
        """Return ``(placed,)`` which candidates with replicas take of what lost places lack."""
        instance, plan, placed = self._instance, self._plan, self._placed
        at, supply = self._placed_at, instance.supply[lost]
        lacks = np.zeros(instance.candidates.room.shape, dtype=np.bool_)
        lacks[supply] = self._lacks(lost, plan)
        holds = np.asarray((lacks[at] & self._takes).any(axis=1), dtype=np.bool_)
        wanted = np.zeros(instance.running.size, dtype=np.bool_)
        wanted[supply[instance.running[supply] == 0]] = True
        used_up = np.zeros(len(self._caps), dtype=np.bool_)
        used_up[self._cap[wanted[self._capped] & self._tight]] = True
        counted = used_up[self._cap] & (self._weight > 0)
        counts = np.zeros(instance.running.size, dtype=np.bool_)
        counts[self._capped[counted]] = True
        holds |= (counts & (instance.least == 0))[at]  # nodes that nobody may let go count anyway
        for total in (*instance.totals, *instance.budgets):
            if lost.size and total.says(lost, plan.x, int(instance.parts[workload])):
                holds |= np.isin(placed, total.candidate[total.size > 0])
        return holds

    def _said(self, workload: int, replicas: Ints) -> str:
        workloads, held = self._instance.problem.workloads, np.flatnonzero(replicas)
        if not held.size:
            return ""
        order = held[np.lexsort((self._rank[held], -replicas[held]))]
        names = [
            f"{workloads[w].key} (at {workloads[w].priority}, {replicas[w]} "
            f"{'replica' if replicas[w] == 1 else 'replicas'})"
            for w in order[:MOST_NAMES].tolist()
        ]
        more = f" and {held.size - MOST_NAMES} more" if held.size > MOST_NAMES else ""
        own, above = workloads[workload].priority, ", ".join(names) + more
        return f"priority: at {own} it gives way to {above}, in places that it could have had"

"""A fleet's solution as rows of a plan; rows of what has not changed are made once."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from placement.formulation.milp import Ints
from placement.plan import Assignment, NodePlan, NodeReplicas
from placement.session_roster import Roster
from placement.solvers.decomposition.shelves import Shelf, Shelves
from placement.solvers.decomposition.state import State
from placement.supply import Supply

__all__ = ["Rows"]


@dataclass(slots=True)
class Rows:
    """Rows by workload and by supply.

    Parameters
    ----------
    gpus
        ``(C,)`` GPUs per replica.
    """

    gpus: Ints
    _assignments: dict[int, tuple[Assignment, ...]] = field(default_factory=dict)
    _nodes: dict[int, tuple[NodePlan, ...]] = field(default_factory=dict)

    def forget(self, workloads: set[int], supplies: set[int]) -> None:
        """Make the rows of some workloads and supplies again when they are next asked for."""
        for number in workloads:
            self._assignments.pop(number, None)
        for supply in supplies:
            self._nodes.pop(supply, None)

    def of_workload(
        self, number: int, state: State, roster: Roster, supplies: list[Supply]
    ) -> tuple[Assignment, ...]:
        """Return where a workload runs, in the order of names."""
        if number not in self._assignments:
            self._assignments[number] = self._read(number, state, roster, supplies)
        return self._assignments[number]

    def _read(
        self, number: int, state: State, roster: Roster, supplies: list[Supply]
    ) -> tuple[Assignment, ...]:
        market = state.market
        own = np.arange(int(market.first[number]), int(market.first[number + 1]))
        counts: Counter[tuple[tuple[str, ...], int]] = Counter()
        for candidate in own[state.x[own] > 0].tolist():
            place = supplies[int(market.supply[candidate])].place
            counts[place, int(self.gpus[candidate])] += int(state.x[candidate])
        return tuple(
            Assignment(
                workload=roster.at(number).key,
                cluster=place[0],
                node_pool=place[1] or None,
                instance_type=place[2] or None,
                capacity_type=place[3],
                zone=place[4] or None,
                gpus_per_replica=gpus,
                replicas=replicas,
            )
            for (place, gpus), replicas in sorted(counts.items(), key=lambda item: item[0])
        )

    def assignments(
        self, state: State, roster: Roster, supplies: list[Supply]
    ) -> tuple[Assignment, ...]:
        """Return where all workloads run, in the order of names."""
        found: list[Assignment] = []
        for number in sorted(roster.order, key=lambda number: roster.at(number).key):
            found += self.of_workload(number, state, roster, supplies)
        return tuple(found)

    def nodes(self, shelves: Shelves, roster: Roster) -> tuple[NodePlan, ...]:
        """Return every node kept, new or released, by cluster and name."""
        found: list[NodePlan] = []
        for supply, there in shelves.of.items():
            if supply not in self._nodes:
                kind = shelves.supplies[supply]
                read = (_node(kind, shelf, roster) for shelf in there)
                self._nodes[supply] = tuple(row for row in read if row is not None)
            found += self._nodes[supply]
        return tuple(sorted(found, key=lambda node: (node.cluster, node.name)))


def _node(supply: Supply, shelf: Shelf, roster: Roster) -> NodePlan | None:
    """Return the row of a node; None where it is of no pool and nothing is on it."""
    if supply.running and supply.pool is None and not shelf.held:
        return None
    held = sorted((roster.at(number).key, count) for number, count in shelf.held.items())
    state = "new" if not supply.running else "existing" if shelf.kept else "released"
    return NodePlan.model_validate(
        {
            "name": shelf.name,
            "cluster": supply.cluster.name,
            "node_pool": supply.pool.name if supply.pool else None,
            "instance_type": supply.type_name,
            "capacity_type": supply.capacity_type,
            "zone": supply.zone,
            "state": state,
            "price": supply.price,
            "replicas": tuple(NodeReplicas(workload=key, replicas=n) for key, n in held),
        }
    )

"""What explaining a workload looks at: its places, and what the plan has there."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from placement.candidates import find_candidates, most_units
from placement.caps import Cap, find_caps
from placement.explanation import Place
from placement.located import Located, replicas_on
from placement.plan import NodePlan, Plan
from placement.problem import Problem
from placement.replica_costs import ReplicaCosts
from placement.shares import spot_shares
from placement.supply import Supply
from placement.tie_making import ties_of
from placement.totals import budget_totals, resource_totals

__all__ = ["Case", "on"]


class Case:
    """One workload of one plan, with what is looked up often.

    Attributes
    ----------
    mine
        The supplies on which it may run.
    column
        The candidate of a workload and a supply.
    nodes
        What the plan keeps or buys of each supply.
    count
        ``(S,)`` how many nodes these are.
    x
        ``(C,)`` the plan's replicas of each candidate.
    """

    def __init__(self, problem: Problem, plan: Plan, number: int) -> None:
        self.number = number
        self.problem = problem
        self.workload = problem.workloads[number]
        self.found = find_candidates(problem)
        self.supplies = self.found.supplies
        self.costs = ReplicaCosts(problem, self.found.paths)
        self.caps = find_caps(problem, self.supplies)
        self.column = {
            (int(w), int(s)): column
            for column, (w, s) in enumerate(
                zip(self.found.workload, self.found.supply, strict=True)
            )
        }
        self.mine = [s for s in range(len(self.supplies)) if (number, s) in self.column]
        self.nodes = _by_supply(self.supplies, plan)
        counts = [len(self.nodes.get(s, ())) for s in range(len(self.supplies))]
        self.count = np.array(counts, dtype=np.int64)
        self.totals = (*resource_totals(self.found), *budget_totals(self.found))
        self.shares = spot_shares(self.found)
        self.ties = ties_of(self.found, most_units(problem))
        self.numbers = {w.key: i for i, w in enumerate(problem.workloads)}
        self.x = replicas_on(self.found, plan.nodes)

    def carried(self, position: int, node: NodePlan) -> Iterator[tuple[int, int]]:
        """Yield candidate and number of the replicas on a node of a supply."""
        for key, count in on(node).items():
            column = self.column.get((self.numbers.get(key, -1), position))
            if column is not None:
                yield column, count

    def used(self, cap: Cap) -> int:
        """Return what the plan's nodes use of a limit."""
        return int((cap.weight * self.count[cap.supply]).sum())

    def needs(self, supply: Supply) -> dict[str, int] | None:
        """Return what a replica takes of a node, or None where the model does not fit."""
        sizing = self.found.sizing
        gpus = sizing.gpus(self.workload, supply.kind)
        return None if gpus < 0 else sizing.requests(self.workload, supply.kind, gpus)

    def place(self, position: int) -> Place:
        """Return a supply as a place of the workload."""
        supply = self.supplies[position]
        return Place(
            cluster=supply.cluster.name,
            node_pool=supply.pool.name if supply.pool else None,
            instance_type=supply.type_name,
            capacity_type=supply.capacity_type,
            zone=supply.zone,
            running=supply.running,
            paid_anyway=supply.running and not supply.releasable,
            price=supply.price,
            per_node=_per_node(self.needs(supply), supply.room),
            extra=float(sum(self.costs.of(self.workload, supply).values())),
        )


def _by_supply(supplies: tuple[Supply, ...], plan: Plan) -> dict[int, list[NodePlan]]:
    """Return the nodes that the plan keeps or buys, by the supply that they are of."""
    located = Located(supplies)
    nodes: defaultdict[int, list[NodePlan]] = defaultdict(list)
    for node in plan.nodes:
        position = located.of(node)
        if position is not None and node.state != "released":
            nodes[position].append(node)
    return nodes


def on(node: NodePlan) -> dict[str, int]:
    """Return the replicas on a node by workload."""
    return {row.workload: row.replicas for row in node.replicas}


def _per_node(needs: Mapping[str, int] | None, room: Mapping[str, int]) -> int:
    """Return how many replicas a node holds; ``pods`` absent is no limit."""
    asked = {} if needs is None else {k: n for k, n in needs.items() if n}
    if "pods" not in room:
        asked.pop("pods", None)
    return min((room.get(resource, 0) // amount for resource, amount in asked.items()), default=0)

"""Which supply each node of a plan is of."""

from collections.abc import Iterable, Sequence

import numpy as np

from placement.candidates import Candidates
from placement.formulation.milp import Ints
from placement.plan import NodePlan
from placement.supply import Supply

__all__ = ["Located", "replicas_on"]


class Located:
    """The supplies of a fleet, found by the nodes of its plans."""

    def __init__(self, supplies: Sequence[Supply]) -> None:
        self._running = {
            (s.cluster.name, name): i for i, s in enumerate(supplies) for name in s.nodes
        }
        # Of new nodes that stand apart, the first stands for all: the last is closed to workloads
        # whose rules look at single nodes.
        new = [(s.place, i) for i, s in enumerate(supplies) if not s.running]
        self._new = dict(reversed(new))

    def of(self, node: NodePlan) -> int | None:
        """Return the position of a node's supply, or None where the fleet has none like it."""
        if node.state != "new":
            return self._running.get((node.cluster, node.name))
        where = (node.cluster, node.node_pool or "", node.instance_type or "")
        return self._new.get((*where, node.capacity_type, node.zone or ""))


def replicas_on(found: Candidates, nodes: Iterable[NodePlan]) -> Ints:
    """Return ``(C,)`` replicas of each candidate on a plan's nodes; others are not counted."""
    located = Located(found.supplies)
    number = {workload.key: at for at, workload in enumerate(found.problem.workloads)}
    held = [
        (number[row.workload], position, row.replicas)
        for node in nodes
        if (position := located.of(node)) is not None
        for row in node.replicas
        if row.workload in number
    ]
    workload, supply, replicas = np.array(held, dtype=np.int64).reshape(-1, 3).T
    pairs = found.workload * len(found.supplies) + found.supply  # they are in this order
    wanted = workload * len(found.supplies) + supply
    x = np.zeros(found.workload.size, dtype=np.int64)
    at = np.searchsorted(pairs, wanted)
    known = at < pairs.size
    known[known] = pairs[at[known]] == wanted[known]
    np.add.at(x, at[known], replicas[known])
    return x

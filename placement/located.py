"""Which supply each node of a plan is of."""

from collections.abc import Sequence

from placement.plan import NodePlan
from placement.supply import Supply

__all__ = ["Located"]


class Located:
    """The supplies of a fleet, found by the nodes of its plans."""

    def __init__(self, supplies: Sequence[Supply]) -> None:
        self._running = {
            (s.cluster.name, name): i for i, s in enumerate(supplies) for name in s.nodes
        }
        self._new = {s.place: i for i, s in enumerate(supplies) if not s.running}

    def of(self, node: NodePlan) -> int | None:
        """Return the position of a node's supply, or None where the fleet has none like it."""
        if node.state != "new":
            return self._running.get((node.cluster, node.name))
        where = (node.cluster, node.node_pool or "", node.instance_type or "")
        return self._new.get((*where, node.capacity_type, node.zone or ""))

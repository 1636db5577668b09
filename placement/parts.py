"""Which of its nodes a node is for a replica that takes several."""

from collections import Counter
from collections.abc import Sequence

from placement.plan import NodePlan
from placement.problem import Problem

__all__ = ["with_parts"]


def with_parts(problem: Problem, nodes: Sequence[NodePlan]) -> tuple[NodePlan, ...]:
    """Return nodes in their order, numbered in each place for the replicas that take several."""
    several = {w.key: w.nodes_per_replica for w in problem.workloads if w.nodes_per_replica > 1}
    if not several:
        return tuple(nodes)
    seen: Counter[tuple[str | None, ...]] = Counter()
    return tuple(_numbered(node, several, seen) for node in nodes)


def _numbered(
    node: NodePlan, several: dict[str, int], seen: Counter[tuple[str | None, ...]]
) -> NodePlan:
    rows = []
    for row in node.replicas:
        of = several.get(row.workload)
        if of is not None:
            kind = (node.node_pool, node.instance_type, node.capacity_type, node.zone)
            place = (row.workload, node.cluster, *kind)
            part = f"{seen[place] % of + 1}/{of}"
            seen[place] += 1
            rows.append(row.model_copy(update={"part": part}))
        else:
            rows.append(row)
    return node.model_copy(update={"replicas": tuple(rows)})

"""What changes did to the plan of a session."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from placement.plan import Assignment, Plan

__all__ = ["Update", "compared"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What changes did.

    Parameters
    ----------
    cost_per_hour, total_per_hour
        Of all nodes kept and new; of everything in the objective.
    lower_bound
        Of ``total_per_hour``, given the replicas placed.
    gap
        (total - bound) / total; 0 where the total is 0.
    unplaced
        Replicas left out, by key of their workload.
    touched
        Keys of the workloads of which a row is another one.
    repacked
        Keys of those whose rows are the same, with replicas on other nodes there.
    added, removed
        Rows of the plan that are new, and those that are gone.
    bought, given_up
        Nodes by cluster and pool; running nodes of no pool are not counted.
    seconds
        That it took; the plan itself is made when it is asked for.
    """

    cost_per_hour: float
    total_per_hour: float
    lower_bound: float
    gap: float
    unplaced: Mapping[str, int]
    touched: tuple[str, ...]
    repacked: tuple[str, ...]
    added: tuple[Assignment, ...]
    removed: tuple[Assignment, ...]
    bought: Mapping[tuple[str, str], int]
    given_up: Mapping[tuple[str, str], int]
    seconds: float


def compared(before: Plan, after: Plan) -> Update:
    """Return what tells one plan from another."""
    old, new = set(before.assignments), set(after.assignments)
    added = tuple(row for row in after.assignments if row not in old)
    removed = tuple(row for row in before.assignments if row not in new)
    touched = {row.workload for row in (*added, *removed)}
    more: Counter[tuple[str, str]] = Counter()
    for plan, sign in ((before, -1), (after, 1)):
        for node in plan.nodes:
            if node.node_pool is not None:
                more[node.cluster, node.node_pool] += sign * (node.state != "released")
    packed = {key for key, *_ in _on_nodes(before) ^ _on_nodes(after)}
    return Update(
        cost_per_hour=after.cost_per_hour,
        total_per_hour=after.objective.total,
        lower_bound=after.lower_bound,
        gap=after.gap,
        unplaced={row.workload: row.replicas for row in after.unplaced},
        touched=tuple(sorted(touched)),
        repacked=tuple(sorted(packed - touched)),
        added=added,
        removed=removed,
        bought={pool: more[pool] for pool in sorted(more) if more[pool] > 0},
        given_up={pool: -more[pool] for pool in sorted(more) if more[pool] < 0},
        seconds=0.0,
    )


def _on_nodes(plan: Plan) -> set[tuple[str, str, str, int]]:
    """Return how many replicas of each workload are on each node."""
    return {
        (row.workload, node.cluster, node.name, row.replicas)
        for node in plan.nodes
        for row in node.replicas
    }

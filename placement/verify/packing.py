"""The rule ``packing``: node rows and assignment rows tell the same story, node by node."""

from collections import Counter
from collections.abc import Iterator

from placement.verify.case import Case
from placement.verify.violation import Violation

__all__ = ["check_packing"]


def check_packing(case: Case) -> Iterator[Violation]:
    """Yield names used twice, rows given twice, and replicas that are on no concrete node."""
    yield from _names(case)
    rows: Counter[tuple[str | None, ...]] = Counter()
    for position, row in enumerate(case.plan.assignments):
        key: tuple[str | None, ...] = (
            row.workload,
            row.cluster,
            row.node_pool,
            row.instance_type,
            row.capacity_type,
            row.zone,
        )
        if key in rows:
            message = "is listed a second time; one row says how many replicas are there"
            yield Violation(rule="packing", where=f"assignments[{position}]", message=message)
        rows[key] += row.replicas
    on_nodes: Counter[tuple[str | None, ...]] = Counter()
    for node in case.plan.nodes:
        place = (node.cluster, node.node_pool, node.instance_type, node.capacity_type, node.zone)
        for held in node.replicas:
            on_nodes[held.workload, *place] += held.replicas
    for key in [*rows, *(key for key in on_nodes if key not in rows)]:
        if rows[key] != on_nodes[key]:
            where = "/".join("-" if part is None else part for part in key)
            message = f"assignments say {rows[key]} replicas, nodes hold {on_nodes[key]}"
            yield Violation(rule="packing", where=where, message=message)


def _names(case: Case) -> Iterator[Violation]:
    running = {(c.name, node.name) for c in case.problem.clusters for node in c.nodes}
    seen: set[tuple[str, str]] = set()
    for position, row in enumerate(case.plan.nodes):
        name = (row.cluster, row.name)
        where = f"nodes[{position}] {row.cluster}/{row.name}"
        if row.state == "new" and name in running:
            message = "a new node must not have the name of one that runs"
            yield Violation(rule="packing", where=where, message=message)
        elif name in seen:
            message = "this name is listed a second time"
            yield Violation(rule="packing", where=where, message=message)
        seen.add(name)
        held = [replicas.workload for replicas in row.replicas]
        if len(set(held)) != len(held):
            message = "lists one workload in two rows"
            yield Violation(rule="packing", where=where, message=message)

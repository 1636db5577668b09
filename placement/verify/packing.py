"""The rule ``packing``: node rows and assignment rows tell the same story, node by node."""

from collections import Counter
from collections.abc import Iterator

from placement.verify.case import Case
from placement.verify.violation import Violation

__all__ = ["check_packing"]

_Key = tuple[str | None, ...]
"""Workload, cluster, node pool, instance type, capacity type and zone."""


def check_packing(case: Case) -> Iterator[Violation]:
    """Yield names used twice, rows given twice, and replicas that are on no concrete node."""
    yield from _names(case)
    rows: Counter[_Key] = Counter()
    for position, row in enumerate(case.plan.assignments):
        place = (row.cluster, row.node_pool, row.instance_type, row.capacity_type, row.zone)
        key: _Key = (row.workload, *place)
        if key in rows:
            message = "is listed a second time; one row says how many replicas are there"
            yield Violation(rule="packing", where=f"assignments[{position}]", message=message)
        rows[key] += row.replicas
    held = _held(case)
    for key in [*rows, *(key for key in held if key not in rows)]:
        parts = held.get(key, Counter())
        for part in _parts(case, key[0]):
            if rows[key] != parts[part]:
                where = "/".join("-" if name is None else name for name in key)
                of = "" if part is None else f" of part {part}"
                message = f"assignments say {rows[key]} replicas, nodes hold {parts[part]}{of}"
                yield Violation(rule="packing", where=where, message=message)
    yield from _other_parts(case)


def _held(case: Case) -> dict[_Key, Counter[str | None]]:
    """Return what the nodes of each place hold, by part, for each workload there."""
    held: dict[_Key, Counter[str | None]] = {}
    for node in case.plan.nodes:
        place = (node.cluster, node.node_pool, node.instance_type, node.capacity_type, node.zone)
        for row in node.replicas:
            held.setdefault((row.workload, *place), Counter())[row.part] += row.replicas
    return held


def _parts(case: Case, key: str | None) -> list[str | None]:
    """Return the parts of each replica of a workload; the one part of most has no name."""
    workload = case.workloads.get(key or "")
    nodes = 1 if workload is None else workload.nodes_per_replica
    return [None] if nodes == 1 else [f"{part}/{nodes}" for part in range(1, nodes + 1)]


def _other_parts(case: Case) -> Iterator[Violation]:
    """Yield parts that no replica of the workload has."""
    for position, node in enumerate(case.plan.nodes):
        for row in node.replicas:
            parts = _parts(case, row.workload)
            if row.part not in parts:
                where = f"nodes[{position}] {node.cluster}/{node.name}"
                message = f"part of {row.workload} must be {_or(parts)}, not {row.part}"
                yield Violation(rule="packing", where=where, message=message)


def _or(parts: list[str | None]) -> str:
    return "absent" if parts == [None] else f"{parts[0]} to {parts[-1]}"


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

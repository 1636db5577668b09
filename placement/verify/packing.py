"""The rule ``packing``: node rows and assignment rows tell the same story, node by node."""

from collections import Counter
from collections.abc import Iterator, Mapping

from placement.problem import Workload
from placement.verify.case import Case
from placement.verify.violation import Violation

__all__ = ["check_packing"]

_Key = tuple[str | None, ...]
"""Workload, cluster, node pool, instance type, capacity type and zone."""


def check_packing(case: Case) -> Iterator[Violation]:
    """Yield names used twice, rows given twice, and replicas that are on no concrete node."""
    yield from _names(case)
    parts_of = {key: _parts(w) for key, w in case.workloads.items() if w.nodes_per_replica > 1}
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
        on_nodes = held.get(key, {})
        for part in parts_of.get(key[0] or "", _ONE):
            found = on_nodes.get(part, 0)
            if rows[key] != found:
                where = "/".join("-" if name is None else name for name in key)
                of = "" if part is None else f" of part {part}"
                message = f"assignments say {rows[key]} replicas, nodes hold {found}{of}"
                yield Violation(rule="packing", where=where, message=message)
    yield from _other_parts(case, parts_of)


_Part = str | None
_ONE: list[_Part] = [None]
"""The parts of a replica on one node: it has no name."""


def _held(case: Case) -> dict[_Key, dict[_Part, int]]:
    """Return what the nodes of each place hold, by part, for each workload there."""
    held: dict[_Key, dict[_Part, int]] = {}
    for node in case.plan.nodes:
        place = (node.cluster, node.node_pool, node.instance_type, node.capacity_type, node.zone)
        for row in node.replicas:
            parts = held.setdefault((row.workload, *place), {})
            parts[row.part] = parts.get(row.part, 0) + row.replicas
    return held


def _parts(workload: Workload) -> list[_Part]:
    """Return the parts of a replica that takes several nodes."""
    nodes = workload.nodes_per_replica
    return [f"{part}/{nodes}" for part in range(1, nodes + 1)]


def _other_parts(case: Case, parts_of: Mapping[str, list[_Part]]) -> Iterator[Violation]:
    """Yield parts that no replica of the workload has."""
    for position, node in enumerate(case.plan.nodes):
        for row in node.replicas:
            parts = parts_of.get(row.workload, _ONE)
            if row.part not in parts:
                where = f"nodes[{position}] {node.cluster}/{node.name}"
                message = f"part of {row.workload} must be {_or(parts)}, not {row.part}"
                yield Violation(rule="packing", where=where, message=message)


def _or(parts: list[_Part]) -> str:
    return "absent" if parts == _ONE else f"{parts[0]} to {parts[-1]}"


def _names(case: Case) -> Iterator[Violation]:
    running = {(c.name, node.name) for c in case.problem.clusters for node in c.nodes}
    seen: set[tuple[str, str]] = set()
    for position, row in enumerate(case.plan.nodes):
        name = (row.cluster, row.name)
        messages = []
        if row.state == "new" and name in running:
            messages.append("a new node must not have the name of one that runs")
        elif name in seen:
            messages.append("this name is listed a second time")
        seen.add(name)
        held = row.replicas
        if len(held) > 1 and len({each.workload for each in held}) != len(held):
            messages.append("lists one workload in two rows")
        for message in messages:
            where = f"nodes[{position}] {row.cluster}/{row.name}"
            yield Violation(rule="packing", where=where, message=message)

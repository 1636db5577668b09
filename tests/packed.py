"""Packings that need not be valid: nodes with replicas on them, and what they would cost."""

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal

from placement.problem import Problem
from tests.exhaustive import Answer, Row, Used, row_order
from tests.exhaustive_world import Bin, gpus_of

__all__ = ["Packed", "kinds", "packed"]

Packed = tuple[Bin, bool, Counter[str]]
"""A node, whether it is kept (or bought), and its replicas by workload."""


def kinds(problem: Problem, bins: list[Bin]) -> Iterator[Bin]:
    """Yield a new node of every pool in every zone that its cluster names, and in none.

    Left out are zones that matter to nobody, where the whole region has one price: such nodes are
    written without a zone, though the judge takes them with one, too.
    """
    offered = {each.group: each for each in bins if each.node is None}
    for cluster in problem.clusters:
        for pool in cluster.node_pools:
            sort = (cluster.region, pool.instance_type, pool.capacity_type)
            by_zone = any(
                row.zone and (row.region, row.instance_type, row.capacity_type) == sort
                for row in problem.offerings
            )
            for zone in (None, *sorted({*cluster.zones, *pool.zones})):
                group = (cluster.name, pool.name, pool.instance_type, pool.capacity_type, zone)
                if zone and group not in offered and not by_zone:
                    continue
                kind = next(k for k in problem.instance_types if k.name == pool.instance_type)
                yield offered.get(group) or Bin(
                    cluster=cluster,
                    pool=pool,
                    node=None,
                    kind=kind,
                    group=group,
                    price=min(Decimal(str(row.price)) for row in problem.offerings),
                    room={},
                    needs={},
                )


def packed(problem: Problem, nodes: Iterable[Packed]) -> Answer:
    """Return a packing as an answer, whether or not it breaks rules."""
    nodes = list(nodes)
    priority = {workload.key: workload.priority for workload in problem.workloads}
    placed = dict.fromkeys(sorted(set(priority.values()), reverse=True), 0)
    used, rows = [], Counter[Row]()
    for each, kept, load in nodes:
        sizes = {w.key: gpus_of(problem, w, each.kind) or 0 for w in problem.workloads}
        held = tuple((key, count) for key, count in sorted(load.items()) if count)
        if each.pool is not None or held:
            used.append(Used(bin=each, kept=kept, replicas=held, gpus=sizes))
        for key, count in held:
            rows[key, *each.group, sizes[key]] += count
            placed[priority[key]] += count
    return Answer(
        feasible=True,
        placed=tuple(placed.items()),
        cost=sum((each.price for each, kept, _ in nodes if kept), Decimal(0)),
        nodes=sum(kept for _, kept, _ in nodes),
        clusters=len({row[1] for row in rows}),
        rows=tuple(sorted(((*row, n) for row, n in rows.items()), key=row_order)),
        used=tuple(used),
    )

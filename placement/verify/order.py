"""Whether the moves can be carried out row by row, as far as that can be told.

Where ``current`` names no node, nobody knows on which one the old replicas are; then the best is
taken for granted. So what is found wrong is wrong for certain.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator

from placement.plan import MovePlace
from placement.quantity import PODS
from placement.verify.case import Case
from placement.verify.hosts import Site
from placement.verify.violation import Violation

__all__ = ["check_order"]

_Node = tuple[str, str]
"""Cluster and name."""


def check_order(case: Case) -> Iterator[Violation]:
    """Yield rows whose new replicas start first (``surge``) on a node that has no room yet.

    On a node there are for certain: the replicas that are known to stay, those that earlier rows
    have brought, and those that this row or later ones take away from that very node.
    """
    if not case.plan.moves:
        return
    hosts = {(host.row.cluster, host.row.name): host for host in case.hosts if host.stays}
    alone = {key for key, each in case.workloads.items() if each.nodes_per_replica == 1}
    there = _at_first(case, alone)
    for position, row in enumerate(case.plan.moves):
        start, end = _node(row.from_), _node(row.to)
        if row.workload not in alone:
            continue
        if end is not None:
            there[end][row.workload] += row.replicas
            if row.first == "surge" and end in hosts:
                for resource in _too_much(case, hosts[end].site, there[end], row.workload):
                    where = f"moves[{position}] {row.workload}"
                    message = f"starts on {'/'.join(end)} first, where {resource} does not suffice"
                    yield Violation(rule="moves", where=where, message=message)
        if start is not None:
            there[start][row.workload] -= row.replicas


def _at_first(case: Case, alone: set[str]) -> defaultdict[_Node, Counter[str]]:
    """Return the replicas that are on each node for certain before anything moves."""
    there: defaultdict[_Node, Counter[str]] = defaultdict(Counter)
    for movement in case.movements:
        for (cluster, _, node), count in movement.stays.items():
            if node is not None and movement.workload.key in alone:
                there[cluster, node][movement.workload.key] += count
    for row in case.plan.moves:
        start = _node(row.from_)
        if start is not None and row.workload in alone:
            there[start][row.workload] += row.replicas
    return there


def _node(place: MovePlace | None) -> _Node | None:
    return None if place is None or place.node is None else (place.cluster, place.node)


def _too_much(case: Case, site: Site, load: Counter[str], arriving: str) -> Iterator[str]:
    """Yield the resources of which replicas take more than a node has, for what arrives to use.

    What runs may be short of others: it is taken to run, however its node came to hold it.
    """
    used: Counter[str] = Counter()
    for key, count in load.items():
        for resource, amount in case.sizes.needs(case.workloads[key], site.kind).items():
            used[resource] += amount * count
    wanted = case.sizes.needs(case.workloads[arriving], site.kind)
    for resource, amount in sorted(used.items()):
        if wanted.get(resource) and amount > site.room.get(
            resource, amount if resource == PODS else 0
        ):
            yield resource

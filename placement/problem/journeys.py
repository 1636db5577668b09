"""What the network and the users of workloads say of one another."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from placement.errors import Issue, nearest, show
from placement.problem.network import EgressEdge, LatencyEdge

if TYPE_CHECKING:
    from placement.problem.problem import Problem

__all__ = ["journey_issues"]


def journey_issues(problem: "Problem") -> Iterator[Issue]:
    """Yield edges that lead nowhere or are given twice, and users' regions that nothing names."""
    network = problem.network
    graphs: dict[str, Sequence[LatencyEdge | EgressEdge]] = {
        "latency_ms": network.latency_ms,
        "egress": network.egress,
    }
    named = {}
    for name, edges in graphs.items():
        yield from _edge_issues(edges, f"network.{name}")
        named[name] = {end for edge in edges for end in (edge.from_, edge.to)}
    regions = {cluster.region for cluster in problem.clusters}
    for position, workload in enumerate(problem.workloads):
        users = workload.users
        for name, needed in (("latency_ms", users.needs_latency), ("egress", users.needs_egress)):
            known = regions | named[name]
            for region in users.regions if needed else ():
                if region not in known:
                    path = f"workloads[{position}].users.regions"
                    rule = f"names a region of no cluster and no edge of network.{name}"
                    rule += nearest(region, sorted(known))
                    yield Issue(path=path, rule=rule, value=show(region))


def _edge_issues(edges: Sequence[LatencyEdge | EgressEdge], path: str) -> Iterator[Issue]:
    seen: set[tuple[str, str]] = set()
    for position, edge in enumerate(edges):
        where, pair = f"{path}[{position}]", (edge.from_, edge.to)
        if edge.from_ == edge.to:
            rule = "must lead from one region to another; within one nothing is counted"
            yield Issue(path=where, rule=rule, value=show(edge.to))
        if pair in seen:
            rule = "is given twice; keep one"
            yield Issue(path=where, rule=rule, value=f"{edge.from_} to {edge.to}")
        seen.add(pair)

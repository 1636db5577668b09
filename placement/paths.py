"""Shortest paths through the network between regions: latency, and the price of traffic."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from placement.problem import Problem, Workload
from placement.problem.base import Money

__all__ = ["Paths", "paths_of"]

Lengths = Mapping[str, Mapping[str, Fraction]]
"""The length of the shortest path from each region to each region that it reaches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """Shortest paths by latency in ms, and by the price of a GiB; exact sums of what is stated."""

    latency: Lengths
    egress: Lengths

    def latency_ms(self, workload: Workload, region: str) -> Fraction | None:
        """Return the mean latency from the users to a region by weight, None without a path."""
        return _mean(
            workload.users.regions,
            {user: _length(self.latency, user, region) for user in workload.users.regions},
        )

    def egress_price(self, workload: Workload, region: str) -> Fraction | None:
        """Return the mean price of a GiB from a region to the users, None without a path."""
        return _mean(
            workload.users.regions,
            {user: _length(self.egress, region, user) for user in workload.users.regions},
        )

    def reaches_users(self, workload: Workload, region: str) -> bool:
        """Return whether there is a way for replies from a region to all users."""
        users = workload.users.regions
        return all(_length(self.egress, region, user) is not None for user in users)


def paths_of(problem: Problem) -> Paths:
    """Return the shortest paths of a problem's network; of graphs that no user needs, none.

    An edge holds both ways unless its reverse is given.
    """
    latency = [(e.from_, e.to, Money.exact(e.ms)) for e in problem.network.latency_ms]
    egress = [(e.from_, e.to, Money.exact(e.price_per_gib)) for e in problem.network.egress]
    users = [workload.users for workload in problem.workloads]
    return Paths(
        latency=_shortest(latency) if any(each.needs_latency for each in users) else {},
        egress=_shortest(egress) if any(each.needs_egress for each in users) else {},
    )


def _shortest(edges: Iterable[tuple[str, str, object]]) -> Lengths:
    import networkx as nx  # noqa: PLC0415 - only where a network is given

    stated = {(one, other): Fraction(str(length)) for one, other, length in edges}
    graph = nx.DiGraph()
    for (one, other), length in stated.items():
        graph.add_edge(one, other, weight=length)
        if (other, one) not in stated:
            graph.add_edge(other, one, weight=length)
    return dict(nx.all_pairs_dijkstra_path_length(graph))


def _length(lengths: Lengths, start: str, end: str) -> Fraction | None:
    return Fraction(0) if start == end else lengths.get(start, {}).get(end)


def _mean(weights: Mapping[str, float], lengths: Mapping[str, Fraction | None]) -> Fraction | None:
    total, weight = Fraction(0), Fraction(0)
    for region, share in weights.items():
        length, exact = lengths[region], _exact(share)
        if length is None:
            return None
        total, weight = total + exact * length, weight + exact
    return total / weight if weight else Fraction(0)


@lru_cache(maxsize=4096)
def _exact(share: float) -> Fraction:
    return Fraction(Money.exact(share))

"""The shortest paths between users and regions, over the two graphs of the network."""

import heapq
from collections import defaultdict
from collections.abc import Callable, Mapping
from fractions import Fraction

from placement.problem import Problem, Workload
from placement.verify.offers import fraction

__all__ = ["Paths"]

_Graph = Mapping[str, Mapping[str, Fraction]]


class Paths:
    """The network's two graphs, both directions of every edge that gives one."""

    def __init__(self, problem: Problem) -> None:
        network = problem.network
        self._latency = _graph([(e.from_, e.to, e.ms) for e in network.latency_ms])
        self._egress = _graph([(e.from_, e.to, e.price_per_gib) for e in network.egress])
        self._known: dict[tuple[int, str, str], Fraction | None] = {}
        self._means: dict[tuple[int, str, str], Fraction | None] = {}

    def latency(self, workload: Workload, region: str) -> Fraction | None:
        """Return the mean from the users to a region by weight; None where a path is missing."""
        key = (id(self._latency), workload.key, region)
        if key not in self._means:
            self._means[key] = _mean(
                workload.users.regions, lambda user: self._way(self._latency, user, region)
            )
        return self._means[key]

    def egress(self, workload: Workload, region: str) -> Fraction | None:
        """Return the mean from a region to the users by weight; None where a path is missing."""
        key = (id(self._egress), workload.key, region)
        if key not in self._means:
            self._means[key] = _mean(
                workload.users.regions, lambda user: self._way(self._egress, region, user)
            )
        return self._means[key]

    def _way(self, graph: _Graph, start: str, end: str) -> Fraction | None:
        key = (id(graph), start, end)
        if key not in self._known:
            self._known[key] = _shortest(graph, start, end)
        return self._known[key]


def _graph(edges: list[tuple[str, str, float]]) -> _Graph:
    graph: defaultdict[str, dict[str, Fraction]] = defaultdict(dict)
    for one, other, length in edges:
        graph[other].setdefault(one, fraction(length))
    for one, other, length in edges:
        graph[one][other] = fraction(length)
    return graph


def _shortest(graph: _Graph, start: str, end: str) -> Fraction | None:
    """Return the length of the shortest path, by Dijkstra's rule; None where there is none."""
    done: set[str] = set()
    ahead = [(Fraction(0), start)]
    while ahead:
        length, region = heapq.heappop(ahead)
        if region == end:
            return length
        if region not in done:
            done.add(region)
            for other, step in graph.get(region, {}).items():
                heapq.heappush(ahead, (length + step, other))
    return None


def _mean(
    weights: Mapping[str, float], length_of: Callable[[str], Fraction | None]
) -> Fraction | None:
    total = weight = Fraction(0)
    for region, share in weights.items():
        length, exactly = length_of(region), fraction(share)
        if length is None:
            return None
        total, weight = total + exactly * length, weight + exactly
    return total / weight if weight else Fraction(0)

"""The rule ``users``, and what replicas cost beside their nodes."""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from placement.problem import Problem, Workload
from placement.verify.affinity import outside
from placement.verify.case import Case
from placement.verify.offers import exact
from placement.verify.violation import Violation

__all__ = ["check_users", "replica_money"]

_Graph = Mapping[str, Mapping[str, Fraction]]


def check_users(case: Case) -> Iterator[Violation]:
    """Yield replicas in regions too far from their users, or that no path joins to them."""
    graphs = _Graphs(case.problem)
    for host, workload, _ in case.placed():
        users, region = workload.users, host.cluster.region
        if users.needs_egress and graphs.egress(workload, region) is None:
            message = f"{workload.key}: no path leads from {region} to all of its users"
            yield Violation(rule="users", where=host.where, message=message)
        if not users.needs_latency:
            continue
        mean = graphs.latency(workload, region)
        if mean is None:
            message = f"{workload.key}: no path leads from all of its users to {region}"
            yield Violation(rule="users", where=host.where, message=message)
        elif users.max_ms is not None and mean > Fraction(exact(users.max_ms)):
            message = f"{workload.key}: {region} is {float(mean)} ms away, above {users.max_ms}"
            yield Violation(rule="users", where=host.where, message=message)


def replica_money(case: Case) -> dict[str, Fraction]:
    """Return what the plan's replicas cost per hour, by part of the objective."""
    graphs = _Graphs(case.problem)
    money: defaultdict[str, Fraction] = defaultdict(Fraction)
    each_interrupted = Fraction(exact(case.problem.objective.spot_interruption_cost))
    for host, workload, replicas in case.placed():
        users, region = workload.users, host.cluster.region
        if host.capacity_type == "spot" and host.pool is not None:
            rate = case.market.interruptions(host.cluster, host.pool, host.zone)
            money["risk"] += replicas * Fraction(exact(rate)) * each_interrupted
        for preference in workload.preferences:
            if next(outside(case.problem, preference.cluster_affinity, host), None):
                money["preferences"] += replicas * Fraction(exact(preference.cost))
        if users.cost_per_ms:
            mean = graphs.latency(workload, region) or Fraction(0)
            money["latency"] += replicas * Fraction(exact(users.cost_per_ms)) * mean
        if users.needs_egress:
            mean = graphs.egress(workload, region) or Fraction(0)
            money["egress"] += replicas * Fraction(exact(users.gib_per_replica_hour)) * mean
    return money


class _Graphs:
    """The network's two graphs, both directions of every edge that gives one."""

    def __init__(self, problem: Problem) -> None:
        network = problem.network
        self._latency = _graph([(e.from_, e.to, e.ms) for e in network.latency_ms])
        self._egress = _graph([(e.from_, e.to, e.price_per_gib) for e in network.egress])
        self._known: dict[tuple[int, str, str], Fraction | None] = {}

    def latency(self, workload: Workload, region: str) -> Fraction | None:
        """Return the mean from the users to a region by weight; None where a path is missing."""
        return _mean(workload.users.regions, lambda user: self._way(self._latency, user, region))

    def egress(self, workload: Workload, region: str) -> Fraction | None:
        """Return the mean from a region to the users by weight; None where a path is missing."""
        return _mean(workload.users.regions, lambda user: self._way(self._egress, region, user))

    def _way(self, graph: _Graph, start: str, end: str) -> Fraction | None:
        key = (id(graph), start, end)
        if key not in self._known:
            self._known[key] = _shortest(graph, start, end)
        return self._known[key]


def _graph(edges: list[tuple[str, str, float]]) -> _Graph:
    graph: defaultdict[str, dict[str, Fraction]] = defaultdict(dict)
    for one, other, length in edges:
        graph[other].setdefault(one, Fraction(exact(length)))
    for one, other, length in edges:
        graph[one][other] = Fraction(exact(length))
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
        length, exactly = length_of(region), Fraction(exact(share))
        if length is None:
            return None
        total, weight = total + exactly * length, weight + exactly
    return total / weight if weight else Fraction(0)

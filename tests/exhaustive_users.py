"""Users and what replicas cost, for the exhaustive search: every path at once, no short cuts."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from itertools import product

from placement.problem import Cluster, ClusterAffinity, Problem, Workload

__all__ = ["latency", "replica_cost", "too_far"]

Matrix = dict[tuple[str, str], Fraction]
Attracts = Callable[[ClusterAffinity], bool]


def too_far(problem: Problem, workload: Workload, cluster: Cluster) -> bool:
    """Return whether a region is beyond what the workload's users allow."""
    users = workload.users
    if users.gib_per_replica_hour and _egress(problem, workload, cluster.region) is None:
        return True
    if users.max_ms is None and not users.cost_per_ms:
        return False
    mean = latency(problem, workload, cluster.region)
    return mean is None or (users.max_ms is not None and mean > Fraction(str(users.max_ms)))


def replica_cost(
    problem: Problem, workload: Workload, region: str, rate: float, *, attracts: Attracts
) -> Decimal:
    """Return what one replica costs per hour beside its node, as an exact decimal."""
    users = workload.users
    cost = Fraction(str(rate)) * Fraction(str(problem.objective.spot_interruption_cost))
    cost += sum(
        Fraction(str(each.cost))
        for each in workload.preferences
        if not attracts(each.cluster_affinity)
    )
    if users.cost_per_ms:
        cost += Fraction(str(users.cost_per_ms)) * (latency(problem, workload, region) or 0)
    if users.gib_per_replica_hour:
        each = Fraction(str(users.gib_per_replica_hour))
        cost += each * (_egress(problem, workload, region) or 0)
    found = Decimal(cost.numerator) / Decimal(cost.denominator)
    assert Fraction(found) == cost, "the test's figures must make terminating decimals"
    return found


def latency(problem: Problem, workload: Workload, region: str) -> Fraction | None:
    edges = [(e.from_, e.to, e.ms) for e in problem.network.latency_ms]
    reach = _all_pairs(edges)
    return _mean(workload, [reach.get((user, region)) for user in workload.users.regions], region)


def _egress(problem: Problem, workload: Workload, region: str) -> Fraction | None:
    edges = [(e.from_, e.to, e.price_per_gib) for e in problem.network.egress]
    reach = _all_pairs(edges)
    return _mean(workload, [reach.get((region, user)) for user in workload.users.regions], region)


def _mean(workload: Workload, lengths: list[Fraction | None], region: str) -> Fraction | None:
    total = weight = Fraction(0)
    for (user, share), length in zip(workload.users.regions.items(), lengths, strict=True):
        if user == region:
            length = Fraction(0)  # noqa: PLW2901 - users at home need no edge
        if length is None:
            return None
        total += Fraction(str(share)) * length
        weight += Fraction(str(share))
    return total / weight


def _all_pairs(edges: list[tuple[str, str, float]]) -> Matrix:
    """Return all shortest lengths by Floyd and Warshall's rule."""
    given = {(one, other) for one, other, _ in edges}
    reach: Matrix = {}
    for one, other, length in edges:
        reach[one, other] = Fraction(str(length))
        if (other, one) not in given:
            reach[other, one] = Fraction(str(length))
    regions = {region for pair in reach for region in pair}
    for middle, start, end in product(regions, repeat=3):
        first, second = reach.get((start, middle)), reach.get((middle, end))
        if first is not None and second is not None:
            reach[start, end] = min(reach.get((start, end), first + second), first + second)
    return reach

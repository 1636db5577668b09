"""The rule ``users``, and what replicas cost beside their nodes."""

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from placement.problem import Workload
from placement.verify.affinity import outside
from placement.verify.case import Case
from placement.verify.hosts import Host
from placement.verify.offers import exact
from placement.verify.refusals import refused
from placement.verify.violation import Violation

__all__ = ["check_users", "far_from_users", "replica_money"]


def check_users(case: Case) -> Iterator[Violation]:
    """Yield replicas in regions too far from their users, or that no path joins to them."""
    yield from refused(case, "users", far_from_users)


def far_from_users(case: Case, host: Host, workload: Workload) -> Iterator[str]:
    """Yield why a node's region is not for a workload's users."""
    users, region = workload.users, host.cluster.region
    if users.needs_egress and case.paths.egress(workload, region) is None:
        yield f"{workload.key}: no path leads from {region} to all of its users"
    if not users.needs_latency:
        return
    mean = case.paths.latency(workload, region)
    if mean is None:
        yield f"{workload.key}: no path leads from all of its users to {region}"
    elif users.max_ms is not None and mean > Fraction(exact(users.max_ms)):
        yield f"{workload.key}: {region} is {float(mean)} ms away, above {users.max_ms}"


def replica_money(case: Case) -> dict[str, Fraction]:
    """Return what the plan's replicas cost per hour, by part of the objective.

    A replica over several nodes may be interrupted on each of them; all else it costs once.
    """
    money: defaultdict[str, Fraction] = defaultdict(Fraction)
    each_interrupted = Fraction(exact(case.problem.objective.spot_interruption_cost))
    for host, workload, taken in case.placed():
        users, region = workload.users, host.cluster.region
        replicas = Fraction(taken, workload.nodes_per_replica)
        if host.capacity_type == "spot" and host.pool is not None:
            rate = case.market.interruptions(host.cluster, host.pool, host.zone)
            money["risk"] += taken * Fraction(exact(rate)) * each_interrupted
        for preference in workload.preferences:
            if next(outside(case.problem, preference.cluster_affinity, host), None):
                money["preferences"] += replicas * Fraction(exact(preference.cost))
        if users.cost_per_ms:
            mean = case.paths.latency(workload, region) or Fraction(0)
            money["latency"] += replicas * Fraction(exact(users.cost_per_ms)) * mean
        if users.needs_egress:
            mean = case.paths.egress(workload, region) or Fraction(0)
            money["egress"] += replicas * Fraction(exact(users.gib_per_replica_hour)) * mean
    return money

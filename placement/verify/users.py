"""The rule ``users``, and what replicas cost beside their nodes."""

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from placement.problem import Workload
from placement.verify.affinity import outside
from placement.verify.case import Case
from placement.verify.hosts import Site
from placement.verify.offers import fraction
from placement.verify.refusals import refused
from placement.verify.violation import Violation

__all__ = ["check_users", "far_from_users", "replica_money"]


def check_users(case: Case) -> Iterator[Violation]:
    """Yield replicas in regions too far from their users, or that no path joins to them."""
    yield from refused(case, "users", far_from_users)


def far_from_users(case: Case, site: Site, workload: Workload) -> Iterator[str]:
    """Yield why a node's region is not for a workload's users."""
    users, region = workload.users, site.cluster.region
    if users.needs_egress and case.paths.egress(workload, region) is None:
        yield f"{workload.key}: no path leads from {region} to all of its users"
    if not users.needs_latency:
        return
    mean = case.paths.latency(workload, region)
    if mean is None:
        yield f"{workload.key}: no path leads from all of its users to {region}"
    elif users.max_ms is not None and mean > fraction(users.max_ms):
        yield f"{workload.key}: {region} is {float(mean)} ms away, above {users.max_ms}"


def replica_money(case: Case) -> dict[str, Fraction]:
    """Return what the plan's replicas cost per hour, by part of the objective.

    A replica over several nodes may be interrupted on each of them; all else it costs once.
    """
    money: defaultdict[str, Fraction] = defaultdict(Fraction)
    each_interrupted = fraction(case.problem.objective.spot_interruption_cost)
    for pair in case.pairs:
        site, users, region = pair.site, pair.workload.users, pair.site.cluster.region
        if site.capacity_type == "spot" and site.pool is not None and each_interrupted:
            rate = case.market.interruptions(site.cluster, site.pool, site.zone)
            money["risk"] += pair.taken * fraction(rate) * each_interrupted
        if not (pair.workload.preferences or users.cost_per_ms or users.needs_egress):
            continue
        replicas = Fraction(pair.taken, pair.workload.nodes_per_replica)
        for preference in pair.workload.preferences:
            if next(outside(case, preference.cluster_affinity, site), None):
                money["preferences"] += replicas * fraction(preference.cost)
        if users.cost_per_ms:
            mean = case.paths.latency(pair.workload, region) or Fraction(0)
            money["latency"] += replicas * fraction(users.cost_per_ms) * mean
        if users.needs_egress:
            mean = case.paths.egress(pair.workload, region) or Fraction(0)
            money["egress"] += replicas * fraction(users.gib_per_replica_hour) * mean
    return money

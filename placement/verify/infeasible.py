"""The rule ``infeasible``: a plan that says no plan exists places nothing, and is right.

What may make even the empty plan impossible is ``min_nodes`` alone: all else that runs may stay,
and rules of workloads hold where nothing is placed. So the claim can be judged exactly. Nodes short
of a minimum have to be bought; every other pool lets go what it may. Then quotas and limits are
sums, and stock by zone is a flow from pools to zones.
"""

from collections.abc import Iterator

from placement.problem import Cluster, NodePool, Problem
from placement.verify.case import Case
from placement.verify.flow import Options, all_find_room, all_likely
from placement.verify.hosts import full_size
from placement.verify.likely import certain
from placement.verify.offers import Market, possible_zones
from placement.verify.totals import cluster_weight, quota_weight
from placement.verify.violation import Violation

__all__ = ["check_infeasible", "empty_plan_holds"]


def check_infeasible(case: Case) -> Iterator[Violation]:
    """Yield what an infeasible plan places or buys, and the claim itself where it is wrong."""
    if case.plan.assignments or any(row.replicas for row in case.plan.nodes):
        message = "a plan that does not exist must place nothing"
        yield Violation(rule="infeasible", where="assignments", message=message)
    if any(row.state != "existing" for row in case.plan.nodes):
        message = "a plan that does not exist must neither buy nor release nodes"
        yield Violation(rule="infeasible", where="nodes", message=message)
    if case.plan.moves:
        message = "a plan that does not exist must move nothing"
        yield Violation(rule="infeasible", where="moves", message=message)
    if empty_plan_holds(case.problem):
        message = "a plan exists: every minimum can be kept with nothing placed"
        yield Violation(rule="infeasible", where="status", message=message)


def empty_plan_holds(problem: Problem) -> bool:
    """Return whether every pool's minimum can be met with no replica placed."""
    planned, short = {}, {}
    for cluster in problem.clusters:
        for pool in cluster.node_pools:
            nodes = [node for node in cluster.nodes if node.node_pool == pool.name]
            stuck = sum(not node.releasable for node in nodes)
            key = (cluster.name, pool.name)
            planned[key] = max(stuck, pool.min_nodes)
            short[key] = max(0, pool.min_nodes - len(nodes))
    return (
        _quotas_hold(problem, planned, short)
        and all(_limits_hold(problem, cluster, planned, short) for cluster in problem.clusters)
        and _stock_holds(problem, short)
    )


_Count = dict[tuple[str, str], int]


def _quotas_hold(problem: Problem, planned: _Count, short: _Count) -> bool:
    kinds = {kind.name: kind for kind in problem.instance_types}
    for quota in problem.quotas:
        total = added = 0
        for cluster in problem.clusters:
            for pool in cluster.node_pools:
                if (
                    (quota.region is not None and quota.region != cluster.region)
                    or (quota.instance_types and pool.instance_type not in quota.instance_types)
                    or (quota.capacity_types and pool.capacity_type not in quota.capacity_types)
                ):
                    continue
                weight = quota_weight(kinds[pool.instance_type], quota.resource)
                total += weight * planned[cluster.name, pool.name]
                added += weight * short[cluster.name, pool.name]
        if added and total > quota.limit:
            return False
    return True


def _limits_hold(problem: Problem, cluster: Cluster, planned: _Count, short: _Count) -> bool:
    kinds = {kind.name: kind for kind in problem.instance_types}
    for resource, limit in cluster.limits.items():
        total = added = 0
        for pool in cluster.node_pools:
            weight = cluster_weight(full_size(kinds[pool.instance_type]), resource)
            total += weight * planned[cluster.name, pool.name]
            added += weight * short[cluster.name, pool.name]
        for node in cluster.nodes:
            if node.node_pool is None:
                size = node.free if node.allocatable is None else node.allocatable
                total += cluster_weight(size, resource)
        if added and total > limit:
            return False
    return True


def _stock_holds(problem: Problem, short: _Count) -> bool:
    """Return whether the missing nodes can be bought, by zone and by region."""
    sorts: dict[tuple[str, str, str], list[tuple[Cluster, NodePool, int]]] = {}
    for cluster in problem.clusters:
        for pool in cluster.node_pools:
            missing = short[cluster.name, pool.name]
            if missing:
                sort = (cluster.region, pool.instance_type, pool.capacity_type)
                sorts.setdefault(sort, []).append((cluster, pool, missing))
    market = Market(problem)
    if problem.objective.confidence is not None:
        return all_likely(problem, [(_options(market, wanted)) for wanted in sorts.values()])
    return all(_sort_holds(market, wanted) for wanted in sorts.values())


def _sort_holds(market: Market, wanted: list[tuple[Cluster, NodePool, int]]) -> bool:
    """Return whether pools of one region, type and capacity type get the nodes they miss."""
    rows, missing, ways = _options(market, wanted)
    stock = {zone: certain(row) for zone, row in rows.items()}
    region = stock.get(None)
    if region is not None and sum(missing) > region:
        return False
    return all(ways) and all_find_room(missing, ways, stock)


def _options(market: Market, wanted: list[tuple[Cluster, NodePool, int]]) -> Options:
    """Return the rows, the nodes that each pool misses, and the zones in which it may buy."""
    ways: list[list[str | None]] = []
    for cluster, pool, _ in wanted:
        zones: tuple[str | None, ...] = possible_zones(cluster, pool) or (None,)
        ways.append([z for z in zones if market.new(cluster, pool, z) is not None])
    rows = market.rows(wanted[0][0], wanted[0][1])
    return rows, [count for _, _, count in wanted], ways

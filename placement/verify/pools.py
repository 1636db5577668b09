"""The rules ``pool_minimum``, ``pool_maximum``, ``release`` and ``node_pools``."""

from collections import Counter
from collections.abc import Iterator

from placement.verify.case import Case
from placement.verify.violation import Violation

__all__ = ["check_node_pools", "check_pool_maximum", "check_pool_minimum", "check_release"]


def check_pool_minimum(case: Case) -> Iterator[Violation]:
    """Yield pools that end below ``min_nodes``."""
    for each in case.pools:
        cluster, pool, planned = each.cluster, each.pool, each.planned
        if planned < pool.min_nodes:
            message = f"{planned} nodes planned, min_nodes is {pool.min_nodes}"
            where = f"{cluster.name}/{pool.name}"
            yield Violation(rule="pool_minimum", where=where, message=message)


def check_pool_maximum(case: Case) -> Iterator[Violation]:
    """Yield pools that grow beyond ``max_nodes``; what runs above it may stay."""
    for each in case.pools:
        cluster, pool, planned, added = each.cluster, each.pool, each.planned, each.added
        if pool.max_nodes is not None and added and planned > pool.max_nodes:
            message = f"{planned} nodes, {added} of them new; max_nodes is {pool.max_nodes}"
            where = f"{cluster.name}/{pool.name}"
            yield Violation(rule="pool_maximum", where=where, message=message)


def check_release(case: Case) -> Iterator[Violation]:
    """Yield nodes that may not be released, and empty ones that must be.

    A releasable node that ends empty is released unless its pool's minimum needs it.
    """
    for host in case.hosts:
        if host.stays:
            continue
        running = host.site.running
        if running is not None and (host.site.pool is None or not running.releasable):
            message = "must not be released: it is not a releasable node of a pool"
            yield Violation(rule="release", where=host.where, message=message)
        if host.row.replicas:
            message = "is released but carries replicas"
            yield Violation(rule="release", where=host.where, message=message)
    for each in case.pools:
        if each.planned <= each.pool.min_nodes or not each.now:
            continue
        for host in each.hosts:
            empty, running = host.stays and not host.row.replicas, host.site.running
            if empty and running is not None and running.releasable:
                message = "ends empty and is releasable, so it must be released"
                yield Violation(rule="release", where=host.where, message=message)


def check_node_pools(case: Case) -> Iterator[Violation]:
    """Yield pools whose row is missing, unknown, given twice or wrong."""
    rows = Counter((row.cluster, row.node_pool) for row in case.plan.node_pools)
    truth = {}
    for each in case.pools:
        key = (each.cluster.name, each.pool.name)
        truth[key] = (each.now, each.planned)
        if rows[key] != 1:
            message = f"every pool must be listed once, not {rows[key]} times"
            yield Violation(rule="node_pools", where="/".join(key), message=message)
    for row in case.plan.node_pools:
        key = (row.cluster, row.node_pool)
        if key not in truth:
            message = "the problem has no such node pool"
            yield Violation(rule="node_pools", where="/".join(key), message=message)
            continue
        now, planned = truth[key]
        if (row.nodes_now, row.nodes_planned, row.change) != (now, planned, planned - now):
            message = (
                f"must say {now} now, {planned} planned, change {planned - now}; "
                f"says {row.nodes_now}, {row.nodes_planned}, {row.change}"
            )
            yield Violation(rule="node_pools", where="/".join(key), message=message)

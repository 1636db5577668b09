"""The rules ``pool_minimum``, ``pool_maximum``, ``release`` and ``node_pools``."""

from collections import Counter
from collections.abc import Iterator

from placement.verify.case import Case
from placement.verify.violation import Violation

__all__ = ["check_node_pools", "check_pool_maximum", "check_pool_minimum", "check_release"]


def check_pool_minimum(case: Case) -> Iterator[Violation]:
    """Yield pools that end below ``min_nodes``."""
    for cluster, pool, hosts, _ in case.pools():
        planned = sum(host.stays for host in hosts)
        if planned < pool.min_nodes:
            message = f"{planned} nodes planned, min_nodes is {pool.min_nodes}"
            where = f"{cluster.name}/{pool.name}"
            yield Violation(rule="pool_minimum", where=where, message=message)


def check_pool_maximum(case: Case) -> Iterator[Violation]:
    """Yield pools that grow beyond ``max_nodes``; what runs above it may stay."""
    for cluster, pool, hosts, _ in case.pools():
        planned = sum(host.stays for host in hosts)
        added = sum(host.new for host in hosts)
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
        if host.running is not None and (host.pool is None or not host.running.releasable):
            message = "must not be released: it is not a releasable node of a pool"
            yield Violation(rule="release", where=host.where, message=message)
        if host.row.replicas:
            message = "is released but carries replicas"
            yield Violation(rule="release", where=host.where, message=message)
    for _, pool, hosts, _ in case.pools():
        if sum(host.stays for host in hosts) <= pool.min_nodes:
            continue
        for host in hosts:
            empty = host.stays and not host.row.replicas
            if empty and host.running is not None and host.running.releasable:
                message = "ends empty and is releasable, so it must be released"
                yield Violation(rule="release", where=host.where, message=message)


def check_node_pools(case: Case) -> Iterator[Violation]:
    """Yield pools whose row is missing, unknown, given twice or wrong."""
    rows = Counter((row.cluster, row.node_pool) for row in case.plan.node_pools)
    truth = {}
    for cluster, pool, hosts, now in case.pools():
        key = (cluster.name, pool.name)
        truth[key] = (now, sum(host.stays for host in hosts))
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

"""What the parts of a problem say of one another: references, doubles, contradictions."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from placement.errors import Issue, nearest, show
from placement.problem.affinity_checks import affinity_issues, affinity_warnings
from placement.problem.base import MOST_REPLICAS
from placement.problem.catalog import InstanceType, Offering
from placement.problem.fleet import Cluster, Node, NodePool
from placement.problem.idle_rules import idle_warnings
from placement.problem.journeys import journey_issues
from placement.problem.known import Known
from placement.problem.matches import match_issues, match_warnings
from placement.problem.offers import Offers, pool_zones
from placement.problem.rule_checks import rule_issues, rule_warnings
from placement.problem.stock_checks import stock_warnings
from placement.problem.workload import Workload
from placement.quantity import format_quantity

if TYPE_CHECKING:
    from placement.problem.problem import Problem

__all__ = ["find_issues", "find_warnings", "workload_issues"]


def find_issues(problem: "Problem") -> Iterator[Issue]:
    """Yield every rule that the parts break together, with its path."""
    yield from _doubles(problem)
    yield from _too_many(problem)
    for position, kind in enumerate(problem.instance_types):
        yield from _type_issues(kind, f"instance_types[{position}]")
    for position, offering in enumerate(problem.offerings):
        path = f"offerings[{position}].instance_type"
        yield from _known(path, (offering.instance_type,), problem.types, "instance type")
    for position, quota in enumerate(problem.quotas):
        path = f"quotas[{position}].instance_types"
        yield from _known(path, quota.instance_types, problem.types, "instance type", listed=True)
    for position, cluster in enumerate(problem.clusters):
        yield from _cluster_issues(problem, cluster, f"clusters[{position}]")
    known = Known.of(problem)
    for position, workload in enumerate(problem.workloads):
        yield from _workload_issues(known, workload, f"workloads[{position}]")
    yield from journey_issues(problem)
    yield from match_issues(problem)
    yield from rule_issues(problem, known)


def find_warnings(problem: "Problem") -> Iterator[str]:
    """Yield what is allowed but hardly meant."""
    offers = problem.offers
    regions = {cluster.region for cluster in problem.clusters}
    for quota in problem.quotas:
        if quota.region is not None and quota.region not in regions:
            hint = nearest(quota.region, regions)
            yield f"quota {quota.name}: no cluster is in the region {quota.region!r}{hint}"
    yield from match_warnings(problem)
    yield from rule_warnings(problem)
    yield from idle_warnings(problem)
    yield from stock_warnings(problem)
    for cluster in problem.clusters:
        for pool in cluster.node_pools:
            if not offers.reach(cluster, pool):
                yield _cannot_grow(offers, cluster, pool)
    yield from affinity_warnings(problem)


def _cannot_grow(offers: Offers, cluster: Cluster, pool: NodePool) -> str:
    said = (
        f"node pool {cluster.name}/{pool.name} cannot grow: no {pool.capacity_type} "
        f"offering of {pool.instance_type} in {cluster.region}"
    )
    if not offers.any_in(cluster.region, pool.instance_type, pool.capacity_type):
        return said
    zones = ", ".join(pool_zones(cluster, pool))
    return f"{said} is for its zones" + (f" ({zones})" if zones else ", of which it states none")


def _too_many(problem: "Problem") -> Iterator[Issue]:
    """Yield the workload with which the replicas of all are more than can be written down."""
    total = 0
    for position, workload in enumerate(problem.workloads):
        total += workload.most_replicas
        if total > MOST_REPLICAS:
            rule = f"with this workload, replicas exceed {MOST_REPLICAS:,} in all"
            field = "replicas" if workload.load is None else "load"
            path = f"workloads[{position}].{field}"
            yield Issue(path=path, rule=rule, value=str(workload.most_replicas))
            return


def _doubles(problem: "Problem") -> Iterator[Issue]:
    """Yield every second thing of one name."""
    yield from _twice("instance_types", (kind.name for kind in problem.instance_types))
    yield from _twice("quotas", (quota.name for quota in problem.quotas))
    yield from _twice("limits", (limit.name for limit in problem.limits))
    yield from _twice("budgets", (budget.name for budget in problem.budgets))
    yield from _twice("clusters", (cluster.name for cluster in problem.clusters))
    yield from _twice("workloads", (workload.key for workload in problem.workloads))
    yield from _twice("offerings", map(_offering_key, problem.offerings), field="")
    for position, cluster in enumerate(problem.clusters):
        path = f"clusters[{position}]"
        yield from _twice(f"{path}.node_pools", (pool.name for pool in cluster.node_pools))
        yield from _twice(f"{path}.nodes", (node.name for node in cluster.nodes))


def _offering_key(row: Offering) -> str:
    zone = f", zone {row.zone}" if row.zone else ""
    return f"{row.instance_type}, {row.capacity_type}, region {row.region}{zone}"


def _twice(path: str, names: Iterable[str], field: str = ".name") -> Iterator[Issue]:
    seen: Counter[str] = Counter()
    for position, name in enumerate(names):
        seen[name] += 1
        if seen[name] == 2:
            rule = "is listed a second time; every one may be listed once"
            yield Issue(path=f"{path}[{position}]{field}", rule=rule, value=show(name))


def _known(
    path: str, names: Iterable[str], known: Collection[str], what: str, *, listed: bool = False
) -> Iterator[Issue]:
    for position, name in enumerate(names):
        if name not in known:
            where = f"{path}[{position}]" if listed else path
            rule = f"no {what} has this name{nearest(name, sorted(known))}"
            yield Issue(path=where, rule=rule, value=show(name))


def _type_issues(kind: InstanceType, path: str) -> Iterator[Issue]:
    if kind.gpu is None:
        return
    stated = kind.allocatable.get(kind.gpu.resource, kind.gpu.count)
    if stated != kind.gpu.count:
        rule = f"must agree with gpu.count, which is {kind.gpu.count}"
        yield Issue(path=f"{path}.allocatable.{kind.gpu.resource}", rule=rule, value=str(stated))
    if kind.gpu.memory == 0:
        yield Issue(path=f"{path}.gpu.memory", rule="must be above zero", value="0")
    if kind.gpu.usable_memory is not None and kind.gpu.usable_memory > kind.gpu.memory:
        rule = f"must not exceed gpu.memory, which is {format_quantity(kind.gpu.memory, 'memory')}"
        value = format_quantity(kind.gpu.usable_memory, "memory")
        yield Issue(path=f"{path}.gpu.usable_memory", rule=rule, value=value)


def _cluster_issues(problem: "Problem", cluster: Cluster, path: str) -> Iterator[Issue]:
    if "vcpus" in cluster.limits:
        rule = "is a word of quotas; a cluster's limits count what pods can use: write cpu"
        yield Issue(path=f"{path}.limits.vcpus", rule=rule)
    offers = problem.offers
    running = Counter(node.node_pool for node in cluster.nodes)
    for position, pool in enumerate(cluster.node_pools):
        yield from _pool_issues(problem, cluster, pool, f"{path}.node_pools[{position}]")
        short = running[pool.name] < pool.min_nodes
        if short and not offers.any_in(cluster.region, pool.instance_type, pool.capacity_type):
            rule = (
                f"needs nodes that have no price: no {pool.capacity_type} offering of "
                f"{pool.instance_type} in {cluster.region}"
            )
            where = f"{path}.node_pools[{position}].min_nodes"
            yield Issue(path=where, rule=rule, value=str(pool.min_nodes))
    for position, node in enumerate(cluster.nodes):
        yield from _node_issues(problem, cluster, node, f"{path}.nodes[{position}]")


def _pool_issues(
    problem: "Problem", cluster: Cluster, pool: NodePool, path: str
) -> Iterator[Issue]:
    yield from _known(
        f"{path}.instance_type", (pool.instance_type,), problem.types, "instance type"
    )
    if cluster.zones:
        yield from _known(
            f"{path}.zones", pool.zones, cluster.zones, "zone of its cluster", listed=True
        )
    if pool.max_nodes is not None and pool.max_nodes < pool.min_nodes:
        rule = f"must not be below min_nodes, which is {pool.min_nodes}"
        yield Issue(path=f"{path}.max_nodes", rule=rule, value=str(pool.max_nodes))


def _node_issues(problem: "Problem", cluster: Cluster, node: Node, path: str) -> Iterator[Issue]:
    if node.zone is not None and cluster.zones:
        yield from _known(f"{path}.zone", (node.zone,), cluster.zones, "zone of its cluster")
    if node.node_pool is None:
        return
    pools = {pool.name: pool for pool in cluster.node_pools}
    yield from _known(f"{path}.node_pool", (node.node_pool,), pools, "node pool of its cluster")
    pool = pools.get(node.node_pool)
    kind = problem.types.get(pool.instance_type) if pool else None
    if pool is None or kind is None:
        return
    for field, own, inherited in (
        ("instance_type", node.instance_type, pool.instance_type),
        ("capacity_type", node.capacity_type, pool.capacity_type),
    ):
        if own is not None and own != inherited:
            rule = f"must agree with its node pool {pool.name}, which has {inherited!r}"
            yield Issue(path=f"{path}.{field}", rule=rule, value=show(own))
    if kind.gpu and node.free.get(kind.gpu.resource, 0) > kind.gpu.count:
        rule = f"must not exceed the {kind.gpu.count} GPUs that {kind.name} has"
        value = str(node.free[kind.gpu.resource])
        yield Issue(path=f"{path}.free.{kind.gpu.resource}", rule=rule, value=value)
    if problem.offers.node_price(cluster, pool, node) is None:
        rule = f"has no price: no {pool.capacity_type} offering of {kind.name} in {cluster.region}"
        yield Issue(path=f"{path}.price", rule=rule)


def _workload_issues(known: Known, workload: Workload, path: str) -> Iterator[Issue]:
    """Yield what a workload names that is not there."""
    yield from affinity_issues(known.clusters, workload, path)
    for field, allow, names, what in (
        ("instance_types", workload.instance_types, known.types, "instance type"),
        ("gpu_models", workload.gpu_models, known.models, "GPU model"),
    ):
        yield from _known(f"{path}.{field}.allow", allow.allow, names, what, listed=True)
        yield from _known(f"{path}.{field}.deny", allow.deny, names, what, listed=True)
    if not workload.capacity_types:
        rule = "must name at least one of on-demand, reserved, spot"
        yield Issue(path=f"{path}.capacity_types", rule=rule, value="[]")
    yield from _gpu_issues(known, workload, path)


def _gpu_issues(known: Known, workload: Workload, path: str) -> Iterator[Issue]:
    """Yield where the GPUs asked for and the parallel degrees contradict each other."""
    named = sorted(name for name in known.gpus if workload.requests.get(name))
    asked = {name: workload.requests[name] for name in named}
    if len(asked) > 1:
        rule = "asks for more than one kind of GPU, which no node has"
        yield Issue(path=f"{path}.requests", rule=rule, value=", ".join(asked))
    if workload.model is None:
        return
    fixed, stages = workload.serving.tensor_parallel, workload.serving.pipeline_parallel
    for name, count in asked.items():
        rule = ""
        if fixed is not None and count != fixed * stages:
            rule = f"must agree with tensor_parallel x pipeline_parallel, which is {fixed * stages}"
        elif count % stages:
            rule = f"must be a multiple of pipeline_parallel, which is {stages}"
        if rule:
            yield Issue(path=f"{path}.requests.{name}", rule=rule, value=str(count))


def workload_issues(problem: "Problem", workload: Workload) -> Iterator[Issue]:
    """Yield every rule that a workload without partners breaks, in a problem of it alone."""
    known = Known.of(problem)
    yield from _workload_issues(known, workload, "workloads[0]")
    yield from journey_issues(problem)
    yield from rule_issues(problem, known)

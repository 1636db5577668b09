"""Each constraint family said again in plain loops over the problem, without arrays or rows.

What is looked up of a supply is where it is and which nodes run in it; everything else (figures,
stock, limits) is taken from the problem itself.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from placement.formulation.milp import Ints, Rows
from placement.problem import Cluster, Node, NodePool, Problem
from placement.supply import Supply

__all__ = ["RULES", "Point", "holds"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Values of the variables, by what they stand for.

    Parameters
    ----------
    x
        Replicas by workload and supply, with the GPUs of each.
    grows
        Whether something is added under each limit that is exceeded now, in the order of limits.
    """

    problem: Problem
    supplies: tuple[Supply, ...]
    x: dict[tuple[int, int], int]
    gpus: dict[tuple[int, int], int]
    n: list[int]
    u: list[int]
    grows: list[bool]
    uses: list[bool]


def holds(rows: Rows, values: Ints) -> bool:
    """Return whether a point satisfies every row of a family, exactly."""
    activity = [0] * rows.lower.size
    for row, col, coef in zip(rows.row, rows.col, rows.coef, strict=True):
        activity[row] += int(coef) * int(values[col])
    return all(a <= v <= b for a, v, b in zip(rows.lower, activity, rows.upper, strict=True))


def _pool(supply: Supply) -> NodePool | None:
    name = supply.pool.name if supply.pool else None
    return next((pool for pool in supply.cluster.node_pools if pool.name == name), None)


def _node(supply: Supply) -> Node | None:
    return next((node for node in supply.cluster.nodes if node.name in supply.nodes), None)


def _whole(point: Point, supply: Supply, resource: str) -> int:
    """Return what a limit counts for one node of a supply."""
    if resource == "nodes":
        return 1
    pool, node = _pool(supply), _node(supply)
    if pool is None:
        assert node is not None
        return (node.free if node.allocatable is None else node.allocatable).get(resource, 0)
    kind = next(k for k in point.problem.instance_types if k.name == pool.instance_type)
    if resource == "vcpus":
        return kind.vcpus if kind.vcpus is not None else -(-kind.allocatable.get("cpu", 0) // 1000)
    if kind.gpu is not None and resource == kind.gpu.resource:
        return kind.gpu.count
    return kind.allocatable.get(resource, 0)


def demand(point: Point) -> bool:
    """Every replica is placed or left out."""
    for number, workload in enumerate(point.problem.workloads):
        placed = sum(count for (w, _), count in point.x.items() if w == number)
        if placed + point.u[number] != workload.most_replicas:
            return False
    return True


def capacity(point: Point) -> bool:
    """No supply has more taken of a resource than its nodes have together."""
    resources = {name for w in point.problem.workloads for name in w.requests} | {"pods"}
    resources |= {kind.gpu.resource for kind in point.problem.instance_types if kind.gpu}
    for position, supply in enumerate(point.supplies):
        mine = [(w, count) for (w, s), count in point.x.items() if s == position and count]
        if mine and not point.n[position]:
            return False
        for resource in sorted(resources):
            has = _room(point, supply, resource)
            taken = sum(count * _takes(point, w, position, resource) for w, count in mine)
            if has is not None and taken > has * point.n[position]:
                return False
    return True


def _room(point: Point, supply: Supply, resource: str) -> int | None:
    node, pool = _node(supply), _pool(supply)
    if node is not None:
        return node.free.get(resource, None if resource == "pods" else 0)
    assert pool is not None
    kind = next(k for k in point.problem.instance_types if k.name == pool.instance_type)
    if resource == "pods" and "pods" not in kind.allocatable:
        return None
    return _whole(point, supply, resource)


def _takes(point: Point, number: int, position: int, resource: str) -> int:
    workload, supply = point.problem.workloads[number], point.supplies[position]
    if resource == "pods":
        return 1
    kind = next((k for k in point.problem.instance_types if k.name == supply.type_name), None)
    if workload.model is not None and kind and kind.gpu and kind.gpu.resource == resource:
        return point.gpus[number, position]
    return workload.requests.get(resource, 0)


def stock(point: Point) -> bool:
    """No more nodes are bought than an offering has, a region's over all its zones."""
    for row in point.problem.offerings:
        bought = 0
        for position, supply in enumerate(point.supplies):
            pool = _pool(supply)
            if supply.nodes or pool is None or supply.cluster.region != row.region:
                continue
            same = (pool.instance_type, pool.capacity_type) == (
                row.instance_type,
                row.capacity_type,
            )
            if same and row.zone in {None, supply.zone}:
                bought += point.n[position]
        if row.certain_stock is not None and bought > row.certain_stock:
            return False
    return True


Limit = tuple[str, int, dict[int, int]]
"""Family, bound, and the weight of one node of each supply that counts."""


def _limits(point: Point) -> Iterator[Limit]:
    """Yield every limit that can be exceeded by what runs now."""
    for quota in point.problem.quotas:
        counted = {}
        for position, supply in enumerate(point.supplies):
            pool = _pool(supply)
            if pool is None or quota.region not in {None, supply.cluster.region}:
                continue
            if quota.instance_types and pool.instance_type not in quota.instance_types:
                continue
            if quota.capacity_types and pool.capacity_type not in quota.capacity_types:
                continue
            counted[position] = _whole(point, supply, quota.resource)
        yield "quota", quota.limit, counted
    for cluster, pool in _pools(point):
        if pool.max_nodes is not None:
            yield "pool_maximum", pool.max_nodes, _members(point, cluster, pool)
    for cluster in point.problem.clusters:
        for resource, bound in cluster.limits.items():
            counted = {
                position: _whole(point, supply, resource)
                for position, supply in enumerate(point.supplies)
                if supply.cluster.name == cluster.name
            }
            yield "cluster_limit", bound, counted


def _pools(point: Point) -> Iterator[tuple[Cluster, NodePool]]:
    for cluster in point.problem.clusters:
        for pool in cluster.node_pools:
            yield cluster, pool


def _members(point: Point, cluster: Cluster, pool: NodePool) -> dict[int, int]:
    return {
        position: 1
        for position, supply in enumerate(point.supplies)
        if supply.cluster.name == cluster.name and _pool(supply) == pool
    }


def _within(family: str) -> Callable[[Point], bool]:
    """Return the rule that what exceeds a limit may stay, and what is within stays within."""

    def rule(point: Point) -> bool:
        flags = iter(point.grows)
        for name, bound, counted in _limits(point):
            total = sum(weight * point.n[s] for s, weight in counted.items())
            runs = sum(weight * len(point.supplies[s].nodes) for s, weight in counted.items())
            grows = next(flags) if runs > bound else True
            if name == family and total > (bound if grows else runs):
                return False
        return True

    return rule


def growth(point: Point) -> bool:
    """Under a limit that is exceeded now, nodes are bought only where that is said."""
    flags = iter(point.grows)
    for _, bound, counted in _limits(point):
        runs = sum(weight * len(point.supplies[s].nodes) for s, weight in counted.items())
        if runs > bound:
            grows = next(flags)
            new = sum(w * point.n[s] for s, w in counted.items() if not point.supplies[s].nodes)
            if new > (bound if grows else 0):
                return False
    return True


def pool_minimum(point: Point) -> bool:
    """Every pool has its minimum of nodes, used or not."""
    return all(
        sum(point.n[s] for s in _members(point, cluster, pool)) >= pool.min_nodes
        for cluster, pool in _pools(point)
    )


def cluster_used(point: Point) -> bool:
    """Every cluster that has replicas counts as used."""
    names = [cluster.name for cluster in point.problem.clusters]
    for number, workload in enumerate(point.problem.workloads):
        for position, name in enumerate(names):
            there = sum(
                count
                for (w, s), count in point.x.items()
                if w == number and point.supplies[s].cluster.name == name
            )
            if there > (workload.most_replicas if point.uses[position] else 0):
                return False
    return True


RULES: dict[str, Callable[[Point], bool]] = {
    "demand": demand,
    "capacity": capacity,
    "stock": stock,
    "quota": _within("quota"),
    "pool_minimum": pool_minimum,
    "pool_maximum": _within("pool_maximum"),
    "cluster_limit": _within("cluster_limit"),
    "growth": growth,
    "cluster_used": cluster_used,
}
"""Families by name, each with its rule."""

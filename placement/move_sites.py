"""The nodes that moves speak of: what each has, what a replica takes of it, what limits count."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from placement.caps import covers
from placement.plan import NodePlan
from placement.problem import Cluster, InstanceType, Node, NodePool, Problem, Quota, Workload
from placement.problem.offers import node_zone
from placement.quantity import CPU, PODS
from placement.sizing import Sizing

__all__ = ["Site", "Yard", "yard_of"]

UNLIMITED = 2**62  # of a resource that a node does not limit

Amounts = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One node: running now, or new in the plan.

    Parameters
    ----------
    pool
        None for nodes of no pool.
    room
        What replicas can use, in the order of the yard's resources, in base units.
    whole
        Whether nothing but what the problem lists is on it.
    released
        Whether the plan lets it go.
    counts
        The limits that count it, by number, and what it weighs there.
    """

    cluster: str
    pool: str | None
    name: str
    kind: InstanceType | None
    zone: str | None
    running: bool
    released: bool
    whole: bool
    room: Amounts
    counts: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Yard:
    """All nodes, running ones first, and the limits over them.

    Parameters
    ----------
    number
        Of each node, by the names of cluster and node.
    running_in
        The running nodes of each pool (None: of no pool), by number, in the order of their names.
    bounds
        Of quotas, cluster limits and pool maxima. Stock is not among them: only nodes of the plan
        are bought, each once, and stock has them all.
    """

    workloads: tuple[Workload, ...]
    sites: tuple[Site, ...]
    number: dict[tuple[str, str], int]
    running_in: dict[tuple[str, str | None], tuple[int, ...]]
    bounds: tuple[int, ...]
    resources: tuple[str, ...]
    sizing: Sizing
    _needs: dict[tuple[int, str | None], Amounts | None] = field(default_factory=dict)

    def needs(self, workload: int, site: int) -> Amounts | None:
        """Return what one replica takes of a node, or None where that cannot be told.

        A replica over several nodes takes all that each of them has.
        """
        asker, at = self.workloads[workload], self.sites[site]
        if asker.nodes_per_replica > 1:
            return at.room
        key = (workload, at.kind.name if at.kind else None)
        if key not in self._needs:
            gpus = self.sizing.gpus(asker, at.kind)
            one = self.sizing.requests(asker, at.kind, gpus)
            known = (*(one.get(name, 0) for name in self.resources[:-1]), 1)
            self._needs[key] = None if gpus < 0 else known
        return self._needs[key]


def yard_of(problem: Problem, plan_nodes: Iterable[NodePlan]) -> Yard:
    """Return the nodes that run now and those that the plan buys."""
    rows = tuple(plan_nodes)
    sizing = Sizing.of(problem)
    asked = {name for workload in problem.workloads for name in workload.requests}
    # the last resource counts replicas, so that a whole node has no room for one that asks nothing
    resources = (*sorted(asked | sizing.resources | {PODS}), "replicas")
    limits = tuple(_limits(problem))
    released = {(row.cluster, row.name) for row in rows if row.state == "released"}
    to_buy: dict[str, list[NodePlan]] = {}
    for row in rows:
        if row.state == "new":
            to_buy.setdefault(row.cluster, []).append(row)
    sites: list[Site] = []
    bought: list[Site] = []
    for cluster in problem.clusters:
        fleet = _Fleet(problem, cluster, resources, limits)
        for node in sorted(cluster.nodes, key=lambda node: node.name):
            sites.append(fleet.running(node, released=(cluster.name, node.name) in released))
        new = sorted(to_buy.get(cluster.name, []), key=lambda row: row.name)
        bought.extend(fleet.new(row) for row in new)
    sites += bought
    running_in: dict[tuple[str, str | None], list[int]] = {}
    for number, site in enumerate(sites):
        if site.running:
            running_in.setdefault((site.cluster, site.pool), []).append(number)
    return Yard(
        workloads=problem.workloads,
        sites=tuple(sites),
        number={(site.cluster, site.name): number for number, site in enumerate(sites)},
        running_in={key: tuple(members) for key, members in running_in.items()},
        bounds=tuple(limit.bound for limit in limits),
        resources=resources,
        sizing=sizing,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limit:
    """A bound on the nodes of a pool, of a cluster, or that a quota covers."""

    bound: int
    resource: str = "nodes"
    cluster: str | None = None
    pool: str | None = None
    quota: Quota | None = None

    def weight(self, cluster: Cluster, pool: NodePool | None, size: Mapping[str, int]) -> int:
        """Return what a node counts here, 0 where it does not."""
        if self.cluster not in {None, cluster.name}:
            return 0
        if self.pool is not None and (pool is None or pool.name != self.pool):
            return 0
        if self.quota is not None and (
            pool is None
            or not covers(self.quota, cluster.region, pool.instance_type, pool.capacity_type)
        ):
            return 0
        return 1 if self.resource == "nodes" else size.get(self.resource, 0)


def _limits(problem: Problem) -> Iterator[_Limit]:
    for quota in problem.quotas:
        yield _Limit(bound=quota.limit, resource=quota.resource, quota=quota)
    for cluster in problem.clusters:
        for resource, bound in cluster.limits.items():
            yield _Limit(bound=bound, resource=resource, cluster=cluster.name)
        for pool in cluster.node_pools:
            if pool.max_nodes is not None:
                yield _Limit(bound=pool.max_nodes, cluster=cluster.name, pool=pool.name)


class _Fleet:
    """Reads the nodes of one cluster."""

    def __init__(
        self,
        problem: Problem,
        cluster: Cluster,
        resources: tuple[str, ...],
        limits: tuple[_Limit, ...],
    ) -> None:
        self._types, self._cluster, self._resources = problem.types, cluster, resources
        self._limits = limits
        self._pools = {pool.name: pool for pool in cluster.node_pools}
        self._counts = {pool.name: self._counted(pool) for pool in cluster.node_pools}

    def running(self, node: Node, *, released: bool) -> Site:
        """Return a node that runs now."""
        pool = self._pools.get(node.node_pool or "")
        kind = self._types.get((pool.instance_type if pool else node.instance_type) or "")
        size = dict(node.free if node.allocatable is None else node.allocatable)
        of = CPU if kind is None or kind.gpu is None else kind.gpu.resource
        full = kind.capacity if pool and kind else size
        return Site(
            cluster=self._cluster.name,
            pool=node.node_pool,
            name=node.name,
            kind=kind,
            zone=node_zone(self._cluster, pool, node),
            running=True,
            released=released,
            whole=node.free.get(of, 0) >= full.get(of, 0),
            room=self._room(node.free),
            counts=self._counts[pool.name] if pool else self._weights(None, size),
        )

    def new(self, row: NodePlan) -> Site:
        """Return a node that the plan buys."""
        pool = self._pools[row.node_pool or ""]
        kind = self._types[pool.instance_type]
        return Site(
            cluster=self._cluster.name,
            pool=pool.name,
            name=row.name,
            kind=kind,
            zone=row.zone,
            running=False,
            released=False,
            whole=True,
            room=self._room(kind.capacity),
            counts=self._counts[pool.name],
        )

    def _room(self, free: Mapping[str, int]) -> Amounts:
        names = self._resources[:-1]
        return (*(free.get(n, UNLIMITED if n == PODS else 0) for n in names), UNLIMITED)

    def _counted(self, pool: NodePool) -> tuple[tuple[int, int], ...]:
        kind = self._types[pool.instance_type]
        return self._weights(pool, {**kind.capacity, "vcpus": kind.quota_vcpus})

    def _weights(
        self, pool: NodePool | None, size: Mapping[str, int]
    ) -> tuple[tuple[int, int], ...]:
        weights = (limit.weight(self._cluster, pool, size) for limit in self._limits)
        return tuple((number, weight) for number, weight in enumerate(weights) if weight)

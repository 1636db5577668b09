"""The plan read against the problem: what each listed node truly is.

The rules look at these facts, never at what the plan says of a node, except for the zone of a new
node, which is the plan's to choose.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from placement.plan import NodePlan, Plan
from placement.problem import Cluster, InstanceType, Node, NodePool, Problem, Workload
from placement.quantity import PODS
from placement.verify.offers import Market, exact, running_zone
from placement.verify.sizes import Sizes

__all__ = ["Case", "Host", "full_size", "needs", "read_case"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A node row of the plan with what the problem says of it.

    Parameters
    ----------
    running
        The running node of this name; None for a new one.
    pool, kind
        None for nodes of no pool, and where the type is not known.
    room
        What pods may use, by resource, in base units; ``pods`` absent means unlimited.
    size
        What cluster limits count, by resource, in base units.
    price
        Per hour; None for a new node that nobody offers.
    """

    where: str
    row: NodePlan
    cluster: Cluster
    pool: NodePool | None
    running: Node | None
    kind: InstanceType | None
    type_name: str | None
    capacity_type: str
    zone: str | None
    room: Mapping[str, int]
    size: Mapping[str, int]
    price: Decimal | None

    @property
    def stays(self) -> bool:
        """Return whether the node is kept or new, not released."""
        return self.row.state != "released"

    @property
    def new(self) -> bool:
        """Return whether the node is to be bought."""
        return self.running is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A problem, a plan, and the plan's nodes that the problem knows.

    Parameters
    ----------
    in_pool
        The nodes of each pool, by the names of cluster and pool.
    """

    problem: Problem
    plan: Plan
    workloads: Mapping[str, Workload]
    hosts: tuple[Host, ...]
    in_pool: Mapping[tuple[str, str], tuple[Host, ...]]
    market: Market
    sizes: Sizes

    def placed(self) -> Iterator[tuple[Host, Workload, int]]:
        """Yield host, workload and replicas of every known workload on every known node."""
        for host in self.hosts:
            for row in host.row.replicas:
                workload = self.workloads.get(row.workload)
                if workload is not None:
                    yield host, workload, row.replicas

    def pools(self) -> Iterator[tuple[Cluster, NodePool, tuple[Host, ...], int]]:
        """Yield every pool with its listed nodes and the number that runs now."""
        for cluster in self.problem.clusters:
            now = Counter(node.node_pool for node in cluster.nodes)
            for pool in cluster.node_pools:
                hosts = self.in_pool.get((cluster.name, pool.name), ())
                yield cluster, pool, hosts, now[pool.name]


def read_case(problem: Problem, plan: Plan) -> Case:
    """Return the plan with the facts of each node; rows that fit no node or pool are left out."""
    market = Market(problem)
    hosts = tuple(_hosts(problem, plan, market))
    in_pool: dict[tuple[str, str], list[Host]] = {}
    for host in hosts:
        if host.pool is not None:
            in_pool.setdefault((host.cluster.name, host.pool.name), []).append(host)
    return Case(
        problem=problem,
        plan=plan,
        workloads={workload.key: workload for workload in problem.workloads},
        hosts=hosts,
        in_pool={key: tuple(members) for key, members in in_pool.items()},
        market=market,
        sizes=Sizes(problem),
    )


def _hosts(problem: Problem, plan: Plan, market: Market) -> Iterator[Host]:
    """Yield every row of ``nodes`` that is a running node, or a new one of a known pool."""
    kinds = {kind.name: kind for kind in problem.instance_types}
    clusters = {cluster.name: cluster for cluster in problem.clusters}
    pools = {(c.name, pool.name): pool for c in problem.clusters for pool in c.node_pools}
    nodes = {(c.name, node.name): node for c in problem.clusters for node in c.nodes}
    for position, row in enumerate(plan.nodes):
        where = f"nodes[{position}] {row.cluster}/{row.name}"
        if row.state == "new":
            pool = pools.get((row.cluster, row.node_pool or ""))
            if pool is not None:
                yield _new(market, clusters[row.cluster], pool, kinds, row=row, where=where)
        elif (row.cluster, row.name) in nodes:
            node = nodes[row.cluster, row.name]
            pool = pools.get((row.cluster, node.node_pool or ""))
            yield _running(market, clusters[row.cluster], pool, node, kinds, row=row, where=where)


def full_size(kind: InstanceType | None) -> dict[str, int]:
    """Return what one node of a type has, its GPUs included."""
    if kind is None:
        return {}
    size = dict(kind.allocatable)
    if kind.gpu is not None:
        size[kind.gpu.resource] = kind.gpu.count
    return size


def _running(
    market: Market,
    cluster: Cluster,
    pool: NodePool | None,
    node: Node,
    kinds: Mapping[str, InstanceType],
    *,
    row: NodePlan,
    where: str,
) -> Host:
    name = node.instance_type if pool is None else pool.instance_type
    kind = kinds.get(name or "")
    size: Mapping[str, int] = full_size(kind)
    if pool is None:
        size = node.free if node.allocatable is None else node.allocatable
    return Host(
        where=where,
        row=row,
        cluster=cluster,
        pool=pool,
        running=node,
        kind=kind,
        type_name=name,
        capacity_type=(node.capacity_type or "on-demand") if pool is None else pool.capacity_type,
        zone=running_zone(cluster, pool, node),
        room=node.free,
        size=size,
        price=market.running(cluster, pool, node),
    )


def _new(
    market: Market,
    cluster: Cluster,
    pool: NodePool,
    kinds: Mapping[str, InstanceType],
    *,
    row: NodePlan,
    where: str,
) -> Host:
    kind = kinds[pool.instance_type]
    offer = market.new(cluster, pool, row.zone)
    size = full_size(kind)
    return Host(
        where=where,
        row=row,
        cluster=cluster,
        pool=pool,
        running=None,
        kind=kind,
        type_name=kind.name,
        capacity_type=pool.capacity_type,
        zone=row.zone,
        room=size,
        size=size,
        price=None if offer is None else exact(offer.price),
    )


def needs(case: Case, host: Host, workload: Workload) -> dict[str, int]:
    """Return what one replica takes of a node, by resource: requests, GPUs and one pod."""
    need = dict(workload.requests)
    gpus = case.sizes.gpus(workload, host.kind)
    if workload.model is not None and gpus is not None and host.kind and host.kind.gpu:
        need[host.kind.gpu.resource] = gpus
    need[PODS] = max(1, need.get(PODS, 0))
    return need

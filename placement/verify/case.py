"""The plan read against the problem: what each listed node truly is.

The rules look at these facts, never at what the plan says of a node, except for the zone of a new
node, which is the plan's to choose.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from placement.plan import NodePlan, Plan
from placement.problem import Cluster, InstanceType, Node, NodePool, Problem, Workload
from placement.quantity import PODS
from placement.verify.offers import exact, new_node_offer, running_zone, true_price
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
    """A problem, a plan, and the plan's nodes that the problem knows."""

    problem: Problem
    plan: Plan
    workloads: Mapping[str, Workload]
    hosts: tuple[Host, ...]
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
            for pool in cluster.node_pools:
                hosts = tuple(h for h in self.hosts if h.cluster is cluster and h.pool is pool)
                now = sum(node.node_pool == pool.name for node in cluster.nodes)
                yield cluster, pool, hosts, now


def read_case(problem: Problem, plan: Plan) -> Case:
    """Return the plan with the facts of each node; rows that fit no node or pool are left out."""
    hosts = []
    for position, row in enumerate(plan.nodes):
        where = f"nodes[{position}] {row.cluster}/{row.name}"
        cluster = next((c for c in problem.clusters if c.name == row.cluster), None)
        host = None if cluster is None else _host(problem, cluster, row, where)
        if host is not None:
            hosts.append(host)
    workloads = {workload.key: workload for workload in problem.workloads}
    return Case(
        problem=problem, plan=plan, workloads=workloads, hosts=tuple(hosts), sizes=Sizes(problem)
    )


def full_size(kind: InstanceType | None) -> dict[str, int]:
    """Return what one node of a type has, its GPUs included."""
    if kind is None:
        return {}
    size = dict(kind.allocatable)
    if kind.gpu is not None:
        size[kind.gpu.resource] = kind.gpu.count
    return size


def _host(problem: Problem, cluster: Cluster, row: NodePlan, where: str) -> Host | None:
    pools = {pool.name: pool for pool in cluster.node_pools}
    kinds = {kind.name: kind for kind in problem.instance_types}
    if row.state == "new":
        return _new(problem, cluster, pools.get(row.node_pool or ""), row, where)
    node = next((node for node in cluster.nodes if node.name == row.name), None)
    if node is None:
        return None
    pool = None if node.node_pool is None else pools[node.node_pool]
    name = node.instance_type if pool is None else pool.instance_type
    kind = kinds.get(name or "")
    size = full_size(kind)
    if pool is None:
        size = dict(node.free if node.allocatable is None else node.allocatable)
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
        price=true_price(problem, cluster, pool, node),
    )


def _new(
    problem: Problem, cluster: Cluster, pool: NodePool | None, row: NodePlan, where: str
) -> Host | None:
    if pool is None:
        return None
    kind = next(kind for kind in problem.instance_types if kind.name == pool.instance_type)
    offer = new_node_offer(problem, cluster, pool, row.zone)
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

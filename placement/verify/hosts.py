"""What a node is: one of the plan, or one that could be, with what the problem says of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from placement.plan import NodePlan
from placement.problem import Cluster, InstanceType, Node, NodePool
from placement.verify.offers import Market, exact, running_zone

__all__ = ["Host", "full_size", "new_host", "running_host"]


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


def full_size(kind: InstanceType | None) -> dict[str, int]:
    """Return what one node of a type has, its GPUs included."""
    if kind is None:
        return {}
    size = dict(kind.allocatable)
    if kind.gpu is not None:
        size[kind.gpu.resource] = kind.gpu.count
    return size


def running_host(
    market: Market,
    cluster: Cluster,
    node: Node,
    kinds: Mapping[str, InstanceType],
    *,
    row: NodePlan,
    where: str,
) -> Host:
    """Return what a running node is."""
    pool = next((each for each in cluster.node_pools if each.name == node.node_pool), None)
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


def new_host(
    market: Market,
    cluster: Cluster,
    pool: NodePool,
    kinds: Mapping[str, InstanceType],
    *,
    row: NodePlan,
    where: str,
) -> Host:
    """Return what a new node of a pool is, in the zone that its row tells."""
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

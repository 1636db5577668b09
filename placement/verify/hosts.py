"""What a node is: one of the plan, or one that could be, with what the problem says of it."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from placement.plan import NodePlan
from placement.problem import Cluster, InstanceType, Node, NodePool, Workload
from placement.verify.offers import Market, exact, running_zone

__all__ = ["Host", "Placed", "Site", "full_size", "new_site", "running_site"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Site:
    """What the problem says of a node: one for each that runs, one for all new ones alike.

    Parameters
    ----------
    alike
        Equal for nodes of which every rule of one workload and one node says the same.
    running
        The running node; None for new ones.
    pool, kind
        None for nodes of no pool, and where the type is not known.
    room
        What pods may use, by resource, in base units; ``pods`` absent means unlimited.
    size
        What cluster limits count, by resource, in base units.
    price
        Per hour; None for a new node that nobody offers.
    """

    alike: Hashable
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


@dataclass(frozen=True, slots=True)
class Host:
    """A node row of the plan, its position there, and what the problem says of it."""

    position: int
    row: NodePlan
    site: Site

    @property
    def where(self) -> str:
        """Return where the row stands, for people."""
        return f"nodes[{self.position}] {self.row.cluster}/{self.row.name}"

    @property
    def stays(self) -> bool:
        """Return whether the node is kept or new, not released."""
        return self.row.state != "released"

    @property
    def new(self) -> bool:
        """Return whether the node is to be bought."""
        return self.site.running is None


class Placed(NamedTuple):
    """Replicas of a workload on a node; those over several nodes are met on each of them."""

    host: Host
    workload: Workload
    taken: int


def full_size(kind: InstanceType | None) -> dict[str, int]:
    """Return what one node of a type has, its GPUs included."""
    if kind is None:
        return {}
    size = dict(kind.allocatable)
    if kind.gpu is not None:
        size[kind.gpu.resource] = kind.gpu.count
    return size


def running_site(
    market: Market, cluster: Cluster, node: Node, kinds: Mapping[str, InstanceType]
) -> Site:
    """Return what a running node is.

    Without labels and taints of its own it is like a new node of its pool in its zone.
    """
    pool = next((each for each in cluster.node_pools if each.name == node.node_pool), None)
    name = node.instance_type if pool is None else pool.instance_type
    kind = kinds.get(name or "")
    size: Mapping[str, int] = full_size(kind)
    if pool is None:
        size = node.free if node.allocatable is None else node.allocatable
    zone = running_zone(cluster, pool, node)
    own = pool is None or node.labels or node.taints
    return Site(
        alike=(cluster.name, node.name) if own else (cluster.name, node.node_pool, zone),
        cluster=cluster,
        pool=pool,
        running=node,
        kind=kind,
        type_name=name,
        capacity_type=(node.capacity_type or "on-demand") if pool is None else pool.capacity_type,
        zone=zone,
        room=node.free,
        size=size,
        price=market.running(cluster, pool, node),
    )


def new_site(
    market: Market,
    cluster: Cluster,
    pool: NodePool,
    kinds: Mapping[str, InstanceType],
    zone: str | None,
) -> Site:
    """Return what a new node of a pool is, in the zone that its row tells."""
    kind = kinds[pool.instance_type]
    offer = market.new(cluster, pool, zone)
    size = full_size(kind)
    return Site(
        alike=(cluster.name, pool.name, zone),
        cluster=cluster,
        pool=pool,
        running=None,
        kind=kind,
        type_name=kind.name,
        capacity_type=pool.capacity_type,
        zone=zone,
        room=size,
        size=size,
        price=None if offer is None else exact(offer.price),
    )

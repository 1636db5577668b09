"""Where replicas can run: clusters, their node pools, and the nodes that run now."""

from typing import Literal

from pydantic import Field

from placement.problem.base import Capacity, Count, Key, Labels, Name, Part, Price
from placement.problem.catalog import CapacityType

__all__ = ["Cluster", "Node", "NodePool", "Taint"]


class Taint(Part):
    """A Kubernetes taint; ``PreferNoSchedule`` never forbids."""

    key: Key
    value: str = ""
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"]


class NodePool(Part):
    """A set of nodes of one type and capacity type that can grow and shrink.

    Parameters
    ----------
    zones
        Zones its nodes may be in; empty: the cluster's.
    min_nodes
        Paid for, used or not.
    max_nodes
        Absent: no limit.
    """

    name: Name
    instance_type: Name
    capacity_type: CapacityType = "on-demand"
    zones: tuple[Name, ...] = ()
    min_nodes: Count = 0
    max_nodes: Count | None = None
    labels: Labels = Field(default_factory=dict)
    taints: tuple[Taint, ...] = ()


class Node(Part):
    """A node that runs now.

    Parameters
    ----------
    node_pool
        Its pool, whose type, capacity type, labels and taints it inherits. A node of no pool may
        state ``instance_type``, ``capacity_type`` and ``allocatable`` itself.
    free
        What is free on it, by resource, in base units.
    releasable
        Whether the node may be let go once it is empty.
    price
        Per hour, in place of its offering's price; nodes of no pool cost nothing.
    """

    name: Name
    node_pool: Name | None = None
    zone: Name | None = None
    free: Capacity
    releasable: bool = Field(default=False, strict=True)
    price: Price | None = None
    instance_type: Name | None = None
    capacity_type: CapacityType | None = None
    labels: Labels = Field(default_factory=dict)
    taints: tuple[Taint, ...] = ()
    allocatable: Capacity | None = None


class Cluster(Part):
    """A Kubernetes cluster in one region.

    Parameters
    ----------
    limits
        The most of each resource (or of ``nodes``) that all its nodes may have, in base units.
    """

    name: Name
    provider: Name | None = None
    region: Name
    zones: tuple[Name, ...] = ()
    labels: Labels = Field(default_factory=dict)
    taints: tuple[Taint, ...] = ()
    limits: Capacity = Field(default_factory=dict)
    node_pools: tuple[NodePool, ...] = ()
    nodes: tuple[Node, ...] = ()

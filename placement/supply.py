"""A kind of node that can carry replicas: running nodes that are alike, or nodes to be bought."""

from collections.abc import Mapping
from dataclasses import dataclass

from placement.problem import Cluster, InstanceType, NodePool, Problem, Taint
from placement.problem.stock import UncertainStock

__all__ = ["Supply", "most_new", "provider_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """Nodes that are alike: in place, type, price, labels, taints and room.

    Parameters
    ----------
    cluster, pool, kind
        Where the nodes are and what they are; ``pool`` and ``kind`` are None where unknown.
    zone
        The nodes' zone, or None where it is unknown or not decided.
    price
        Per node and hour.
    interruption_rate
        Interruptions per node and hour, as its offering has it; 0 where there is none.
    room
        What replicas can use on one node, by resource, in base units; absent is 0 (``pods``
        absent is no limit).
    size
        What quotas and limits count for one node, by resource, in base units.
    nodes
        Names of the running nodes, ascending; empty where nodes are to be bought.
    single
        Whether this is one new node by itself, because a rule looks at single nodes.
    bulk
        Whether these are the further new nodes beside single ones, for workloads without such a
        rule.
    releasable
        Whether running nodes may be let go once empty.
    """

    cluster: Cluster
    provider: str | None
    pool: NodePool | None
    kind: InstanceType | None
    type_name: str | None
    capacity_type: str
    zone: str | None
    price: float
    room: Mapping[str, int]
    size: Mapping[str, int]
    labels: Mapping[str, str]
    taints: tuple[Taint, ...]
    nodes: tuple[str, ...] = ()
    releasable: bool = False
    interruption_rate: float = 0.0
    single: bool = False
    bulk: bool = False

    @property
    def running(self) -> bool:
        """Return whether these nodes run now."""
        return bool(self.nodes)

    @property
    def place(self) -> tuple[str, str, str, str, str]:
        """Return what an assignment row says of a place; unknown sorts before every name."""
        pool = self.pool.name if self.pool else ""
        return (self.cluster.name, pool, self.type_name or "", self.capacity_type, self.zone or "")

    def describe(self) -> str:
        """Return the place in words, for people."""
        where = f"{self.cluster.name}/{self.pool.name}" if self.pool else self.cluster.name
        zone = f" in {self.zone}" if self.zone else ""
        what = self.type_name or "nodes of unknown type"
        if not self.running:
            return f"new {what} ({self.capacity_type}){zone} in {where}"
        names = self.nodes[0] if len(self.nodes) == 1 else f"{self.nodes[0]}..{self.nodes[-1]}"
        return f"{what} {names}{zone} in {where}"


def most_new(problem: Problem, supply: Supply) -> int:
    """Return the most nodes that stock and the pool let anybody buy of a kind of new node."""
    if supply.pool is None or supply.running:
        return len(supply.nodes)
    pool = supply.pool
    rows = problem.offers.of(supply.cluster.region, pool.instance_type, pool.capacity_type)
    bounds = [supply.pool.max_nodes]
    stocks = [rows[zone].stock for zone in (supply.zone, None) if zone in rows]
    bounds += [s.most if isinstance(s, UncertainStock) else s for s in stocks]
    return min((bound for bound in bounds if bound is not None), default=2**31)


def provider_of(problem: Problem, cluster: Cluster) -> str | None:
    """Return a cluster's provider: its own, else its node pools' types', if they agree."""
    if cluster.provider is not None:
        return cluster.provider
    stated = {problem.types[pool.instance_type].provider for pool in cluster.node_pools} - {None}
    return stated.pop() if len(stated) == 1 else None

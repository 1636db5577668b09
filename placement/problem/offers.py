"""Which offering a new node is bought from, and what a node costs."""

from collections.abc import Iterable

from placement.problem.catalog import CapacityType, Offering
from placement.problem.fleet import Cluster, Node, NodePool

__all__ = ["Offers", "node_zone", "pool_zones"]


def pool_zones(cluster: Cluster, pool: NodePool) -> tuple[str, ...]:
    """Return the zones that a pool's nodes may be in: its own, else its cluster's."""
    return tuple(dict.fromkeys(pool.zones or cluster.zones))


def node_zone(cluster: Cluster, pool: NodePool | None, node: Node) -> str | None:
    """Return a running node's zone: its own, or the one that its pool's nodes can be in."""
    zones = pool_zones(cluster, pool) if pool else ()
    return node.zone if node.zone is not None or len(zones) != 1 else zones[0]


class Offers:
    """The offerings, looked up by region, type, capacity type and zone."""

    def __init__(self, offerings: Iterable[Offering]) -> None:
        self._rows: dict[tuple[str, str, CapacityType], dict[str | None, Offering]] = {}
        for row in offerings:
            key = (row.region, row.instance_type, row.capacity_type)
            self._rows.setdefault(key, {})[row.zone] = row

    def of(self, region: str, kind: str, capacity: CapacityType) -> dict[str | None, Offering]:
        """Return the rows by zone; the region-wide row has the zone None."""
        return self._rows.get((region, kind, capacity), {})

    def any_in(self, region: str, kind: str, capacity: CapacityType) -> bool:
        """Return whether the type is offered in the region at all."""
        return bool(self.of(region, kind, capacity))

    def reach(self, cluster: Cluster, pool: NodePool) -> bool:
        """Return whether some row is for new nodes of a pool: region-wide or in its zones.

        A region-wide row is no offer in a zone without a row of its own while zonal rows exist.
        """
        rows = self.of(cluster.region, pool.instance_type, pool.capacity_type)
        zones = pool_zones(cluster, pool)
        if zones and any(zone is not None for zone in rows):
            return any(zone in rows for zone in zones)
        return None in rows

    def node_price(self, cluster: Cluster, pool: NodePool, node: Node) -> float | None:
        """Return what a running node of a pool costs per hour, or None where nothing says so."""
        if node.price is not None:
            return node.price
        rows = self.of(cluster.region, pool.instance_type, pool.capacity_type)
        row = rows.get(node_zone(cluster, pool, node)) or rows.get(None)
        return None if row is None else row.price

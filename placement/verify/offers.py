"""What a node costs and where a new one may be bought, read from the problem's own rows.

Money is exact: the decimal that the document shows, per node and hour.
"""

from decimal import Decimal
from fractions import Fraction

from placement.problem import Cluster, Node, NodePool, Offering, Problem

__all__ = ["ROUNDING", "Market", "exact", "fraction", "possible_zones", "running_zone"]

ROUNDING = Decimal("1e-9")
"""Relative room for rounding when exact decimal sums are told as binary floats: far above the
error of summing 10^6 doubles (10^6 x 2^-53 = 1.1e-10), far below any price difference that counts.
"""


def exact(price: float) -> Decimal:
    """Return the decimal that stands in the document, not the binary fraction next to it."""
    return Decimal(repr(price))


def fraction(price: float) -> Fraction:
    """Return :func:`exact` as a fraction, for products and quotients."""
    return Fraction(exact(price))


def possible_zones(cluster: Cluster, pool: NodePool) -> tuple[str, ...]:
    """Return the zones a pool's nodes may be in: its own, else its cluster's."""
    return pool.zones if pool.zones else cluster.zones


def running_zone(cluster: Cluster, pool: NodePool | None, node: Node) -> str | None:
    """Return a running node's zone: stated, or the only one that its pool can have."""
    if node.zone is not None or pool is None:
        return node.zone
    zones = set(possible_zones(cluster, pool))
    return zones.pop() if len(zones) == 1 else None


class Market:
    """The offerings by region, type and capacity type, each by zone (None: the whole region)."""

    def __init__(self, problem: Problem) -> None:
        self._rows: dict[tuple[str, str, str], dict[str | None, Offering]] = {}
        for row in problem.offerings:
            sort = (row.region, row.instance_type, row.capacity_type)
            self._rows.setdefault(sort, {})[row.zone] = row

    def rows(self, cluster: Cluster, pool: NodePool) -> dict[str | None, Offering]:
        """Return the rows from which a pool's nodes are bought, by zone."""
        sort = (cluster.region, pool.instance_type, pool.capacity_type)
        return self._rows.get(sort, {})

    def is_zonal(self, cluster: Cluster, pool: NodePool) -> bool:
        """Return whether zones of the region have rows of their own."""
        return any(zone is not None for zone in self.rows(cluster, pool))

    def new(self, cluster: Cluster, pool: NodePool, zone: str | None) -> Offering | None:
        """Return the row from which a new node of a pool is bought in ``zone``, or None.

        A region-wide row is no offer in a zone that has no row of its own while zonal rows exist.
        A pool without zones uses region-wide rows only.
        """
        rows = self.rows(cluster, pool)
        if not possible_zones(cluster, pool):
            return rows.get(None) if zone is None else None
        if self.is_zonal(cluster, pool):
            return None if zone is None else rows.get(zone)
        return rows.get(None)

    def interruptions(self, cluster: Cluster, pool: NodePool, zone: str | None) -> float:
        """Return the interruptions per hour of a pool's node: its zone's row, else the region's."""
        rows = self.rows(cluster, pool)
        row = rows.get(zone if zone in rows else None)
        return 0.0 if row is None else row.interruption_rate

    def running(self, cluster: Cluster, pool: NodePool | None, node: Node) -> Decimal:
        """Return what a running node costs per hour.

        A node of no pool costs nothing. A pool's node costs what it states, else its zone's row,
        else the region's; a problem in which it has none of them is refused when it is read.
        """
        if pool is None:
            return Decimal(0)
        if node.price is not None:
            return exact(node.price)
        rows = self.rows(cluster, pool)
        zone = running_zone(cluster, pool, node)
        return exact(rows[zone if zone in rows else None].price)

"""What a node costs and where a new one may be bought, read from the problem's own rows.

Money is exact: the decimal that the document shows, per node and hour.
"""

from decimal import Decimal

from placement.problem import Cluster, Node, NodePool, Offering, Problem

__all__ = ["exact", "new_node_offer", "offers_of", "possible_zones", "running_zone", "true_price"]


def exact(price: float) -> Decimal:
    """Return the decimal that stands in the document, not the binary fraction next to it."""
    return Decimal(repr(price))


def possible_zones(cluster: Cluster, pool: NodePool) -> tuple[str, ...]:
    """Return the zones a pool's nodes may be in: its own, else its cluster's."""
    return pool.zones if pool.zones else cluster.zones


def running_zone(cluster: Cluster, pool: NodePool | None, node: Node) -> str | None:
    """Return a running node's zone: stated, or the only one that its pool can have."""
    if node.zone is not None or pool is None:
        return node.zone
    zones = set(possible_zones(cluster, pool))
    return zones.pop() if len(zones) == 1 else None


def offers_of(problem: Problem, cluster: Cluster, pool: NodePool) -> list[Offering]:
    """Return the rows of a pool's region, type and capacity type, zonal and region-wide."""
    wanted = (cluster.region, pool.instance_type, pool.capacity_type)
    return [
        row
        for row in problem.offerings
        if (row.region, row.instance_type, row.capacity_type) == wanted
    ]


def new_node_offer(
    problem: Problem, cluster: Cluster, pool: NodePool, zone: str | None
) -> Offering | None:
    """Return the row from which a new node of a pool is bought in ``zone``, or None.

    A region-wide row is no offer in a zone that has no row of its own while zonal rows exist. A
    pool without zones uses region-wide rows only.
    """
    rows = offers_of(problem, cluster, pool)
    zonal = [row for row in rows if row.zone is not None]
    wide = [row for row in rows if row.zone is None]
    if not possible_zones(cluster, pool):
        return wide[0] if wide and zone is None else None
    if zonal:
        here = [row for row in zonal if row.zone == zone]
        return here[0] if here else None
    return wide[0] if wide else None


def true_price(problem: Problem, cluster: Cluster, pool: NodePool | None, node: Node) -> Decimal:
    """Return what a running node costs per hour.

    A node of no pool costs nothing. A pool's node costs what it states, else its zone's row, else
    the region's; the problem's own checks refuse one without any.
    """
    if pool is None:
        return Decimal(0)
    if node.price is not None:
        return exact(node.price)
    zone = running_zone(cluster, pool, node)
    rows = offers_of(problem, cluster, pool)
    for wanted in (zone, None):
        for row in rows:
            if row.zone == wanted:
                return exact(row.price)
    return Decimal(0)

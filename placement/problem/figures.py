"""What if a figure were another: stock, prices, quotas, the maximum of a node pool."""

from typing import TYPE_CHECKING

from placement.errors import InputError, Issue, show
from placement.problem.base import Money
from placement.problem.catalog import CapacityType, Offering
from placement.problem.revised import check_known, revised, with_fields

if TYPE_CHECKING:
    from placement.problem.problem import Problem

__all__ = [
    "scaled_price",
    "with_max_moves",
    "with_pool_maximum",
    "with_price",
    "with_quota",
    "with_stock",
]


def with_stock(
    problem: "Problem",
    instance_type: str,
    region: str,
    stock: int | None,
    *,
    zone: str | None = None,
    capacity_type: CapacityType = "on-demand",
) -> "Problem":
    """Return the problem with another stock of one offering.

    Parameters
    ----------
    stock
        Further nodes that can be had, for certain; None: no known limit.
    zone
        Of the offering; None is the row that speaks for the whole region.

    Raises
    ------
    InputError
        When there is no such offering, or the stock is out of range.
    """
    row = _offering(problem, instance_type, region, zone, capacity_type)
    return _exchanged(problem, {row: with_fields(row, stock=stock, stock_age_minutes=0.0)})


def with_price(
    problem: "Problem",
    instance_type: str,
    region: str,
    price: float,
    *,
    zone: str | None = None,
    capacity_type: CapacityType = "on-demand",
) -> "Problem":
    """Return the problem with another price of one offering; what a node states itself stays.

    Parameters
    ----------
    price
        Per node and hour, in the problem's currency.
    zone
        Of the offering; None is the row that speaks for the whole region.

    Raises
    ------
    InputError
        When there is no such offering, or the price is out of range.
    """
    row = _offering(problem, instance_type, region, zone, capacity_type)
    return _exchanged(problem, {row: with_fields(row, price=price)})


def scaled_price(
    problem: "Problem",
    factor: float,
    *,
    instance_type: str | None = None,
    region: str | None = None,
    zone: str | None = None,
    capacity_type: CapacityType | None = None,
) -> "Problem":
    """Return the problem with the prices of all matching offerings multiplied.

    Parameters
    ----------
    factor
        1.2 is a fifth dearer. Products are of the decimals that the document shows.
    instance_type, region, zone, capacity_type
        What an offering must have; None: any.

    Raises
    ------
    InputError
        When no offering matches, or a price would be out of range.
    """
    if instance_type is not None:
        check_known("instance type", instance_type, problem.types)
    if region is not None:
        check_known("region", region, (row.region for row in problem.offerings))
    asked = (instance_type, region, zone, capacity_type)
    rows = [row for row in problem.offerings if _matches(row, asked)]
    if not rows:
        what = ", ".join(str(part) for part in asked if part is not None)
        raise InputError([Issue(path="price", rule=f"no offering is of {what or 'any kind'}")])
    by = Money.exact(float(factor))
    if not by.is_finite():
        raise InputError([Issue(path="factor", rule="must be a finite number", value=show(factor))])
    return _exchanged(
        problem, {row: with_fields(row, price=float(Money.exact(row.price) * by)) for row in rows}
    )


def with_quota(problem: "Problem", name: str, limit: int | float | str) -> "Problem":
    """Return the problem with another limit of a quota.

    Parameters
    ----------
    limit
        Of the quota's resource, as a document writes it: ``320``, ``12500m`` or ``1Ti``.

    Raises
    ------
    InputError
        When no quota has this name, or the limit is no quantity.
    """
    check_known("quota", name, (quota.name for quota in problem.quotas))
    quotas = tuple(
        with_fields(quota, limit=limit) if quota.name == name else quota for quota in problem.quotas
    )
    return revised(problem, quotas=quotas)


def with_pool_maximum(
    problem: "Problem", cluster: str, pool: str, max_nodes: int | None
) -> "Problem":
    """Return the problem with another maximum of a node pool.

    Parameters
    ----------
    max_nodes
        None: no limit. Nodes that run above it may stay; a minimum above it falls to it.

    Raises
    ------
    InputError
        When there is no such pool, or the maximum is out of range.
    """
    check_known("cluster", cluster, (known.name for known in problem.clusters))
    clusters = list(problem.clusters)
    at = next(position for position, known in enumerate(clusters) if known.name == cluster)
    pools = {known.name: known for known in clusters[at].node_pools}
    check_known(f"node pool of {cluster}", pool, pools)
    changed = with_fields(pools[pool], max_nodes=max_nodes)
    if max_nodes is not None and changed.min_nodes > max_nodes:
        changed = with_fields(changed, min_nodes=max_nodes)
    pools[pool] = changed
    clusters[at] = clusters[at].model_copy(update={"node_pools": tuple(pools.values())})
    return revised(problem, clusters=tuple(clusters))


def with_max_moves(problem: "Problem", max_moves: int | None) -> "Problem":
    """Return the problem with another limit on moves.

    Parameters
    ----------
    max_moves
        The most running replicas that are moved; None: no limit.

    Raises
    ------
    InputError
        When the number is out of range.
    """
    return revised(problem, objective=with_fields(problem.objective, max_moves=max_moves))


def _exchanged(problem: "Problem", rows: dict[Offering, Offering]) -> "Problem":
    return revised(problem, offerings=tuple(rows.get(row, row) for row in problem.offerings))


def _matches(row: Offering, asked: tuple[str | None, ...]) -> bool:
    own = (row.instance_type, row.region, row.zone, row.capacity_type)
    return all(part in {None, has} for part, has in zip(asked, own, strict=True))


def _offering(
    problem: "Problem", instance_type: str, region: str, zone: str | None, capacity_type: str
) -> Offering:
    """Return the one offering that is meant."""
    check_known("instance type", instance_type, problem.types)
    check_known("region", region, (row.region for row in problem.offerings))
    of_type = [
        row
        for row in problem.offerings
        if (row.instance_type, row.region) == (instance_type, region)
    ]
    found = [row for row in of_type if (row.zone, row.capacity_type) == (zone, capacity_type)]
    if found:
        return found[0]
    where = f"{region}/{zone}" if zone else f"{region} as a whole"
    others = [
        f"{row.region}{f'/{row.zone}' if row.zone else ''} {row.capacity_type}" for row in of_type
    ]
    there = f"; there is {', '.join(others[:8])}" if others else ""
    rule = f"no {capacity_type} offering of {instance_type} is for {where}{there}"
    raise InputError([Issue(path="offering", rule=rule)])

"""When the judge believes that no plan exists: minima against stock, quotas and limits."""

from typing import Any

import pytest

from placement.problem import Problem
from placement.verify.infeasible import empty_plan_holds

Json = dict[str, Any]
ZONES = ["z1", "z2", "z3"]


def pool(name: str, minimum: int, *zones: str) -> Json:
    return {"name": name, "instance_type": "t", "min_nodes": minimum, "zones": list(zones)}


def offer(stock: int | None, zone: str | None = None) -> Json:
    return {"region": "r", "zone": zone, "instance_type": "t", "price": 1, "stock": stock}


def fleet(pools: list[Json], offers: list[Json], **changes: Any) -> Problem:
    return Problem.model_validate(
        {
            "instance_types": [{"name": "t", "allocatable": {"cpu": 4}}],
            "offerings": offers,
            "clusters": [
                {"name": "c", "region": "r", "zones": ZONES, "node_pools": pools}
                | changes.pop("cluster", {})
            ],
        }
        | changes
    )


@pytest.mark.parametrize(
    ("stocks", "holds"),
    [
        ({"z1": 2, "z2": 1, "z3": 1}, True),
        ({"z1": 1, "z2": 2, "z3": 1}, True),
        ({"z1": 1, "z2": 1, "z3": 2}, False),
        ({"z1": 3, "z2": 1, "z3": 0}, True),
        ({"z1": 1, "z2": 1, "z3": 1}, False),
        ({"z1": 0, "z2": 2, "z3": 2}, False),
        ({"z1": None, "z2": 0, "z3": 1}, True),
        ({"z1": 2, "z3": 2}, False),
        ({"z1": 3, "z3": 1}, True),
    ],
)
def test_minima_find_stock_by_making_way_for_one_another(
    stocks: dict[str, int | None], holds: bool
) -> None:
    """`a` may use z1 or z2, `b` z2 or z3, `c` z1 alone: nodes placed first have to move."""
    pools = [pool("a", 2, "z1", "z2"), pool("b", 1, "z2", "z3"), pool("c", 1, "z1")]
    offers = [offer(stock, zone) for zone, stock in stocks.items()]
    assert empty_plan_holds(fleet(pools, offers)) == holds


@pytest.mark.parametrize(("stock", "holds"), [(4, True), (3, False)])
def test_stock_of_the_region_bounds_minima_in_all_its_zones(stock: int, holds: bool) -> None:
    offers = [offer(stock), *(offer(9, zone) for zone in ZONES)]
    assert empty_plan_holds(fleet([pool("a", 2), pool("b", 2, "z2")], offers)) == holds


def test_a_zone_that_nobody_offers_meets_no_minimum() -> None:
    assert not empty_plan_holds(fleet([pool("a", 1, "z1")], [offer(9, "z2")]))
    assert empty_plan_holds(fleet([pool("a", 1, "z1")], [offer(9)]))


@pytest.mark.parametrize(
    ("limit", "holds"), [({"nodes": 3}, True), ({"nodes": 2}, False), ({"cpu": 11}, False)]
)
def test_limits_and_quotas_count_what_must_run_and_what_may_not_go(
    limit: dict[str, int], holds: bool
) -> None:
    """Two nodes must be bought; one that runs stays, another is let go."""
    node = {"node_pool": "b", "free": {}, "price": 1}
    nodes = [{"name": "n1", **node}, {"name": "n2", "releasable": True, **node}]
    pools = [pool("a", 2), pool("b", 0)]
    limited = fleet(pools, [offer(9)], cluster={"nodes": nodes, "limits": limit})
    assert empty_plan_holds(limited) == holds
    ((resource, most),) = limit.items()
    quota = {"name": "q", "resource": resource, "limit": most}
    assert (
        empty_plan_holds(fleet(pools, [offer(9)], cluster={"nodes": nodes}, quotas=[quota]))
        == holds
    )


def test_what_runs_over_its_limits_is_a_plan() -> None:
    nodes = [{"name": "n1", "node_pool": "a", "free": {}, "price": 1}]
    over = {"nodes": nodes, "limits": {"nodes": 0}}
    assert empty_plan_holds(fleet([pool("a", 1)], [offer(0)], cluster=over))


def test_nodes_of_no_pool_count_against_cluster_limits() -> None:
    loose = {"nodes": [{"name": "m", "free": {"cpu": 2}}], "limits": {"cpu": 5}}
    assert not empty_plan_holds(fleet([pool("a", 1)], [offer(9)], cluster=loose))
    assert empty_plan_holds(
        fleet([pool("a", 1)], [offer(9)], cluster=loose | {"limits": {"cpu": 6}})
    )

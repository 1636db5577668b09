"""Kinds of node: zones and offers, what nodes inherit, which are alike, what they cost."""

from typing import Any

import pytest

from placement.problem import Problem
from placement.supplies import supplies
from placement.supply import Supply, provider_of

Json = dict[str, Any]

TYPES: list[Json] = [
    {
        "name": "t",
        "provider": "acme",
        "gpu": {"model": "A10", "count": 2, "memory": "24Gi"},
        "allocatable": {"cpu": "7500m", "memory": "30Gi"},
    },
    {"name": "plain", "provider": "acme", "vcpus": 5, "allocatable": {"cpu": 4}},
    {"name": "other", "provider": "rival", "allocatable": {"cpu": 4}},
]


def fleet(
    *,
    offers: list[Json] | None = None,
    pool: Json | None = None,
    nodes: list[Json] | None = None,
    workload: Json | None = None,
    **cluster: Any,
) -> Problem:
    """Return a fleet of one cluster `c` in region `r` with one pool `p` of type `t`."""
    rows = [{"price": 1.0}] if offers is None else offers
    return Problem.model_validate(
        {
            "instance_types": TYPES,
            "offerings": [{"region": "r", "instance_type": "t", **row} for row in rows],
            "clusters": [
                {
                    "name": "c",
                    "region": "r",
                    "node_pools": [{"name": "p", "instance_type": "t", **(pool or {})}],
                    "nodes": nodes or [],
                    **cluster,
                }
            ],
            "workloads": [{"name": "w", "replicas": 1, **(workload or {})}],
        }
    )


def new(problem: Problem) -> dict[str | None, float]:
    """Return zone and price of every kind of node that can be bought."""
    found = [supply for supply in supplies(problem) if not supply.running]
    assert len({supply.zone for supply in found}) == len(found)
    return {supply.zone: supply.price for supply in found}


def one(node: Json, **fleet_fields: Any) -> Supply:
    """Return the running node of a fleet that has no other."""
    problem = fleet(nodes=[{"name": "n", "free": {"cpu": 2}, **node}], **fleet_fields)
    (supply,) = (supply for supply in supplies(problem) if supply.running)
    return supply


WIDE = {"price": 1.0}
A, B = {"zone": "r-a", "price": 2.0}, {"zone": "r-b", "price": 3.0}


@pytest.mark.parametrize(
    ("zones", "offers", "bought"),
    [
        ([], [WIDE], {None: 1.0}),
        ([], [A], {}),  # without zones, region-wide rows only
        ([], [A, WIDE], {None: 1.0}),
        (["r-a", "r-b"], [WIDE], {None: 1.0}),  # the zone matters to nobody
        (["r-a"], [WIDE], {"r-a": 1.0}),  # it can have no other zone
        (["r-a", "r-b"], [A, B], {"r-a": 2.0, "r-b": 3.0}),
        (["r-a", "r-b"], [A, WIDE], {"r-a": 2.0}),  # no offer in a zone without a row of its own
        (["r-b"], [A, WIDE], {}),
        (["r-b"], [A], {}),
        (["r-a", "r-b"], [], {}),
    ],
)
def test_a_zone_has_its_own_offer_or_the_region_speaks_for_all(
    zones: list[str], offers: list[Json], bought: Json
) -> None:
    assert new(fleet(zones=zones, offers=offers)) == bought


def test_the_zones_of_a_pool_come_before_those_of_its_cluster() -> None:
    problem = fleet(zones=["r-a", "r-b"], pool={"zones": ["r-b"]}, offers=[A, B])
    assert new(problem) == {"r-b": 3.0}
    assert new(fleet(pool={"zones": ["r-a"]}, offers=[A, WIDE])) == {"r-a": 2.0}


def test_offers_of_another_region_type_or_capacity_type_are_none() -> None:
    for other in ({"region": "s"}, {"instance_type": "plain"}, {"capacity_type": "spot"}):
        assert new(fleet(offers=[{**WIDE, **other}])) == {}
    spot = fleet(offers=[{**WIDE, "capacity_type": "spot"}], pool={"capacity_type": "spot"})
    assert new(spot) == {None: 1.0}


@pytest.mark.parametrize(
    "asks",
    [
        {"cluster_affinity": {"zones": ["r-b"]}},
        {"node_selector": {"topology.kubernetes.io/zone": "r-b"}},
    ],
)
def test_a_zone_that_is_asked_for_can_be_chosen(asks: Json) -> None:
    assert new(fleet(zones=["r-a", "r-b"], workload=asks)) == {None: 1.0, "r-b": 1.0}
    assert new(fleet(zones=["r-a"], workload=asks)) == {"r-a": 1.0}


def test_what_a_new_node_is_follows_from_pool_and_type() -> None:
    taint = {"key": "k", "effect": "NoSchedule"}
    problem = fleet(
        taints=[{"key": "c", "effect": "NoExecute"}],
        pool={"labels": {"disk": "ssd"}, "taints": [taint]},
        zones=["r-a"],
        labels={"tier": "gold"},
    )
    (supply,) = supplies(problem)
    assert supply.room == {"cpu": 7500, "memory": 30 * 2**30, "nvidia.com/gpu": 2}
    assert supply.size == {**supply.room, "vcpus": 8}
    assert [each.key for each in supply.taints] == ["c", "k"]
    assert supply.labels == {
        "topology.kubernetes.io/region": "r",
        "failure-domain.beta.kubernetes.io/region": "r",
        "topology.kubernetes.io/zone": "r-a",
        "failure-domain.beta.kubernetes.io/zone": "r-a",
        "node.kubernetes.io/instance-type": "t",
        "beta.kubernetes.io/instance-type": "t",
        "karpenter.sh/capacity-type": "on-demand",
        "disk": "ssd",
    }
    assert supply.nodes == ()
    assert supply.place == ("c", "p", "t", "on-demand", "r-a")


def test_vcpus_are_as_the_type_states_them() -> None:
    problem = fleet(
        pool={"instance_type": "plain"}, offers=[{"instance_type": "plain", "price": 1}]
    )
    assert [supply.size["vcpus"] for supply in supplies(problem)] == [5]


def test_a_running_node_inherits_from_its_pool_and_may_add() -> None:
    supply = one(
        {
            "node_pool": "p",
            "labels": {"disk": "hdd", "own": "x"},
            "taints": [{"key": "n", "effect": "NoSchedule"}],
            "releasable": True,
        },
        pool={
            "labels": {"disk": "ssd", "pool": "p"},
            "taints": [{"key": "p", "effect": "NoSchedule"}],
            "capacity_type": "reserved",
        },
        offers=[{**WIDE, "capacity_type": "reserved"}],
        taints=[{"key": "c", "effect": "NoSchedule"}],
    )
    assert {taint.key for taint in supply.taints} == {"c", "p", "n"}
    own = {key: supply.labels[key] for key in ("disk", "own", "pool", "karpenter.sh/capacity-type")}
    assert own == {"disk": "hdd", "own": "x", "pool": "p", "karpenter.sh/capacity-type": "reserved"}
    assert (supply.type_name, supply.capacity_type) == ("t", "reserved")
    assert supply.room == {"cpu": 2000}
    assert supply.size["nvidia.com/gpu"] == 2  # limits count the whole node
    assert supply.releasable


@pytest.mark.parametrize(
    ("node", "zones", "offers", "price"),
    [
        ({"price": 9}, [], [WIDE], 9.0),
        ({"price": 0}, [], [WIDE], 0.0),
        ({}, [], [WIDE], 1.0),
        ({}, ["r-a"], [A, WIDE], 2.0),  # the one zone that it can be in
        ({}, ["r-a", "r-b"], [A, WIDE], 1.0),  # its zone is not known
        ({"zone": "r-a"}, ["r-a", "r-b"], [A, WIDE], 2.0),
        ({"zone": "r-b"}, ["r-a", "r-b"], [A, WIDE], 1.0),
    ],
)
def test_a_running_node_costs_its_own_price_else_its_zones_else_the_regions(
    node: Json, zones: list[str], offers: list[Json], price: float
) -> None:
    supply = one({"node_pool": "p", **node}, zones=zones, offers=offers)
    assert supply.price == price


def test_the_zone_of_a_running_node_is_its_own_or_the_only_one() -> None:
    assert one({"node_pool": "p"}, zones=["r-a"]).zone == "r-a"
    assert one({"node_pool": "p"}, zones=["r-a", "r-b"]).zone is None
    assert one({"node_pool": "p", "zone": "r-b"}, zones=["r-a", "r-b"]).zone == "r-b"
    assert one({"zone": "r-x"}).zone == "r-x"
    assert "topology.kubernetes.io/zone" not in one({"node_pool": "p"}).labels


def test_a_node_of_no_pool_costs_nothing_and_is_never_released() -> None:
    supply = one({"price": 7, "releasable": True})
    assert (supply.price, supply.releasable, supply.pool) == (0.0, False, None)
    assert (supply.type_name, supply.kind, supply.capacity_type) == (None, None, "on-demand")
    assert supply.size == {"cpu": 2000}  # limits count what is free where no more is known
    assert "node.kubernetes.io/instance-type" not in supply.labels
    assert supply.labels["karpenter.sh/capacity-type"] == "on-demand"


def test_a_node_of_no_pool_is_what_it_says() -> None:
    node = {"instance_type": "t", "capacity_type": "spot", "allocatable": {"cpu": 8}}
    supply = one(node, taints=[{"key": "c", "effect": "NoSchedule"}])
    assert supply.kind is not None
    assert (supply.type_name, supply.capacity_type, supply.size) == ("t", "spot", {"cpu": 8000})
    assert supply.labels["node.kubernetes.io/instance-type"] == "t"
    assert [taint.key for taint in supply.taints] == ["c"]
    unheard_of = one({"instance_type": "m1.tiny"})
    assert (unheard_of.type_name, unheard_of.kind) == ("m1.tiny", None)


def classes(a: Json, b: Json, workload: Json | None = None) -> int:
    """Return how many kinds of node two running nodes make."""
    nodes = [{"name": "n1", "free": {"cpu": 2}} | a, {"name": "n2", "free": {"cpu": 2}} | b]
    problem = fleet(nodes=nodes, workload=workload, zones=["r-a", "r-b"])
    return sum(supply.running for supply in supplies(problem))


def test_nodes_that_are_alike_are_one_kind() -> None:
    problem = fleet(nodes=[{"name": name, "free": {"cpu": 2}} for name in ("n2", "n10", "n1")])
    (supply,) = (supply for supply in supplies(problem) if supply.running)
    assert supply.nodes == ("n1", "n10", "n2")


@pytest.mark.parametrize(
    "difference",
    [
        {"zone": "r-a"},
        {"node_pool": "p"},
        {"instance_type": "t"},
        {"capacity_type": "spot"},
        {"free": {"cpu": 3}},
        {"free": {"cpu": 2, "pods": 5}},
        {"free": {"cpu": 2, "nvidia.com/gpu": 1}},
        {"allocatable": {"cpu": 9}},
        {"taints": [{"key": "k", "effect": "NoExecute"}]},
        {"labels": {"disk": "ssd"}},
    ],
)
def test_nodes_that_differ_in_what_matters_are_two_kinds(difference: Json) -> None:
    asks = {"requests": {"cpu": 1}, "node_selector": {"disk": "ssd"}}
    assert classes({}, {}, asks) == 1
    assert classes({}, difference, asks) == 2


@pytest.mark.parametrize(
    "difference", [{"price": 2}, {"releasable": True}, {"node_pool": None, "price": 1}]
)
def test_pool_nodes_that_differ_in_price_or_release_are_two_kinds(difference: Json) -> None:
    assert classes({"node_pool": "p"}, {"node_pool": "p", **difference}) == 2


@pytest.mark.parametrize(
    "difference",
    [
        {"labels": {"kubernetes.io/hostname": "n2"}},
        {"free": {"cpu": 2, "acme.com/fan": 1}, "allocatable": {"cpu": 2}},
        {"taints": [{"key": "k", "effect": "PreferNoSchedule"}]},
    ],
)
def test_what_nobody_asks_for_tells_no_two_nodes_apart(difference: Json) -> None:
    asks = {"requests": {"cpu": 1}, "node_selector": {"disk": "ssd"}}
    assert classes({}, difference, asks) == 1


def test_kinds_come_in_the_order_of_their_names_running_ones_first() -> None:
    nodes = [{"name": "n", "node_pool": "p", "free": {}}, {"name": "o", "free": {}}]
    found = supplies(fleet(nodes=nodes))
    order = [(supply.place[1], supply.running) for supply in found]
    assert order == [("", True), ("p", True), ("p", False)]
    assert found[1].describe() == "t n in c/p"
    assert found[2].describe() == "new t (on-demand) in c/p"


@pytest.mark.parametrize(
    ("stated", "kinds", "provider"),
    [
        ("mine", ["t"], "mine"),
        (None, ["t", "plain"], "acme"),
        (None, ["t", "other"], None),
        (None, [], None),
    ],
)
def test_a_cluster_has_its_own_provider_or_that_of_its_types_if_they_agree(
    stated: str | None, kinds: list[str], provider: str | None
) -> None:
    pools = [{"name": kind, "instance_type": kind} for kind in kinds]
    problem = fleet(provider=stated, node_pools=pools)
    assert provider_of(problem, problem.clusters[0]) == provider

"""Changes of a problem as values: each one alone, what it leaves, and what it refuses."""

from collections.abc import Callable
from typing import Any

import pytest

from placement import InputError, Problem
from placement.problem import Workload

DOCUMENT: dict[str, Any] = {
    "instance_types": [
        {"name": "t", "provider": "acme", "allocatable": {"cpu": 4}},
        {"name": "u", "provider": "other", "allocatable": {"cpu": 8}},
    ],
    "offerings": [
        {"region": "r", "zone": None, "instance_type": "t", "price": 1.1, "stock": 9},
        {"region": "r", "zone": "r-a", "instance_type": "t", "price": 1.2, "stock": 4},
        {"region": "r", "instance_type": "u", "price": 3},
        {"region": "s", "instance_type": "t", "price": 2, "capacity_type": "spot", "stock": 2},
    ],
    "quotas": [{"name": "q", "region": "r", "resource": "cpu", "limit": "12500m"}],
    "clusters": [
        {
            "name": "a",
            "region": "r",
            "zones": ["r-a", "r-b"],
            "labels": {"tier": "prod"},
            "node_pools": [
                {"name": "both", "instance_type": "t", "min_nodes": 2},
                {"name": "one", "instance_type": "u", "zones": ["r-a"], "min_nodes": 1},
            ],
            "nodes": [
                {"name": "n1", "node_pool": "both", "zone": "r-a", "free": {"cpu": 4}},
                {"name": "n2", "node_pool": "both", "zone": "r-b", "free": {"cpu": 4}},
                {"name": "n3", "node_pool": "one", "free": {"cpu": 8}},
                {"name": "n4", "zone": "r-a", "instance_type": "bare", "free": {"cpu": 1}},
            ],
        },
        {
            "name": "b",
            "provider": "acme",
            "region": "s",
            "node_pools": [
                {"name": "p", "instance_type": "t", "capacity_type": "spot", "max_nodes": 5}
            ],
        },
    ],
    "workloads": [
        {
            "name": "web",
            "replicas": 3,
            "requests": {"cpu": "1500m"},
            "cluster_affinity": {"cluster_names": ["a"], "regions": ["r"]},
            "instance_types": {"deny": ["bare"]},
        },
        {"name": "job", "namespace": "x", "replicas": 1, "requests": {"cpu": 1}},
        {"name": "job", "namespace": "y", "replicas": 1, "requests": {"cpu": 1}},
    ],
}


@pytest.fixture
def problem() -> Problem:
    """Return two regions: one with two zones, the other with spot nodes alone."""
    return Problem.model_validate(DOCUMENT)


def test_a_lost_region_keeps_its_clusters_names_and_nothing_in_them(problem: Problem) -> None:
    left = problem.without_region("r")
    lost, other = left.clusters
    assert (lost.name, lost.node_pools, lost.nodes) == ("a", (), ())
    assert lost.labels == {"tier": "prod"}
    assert other == problem.clusters[1]
    assert {row.region for row in left.offerings} == {"s"}
    assert left.workloads == problem.workloads
    assert left.warnings() == ()


def test_a_type_that_only_a_lost_node_stated_keeps_its_name(problem: Problem) -> None:
    assert "bare" not in problem.types
    assert problem.without_region("r").types["bare"].allocatable == {}


def test_the_problem_itself_is_never_changed(problem: Problem) -> None:
    before = problem.model_dump_json()
    for of in ("region", "zone", "cluster", "provider"):
        assert len(problem.losses(of)) >= 1
    problem.with_replicas("web", 9).scaled_price(2).without_instance_type("t")
    assert problem.model_dump_json() == before


def test_pools_of_a_lost_zone_go_on_in_their_other_zones_without_their_minimum(
    problem: Problem,
) -> None:
    cluster = problem.without_zone("r", "r-a").clusters[0]
    assert [(pool.name, pool.zones, pool.min_nodes) for pool in cluster.node_pools] == [
        ("both", ("r-b",), 1)
    ]
    assert [node.name for node in cluster.nodes] == ["n2"]


def test_offerings_of_a_lost_zone_are_out_of_stock_not_replaced_by_the_regions(
    problem: Problem,
) -> None:
    left = problem.without_zone("r", "r-a")
    assert [row.stock for row in left.offerings] == [9, 0, None, 2]
    cluster = left.clusters[0]
    assert not left.offers.reach(cluster, cluster.node_pools[0])


def test_nodes_outside_their_pools_zones_stay_but_none_is_added() -> None:
    document = {**DOCUMENT, "workloads": []}
    pool = {"name": "p", "instance_type": "t", "zones": ["r-a"], "min_nodes": 2}
    node = {"name": "n", "node_pool": "p", "zone": "r-b", "free": {"cpu": 1}}
    more = {"node_pools": [pool], "nodes": [node]}
    document["clusters"] = [{**DOCUMENT["clusters"][0], **more}]
    left = Problem.model_validate(document).without_zone("r", "r-a").clusters[0]
    assert left.nodes
    (kept,) = left.node_pools
    assert (kept.zones, kept.min_nodes, kept.max_nodes) == (("r-b",), 1, 1)
    other = Problem.model_validate(document).without_zone("r", "r-b").clusters[0]
    assert other.nodes == ()
    assert (other.node_pools[0].zones, other.node_pools[0].min_nodes) == (("r-a",), 0)


def test_a_lost_cluster_leaves_its_regions_offerings_to_the_others(problem: Problem) -> None:
    left = problem.without_cluster("b")
    assert left.clusters[1].node_pools == ()
    assert left.offerings == problem.offerings


def test_a_provider_is_the_clusters_own_else_the_types(problem: Problem) -> None:
    left = problem.without_provider("acme")
    assert [pool.name for pool in left.clusters[0].node_pools] == ["one"]
    assert [node.name for node in left.clusters[0].nodes] == ["n3", "n4"]
    assert left.clusters[1].node_pools == ()


def test_an_instance_type_is_lost_with_its_pools_nodes_and_offerings(problem: Problem) -> None:
    left = problem.without_instance_type("t")
    assert [node.name for node in left.clusters[0].nodes] == ["n3", "n4"]
    assert {row.instance_type for row in left.offerings} == {"u"}
    assert "t" in left.types
    assert [n.name for n in problem.without_instance_type("bare").clusters[0].nodes][-1] == "n3"


def test_losses_lists_every_one_by_name(problem: Problem) -> None:
    assert [name for name, _ in problem.losses("zone")] == ["r/r-a", "r/r-b"]
    assert [name for name, _ in problem.losses("provider")] == ["acme", "other"]
    assert dict(problem.losses("region"))["s"] == problem.without_region("s")
    assert dict(problem.losses("cluster"))["a"] == problem.without_cluster("a")


def test_stock_and_price_are_of_one_offering(problem: Problem) -> None:
    assert [row.stock for row in problem.with_stock("t", "r", 1).offerings] == [1, 4, None, 2]
    zonal = problem.with_stock("t", "r", None, zone="r-a")
    assert [row.stock for row in zonal.offerings] == [9, None, None, 2]
    spot = problem.with_price("t", "s", 0.5, capacity_type="spot")
    assert [row.price for row in spot.offerings] == [1.1, 1.2, 3, 0.5]


def test_scaled_prices_are_products_of_what_the_document_shows(problem: Problem) -> None:
    assert [row.price for row in problem.scaled_price(1.1).offerings] == [1.21, 1.32, 3.3, 2.2]
    scaled = problem.scaled_price(2, instance_type="t", region="r")
    assert [row.price for row in scaled.offerings] == [2.2, 2.4, 3, 2]


def test_quota_and_maximum_take_what_a_document_would_say(problem: Problem) -> None:
    assert problem.with_quota("q", "8").quotas[0].limit == 8000
    pool = problem.with_pool_maximum("a", "both", 1).clusters[0].node_pools[0]
    assert (pool.max_nodes, pool.min_nodes) == (1, 1)
    assert problem.with_pool_maximum("b", "p", None).clusters[1].node_pools[0].max_nodes is None


def test_workloads_come_go_and_grow(problem: Problem) -> None:
    new = Workload.model_validate({"name": "new", "replicas": 1})
    assert problem.with_workload(new).workloads == (*problem.workloads, new)
    web = new.model_copy(update={"name": "web"})
    assert problem.with_workload(web).workloads == (web, *problem.workloads[1:])
    assert problem.without_workload("x/job").workloads == problem.workloads[::2]
    grown = problem.with_replicas("web", 7).workloads[0]
    assert (grown.replicas, grown.requests) == (7, {"cpu": 1500})


def test_a_change_undone_gives_the_same_problem(problem: Problem) -> None:
    assert problem.with_stock("t", "r", 1).with_stock("t", "r", 9) == problem
    assert problem.scaled_price(2).scaled_price(0.5) == problem
    assert problem.with_quota("q", 1).with_quota("q", "12500m") == problem
    assert problem.with_replicas("web", 8).with_replicas("default/web", 3) == problem
    workload = problem.workloads[2]
    assert problem.without_workload("y/job").with_workload(workload) == problem


REFUSED: list[tuple[Callable[[Problem], object], str]] = [
    (lambda p: p.without_region("rr"), "region: no region has this name; did you mean 'r'?"),
    (lambda p: p.without_zone("r", "r-c"), "zone of r: no zone of r has this name; did you mean"),
    (lambda p: p.without_cluster("zzz"), "no cluster has this name; there is a, b (got 'zzz')"),
    (lambda p: p.without_provider("acne"), "did you mean 'acme'?"),
    (lambda p: p.without_instance_type("zzz"), "there is bare, t, u"),
    (lambda p: p.losses("zoe"), "did you mean 'zone'?"),  # type: ignore[arg-type]
    (lambda p: p.with_stock("t", "r", -1), "stock: "),
    (lambda p: p.with_stock("u", "s", 1), "no on-demand offering of u is for s as a whole"),
    (lambda p: p.with_stock("t", "s", 1), "there is s spot"),
    (lambda p: p.with_stock("t", "r", 1, zone="r-b"), "for r/r-b; there is r on-demand, r/r-a"),
    (lambda p: p.with_price("t", "r", -2.0), "price: "),
    (lambda p: p.scaled_price(-1.0), "price: "),
    (lambda p: p.scaled_price(float("nan")), "factor: must be a finite number"),
    (lambda p: p.scaled_price(2, capacity_type="reserved"), "no offering is of reserved"),
    (lambda p: p.with_quota("p", 1), "there is q (got 'p')"),
    (lambda p: p.with_quota("q", "many"), "limit: "),
    (lambda p: p.with_pool_maximum("a", "bot", 1), "did you mean 'both'?"),
    (lambda p: p.with_pool_maximum("a", "both", -1), "max_nodes: "),
    (lambda p: p.without_workload("job"), "write one of x/job, y/job"),
    (lambda p: p.with_replicas("wed", 1), "did you mean 'web'?"),
    (lambda p: p.with_replicas("web", -1), "replicas: "),
    (lambda p: p.with_load("web", 3.0), "has no load; change its replicas (got 'web')"),
    (lambda p: p.with_max_moves(-1), "max_moves: "),
]


@pytest.mark.parametrize(("change", "said"), REFUSED)
def test_what_cannot_be_is_refused_with_the_nearest_that_can(
    problem: Problem, change: Callable[[Problem], object], said: str
) -> None:
    with pytest.raises(InputError) as caught:
        change(problem)
    assert said in str(caught.value)


def test_a_new_workload_must_name_what_is_there(problem: Problem) -> None:
    affinity = {"cluster_names": ["c"]}
    new = Workload.model_validate({"name": "n", "replicas": 1, "cluster_affinity": affinity})
    with pytest.raises(InputError, match="no cluster has this name"):
        problem.with_workload(new)


def test_nothing_to_lose_is_an_error() -> None:
    with pytest.raises(InputError, match="names no provider"):
        Problem().losses("provider")

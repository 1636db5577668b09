"""Limits over nodes: which supplies each counts, by what weight, and what exceeds it now."""

from typing import Any

import pytest

from placement.caps import Cap, find_caps
from placement.problem import Problem
from placement.supplies import supplies
from placement.supply import Supply

Json = dict[str, Any]


def fleet(**parts: Any) -> Problem:
    """Return two clusters in region `r`: `c` with zones and two pools, `d` with one pool."""
    document: Json = {
        "instance_types": [
            {
                "name": "t",
                "gpu": {"model": "A10", "count": 4, "memory": "24Gi"},
                "vcpus": 20,
                "allocatable": {"cpu": 15, "memory": "60Gi"},
            },
            {"name": "u", "allocatable": {"cpu": "7500m"}},
        ],
        "offerings": [
            {"region": "r", "zone": "r-a", "instance_type": "t", "price": 2, "stock": 3},
            {"region": "r", "zone": "r-b", "instance_type": "t", "price": 3},
            {"region": "r", "instance_type": "t", "price": 1, "stock": 5},
            {"region": "r", "instance_type": "u", "price": 1},
        ],
        "clusters": [
            {
                "name": "c",
                "region": "r",
                "zones": ["r-a", "r-b"],
                "node_pools": [
                    {"name": "p", "instance_type": "t"},
                    {"name": "u", "instance_type": "u"},
                ],
                "nodes": [
                    {"name": "n1", "node_pool": "p", "zone": "r-a", "free": {"cpu": 1}},
                    {"name": "n2", "node_pool": "p", "zone": "r-a", "free": {"cpu": 1}},
                    {"name": "free", "free": {"cpu": 3}},
                    {"name": "stated", "free": {"cpu": 3}, "allocatable": {"cpu": 6}},
                ],
            },
            {"name": "d", "region": "r", "node_pools": [{"name": "p", "instance_type": "t"}]},
        ],
        "workloads": [{"name": "w", "replicas": 1, "requests": {"cpu": 1}}],
    }
    for name, change in parts.items():
        if name in {"c", "d"}:
            document["clusters"]["cd".index(name)].update(change)
        else:
            document[name] = change
    return Problem.model_validate(document)


def caps(problem: Problem, family: str) -> list[tuple[Cap, dict[str, int]]]:
    """Return the limits of a family, each with the weight of every supply that it counts."""
    kinds = supplies(problem)
    return [
        (cap, {label(kinds[s]): int(w) for s, w in zip(cap.supply, cap.weight, strict=True)})
        for cap in find_caps(problem, kinds)
        if cap.family == family
    ]


def label(supply: Supply) -> str:
    """Return a short name of a supply: cluster/pool, and its zone or its nodes."""
    pool = supply.pool.name if supply.pool else "-"
    return f"{supply.cluster.name}/{pool}:{','.join(supply.nodes) or supply.zone or 'new'}"


def test_stock_counts_further_nodes_and_a_regions_caps_the_sum_of_its_zones() -> None:
    (zonal, in_zone), (wide, in_region) = caps(fleet(), "stock")
    assert (zonal.bound, in_zone) == (3, {"c/p:r-a": 1})
    assert (wide.bound, in_region) == (5, {"c/p:r-a": 1, "c/p:r-b": 1, "d/p:new": 1})
    assert zonal.label == "stock of t (on-demand) in r/r-a"
    assert wide.label == "stock of t (on-demand) in r"
    assert (zonal.over, wide.over) == (0, 0)


def test_stock_is_shared_by_pools_of_one_type_and_by_no_other() -> None:
    again = {"node_pools": [{"name": name, "instance_type": "t"} for name in ("p", "q")]}
    _, (_, members) = caps(fleet(d=again), "stock")
    assert {"d/p:new", "d/q:new"} < members.keys()
    elsewhere = fleet(d={"region": "s"}, offerings=[_row("r", 2), _row("s", 3)])
    (_, here), (_, there) = caps(elsewhere, "stock")
    assert (here, there) == ({"c/p:new": 1}, {"d/p:new": 1})


def _row(region: str, stock: int) -> Json:
    return {"region": region, "instance_type": "t", "price": 1, "stock": stock}


def test_no_stock_stated_is_no_limit() -> None:
    rows = [{"region": "r", "instance_type": "t", "price": 1, "stock": None}]
    assert caps(fleet(offerings=rows), "stock") == []


@pytest.mark.parametrize(
    ("resource", "bound", "of_t", "of_u"),
    [
        ("nodes", 9, 1, 1),
        ("vcpus", 9, 20, 8),  # as stated, else the allocatable CPU rounded up
        ("cpu", 9000, 15000, 7500),
        ("nvidia.com/gpu", 9, 4, None),
        ("memory", 9, 60 * 2**30, None),
    ],
)
def test_a_quota_counts_running_pool_nodes_with_their_types_full_size(
    resource: str, bound: int, of_t: int, of_u: int | None
) -> None:
    quota = {"name": "q", "resource": resource, "limit": 9}
    ((cap, weights),) = caps(fleet(quotas=[quota]), "quota")
    assert cap.bound == bound
    assert weights["c/p:n1,n2"] == weights["c/p:r-a"] == weights["d/p:new"] == of_t
    assert weights.get("c/u:new") == of_u
    assert not any("free" in name or "stated" in name for name in weights)  # of no pool
    assert cap.over == max(0, 2 * of_t - bound)


def test_a_quota_covers_what_it_names() -> None:
    def covered(**quota: Any) -> set[str]:
        found = caps(fleet(quotas=[{"name": "q", "limit": 9, **quota}]), "quota")
        return {name for _, weights in found for name in weights}

    every = {"c/p:n1,n2", "c/p:r-a", "c/p:r-b", "c/u:new", "d/p:new"}
    assert covered() == covered(region="r") == covered(capacity_types=["on-demand"]) == every
    assert covered(instance_types=["u"]) == {"c/u:new"}
    assert covered(region="s") == covered(capacity_types=["spot"]) == set()
    assert covered(resource="acme.com/fan") == set()  # nothing has any


def test_a_clusters_limit_counts_what_all_its_nodes_have() -> None:
    limits = {"nodes": 3, "cpu": 40, "nvidia.com/gpu": 8}
    found = {
        cap.label: (cap, weights)
        for cap, weights in caps(fleet(c={"limits": limits}), "cluster_limit")
    }
    cap, weights = found["limit of cpu in cluster c"]
    assert weights == {
        "c/p:n1,n2": 15000,
        "c/p:r-a": 15000,
        "c/p:r-b": 15000,
        "c/u:new": 7500,
        "c/-:free": 3000,  # what is free, where no more is known
        "c/-:stated": 6000,
    }
    assert (cap.bound, cap.over) == (40000, 0)
    nodes, _ = found["limit of nodes in cluster c"]
    assert (nodes.bound, nodes.over) == (3, 1)  # four run
    gpus, weights = found["limit of nvidia.com/gpu in cluster c"]
    assert set(weights.values()) == {4}
    assert gpus.over == 0


def test_a_limit_of_one_cluster_is_none_of_another() -> None:
    ((_, weights),) = caps(fleet(d={"limits": {"nodes": 1}}), "cluster_limit")
    assert weights == {"d/p:new": 1}


def test_minimum_and_maximum_count_the_nodes_of_a_pool() -> None:
    pools = [{"name": "p", "instance_type": "t", "min_nodes": 1, "max_nodes": 1}]
    problem = fleet(c={"node_pools": pools})
    ((least, counted),) = caps(problem, "pool_minimum")
    ((most, also),) = caps(problem, "pool_maximum")
    assert counted == also == {"c/p:n1,n2": 1, "c/p:r-a": 1, "c/p:r-b": 1}
    assert (least.bound, least.over) == (1, 0)
    assert (most.bound, most.over) == (1, 1)  # two run; they may stay
    assert caps(fleet(), "pool_maximum") == caps(fleet(), "pool_minimum") == []


def test_a_maximum_of_none_and_a_maximum_of_zero_differ() -> None:
    pools = [{"name": "p", "instance_type": "t", "max_nodes": 0}]
    ((cap, weights),) = caps(fleet(d={"node_pools": pools}), "pool_maximum")
    assert (cap.bound, weights) == (0, {"d/p:new": 1})


def test_a_minimum_that_no_node_can_meet_is_kept() -> None:
    pools = [{"name": "p", "instance_type": "t", "min_nodes": 2}]
    rows = [{"region": "r", "zone": "r-z", "instance_type": "t", "price": 1}]
    problem = fleet(d={"node_pools": pools}, c={"nodes": []}, offerings=rows)
    ((cap, weights),) = caps(problem, "pool_minimum")
    assert (cap.bound, weights) == (2, {})

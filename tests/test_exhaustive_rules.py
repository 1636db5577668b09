"""The exhaustive search under every rule of workloads, against answers worked out by hand."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from placement.problem import Problem
from tests.exhaustive import Answer, optimum

Json = dict[str, Any]
GPU = "nvidia.com/gpu"


def best(*workloads: Json, **changes: Any) -> Answer:
    """Return the optimum of a fleet that gives one GPU at 2 $/h in `e`, at 3 $/h in `w`.

    Cluster `e` has zones, of which no price tells, and nodes of four GPUs at 6 $/h, too.
    """
    pool = {"name": "p", "instance_type": "t"}
    big = {"name": "u", "instance_type": "u"}
    document: Json = {
        "instance_types": [kind("t", 1), kind("u", 4)],
        "offerings": [offer("east", "t", 2), offer("east", "u", 6), offer("west", "t", 3)],
        "clusters": [
            {"name": "e", "region": "east", "zones": ["z1", "z2"], "node_pools": [pool, big]},
            {"name": "w", "region": "west", "node_pools": [pool]},
        ],
        "workloads": [{"name": "a", "requests": {GPU: 1}, **each} for each in workloads],
    }
    return optimum(Problem.model_validate(document | changes))


def kind(name: str, gpus: int) -> Json:
    gpu = {"model": "A10", "count": gpus, "memory": "24Gi"}
    return {"name": name, "gpu": gpu, "allocatable": {"cpu": 8, "memory": "64Gi"}}


def offer(region: str, name: str, price: float, **more: Any) -> Json:
    return {"region": region, "instance_type": name, "price": price, **more}


def only(name: str) -> Json:
    return {"instance_types": {"allow": [name]}}


def per(answer: Answer, field: int) -> dict[object, int]:
    """Return replicas by a field of their rows: 1 cluster, 3 type, 5 zone."""
    found: dict[object, int] = {}
    for row in answer.rows:
        found[row[field]] = found.get(row[field], 0) + int(row[-1] or 0)
    return found


def test_two_regions_are_asked_for_and_one_replica_goes_to_the_dear_one() -> None:
    spread = {"by": "region", "min_groups": 2}
    answer = best({"replicas": 3, "spread": [spread], **only("t")})
    assert (answer.cost, per(answer, 1)) == (Decimal(7), {"e": 2, "w": 1})


@pytest.mark.parametrize(("replicas", "placed"), [(4, 4), (3, 2), (1, 0)])
def test_no_region_has_more_than_half_of_what_is_placed(replicas: int, placed: int) -> None:
    spread = {"by": "region", "max_fraction": 0.5}
    assert best({"replicas": replicas, "spread": [spread]}).placed == ((0, placed),)


def test_a_skew_counts_zones_that_have_nothing_and_makes_zones_part_of_the_plan() -> None:
    spread = {"by": "zone", "max_skew": 1}
    here = {"cluster_affinity": {"cluster_names": ["e"]}}
    answer = best({"replicas": 3, "spread": [spread], **here, **only("t")})
    assert per(answer, 5) == {"z1": 1, "z2": 2}


def test_nodes_without_the_key_are_refused() -> None:
    answer = best({"replicas": 3, "spread": [{"by": "zone"}], **only("t")})
    assert per(answer, 1) == {"e": 3}


def test_by_node_one_node_each_is_asked_for() -> None:
    spread = {"by": "node", "max_skew": 1, "min_groups": 3}
    answer = best({"replicas": 3, "spread": [spread], **only("u")})
    assert (answer.cost, answer.nodes) == (Decimal(18), 3)


@pytest.mark.parametrize("others", [0, 1])
def test_a_group_is_a_candidate_whether_its_running_node_is_kept_or_not(others: int) -> None:
    """The node in the north has no GPU free; with none but it there, its region counts."""
    free = {"cpu": 8, "memory": "64Gi"}
    node = {"name": "n", "node_pool": "p", "free": free, "releasable": True, "price": 1}
    pool = {"name": "p", "instance_type": "t"}
    clusters = [
        {"name": "e", "region": "east", "node_pools": [pool]},
        {"name": "n", "region": "north", "node_pools": [pool], "nodes": [node]},
    ]
    there = {"cluster_affinity": {"cluster_names": ["n"]}, "requests": {"cpu": 1}}
    other = {"name": "b", "replicas": others, "priority": 1, **there}
    spread = {"by": "region", "max_skew": 1}
    answer = best({"replicas": 2, "spread": [spread]}, other, clusters=clusters)
    assert dict(answer.placed)[0] == 1


def test_a_region_whose_nodes_are_too_small_even_empty_is_no_candidate() -> None:
    spread = {"by": "region", "max_skew": 1}
    offers = [offer("east", "u", 6), offer("west", "t", 3)]
    answer = best({"replicas": 2, "spread": [spread], "requests": {GPU: 2}}, offerings=offers)
    assert per(answer, 1) == {"e": 2}


def test_half_survives_the_loss_of_either_region() -> None:
    survive = {"loss_of": "region", "keep": 0.5}
    answer = best({"replicas": 4, "survive": [survive], **only("t")})
    assert per(answer, 1) == {"e": 2, "w": 2}


def test_a_node_that_could_be_in_either_zone_is_no_place_to_survive_the_loss_of_one() -> None:
    survive = {"loss_of": "zone", "keep": 0.5}
    here = {"cluster_affinity": {"cluster_names": ["e"]}}
    answer = best({"replicas": 2, "survive": [survive], **here})
    assert per(answer, 5) == {"z1": 1, "z2": 1}


def test_nodes_without_a_zone_outlive_the_loss_of_zones() -> None:
    survive = {"loss_of": "zone", "keep_replicas": 1}
    there = {"cluster_affinity": {"cluster_names": ["w"]}}
    assert best({"replicas": 1, "survive": [survive], **there}).placed == ((0, 1),)


def test_two_lost_nodes_leave_one_of_three() -> None:
    survive = {"loss_of": "node", "groups": 2, "keep_replicas": 1}
    answer = best({"replicas": 3, "survive": [survive], **only("u")})
    assert (answer.nodes, answer.placed) == (3, ((0, 3),))


def test_what_is_kept_of_spot_is_paid_for_elsewhere() -> None:
    pools = [
        {"name": "p", "instance_type": "t"},
        {"name": "s", "instance_type": "t", "capacity_type": "spot"},
    ]
    answer = best(
        {
            "replicas": 3,
            "capacity_types": ["on-demand", "spot"],
            "survive": [{"loss_of": "spot", "keep": 0.5}],
        },
        offerings=[offer("east", "t", 2), offer("east", "t", 1, capacity_type="spot")],
        clusters=[{"name": "e", "region": "east", "node_pools": pools}],
    )
    assert answer.cost == 2 + 2 + 1


def test_fewer_than_the_least_are_none() -> None:
    offers = [offer("east", "t", 2, stock=2)]
    demand = {"replicas": 4, "min_replicas": 3}
    assert best(demand, offerings=offers).placed == ((0, 0),)
    assert best(demand | {"min_replicas": 2}, offerings=offers).placed == ((0, 2),)


def test_a_partner_that_must_be_in_the_dear_cluster_takes_the_other_there() -> None:
    there = {"cluster_affinity": {"cluster_names": ["w"]}}
    answer = best(
        {"replicas": 1, "colocate_with": ["b"]},
        {"name": "b", "replicas": 1, **there},
    )
    assert (answer.cost, per(answer, 1)) == (Decimal(6), {"w": 2})


def test_without_its_partner_a_workload_is_nowhere() -> None:
    nowhere = {"cluster_affinity": {"regions": ["north"]}}
    answer = best({"replicas": 1, "colocate_with": ["b"]}, {"name": "b", "replicas": 1, **nowhere})
    assert answer.rows == ()


def test_whoever_is_apart_from_another_is_in_another_cluster() -> None:
    answer = best({"replicas": 1}, {"name": "b", "replicas": 1, "separate_from": ["default/a"]})
    assert (answer.cost, answer.clusters) == (Decimal(5), 2)


@pytest.mark.parametrize(
    ("amount", "cost", "types"), [(3, 6, {"u": 1}), (4, 8, {"t": 1, "u": 1}), (0.5, 2, {"t": 1})]
)
def test_a_load_takes_the_cheapest_types_that_carry_it(
    amount: float, cost: int, types: dict[object, int]
) -> None:
    """A replica on a big node takes all of it and carries 3; of equal price, fewer nodes win."""
    load = {"amount": float(amount), "per_replica": {"t": 1.0, "u": 3.0}}
    answer = best({"load": load, "requests": {"cpu": 8, GPU: 1}})
    assert (answer.cost, per(answer, 3)) == (Decimal(cost), types)


def test_a_load_is_carried_as_far_as_it_can_be() -> None:
    load = {"amount": 2.5, "per_replica": {"t": 1.0}}
    answer = best({"load": load}, offerings=[offer("east", "t", 2, stock=2)])
    assert answer.placed == ((0, Fraction(4, 5)),)
    assert answer.left == (("default/a", Fraction(1, 2)),)


def test_a_load_has_no_replica_more_than_carries_it() -> None:
    load = {"amount": 2.0, "per_replica": {"t": 2.0}}
    assert per(best({"load": load}), 1) == {"e": 1}
    assert per(best({"load": load, "min_replicas": 2}), 1) == {"e": 2}  # a rule needs more


def test_a_load_has_more_replicas_where_it_has_to_survive() -> None:
    load = {"amount": 2.0, "per_replica": {"t": 2.0}}
    survive = {"loss_of": "region", "keep_replicas": 1}
    assert per(best({"load": load, "survive": [survive]}), 1) == {"e": 1, "w": 1}


def test_a_replica_over_two_nodes_takes_them_whole() -> None:
    answer = best(
        {"replicas": 1, "nodes_per_replica": 2, **only("u")}, {"name": "b", "replicas": 1}
    )
    assert (answer.cost, answer.nodes) == (Decimal(6 + 6 + 2), 3)
    assert [row[-2:] for row in answer.rows] == [(2, 1), (1, 1)]
    assert sorted(each.part for each in answer.used if each.part) == ["1/2", "2/2"]


@pytest.mark.parametrize(("gpus", "cost"), [(4, 6 + 1), (3, 6 + 6 + 1)])
def test_a_running_node_is_used_where_all_its_gpus_are_free(gpus: int, cost: int) -> None:
    free = {"cpu": 8, "memory": "64Gi", GPU: gpus}
    node = {"name": "n", "node_pool": "u", "free": free, "price": 1}
    pool = {"name": "u", "instance_type": "u"}
    clusters = [{"name": "e", "region": "east", "node_pools": [pool], "nodes": [node]}]
    answer = best({"replicas": 1, "nodes_per_replica": 2}, clusters=clusters)
    assert answer.cost == cost

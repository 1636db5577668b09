"""The model of Karmada's scheduler against placements that the real one computed.

The vectors were recorded from karmada-scheduler, built from karmada-io/karmada master f8fdd02d
(2026-08-21, Apache-2.0), for five clusters; a replica asks for one GPU.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from placement.solvers.greedy.affinities import matches
from placement.solvers.greedy.binding import Binding, Decision, Member, Target
from placement.solvers.greedy.estimator import free_resources, max_available_replicas
from placement.solvers.greedy.schedule import schedule
from placement.solvers.greedy.webster import fnv1a_32, webster

VECTORS = json.loads(
    (Path(__file__).parent / "data" / "karmada_division_vectors.json").read_text("utf-8")
)
DYNAMIC = {
    "replicaSchedulingType": "Divided",
    "replicaDivisionPreference": "Weighted",
    "weightPreference": {"dynamicWeight": "AvailableReplicas"},
}
IN_Z1: dict[str, Any] = {"operator": "In", "values": ["z1"]}
NOT_IN_Z1: dict[str, Any] = {"operator": "NotIn", "values": ["z1"]}


def decide(
    free: dict[str, int], replicas: int, placement: dict[str, Any], **binding: Any
) -> Decision:
    members = [
        Member(name=name, region=VECTORS["regions"].get(name, ""), allocatable=room)
        for name, room in free.items()
    ]
    return schedule(Binding(replicas=replicas, placement=placement, **binding), members)


def shares(decision: Decision) -> list[tuple[str, int]]:
    return [(target.name, target.replicas) for target in decision.clusters]


@pytest.mark.parametrize(
    "case", VECTORS["cases"], ids=lambda case: f"{case['name']}-{case['kind']}"
)
def test_a_recorded_placement_is_reproduced_whole(case: dict[str, Any]) -> None:
    decision = decide(
        case["free"],
        case["replicas"],
        case["placement"],
        uid=case["uid"],
        previous=tuple(Target(**target) for target in case["previous"]),
        fresh=case["kind"].endswith("+fresh"),
    )
    clusters = [{"name": name, "replicas": count} for name, count in shares(decision)]
    assert clusters == case["clusters"]
    assert (decision.reason, decision.message) == (case["reason"], case["message"])
    assert decision.observed_affinity == case["observedAffinity"]


def test_all_the_recorded_kinds_are_there() -> None:
    kinds = Counter(case["kind"] for case in VECTORS["cases"])
    assert len(VECTORS["cases"]) == 181
    assert len(kinds) == 12


@pytest.mark.parametrize(
    ("text", "value"), [("", 0x811C9DC5), ("a", 0xE40C292C), ("foobar", 0xBF9CF968)]
)
def test_the_hash_is_fnv_1a_as_its_authors_list_it(text: str, value: int) -> None:
    assert fnv1a_32(text) == value


def test_seats_follow_the_textbook_example_of_sainte_lague() -> None:
    votes = {"A": 100_000, "B": 80_000, "C": 30_000, "D": 20_000}
    assert webster(votes, 8) == {"A": 3, "B": 3, "C": 1, "D": 1}


@pytest.mark.parametrize("seats", [1, 7, 40, 1_000, 12_345])
def test_the_head_start_changes_no_result(seats: int) -> None:
    votes = {"a": 17, "b": 17, "c": 5, "d": 1, "e": 0, "f": 91}
    won = dict.fromkeys(votes, 0)
    for _ in range(seats):
        name = min(votes, key=lambda one: (-votes[one] / (2 * won[one] + 1), won[one], one))
        won[name] += 1
    assert webster(votes, seats) == won


def test_millions_of_seats_take_no_time() -> None:
    assert webster({"a": 3, "b": 1}, 4_000_000) == {"a": 3_000_000, "b": 1_000_000}


def test_no_parties_win_no_seats() -> None:
    assert webster({}, 3) == {}


def test_an_odd_hash_turns_the_tie_by_name_round() -> None:
    assert fnv1a_32("odd-3") % 2 != fnv1a_32("odd-4") % 2
    results = {uid: webster({"a": 1, "b": 1}, 1, uid)["a"] for uid in ("", "odd-3", "odd-4")}
    assert results[""] == 1
    assert {results["odd-3"], results["odd-4"]} == {0, 1}


def test_no_cluster_that_matches_wipes_the_result_and_counts_the_reasons() -> None:
    placement = {"clusterAffinity": {"clusterNames": ["nowhere"]}}
    decision = decide({"a": 1, "b": 1}, 2, placement, previous=(Target(name="a", replicas=1),))
    assert decision.reason == "NoClusterFit"
    assert decision.clusters == ()
    assert decision.message == (
        "0/2 clusters are available: "
        "2 cluster(s) did not match the placement cluster affinity constraint."
    )


def test_a_fleet_of_no_clusters_says_so() -> None:
    message = "0/0 clusters are available: no cluster exists."
    assert schedule(Binding(replicas=1), []).message == message


def test_too_little_room_keeps_the_previous_result() -> None:
    previous = (Target(name="a", replicas=1),)
    decision = decide({"a": 1}, 9, {"replicaScheduling": DYNAMIC}, previous=previous)
    assert decision.reason == "Unschedulable"
    assert decision.clusters == previous


@pytest.mark.parametrize(
    ("constraints", "message"),
    [
        (
            [{"spreadByField": "zone", "minGroups": 1, "maxGroups": 1}],
            "just support cluster and region spread constraint",
        ),
        (
            [{"spreadByField": "cluster", "minGroups": 9, "maxGroups": 9}],
            "the number of feasible clusters is less than spreadConstraint.MinGroups",
        ),
        (
            [{"spreadByField": "cluster", "minGroups": 1}],
            "no enough resource when selecting 0 clusters",
        ),
        (
            [{"spreadByField": "region", "minGroups": 9, "maxGroups": 9}],
            "the number of feasible region is less than spreadConstraint.MinGroups",
        ),
        (
            [
                {"spreadByField": "region", "minGroups": 1, "maxGroups": 1},
                {"spreadByField": "cluster", "minGroups": 3, "maxGroups": 3},
            ],
            "the number of clusters is less than the cluster spreadConstraint.MinGroups",
        ),
        (
            [
                {"spreadByField": "region", "minGroups": 0, "maxGroups": 2},
                {"spreadByField": "cluster", "minGroups": 0, "maxGroups": 3},
            ],
            "the number of clusters is less than the cluster spreadConstraint.MinGroups",
        ),
    ],
)
def test_a_spread_that_cannot_hold_is_a_scheduler_error(
    constraints: list[dict[str, Any]], message: str
) -> None:
    members = [
        Member(name=name, region=region, zones=("z",), allocatable=2)
        for name, region in VECTORS["regions"].items()
    ]
    placement = {"replicaScheduling": DYNAMIC, "spreadConstraints": constraints}
    decision = schedule(Binding(replicas=3, placement=placement), members)
    assert decision.reason == "SchedulerError"
    assert decision.message == f"failed to select clusters: {message}"


def test_room_counts_in_a_spread_only_when_replicas_are_divided() -> None:
    spread = [{"spreadByField": "cluster", "minGroups": 1, "maxGroups": 2}]
    free = {"alpha": 5, "bravo": 2, "charlie": 9}
    divided = {"replicaScheduling": DYNAMIC, "spreadConstraints": spread}
    assert shares(decide(free, 14, divided)) == [("alpha", 5), ("charlie", 9)]
    assert shares(decide(free, 14, {"spreadConstraints": spread})) == [
        ("charlie", 14),
        ("alpha", 14),
    ]


def test_regions_in_use_win_over_regions_with_equal_room() -> None:
    placement = {
        "replicaScheduling": DYNAMIC,
        "spreadConstraints": [
            {"spreadByField": "region", "minGroups": 1, "maxGroups": 1},
            {"spreadByField": "cluster", "minGroups": 1, "maxGroups": 1},
        ],
    }
    free = {"alpha": 9, "charlie": 9, "echo": 9}
    previous = (Target(name="echo", replicas=1),)
    assert shares(decide(free, 4, placement, previous=previous)) == [("echo", 4)]


def test_a_group_that_was_observed_is_not_left_for_an_earlier_one() -> None:
    groups = {
        "replicaScheduling": DYNAMIC,
        "clusterAffinities": [
            {"affinityName": "home", "clusterNames": ["a"]},
            {"affinityName": "away", "clusterNames": ["b"]},
        ],
    }
    previous = (Target(name="b", replicas=1),)
    stays = decide({"a": 9, "b": 9}, 2, groups, previous=previous, observed_affinity="away")
    assert (shares(stays), stays.observed_affinity) == ([("b", 2)], "away")
    returns = decide(
        {"a": 9, "b": 9}, 2, groups, previous=previous, observed_affinity="away", fresh=True
    )
    assert (shares(returns), returns.observed_affinity) == ([("a", 2)], "home")


def test_overflow_gives_back_its_own_replicas_first() -> None:
    placement = {
        "replicaScheduling": DYNAMIC,
        "clusterAffinities": [
            {
                "affinityName": "idc",
                "clusterNames": ["a"],
                "overflowAffinities": [{"affinityName": "cloud", "clusterNames": ["b", "c"]}],
            }
        ],
    }
    previous = tuple(Target(name=name, replicas=4) for name in ("a", "b", "c"))
    decision = decide(
        {"a": 0, "b": 5, "c": 5}, 6, placement, previous=previous, observed_affinity="idc"
    )
    assert shares(decision) == [("a", 4), ("b", 1), ("c", 1)]


def test_taints_keep_clusters_out_unless_tolerated_or_in_use() -> None:
    taint = {"key": "gpu", "value": "only", "effect": "NoSchedule"}
    members = [Member(name="a", taints=(taint,), allocatable=3)]
    refused = schedule(Binding(replicas=1), members)
    assert refused.message is not None
    assert "1 cluster(s) had untolerated taint {gpu=only:NoSchedule}." in refused.message
    tolerated = {"clusterTolerations": [{"key": "gpu", "operator": "Exists"}]}
    assert schedule(Binding(replicas=1, placement=tolerated), members).reason == "Success"
    in_use = Binding(replicas=1, previous=(Target(name="a", replicas=1),))
    assert schedule(in_use, members).reason == "Success"


@pytest.mark.parametrize(
    ("affinity", "fits"),
    [
        ({}, True),
        ({"clusterNames": ["a"], "exclude": ["a"]}, False),
        ({"labelSelector": {"matchLabels": {"tier": "gold"}}}, True),
        ({"labelSelector": {"matchLabels": {"tier": "iron"}}}, False),
        ({"labelSelector": {"matchExpressions": [{"key": "x", "operator": "DoesNotExist"}]}}, True),
        ({"fieldSelector": {"matchExpressions": [{"key": "zone", **IN_Z1}]}}, False),
        ({"fieldSelector": {"matchExpressions": [{"key": "region", **IN_Z1}]}}, False),
        ({"fieldSelector": {"matchExpressions": [{"key": "region", **NOT_IN_Z1}]}}, True),
    ],
)
def test_every_part_of_a_cluster_affinity_must_hold(affinity: dict[str, Any], fits: bool) -> None:
    member = Member(name="a", region="r1", zones=("z1", "z2"), labels={"tier": "gold"})
    assert matches(member, affinity) is fits


def test_the_general_estimator_divides_the_sums_of_the_cluster() -> None:
    free = free_resources(
        {"cpu": 64_000, "nvidia.com/gpu": 16, "pods": 110},
        {"cpu": 10_000, "pods": 10},
        {"nvidia.com/gpu": 1},
    )
    assert free == {"cpu": 54_000, "nvidia.com/gpu": 15, "pods": 100}
    assert max_available_replicas(free, {"cpu": 8_000, "nvidia.com/gpu": 2}) == 6
    assert max_available_replicas(free, {"memory": 1}) == 0
    assert max_available_replicas(free, None) == 100
    assert max_available_replicas({"cpu": 54_000}, {"cpu": 1}) == 0

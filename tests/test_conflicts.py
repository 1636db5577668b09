"""Minimal sets of rules that keep replicas out."""

import pytest

from placement import InputError, Problem, place
from placement.conflicts import conflict, only_placed
from tests.generate import random_problem
from tests.judged_reasons import conflict_is_minimal, fits, with_teams
from tests.reasons_fleet import GPU, MODEL, fleet

SHORT = [{"region": "eu", "instance_type": "a10", "price": 1.0, "stock": 2}]
TAINT = {"key": "team", "value": "x", "effect": "NoSchedule"}
BEHIND = {"name": "d", "region": "us", "taints": [TAINT]}
POOL = {"node_pools": [{"name": "gpu", "instance_type": "a10"}]}
FAR = {"region": "us", "instance_type": "a10", "price": 2.0}


def rules(problem: Problem, workload: str | None = None) -> list[str]:
    """Return the rules of the conflict in words."""
    found = conflict(problem, workload)
    assert found is not None
    assert found.proven
    return list(map(str, found.rules))


def two_clusters(*workloads: dict[str, object]) -> Problem:
    """Return two nodes in stock in Europe, and any number behind a taint."""
    one = fleet(*workloads).model_dump(mode="json", exclude_defaults=True)
    clusters = [*one["clusters"], {**BEHIND, **POOL}]
    return Problem.model_validate({**one, "offerings": [*SHORT, FAR], "clusters": clusters})


def test_what_fits_has_no_conflict() -> None:
    assert conflict(fleet()) is None


def test_a_stock_that_is_too_small_stands_alone() -> None:
    assert rules(fleet(offerings=SHORT)) == ["stock of a10 (on-demand) in eu: 2"]


def test_two_ways_out_are_two_rules_in_conflict() -> None:
    assert rules(two_clusters()) == [
        "default/chat: tolerations no taint",
        "stock of a10 (on-demand) in eu: 2",
    ]


def test_rules_of_another_workload_may_be_in_it() -> None:
    problem = two_clusters(
        {"name": "a", "replicas": 2, "requests": GPU, "priority": 9},
        {"name": "b", "replicas": 2, "requests": GPU},
    )
    assert rules(problem, "b") == [
        "default/a: tolerations no taint",
        "default/b: tolerations no taint",
        "stock of a10 (on-demand) in eu: 2",
    ]


def test_where_no_rule_helps_the_figures_say_why() -> None:
    found = conflict(fleet({"name": "big", "replicas": 1, "model": MODEL}))
    assert found is not None
    assert found.rules == ()
    first, second = found.lines()
    assert first == "nothing that an operator can change here helps"
    assert "memory_fit: needs" in second


def test_one_workload_is_asked_about_beside_what_is_placed() -> None:
    problem = fleet(
        {"name": "chat", "replicas": 3, "requests": GPU},
        {"name": "big", "replicas": 1, "model": MODEL},
        offerings=SHORT,
    )
    everything = conflict(problem)
    assert everything is not None
    assert everything.rules == ()
    assert rules(problem, "chat") == ["stock of a10 (on-demand) in eu: 2"]


def test_an_unknown_workload_is_an_error() -> None:
    with pytest.raises(InputError, match="no workload has this name"):
        conflict(fleet(), "chad")


def test_a_search_cut_short_says_so_and_still_keeps_something_out() -> None:
    found = conflict(two_clusters(), most=3)
    assert found is not None
    assert not found.proven
    assert {"stock of a10 (on-demand) in eu: 2"} <= set(map(str, found.rules))


def test_no_more_is_asked_for_than_is_placed() -> None:
    problem = fleet(offerings=SHORT)
    left = place(problem).unplaced
    assert [each.replicas for each in only_placed(problem, left).workloads] == [2]
    assert only_placed(problem, left, but="default/chat") == problem


def test_without_any_member_all_has_a_place() -> None:
    checked = [seed for seed in range(14) if not fits(place(random_problem(seed)))]
    assert sum(conflict_is_minimal(random_problem(seed), seed) for seed in checked) > 4


@pytest.mark.large
def test_without_any_member_all_has_a_place_in_500_problems() -> None:
    found, seed = 0, 100
    while found < 500:
        problem = with_teams(random_problem(seed), seed)
        if not fits(place(problem)):
            conflict_is_minimal(problem, seed)
            found += 1
        seed += 1

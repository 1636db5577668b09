"""The rules that an operator could change: which there are, in which words, and without each."""

from typing import Any

import pytest

from placement import Problem
from placement.relaxing import Relaxable, figures, relaxables, relaxed
from tests.generate import random_problem
from tests.reasons_fleet import GPU, fleet

RUNS = {"name": "n", "node_pool": "gpu", "free": {"cpu": 8, "nvidia.com/gpu": 1}}
CHAT: dict[str, Any] = {
    "name": "chat",
    "replicas": 3,
    "requests": GPU,
    "min_replicas": 2,
    "max_spot_fraction": 0.25,
    "spread": [
        {"by": "cluster", "min_groups": 2, "max_groups": 3},
        {"by": "rack", "max_skew": 1, "max_fraction": 0.5},
    ],
    "survive": [
        {"loss_of": "region", "keep": 0.5},
        {"loss_of": "node", "groups": 2, "keep_replicas": 1},
        {"loss_of": "zone", "keep": 0.5, "keep_replicas": 1},
    ],
    "colocate_with": ["prefill"],
    "separate_from": ["canary"],
    "current": [{"cluster": "c", "node_pool": "gpu", "replicas": 1}],
}
OTHERS = [{"name": name, "replicas": 1, "requests": GPU} for name in ("prefill", "canary")]

WORDS = [
    "default/chat: colocate_with prefill",
    "default/chat: max_spot_fraction 0.25",
    "default/chat: min_replicas 2",
    "default/chat: separate_from canary",
    "default/chat: spread by cluster: max_groups 3",
    "default/chat: spread by cluster: min_groups 2",
    "default/chat: spread by rack keeps to nodes that have it",
    "default/chat: spread by rack: max_fraction 0.5",
    "default/chat: spread by rack: max_skew 1",
    "default/chat: survive loss of 2 x node: keep_replicas 1",
    "default/chat: survive loss of region: keep 0.5",
    "default/chat: survive loss of zone: keep 0.5 and 1 replicas",
    "objective.max_moves: 0",
]


@pytest.fixture
def problem() -> Problem:
    """Return a problem with every rule of groups."""
    cluster = {"nodes": [{**RUNS, "labels": {"rack": "r1"}}]}
    return fleet(CHAT, *OTHERS, cluster=cluster, objective={"max_moves": 0})


def by_words(problem: Problem) -> dict[str, Relaxable]:
    return {str(rule): rule for rule in relaxables(problem)}


def test_every_rule_of_groups_is_listed_in_the_words_of_the_input(problem: Problem) -> None:
    assert sorted(by_words(problem)) == WORDS


def test_without_a_bound_the_other_bounds_stay(problem: Problem) -> None:
    rule = by_words(problem)["default/chat: spread by cluster: min_groups 2"]
    first, second = rule.without(problem).workloads[0].spread
    assert (first.min_groups, first.max_groups) == (1, 3)
    assert second == problem.workloads[0].spread[1]
    assert rule.with_figure(problem, 3).workloads[0].spread[0].min_groups == 3


def test_without_several_rows_each_right_one_is_gone(problem: Problem) -> None:
    known = by_words(problem)
    gone = [rule for words, rule in known.items() if "survive" in words and "2 x" not in words]
    gone += [known["default/chat: spread by rack keeps to nodes that have it"]]
    gone += [known["default/chat: spread by cluster: min_groups 2"]]
    after = relaxed(problem, gone).workloads[0]
    assert [row.loss_of for row in after.survive] == ["node"]
    assert [(row.by, row.min_groups, row.max_groups) for row in after.spread] == [("cluster", 1, 3)]


def test_without_all_rules_nothing_is_asked(problem: Problem) -> None:
    free = relaxed(problem, relaxables(problem))
    chat = free.workloads[0]
    assert [row.model_dump(exclude_defaults=True) for row in chat.spread] == [{"by": "cluster"}]
    assert (chat.survive, chat.colocate_with, chat.separate_from) == ((), (), ())
    assert (chat.min_replicas, chat.max_spot_fraction) == (0, 1.0)
    assert free.objective.max_moves is None
    assert relaxables(free) == ()


def test_a_survival_has_the_figure_that_it_keeps(problem: Problem) -> None:
    known = by_words(problem)
    share = known["default/chat: survive loss of region: keep 0.5"]
    count = known["default/chat: survive loss of 2 x node: keep_replicas 1"]
    both = known["default/chat: survive loss of zone: keep 0.5 and 1 replicas"]
    assert (share.figure, count.figure, both.figure) == (0.5, 1, None)
    assert share.with_figure(problem, 0.4).workloads[0].survive[0].keep == 0.4
    with pytest.raises(ValueError, match="has no figure"):
        both.with_figure(problem, 1)


def test_a_change_is_told_in_words(problem: Problem) -> None:
    rule = by_words(problem)["default/chat: spread by cluster: min_groups 2"]
    assert rule.changed(1) == "default/chat: spread by cluster: min_groups 2 -> 1"
    quota = figures(fleet(quotas=[{"name": "q", "resource": "cpu", "limit": "2500m"}]))[0]
    assert quota.changed(16_000) == "quota q: 2500m -> 16 cpu"


def test_rules_that_cannot_matter_are_left_out() -> None:
    offers = [{"region": "eu", "instance_type": "a10", "price": 1.0, "stock": 3}]
    idle = {"name": "off", "replicas": 0, "min_replicas": 2, "requests": GPU}
    chat = {"name": "chat", "replicas": 3, "requests": GPU, "cluster_affinity": {"regions": ["eu"]}}
    quotas = [{"name": "q", "region": "moon", "limit": 0}]
    assert relaxables(fleet(chat, idle, offerings=offers, quotas=quotas)) == ()
    assert len(relaxables(fleet({**chat, "replicas": 4}, offerings=offers))) == 1


def test_without_all_rules_a_problem_is_valid_and_has_none_but_minima_of_them() -> None:
    for seed in range(60):
        problem = random_problem(seed)
        rules = relaxables(problem)
        assert len(set(rules)) == len(rules), seed
        again = relaxed(relaxed(problem, rules), ())
        assert Problem.model_validate(again.model_dump(mode="json")) == again, seed
        assert not {str(rule) for rule in relaxables(again)} & {str(rule) for rule in rules}, seed

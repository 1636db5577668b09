"""Promises to workloads change by the least that holds, found by halves."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from placement import Plan, Problem, place
from placement.problem import Workload
from placement.promises import kept
from placement.relaxing import Relaxable, relaxables
from placement.relaxing.change import Change, changed, dropped
from tests.reasons_fleet import GPU, fleet

RUNS = {"name": "n", "node_pool": "gpu", "free": {"cpu": 8, "nvidia.com/gpu": 1}}


def problem_with(**fields: Any) -> Problem:
    """Return ten replicas with some rules."""
    chat = {"name": "chat", "replicas": 10, "requests": GPU, **fields}
    objective = {"max_moves": 1} if "current" in fields else {}
    return fleet(chat, cluster={"nodes": [RUNS]}, objective=objective)


def spread(**bounds: Any) -> dict[str, Any]:
    return {"spread": [{"by": "node", **bounds}]}


def survive(**keeps: Any) -> dict[str, Any]:
    return {"survive": [{"loss_of": "node", **keeps}]}


Case = tuple[str, dict[str, Any], Callable[[Workload], bool], str]
CASES: tuple[Case, ...] = (
    ("min_groups", spread(min_groups=8), lambda w: w.spread[0].min_groups <= 5, "8 -> 5"),
    ("max_groups", spread(max_groups=2), lambda w: (w.spread[0].max_groups or 99) >= 7, "2 -> 7"),
    ("max_skew", spread(max_skew=1), lambda w: (w.spread[0].max_skew or 99) >= 4, "1 -> 4"),
    (
        "max_fraction",
        spread(max_fraction=0.25),
        lambda w: w.spread[0].max_fraction >= 0.4,
        "0.25 -> 0.4",
    ),
    (
        "survive",
        survive(keep=0.95),
        lambda w: not w.survive or w.survive[0].keep <= 0.7,
        "0.95 -> 0.7",
    ),
    (
        "survive",
        survive(keep_replicas=9),
        lambda w: not w.survive or w.survive[0].keep_replicas <= 3,
        "9 -> 3",
    ),
    (
        "survive",
        survive(keep=0.85, keep_replicas=6),
        lambda w: not w.survive or (w.survive[0].keep <= 0.5 and w.survive[0].keep_replicas <= 5),
        "keep 0.85 and 6 replicas -> 0.5 and 5 replicas",
    ),
    (
        "max_spot_fraction",
        {"max_spot_fraction": 0.25, "capacity_types": ["on-demand", "spot"]},
        lambda w: w.max_spot_fraction >= 0.6,
        "0.25 -> 0.6",
    ),
    (
        "max_fraction",
        {
            **spread(max_fraction=0.25),
            "replicas": None,
            "load": {"amount": 10.0, "per_replica": {"a10": 1.0}},
        },
        lambda w: w.spread[0].max_fraction >= Fraction(1, 3),
        "0.25 -> 0.334",
    ),
)


def solved(problem: Problem) -> tuple[Plan, dict[str, Relaxable]]:
    """Return the plan without any rule, and the rules by kind."""
    rules = {rule.kind: rule for rule in relaxables(problem)}
    return place(changed(problem, map(dropped, rules.values()))), rules


def least(
    problem: Problem, rule: Relaxable, plan: Plan, holds: Callable[[Problem], bool]
) -> Change:
    """Return what becomes of a rule alone."""
    return kept(problem, (rule,), plan, holds)[rule]


@pytest.mark.parametrize(("kind", "fields", "holds", "words"), CASES)
def test_a_bound_changes_by_the_least_that_holds(
    kind: str, fields: dict[str, Any], holds: Callable[[Workload], bool], words: str
) -> None:
    problem = problem_with(**fields)
    plan, rules = solved(problem)
    change = least(problem, rules[kind], plan, lambda p: holds(p.workloads[0]))
    assert change.words.endswith(words)
    assert holds(changed(problem, [change]).workloads[0])


def test_a_bound_goes_where_no_figure_holds() -> None:
    problem = problem_with(**survive(keep_replicas=4))
    plan, rules = solved(problem)
    change = least(problem, rules["survive"], plan, lambda p: not p.workloads[0].survive)
    assert change.words == "without default/chat: survive loss of node: keep_replicas 4"
    assert changed(problem, [change]).workloads[0].survive == ()


def test_of_two_promises_the_first_gives_least_and_the_second_what_is_then_left() -> None:
    """Both are among the rules to change, so each gives one step at least."""
    problem = problem_with(**survive(keep_replicas=4), **spread(min_groups=4))
    plan, rules = solved(problem)
    both = (rules["min_groups"], rules["survive"])

    def holds(p: Problem) -> bool:
        row = p.workloads[0]
        kept = row.survive[0].keep_replicas if row.survive else 0
        return row.spread[0].min_groups + kept <= 5

    first, second = kept(problem, both, plan, holds).values()
    assert first.words.endswith("min_groups 4 -> 3")
    assert second.words.endswith("keep_replicas 4 -> 2")


def test_moves_are_allowed_as_few_as_hold() -> None:
    problem = problem_with(current=[{"cluster": "c", "node_pool": "gpu", "replicas": 8}])
    plan, rules = solved(problem)

    def holds(changed_problem: Problem) -> bool:
        most = changed_problem.objective.max_moves
        return most is None or most >= 6

    change = least(problem, rules["max_moves"], plan, holds)
    assert change.words == "objective.max_moves: 1 -> 6"


def test_a_least_number_beyond_the_replicas_falls_to_those_placed() -> None:
    problem = problem_with(min_replicas=12)
    plan, rules = solved(problem)
    change = least(
        problem, rules["min_replicas"], plan, lambda p: p.workloads[0].min_replicas <= 10
    )
    assert change.words == "default/chat: min_replicas 12 -> 10"

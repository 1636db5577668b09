"""How the strategies are chosen, and run: rules refused by name, same bytes, limits, cancelling."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from itertools import count
from multiprocessing import get_context

import pytest

from placement import InputError, Problem, place, strategies, verify
from placement.instance import make_instance
from placement.solvers.decomposition import improving
from placement.strategies import refused_rules
from tests.generate import MEDIUM, random_problem
from tests.generate_costs import with_costs
from tests.generate_rules import RULES, with_rules
from tests.held_against_exact import agrees, worth

FIELDS = ("spread", "survive", "min_replicas", "colocate_with", "separate_from", "load", "current")
STARTS = ("cheapest", "ffd")  # what every strategy starts from


def stated(problem: Problem) -> set[str]:
    """Return the rules that a problem states, of those that a decomposition may not take."""
    asked = {name for each in problem.workloads for name in FIELDS if getattr(each, name)}
    asked |= {"nodes_per_replica" for each in problem.workloads if each.nodes_per_replica > 1}
    asked |= {"max_spot_fraction" for each in problem.workloads if each.max_spot_fraction < 1}
    asked |= {name for name in ("limits", "budgets") if getattr(problem, name)}
    return asked


@pytest.mark.parametrize("rule", RULES)
def test_rules_in_use_are_refused_by_name_and_taken_by_the_whole_programme(rule: str) -> None:
    for seed in range(100 * RULES.index(rule), 100 * RULES.index(rule) + 4):
        problem = with_rules(random_problem(seed), seed, frozenset({rule}))
        names = refused_rules(make_instance(problem))
        assert {*names} <= stated(problem), seed
        if names:
            assert_refused(problem, names, seed)
        else:
            agrees(problem, seed)


def assert_refused(problem: Problem, names: tuple[str, ...], seed: int) -> None:
    with pytest.raises(InputError) as caught:
        place(problem, strategy="decomposition")
    (issue,) = caught.value.issues
    assert issue.path == "strategy"
    assert f"cannot take {', '.join(names)}; exact can" in issue.rule, seed
    assert place(problem).strategy == "exact"


def test_every_rule_in_use_is_named() -> None:
    seen: set[str] = set()
    for seed in range(24):
        chosen = frozenset(RULES[seed % 3 :: 3])
        problem = with_rules(random_problem(seed), seed, chosen)
        names = refused_rules(make_instance(problem))
        seen |= {*names}
        if names:
            assert_refused(problem, names, seed)
    assert seen >= {*FIELDS, "nodes_per_replica", "max_spot_fraction", "limits", "budgets"}


def test_the_choice_goes_by_size_and_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = random_problem(3)
    ruled = with_rules(problem, 3, frozenset({"min_replicas"}))
    assert place(problem).strategy == "exact"
    monkeypatch.setattr(strategies, "SMALL_ENOUGH", 0)
    assert place(problem).strategy == "decomposition"
    assert refused_rules(make_instance(ruled)) == ("min_replicas",)
    assert place(ruled).strategy == "exact"


@pytest.fixture(scope="module")
def processes() -> Iterator[Executor]:
    """Return two processes."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        yield executor


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut small problems into several blocks."""
    monkeypatch.setattr(improving, "SIZE", 2)


@pytest.mark.usefixtures("in_parts")
def test_plans_are_the_same_with_any_executor(processes: Executor) -> None:
    for seed in range(20, 32):
        problem = with_costs(random_problem(seed, size=MEDIUM), seed)
        if refused_rules(make_instance(problem)):
            continue
        first = place(problem, strategy="decomposition").fingerprint()
        assert place(problem, strategy="decomposition").fingerprint() == first, seed
        for executor in (ThreadPoolExecutor(1), ThreadPoolExecutor(3), processes):
            plan = place(problem, strategy="decomposition", executor=executor)
            assert plan.fingerprint() == first, seed


@pytest.mark.usefixtures("in_parts")
def test_blocks_of_two_workloads_are_never_beyond_the_optimum() -> None:
    for seed in range(300, 315):
        problem = random_problem(seed, size=MEDIUM)
        agrees(with_costs(problem, seed) if seed % 2 else problem, seed, STARTS)


@pytest.mark.large
@pytest.mark.usefixtures("in_parts")
@pytest.mark.parametrize("first", range(3000, 5000, 250))
def test_nor_are_they_on_thousands_of_problems(first: int) -> None:
    for seed in range(first, first + 250):
        problem = random_problem(seed, size=MEDIUM)
        agrees(with_costs(problem, seed) if seed % 2 else problem, seed, STARTS)


def after(calls: int) -> Callable[[], bool]:
    """Return what asks to stop from a number of calls on."""
    number = count()
    return lambda: next(number) >= calls


@pytest.mark.usefixtures("in_parts")
@pytest.mark.parametrize("calls", [0, 1, 2])
def test_cancelled_decomposition_leaves_a_plan_no_worse_than_the_greedy_one(calls: int) -> None:
    ended = set()
    for seed in range(400, 408):
        problem = random_problem(seed, size=MEDIUM)
        if place(problem).status == "infeasible":
            continue
        plan = place(problem, strategy="decomposition", cancel=after(calls))
        assert verify(problem, plan) == (), seed
        if plan.strategy == "decomposition":
            quick = place(problem, strategy="greedy")
            assert worth(problem, plan) <= worth(problem, quick), seed
        ended.add(plan.ended_by)
    assert "cancelled" in ended


@pytest.mark.parametrize("seconds", [1e-9, 1e-3, 0.02])
def test_little_time_leaves_a_verified_plan(seconds: float) -> None:
    for seed in range(500, 508):
        problem = random_problem(seed, size=MEDIUM)
        if place(problem).status == "infeasible":
            continue
        plan = place(problem, strategy="decomposition", time_limit=seconds)
        assert verify(problem, plan) == (), seed
        assert plan.lower_bound <= plan.objective.total, seed

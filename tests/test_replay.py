"""Threads of other projects, run: the figures of the rule in use, and those of ``place()``."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pytest

from placement import Plan, Problem, place, verify
from tests.replay.families import FAMILIES
from tests.replay.measures import HIGHER, counted
from tests.replay.page import PAGE, page
from tests.replay.scenario import Scenario

MAKERS = {make.__name__: make for makers in FAMILIES.values() for make in makers}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A scenario with both plans."""

    scenario: Scenario
    problem: Problem
    theirs: Plan
    ours: Plan


@cache
def run(name: str) -> Run:
    """Return a scenario, run once."""
    scenario = MAKERS[name]()
    problem = scenario.problem
    theirs = scenario.incumbent.plan(problem)
    return Run(scenario=scenario, problem=problem, theirs=theirs, ours=place(problem))


every = pytest.mark.parametrize("name", MAKERS)


@every
def test_the_rule_in_use_reaches_the_figures_of_the_page(name: str) -> None:
    case = run(name)
    asserted = {measure: theirs for measure, (theirs, _) in case.scenario.figures.items()}
    assert {each: counted(case.problem, case.theirs, each) for each in asserted} == asserted


@every
def test_the_plan_reaches_the_figures_of_the_page(name: str) -> None:
    case = run(name)
    asserted = {measure: ours for measure, (_, ours) in case.scenario.figures.items()}
    assert {each: counted(case.problem, case.ours, each) for each in asserted} == asserted


@every
def test_the_plan_is_proven_and_the_verifier_accepts_it(name: str) -> None:
    case = run(name)
    assert case.ours.status == "optimal"
    assert case.ours.gap == 0
    assert verify(case.problem, case.ours) == ()
    moved = counted(case.problem, case.ours, "moved")
    assert sum(move.replicas for move in case.ours.moves) == moved


@every
def test_ours_is_better_where_the_scenario_claims_it(name: str) -> None:
    scenario = run(name).scenario
    assert scenario.better or scenario.says
    for measure in scenario.better:
        theirs, ours = scenario.figures[measure]
        assert ours > theirs if measure.startswith(HIGHER) else ours < theirs


@every
def test_fewer_replicas_are_placed_only_where_the_rule_breaks_another(name: str) -> None:
    case = run(name)
    if counted(case.problem, case.ours, "placed") < counted(case.problem, case.theirs, "placed"):
        loads = any(workload.load for workload in case.problem.workloads)
        broken = {found.rule for found in verify(case.problem, case.theirs)}
        assert loads or broken & {"spot_share", "budget"}


@every
def test_reasons_hold_what_the_scenario_says(name: str) -> None:
    case = run(name)
    assert missing(case.scenario.says, case.ours) == []
    assert missing(case.scenario.they_say, case.theirs) == []


def missing(said: tuple[str, ...], plan: Plan) -> list[str]:
    """Return what stands in no reason of a plan."""
    reasons = [reason for row in plan.unplaced for reason in row.reasons]
    return [words for words in said if not any(words in reason for reason in reasons)]


def test_names_and_threads_are_not_given_twice() -> None:
    makers: list[Callable[[], Scenario]] = [make for each in FAMILIES.values() for make in each]
    assert len(MAKERS) == len(makers)
    asks = [(scenario.thread, scenario.ask) for scenario in (make() for make in makers)]
    assert len(asks) == len(set(asks))


def test_the_page_shows_the_scenarios() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()

"""How little amounts and rules on places have to change for a plan that holds without them."""

from fractions import Fraction
from functools import partial
from math import ceil

from placement.candidates import find_candidates
from placement.plan import Plan
from placement.problem import Problem
from placement.promises import FINE, Holds
from placement.relaxing import Figure, Relaxable
from placement.relaxing.change import Change, changed, dropped, figured
from placement.relaxing.places import PLACES, widened
from placement.relaxing.rule import with_workload
from placement.relaxing.usage import places_of, usage

__all__ = ["tightened"]


def tightened(
    problem: Problem,
    rules: tuple[Relaxable, ...],
    kept: dict[Relaxable, Change],
    plan: Plan,
    holds: Holds,
) -> tuple[Change, ...]:
    """Return the least change of each rule for a plan that holds with all of them changed.

    Figures are read off the plan where it says what it uses. What then turns out not to do is
    dropped whole.

    Parameters
    ----------
    kept
        The changes of promises, which stay as they are.
    plan
        The cheapest one with these, and without the other rules.
    holds
        Whether a problem has a plan that is as good.
    """
    gone = {rule: dropped(rule) for rule in rules} | kept
    read = _read_off(problem, [rule for rule in rules if rule not in kept], gone, plan)
    found = {**gone, **read}
    if not holds(changed(problem, found.values())):
        found = gone
        for rule in read:
            one = {**found, rule: read[rule]}
            found = one if holds(changed(problem, one.values())) else found
    return tuple(change for change in found.values() if change.words)


def _read_off(
    problem: Problem, rules: list[Relaxable], gone: dict[Relaxable, Change], plan: Plan
) -> dict[Relaxable, Change]:
    """Return the changes that a plan itself tells."""
    used = usage(problem, changed(problem, gone.values()), plan)
    candidates = find_candidates(problem)
    at = {workload.key: number for number, workload in enumerate(problem.workloads)}
    read = {}
    for rule in rules:
        use = used.get((rule.kind, rule.label))
        if use is not None:
            read[rule] = _to(rule, _rounded(rule, use.used))
        elif rule.kind in PLACES:
            workload = problem.workloads[at[rule.workload]]
            supplies = places_of(problem, plan, workload.key)
            value, words = widened(rule, workload, supplies, candidates)
            if value is not None:
                read[rule] = _field(rule, at[rule.workload], value, words)
    return read


def _to(rule: Relaxable, figure: Figure) -> Change:
    """Return the change to a figure, none where the rule allows it already."""
    change = figured(rule, figure)
    fine = figure <= (rule.figure or 0)
    return Change(rule=rule, words="", apply=change.apply) if fine else change


def _field(rule: Relaxable, at: int, value: object, words: str) -> Change:
    return Change(rule=rule, words=words, apply=partial(_with_field, at, rule.kind, value))


def _with_field(at: int, field: str, value: object, problem: Problem) -> Problem:
    return with_workload(problem, at, **{field: value})


def _rounded(rule: Relaxable, used: Fraction) -> Figure:
    """Return a figure that is no less than what is used: money to millionths."""
    return ceil(used * FINE) / FINE if rule.kind == "budget" else int(used)

"""How little rules have to change for a plan that holds without them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from math import ceil, floor

from placement.candidates import find_candidates
from placement.plan import Plan
from placement.problem import Problem, Workload
from placement.problem.base import Money
from placement.relaxing import Figure, Relaxable
from placement.relaxing.places import PLACES, widened
from placement.relaxing.rule import edited, with_workload
from placement.relaxing.usage import places_of, usage

__all__ = ["Change", "changed", "dropped", "tightened"]

FINE = 10**6  # parts of a share, or of a unit of money, to which figures are rounded

Holds = Callable[[Problem], bool]

_LEAST = {"pool_minimum", "min_replicas"}  # figures that are too high; all others are too low


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be done to one rule.

    Parameters
    ----------
    words
        Such as ``quota gn7: 320 -> 352 vcpus``; empty where the rule may stay as it is.
    apply
        Gives the problem with the change; not yet validated.
    """

    rule: Relaxable
    words: str
    apply: Callable[[Problem], Problem]


def changed(problem: Problem, changes: Iterable[Change]) -> Problem:
    """Return the problem with changes, validated."""
    for change in sorted(changes, key=lambda each: each.rule.order):
        problem = change.apply(problem) if change.words else problem
    return edited(problem)


def dropped(rule: Relaxable) -> Change:
    """Return the change that takes a rule away."""
    return _figured(rule, None)


def tightened(
    problem: Problem, rules: tuple[Relaxable, ...], plan: Plan, holds: Holds
) -> tuple[Change, ...]:
    """Return the least change of each rule for a plan that holds with all of them gone.

    Figures are read off the plan where it says what it uses; bounds of groups are found by halves.
    What then turns out not to do is dropped whole.

    Parameters
    ----------
    plan
        The cheapest one without the rules.
    holds
        Whether a problem has a plan that is as good.
    """
    gone = {rule: dropped(rule) for rule in rules}
    read = _read_off(problem, rules, plan)
    found = {**gone, **read}
    if not holds(changed(problem, found.values())):
        found = gone
        for rule in read:
            one = {**found, rule: read[rule]}
            found = one if holds(changed(problem, one.values())) else found
    for rule in rules:
        steps = _steps(problem, rule, plan)
        if steps and rule not in read:
            found = _nearest(problem, rule, steps, found, holds)
    return tuple(change for change in found.values() if change.words)


def _figured(rule: Relaxable, figure: Figure | None) -> Change:
    """Return the change to another figure, or to no rule."""
    words = f"without {rule}" if figure is None else rule.changed(figure)
    return Change(rule=rule, words=words, apply=lambda problem: rule.edit(problem, figure))


def _read_off(
    problem: Problem, rules: tuple[Relaxable, ...], plan: Plan
) -> dict[Relaxable, Change]:
    """Return the changes that a plan itself tells."""
    gone = edited(problem)
    for rule in sorted(rules, key=lambda each: each.order):
        gone = rule.edit(gone, None)
    gone = edited(gone)
    used = usage(problem, gone, plan)
    candidates = find_candidates(problem)  # for its network, which users may no longer need
    at = {workload.key: number for number, workload in enumerate(problem.workloads)}
    read = {}
    for rule in rules:
        use = used.get((rule.kind, rule.label))
        if use is not None:
            read[rule] = _to(rule, _rounded(rule, use.used))
        elif rule.kind in {"max_spot_fraction", "min_replicas"}:
            read[rule] = _to(rule, _of_replicas(rule, plan))
        elif rule.kind in PLACES:
            workload = problem.workloads[at[rule.workload]]
            supplies = places_of(problem, plan, workload.key)
            value, words = widened(rule, workload, supplies, candidates)
            if value is not None:
                read[rule] = _field(rule, at[rule.workload], workload, value, words)
    return read


def _to(rule: Relaxable, figure: Figure) -> Change:
    """Return the change to a figure, none where the rule allows it already."""
    stated = rule.figure or 0
    fine = figure >= stated if rule.kind in _LEAST else figure <= stated
    change = _figured(rule, figure)
    return Change(rule=rule, words="", apply=change.apply) if fine else change


def _field(rule: Relaxable, at: int, workload: Workload, value: object, words: str) -> Change:
    fields = {rule.kind: value}
    if rule.kind == "max_ms":
        fields = {"users": workload.users.model_copy(update={"max_ms": value})}
    return Change(rule=rule, words=words, apply=partial(_with_fields, at, fields))


def _with_fields(at: int, fields: dict[str, object], problem: Problem) -> Problem:
    return with_workload(problem, at, **fields)


def _rounded(rule: Relaxable, used: Fraction) -> Figure:
    """Return a figure that is no less than what is used: money to millionths."""
    return ceil(used * FINE) / FINE if rule.kind == "budget" else int(used)


def _of_replicas(rule: Relaxable, plan: Plan) -> Figure:
    """Return how many replicas are placed, or the share of them that is on spot."""
    rows = [row for row in plan.assignments if row.workload == rule.workload]
    placed = sum(row.replicas for row in rows)
    if rule.kind == "min_replicas":
        return placed
    spot = sum(row.replicas for row in rows if row.capacity_type == "spot")
    return ceil(Fraction(spot * FINE, max(1, placed))) / FINE


def _steps(problem: Problem, rule: Relaxable, plan: Plan) -> list[Figure]:
    """Return the figures that a bound of groups or moves may take, the nearest first."""
    if rule.figure is None:
        return []
    nodes = {workload.key: workload.nodes_per_replica for workload in problem.workloads}
    rows = [row for row in plan.assignments if row.workload == rule.workload]
    placed = sum(row.replicas for row in rows) * nodes.get(rule.workload, 1)
    stated = Fraction(Money.exact(rule.figure))
    match rule.kind:
        case "min_groups":
            return list(range(int(stated) - 1, 0, -1))
        case "max_groups" | "max_skew":
            return list(range(int(stated) + 1, placed + 1))
        case "max_fraction":
            above = range(floor(stated * placed) + 1, placed + 1)
            return [ceil(Fraction(part * FINE, placed)) / FINE for part in above]
        case "survive" if isinstance(rule.figure, int):
            return list(range(int(stated) - 1, 0, -1))
        case "survive":
            below = range(ceil(stated * placed) - 1, 0, -1)
            return [floor(Fraction(part * FINE, placed)) / FINE for part in below]
        case "max_moves":
            runs = sum(row.replicas for each in problem.workloads for row in each.current)
            return list(range(int(stated) + 1, runs + 1))
    return []


def _nearest(
    problem: Problem,
    rule: Relaxable,
    steps: list[Figure],
    found: dict[Relaxable, Change],
    holds: Holds,
) -> dict[Relaxable, Change]:
    """Return changes with the nearest figure of a rule that holds; without the rule where none."""
    low, high = 0, len(steps)  # the answer is within; at the end: no figure, the rule goes
    while low < high:
        middle = (low + high) // 2
        one = {**found, rule: _figured(rule, steps[middle])}
        if holds(changed(problem, one.values())):
            high = middle
        else:
            low = middle + 1
    return found if high == len(steps) else {**found, rule: _figured(rule, steps[high])}

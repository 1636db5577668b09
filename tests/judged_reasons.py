"""Conflicts, repairs and shadow prices held against placing again, and all sets of rules."""

from itertools import combinations
from random import Random

import pytest

from placement import Plan, Problem, place, verify
from placement.conflicts import conflict, only_placed
from placement.problem.base import Money
from placement.relaxing import Relaxable, figures, relaxables, relaxed
from placement.repairs import Repair, repair
from placement.shadow_prices import ShadowPrice, shadow_prices
from tests.least_by_trying import cheapest_repair

__all__ = [
    "conflict_is_minimal",
    "fits",
    "no_other_repair_is_better",
    "prices_are_those_of_solving_again",
    "promises_are_kept",
    "repair_makes_whole",
    "with_teams",
]


def fits(plan: Plan) -> bool:
    """Return whether a plan exists and leaves nothing out."""
    return plan.status != "infeasible" and not plan.unplaced


def with_teams(problem: Problem, seed: int) -> Problem:
    """Return a problem with a limit, a budget and a share on spot that may bind."""
    rng = Random(seed)
    document = problem.model_dump(exclude_defaults=True, mode="json")
    if rng.random() < 0.4:
        cpu = sum(w.requests.get("cpu", 0) * w.most_replicas for w in problem.workloads)
        share = rng.choice((0.3, 0.7, 1.0))
        document["limits"] = [{"name": "l", "resource": "cpu", "max": f"{int(cpu * share)}m"}]
    if rng.random() < 0.4:
        most = rng.choice((0.0, 0.5, 1.25, 2.1, 4.0))
        document["budgets"] = [{"name": "b", "max_cost_per_hour": most}]
    for workload in document.get("workloads", ()):
        if rng.random() < 0.3:
            workload["max_spot_fraction"] = rng.choice((0.0, 0.3, 0.5))
    return Problem.model_validate(document)


def conflict_is_minimal(problem: Problem, seed: int) -> bool:
    """Fail unless the conflict keeps something out, and does not without any member.

    Returns whether anything can be changed to any use.
    """
    found = conflict(problem)
    assert found is not None, seed
    rules = relaxables(problem)
    others = [rule for rule in rules if rule not in found.rules]
    assert not fits(place(relaxed(problem, others))), seed
    for rule in found.rules:
        assert fits(place(relaxed(problem, [*others, rule]))), (seed, str(rule))
    assert found.proven, seed
    if not found.rules:
        assert not others or found.hard, seed
    return bool(found.rules)


def repair_makes_whole(problem: Problem, plan: Plan, seed: int) -> bool:
    """Fail unless applying the repair makes the plan whole, as far as any change could.

    Returns whether there is a repair of everything.
    """
    found = repair(problem, plan)
    best = place(relaxed(problem, relaxables(problem)))
    if found is None:
        assert best.replicas_unplaced == plan.replicas_unplaced, seed
        return False
    assert verify(found.problem, found.plan) == (), seed
    again = place(found.problem)
    assert again.objective.total == pytest.approx(found.cost, abs=1e-9), seed
    assert found.proven or _relaxing_may_harm(problem), seed
    assert len(found.changes) == len(found.rules) > 0, seed
    assert again.replicas_unplaced == best.replicas_unplaced, seed
    assert fits(again) == (not found.left), seed
    return fits(again)


def _relaxing_may_harm(problem: Problem) -> bool:
    """Return whether rules may keep more out when relaxed, so that a repair cannot be proven."""
    return any(
        any(row.max_skew is not None for row in each.spread)
        or (problem.objective.max_moves is not None and bool(each.current))
        or (each.load is not None and each.may_exceed_load)
        for each in problem.workloads
    )


_WIDENS = {"max_groups", "max_skew", "max_moves", "max_fraction", "max_spot_fraction", "max_ms"}
_NARROWS = {"min_groups", "min_replicas", "pool_minimum", "survive", "confidence"}
_THOUSANDTHS = {"max_ms", "confidence"}


def promises_are_kept(problem: Problem, found: Repair, seed: int) -> int:
    """Fail where a promise of a repair could be a step nearer to what is stated.

    Others as they are, and whatever else of the repair is relaxed. Returns how many were tried.
    """
    figures = {
        rule: _figure_in(words) if rule.kind in _WIDENS | _NARROWS else None
        for rule, words in zip(found.rules, found.changes, strict=True)
    }
    asked = only_placed(problem, found.left)
    tried = 0
    for rule, figure in figures.items():
        if figure is None or rule.figure is None:
            continue
        nearer = _nearer(problem, rule, figure)
        if nearer != rule.figure:
            tried += 1
            assert not fits(place(relaxed(asked, figures | {rule: nearer}))), (seed, str(rule))
    return tried


def _figure_in(words: str) -> float | int | None:
    """Return the figure that a change ends with; None of two figures, or where the rule goes."""
    last = words.rpartition(" -> ")[2].split()
    return None if words.startswith("without ") or len(last) > 1 else _number(last[0])


def _number(word: str) -> float | int:
    return int(word) if word.isdigit() else float(word)


def _nearer(problem: Problem, rule: Relaxable, figure: float) -> float | int:
    load = any(each.key == rule.workload and each.load is not None for each in problem.workloads)
    sign = -1 if rule.kind in _WIDENS else 1
    if isinstance(rule.figure, int):
        return int(figure) + sign
    return round(figure + sign * (1e-3 if load or rule.kind in _THOUSANDTHS else 1e-6), 6)


def no_other_repair_is_better(problem: Problem, plan: Plan, seed: int) -> bool:
    """Fail unless no set of fewer rules does, and none of as many gives a cheaper plan.

    Returns whether there is a repair. Every set is tried by exhaustive search over packings, with
    as little of its promises given up as can be.
    """
    found = repair(problem, plan)
    if found is None or found.left or not found.proven:
        return False
    rules = relaxables(problem)
    for size in range(len(found.rules)):
        for some in combinations(rules, size):
            assert cheapest_repair(problem, some) is None, (seed, [str(rule) for rule in some])
    costs = [cheapest_repair(problem, some) for some in combinations(rules, len(found.rules))]
    least = min(cost for cost in costs if cost is not None)
    assert found.cost == pytest.approx(least, abs=1e-9), seed
    return True


def prices_are_those_of_solving_again(problem: Problem, plan: Plan, seed: int) -> int:
    """Fail unless every price is the difference to placing anew with one step more, or less.

    Returns how many figures matter.
    """
    rows = shadow_prices(problem, plan)
    rules = figures(problem)
    assert [row.rule for row in rows] == [rule.label.removesuffix(":") for rule in rules], seed
    for row, rule in zip(rows, rules, strict=True):
        for step, money, replicas, sign in (
            (row.more, row.saves, row.places, 1),
            (row.less, row.costs, row.displaces, -1),
        ):
            if not step:
                assert (money, replicas) == (0.0, 0.0), (seed, row)
                continue
            after = place(rule.with_figure(problem, _moved(row, rule, sign * step)))
            placed = sign * (_left(problem, plan) - _left(problem, after)) / step
            assert replicas == pytest.approx(placed, abs=1e-9), (seed, row)
            if money is not None:
                saved = sign * (plan.objective.total - after.objective.total) / step
                assert money == pytest.approx(saved, abs=1e-9), (seed, row)
    return sum(row.matters for row in rows)


def _left(problem: Problem, plan: Plan) -> float:
    """Return what is left out: replicas, and the shares of loads."""
    loads = {w.key: w.load.amount for w in problem.workloads if w.load is not None}
    return sum(
        row.replicas + (row.load or 0.0) / loads.get(row.workload, 1) for row in plan.unplaced
    )


def _moved(row: ShadowPrice, rule: Relaxable, step: float) -> float | int:
    """Return a figure that is so many units more."""
    if rule.kind == "budget":
        return float(Money.exact(row.bound) + Money.exact(step))
    size = {"core": 1000, "GiB": 2**30}.get(row.unit, 1)
    return round((row.bound + step) * size)

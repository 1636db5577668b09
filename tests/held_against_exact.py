"""Plans of the strategies for large fleets, held against the proven plan of the whole programme."""

from collections.abc import Iterable

import pytest

from placement import Plan, Problem, place, verify
from placement.left_out import left_by_priority
from placement.solvers.greedy import BASELINES

__all__ = ["agrees", "worth"]

Worth = tuple[tuple[float, ...], float]


def worth(problem: Problem, plan: Plan) -> Worth:
    """Return what plans are compared by: replicas left out, the highest priority first; money."""
    return left_by_priority(problem, plan), plan.objective.total


def agrees(
    problem: Problem, seed: int, baselines: Iterable[str] = tuple(BASELINES)
) -> float | None:
    """Fail unless decomposition and greedy are right about a problem without refused rules.

    Parameters
    ----------
    baselines
        Greedy rules than which it must not be worse.

    Returns
    -------
    float or None
        Relative distance of the decomposition's cost to the optimum; None where there is no plan,
        or more is left out than need be.
    """
    exact = place(problem, strategy="exact")
    found = place(problem, strategy="decomposition")
    quick = place(problem, strategy="greedy")
    assert (found.status == "infeasible") == (exact.status == "infeasible"), seed
    if exact.status == "infeasible":
        return None
    assert (exact.status, found.strategy) == ("optimal", "decomposition"), seed
    best, mine = worth(problem, exact), worth(problem, found)
    for plan in (found, quick):
        assert verify(problem, plan) == (), seed
        assert not _better(worth(problem, plan), best), seed
    assert not _better(worth(problem, quick), mine), seed
    for name in baselines:
        other = BASELINES[name](problem)
        if other.status != "infeasible":
            assert not _better(worth(problem, other), mine), (seed, name)
    _bounds_hold(problem, found, best, seed)
    if mine[0] != best[0]:
        return None
    return mine[1] / best[1] - 1 if best[1] > 0 else mine[1]


def _better(one: Worth, other: Worth) -> bool:
    """Return whether a plan is better than another by more than sums of money are inexact."""
    return one[0] < other[0] or (one[0] == other[0] and one[1] < other[1] - _inexact(other[1]))


def _inexact(money: float) -> float:
    return 1e-9 * max(1.0, money)


def _bounds_hold(problem: Problem, plan: Plan, best: Worth, seed: int) -> None:
    """Fail unless every bound of a plan is one, and its gap as stated."""
    left, cost = best
    mine, money = worth(problem, plan)
    if mine == left:
        assert plan.lower_bound <= cost + _inexact(cost), seed
    if plan.gap < 1:
        assert money <= plan.lower_bound / (1 - plan.gap) + _inexact(money), seed
    if plan.status == "optimal":
        assert mine == left, seed
        assert money == pytest.approx(cost, rel=1e-9), seed
    placed = [level for level in plan.levels if level.level == "placed"]
    if [level.priority for level in placed] == [None]:
        assert placed[0].value == sum(mine), seed
        assert placed[0].bound <= sum(left), seed
        return
    for number, level in enumerate(placed):
        assert level.bound <= level.value == mine[number], seed
        if mine[:number] == left[:number]:
            assert level.bound <= left[number], seed

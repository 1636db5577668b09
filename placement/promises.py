"""Bounds that promise something to a workload, kept as far as a whole plan leaves room for.

More of an amount (stock, a quota, a budget) is bought with money, so money says how much. What is
given up of a promise (a survival, a spread, a latency) has no price, so as little of it as can be.
"""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial
from math import ceil, floor

from placement.paths import paths_of
from placement.plan import Plan
from placement.problem import Problem, Survive, Workload
from placement.problem.base import Money
from placement.relaxing import Figure, Relaxable
from placement.relaxing.change import Change, changed, dropped, figured
from placement.relaxing.rule import with_workload

__all__ = ["FINE", "kept"]

FINE = 10**6  # parts of a share, or of a unit of money, to which figures are rounded
THOUSANDTHS = 1000  # parts of a confidence, and of a share of replicas whose number is not fixed

Holds = Callable[[Problem], bool]


def kept(
    problem: Problem, rules: tuple[Relaxable, ...], plan: Plan, holds: Holds
) -> dict[Relaxable, Change]:
    """Return the least change of each promise among some rules; the other rules are gone.

    One after the other, by halves: none of the figures can be one step nearer to what is stated,
    while the others are as they are. A promise of which no figure holds goes.

    Parameters
    ----------
    plan
        A whole one without the rules.
    holds
        Whether a problem has a whole plan.
    """
    found = {rule: dropped(rule) for rule in rules}
    promises = []
    for rule in rules:
        steps = _steps(problem, rule, plan)
        if steps:
            promises.append(rule)
            found[rule] = _nearest(problem, steps, found, holds)
    return {rule: found[rule] for rule in promises}


def _nearest(
    problem: Problem, steps: list[Change], found: dict[Relaxable, Change], holds: Holds
) -> Change:
    """Return the nearest step that holds, the last one being that the rule goes."""
    rule = steps[0].rule
    steps = [*steps, found[rule]]
    low, high = 0, len(steps) - 1  # the answer is within
    while low < high:
        middle = (low + high) // 2
        if holds(changed(problem, {**found, rule: steps[middle]}.values())):
            high = middle
        else:
            low = middle + 1
    return steps[high]


def _steps(problem: Problem, rule: Relaxable, plan: Plan) -> list[Change]:
    """Return what may become of a promise, the nearest first; nothing of what is none."""
    workloads = {each.key: each for each in problem.workloads}
    workload = workloads.get(rule.workload)
    stated = Fraction(Money.exact(rule.figure or 0))
    match rule.kind:
        case "pool_minimum":
            return _figured(rule, range(int(stated) - 1, -1, -1))
        case "max_moves":
            runs = sum(row.replicas for each in problem.workloads for row in each.current)
            return _figured(rule, range(int(stated) + 1, runs + 1))
        case "confidence":
            parts = range(ceil(stated * THOUSANDTHS) - 1, 0, -1)
            return _figured(rule, [part / THOUSANDTHS for part in parts])
    if workload is None:
        return []
    most = _most(workload, plan)
    match rule.kind:
        case "min_groups" | "min_replicas":
            return _figured(rule, range(int(stated) - 1, 0, -1))
        case "max_groups" | "max_skew":
            return _figured(rule, range(int(stated) + 1, most + 1))
        case "max_fraction" | "max_spot_fraction":
            return _figured(rule, _shares_above(stated, most, workload))
        case "survive" if rule.figure is None:
            return list(_both(problem, rule, most))
        case "survive" if isinstance(rule.figure, int):
            return _figured(rule, range(int(stated) - 1, 0, -1))
        case "survive":
            return _figured(rule, _shares_below(stated, most, workload))
        case "max_ms":
            return _figured(rule, _latencies(problem, workload, stated))
    return []


def _figured(rule: Relaxable, figures: Sequence[Figure]) -> list[Change]:
    return [figured(rule, figure) for figure in figures]


def _most(workload: Workload, plan: Plan) -> int:
    """Return the replicas of a plan, counted on every node that one has; of a load, the most."""
    rows = (row.replicas for row in plan.assignments if row.workload == workload.key)
    replicas = sum(rows) if workload.load is None else workload.most_replicas
    return replicas * workload.nodes_per_replica


def _shares_above(stated: Fraction, placed: int, workload: Workload) -> list[float]:
    whole = placed if workload.load is None else THOUSANDTHS
    parts = range(floor(stated * whole) + 1, whole + 1)
    return [ceil(Fraction(part * FINE, whole)) / FINE for part in parts]


def _shares_below(stated: Fraction, placed: int, workload: Workload) -> list[float]:
    whole = placed if workload.load is None else THOUSANDTHS
    parts = range(ceil(stated * whole) - 1, 0, -1)
    return [floor(Fraction(part * FINE, whole)) / FINE for part in parts]


def _both(problem: Problem, rule: Relaxable, placed: int) -> Iterator[Change]:
    """Yield ever less of a survival that keeps a share and a number, by what runs on."""
    at = next(n for n, each in enumerate(problem.workloads) if each.key == rule.workload)
    workload = problem.workloads[at]
    row, spans = workload.survive[rule.number], workload.nodes_per_replica
    share = ceil(Fraction(Money.exact(row.keep)) * placed)
    for left in range(max(share, row.keep_replicas * spans) - 1, 0, -1):
        keep = min(row.keep, floor(Fraction(left * FINE, placed)) / FINE)
        fields = {"keep": keep, "keep_replicas": min(row.keep_replicas, left // spans)}
        less = row.model_copy(update=fields)
        words = f"{rule} -> {keep:.10g} and {less.keep_replicas} replicas"
        yield Change(rule=rule, words=words, apply=partial(_with_row, at, rule.number, less))


def _with_row(at: int, number: int, row: Survive, problem: Problem) -> Problem:
    rows = problem.workloads[at].survive
    return with_workload(problem, at, survive=(*rows[:number], row, *rows[number + 1 :]))


def _latencies(problem: Problem, workload: Workload, stated: Fraction) -> list[float]:
    """Return the latencies, in ms, to regions that are farther than is stated."""
    paths = paths_of(problem)
    regions = {cluster.region for cluster in problem.clusters}
    found = {paths.latency_ms(workload, region) for region in regions} - {None}
    return sorted({ceil(ms * 1000) / 1000 for ms in found if ms is not None and ms > stated})

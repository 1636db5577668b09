"""The least change of rules that makes everything fit, by trying one figure after the other.

Every figure there is, the nearest to what is stated first, and every packing of each;
confidences by halves.
"""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from math import floor

from placement.problem import Problem, Survive
from placement.relaxing import Figure, Relaxable, relaxed
from placement.relaxing.rule import with_workload
from tests.exhaustive import optimum
from tests.exhaustive_users import latency

__all__ = ["cheapest_repair"]

Changes = dict[Relaxable, Figure | None]

_FINE = 10**6


def cheapest_repair(problem: Problem, gone: tuple[Relaxable, ...]) -> float | None:
    """Return the cost of the best plan with some rules changed; None where that does not do.

    Of promises as little as can be is given up, the first by name first; other rules go.
    """
    changes: Changes = dict.fromkeys(gone)
    cost = _whole(relaxed(problem, changes))
    if cost is None:
        return None
    for rule in sorted(gone, key=str):
        others = {each: figure for each, figure in changes.items() if each != rule}
        steps: list[Changes] = [{rule: figure} for figure in _figures(problem, rule)]
        steps += _rows(problem, rule)
        if rule.kind == "confidence":
            steps = _halved(problem, others, steps)
        for one in steps:
            tried = _whole(relaxed(problem, others | one))
            if tried is not None:
                changes, cost = others | one, tried
                break
    return cost


def _halved(problem: Problem, others: Changes, steps: list[Changes]) -> list[Changes]:
    """Return the first step that does and those after it: there are too many to try each."""
    low, high = 0, len(steps)
    while low < high:
        middle = (low + high) // 2
        if _whole(relaxed(problem, others | steps[middle])) is None:
            low = middle + 1
        else:
            high = middle
    return steps[low:]


def _whole(problem: Problem) -> float | None:
    """Return the cost of the best plan, None where something is left out."""
    answer = optimum(problem)
    asked = sum(
        (each.replicas or 0) if each.load is None else int(each.load.amount > 0)
        for each in problem.workloads
    )
    if not answer.feasible or sum(Fraction(count) for _, count in answer.placed) < asked:
        return None
    return float(answer.cost)


def _rows(problem: Problem, rule: Relaxable) -> Iterator[Changes]:
    """Yield ever less of a survival that keeps a share and a number."""
    if rule.kind != "survive" or rule.figure is not None:
        return
    at = next(n for n, each in enumerate(problem.workloads) if each.key == rule.workload)
    workload = problem.workloads[at]
    row, most = workload.survive[rule.number], workload.most_replicas * workload.nodes_per_replica
    for left in range(most, 0, -1):
        keep = min(row.keep, floor(Fraction(left * _FINE, most)) / _FINE)
        number = min(row.keep_replicas, left // workload.nodes_per_replica)
        if (keep, number) != (row.keep, row.keep_replicas):
            less = row.model_copy(update={"keep": keep, "keep_replicas": number})
            yield {replace(rule, edit=partial(_with_row, at, rule.number, less)): None}


def _with_row(at: int, number: int, row: Survive, problem: Problem, _: Figure | None) -> Problem:
    rows = list(problem.workloads[at].survive)
    rows[number] = row
    return with_workload(problem, at, survive=tuple(rows))


def _figures(problem: Problem, rule: Relaxable) -> list[int] | list[float]:
    """Return the figures that a promise may have, the nearest to the stated one first."""
    stated = rule.figure
    if stated is None:
        return []
    most = max((w.most_replicas * w.nodes_per_replica for w in problem.workloads), default=0)
    shares = {Fraction(part, whole) for whole in range(1, most + 1) for part in range(whole + 1)}
    if rule.kind == "max_ms":
        workload = next(each for each in problem.workloads if each.key == rule.workload)
        found = {latency(problem, workload, cluster.region) for cluster in problem.clusters}
        return sorted(-floor(-ms * 1000) / 1000 for ms in found if ms is not None and ms > stated)
    if rule.kind in {"max_fraction", "max_spot_fraction"}:
        above = sorted(share for share in shares if share > Fraction(str(stated)))
        return [-floor(-share * _FINE) / _FINE for share in above]
    if rule.kind == "survive" and isinstance(stated, float):
        below = sorted((s for s in shares if 0 < s < Fraction(str(stated))), reverse=True)
        return [floor(share * _FINE) / _FINE for share in below]
    if rule.kind == "confidence":
        return [part / 1000 for part in range(999, 0, -1) if part / 1000 < stated]
    if rule.kind in {"survive", "min_groups", "min_replicas", "pool_minimum"}:
        return list(range(int(stated) - 1, 0, -1))
    if rule.kind in {"max_groups", "max_skew", "max_moves"}:
        return list(range(int(stated) + 1, 3 * most + 1))
    return []

"""The dumbest search there is: write down every plan, best first, until the judge accepts one.

It knows no rule: not where a workload may go, what fits, nor what may be bought. Whatever nodes and
places the names in a problem allow are tried, and placement.verify alone says what holds. So it
checks the exhaustive search and the judge against one another.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations_with_replacement, product

from placement.problem import Problem
from placement.verify import verify
from tests.exhaustive import Answer, row_order
from tests.exhaustive_world import Bin, bins_of
from tests.packed import Packed, kinds, packed
from tests.plan_of import plan_of

__all__ = ["TooMany", "brute_force"]


class TooMany(Exception):
    """The problem has more plans than the search is willing to write down."""


def brute_force(problem: Problem, most: int) -> Answer:
    """Return the best plan that the judge accepts.

    Raises
    ------
    TooMany
        Beyond ``most`` ways to place the replicas on one or another set of nodes.
    """
    answers = []
    for answer in _all(problem):
        answers.append(answer)
        if len(answers) > most:
            raise TooMany
    for answer in sorted(answers, key=_order):
        if not verify(problem, plan_of(problem, answer)):
            return replace(answer, used=())
    return Answer(feasible=False)


def _order(answer: Answer) -> tuple[object, ...]:
    placed = tuple(-count for _, count in answer.placed)
    rows = tuple(row_order(row) for row in answer.rows)
    return (placed, answer.cost, answer.nodes, answer.clusters, rows)


def _all(problem: Problem) -> Iterator[Answer]:
    """Yield every set of nodes with every way to place the replicas on them, valid or not."""
    bins = bins_of(problem)
    replicas = [(w.key, number) for w in problem.workloads for number in range(w.most_replicas)]
    running = [each for each in bins if each.node is not None]
    new_kinds = list(kinds(problem, bins))
    most = len(replicas) + sum(p.min_nodes for c in problem.clusters for p in c.node_pools)
    fates = [(True, False) if each.pool is not None else (True,) for each in running]
    for kept in product(*fates):
        for bought in range(most + 1):
            for new in combinations_with_replacement(new_kinds, bought):
                nodes = [*zip(running, kept, strict=True), *((each, True) for each in new)]
                for places in product(range(-1, len(nodes)), repeat=len(replicas)):
                    if _in_order(replicas, places):
                        yield packed(problem, _loaded(nodes, replicas, places))


def _in_order(replicas: list[tuple[str, int]], places: tuple[int, ...]) -> bool:
    """Return whether replicas of one workload stand in order: of equal plans one is enough."""
    pairs = zip(
        zip(replicas, places, strict=True), zip(replicas[1:], places[1:], strict=True), strict=False
    )
    return all(a[0] != b[0] or place <= further for (a, place), (b, further) in pairs)


def _loaded(
    nodes: list[tuple[Bin, bool]], replicas: list[tuple[str, int]], places: tuple[int, ...]
) -> list[Packed]:
    loads: list[Counter[str]] = [Counter() for _ in nodes]
    for (key, _), place in zip(replicas, places, strict=True):
        if place >= 0:
            loads[place][key] += 1
    return [(each, kept, load) for (each, kept), load in zip(nodes, loads, strict=True)]

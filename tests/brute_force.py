"""The dumbest search there is: write down every plan, best first, until the judge accepts one.

It knows no rule: not where a workload may go, what fits, nor what may be bought. Whatever nodes and
places the names in a problem allow are tried, and placement.verify alone says what holds. So it
checks the exhaustive search and the judge against one another.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import combinations_with_replacement, product

from placement.problem import Problem
from placement.verify import verify
from tests.exhaustive import Answer, Row, Used, row_order
from tests.exhaustive_world import Bin, bins_of, gpus_of
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
    replicas = [(w.key, number) for w in problem.workloads for number in range(w.replicas)]
    running = [each for each in bins if each.node is not None]
    kinds = list(_kinds(problem, bins))
    most = len(replicas) + sum(p.min_nodes for c in problem.clusters for p in c.node_pools)
    fates = [(True, False) if each.pool is not None else (True,) for each in running]
    for kept in product(*fates):
        for bought in range(most + 1):
            for new in combinations_with_replacement(kinds, bought):
                nodes = [*zip(running, kept, strict=True), *((each, True) for each in new)]
                for places in product(range(-1, len(nodes)), repeat=len(replicas)):
                    if _in_order(replicas, places):
                        yield _answer(problem, nodes, replicas, places)


def _kinds(problem: Problem, bins: list[Bin]) -> Iterator[Bin]:
    """Yield a new node of every pool in every zone that its cluster names, and in none."""
    offered = {each.group: each for each in bins if each.node is None}
    for cluster in problem.clusters:
        for pool in cluster.node_pools:
            for zone in (None, *sorted({*cluster.zones, *pool.zones})):
                group = (cluster.name, pool.name, pool.instance_type, pool.capacity_type, zone)
                kind = next(k for k in problem.instance_types if k.name == pool.instance_type)
                yield offered.get(group) or Bin(
                    cluster=cluster,
                    pool=pool,
                    node=None,
                    kind=kind,
                    group=group,
                    price=min(Decimal(str(row.price)) for row in problem.offerings),
                    room={},
                    needs={},
                )


def _in_order(replicas: list[tuple[str, int]], places: tuple[int, ...]) -> bool:
    """Return whether replicas of one workload stand in order: of equal plans one is enough."""
    pairs = zip(
        zip(replicas, places, strict=True), zip(replicas[1:], places[1:], strict=True), strict=False
    )
    return all(a[0] != b[0] or place <= further for (a, place), (b, further) in pairs)


def _answer(
    problem: Problem,
    nodes: list[tuple[Bin, bool]],
    replicas: list[tuple[str, int]],
    places: tuple[int, ...],
) -> Answer:
    held: list[Counter[str]] = [Counter() for _ in nodes]
    for (key, _), place in zip(replicas, places, strict=True):
        if place >= 0:
            held[place][key] += 1
    used, rows = [], Counter[Row]()
    gpus = {
        (w.key, id(each)): gpus_of(problem, w, each.kind) or 0
        for w in problem.workloads
        for each, _ in nodes
    }
    for (each, kept), load in zip(nodes, held, strict=True):
        if each.pool is not None or load:
            sizes = {key: gpus[key, id(each)] for key in load}
            used.append(Used(bin=each, kept=kept, replicas=tuple(load.items()), gpus=sizes))
        for key, count in load.items():
            rows[key, *each.group, gpus[key, id(each)]] += count
    placed = dict.fromkeys(sorted({w.priority for w in problem.workloads}, reverse=True), 0)
    for workload in problem.workloads:
        placed[workload.priority] += sum(load[workload.key] for load in held)
    stay = [each for each, kept in nodes if kept]
    return Answer(
        feasible=True,
        placed=tuple(placed.items()),
        cost=sum((each.price for each in stay), start=Decimal(0)),
        nodes=len(stay),
        clusters=len({row[1] for row in rows}),
        rows=tuple(sorted(((*row, n) for row, n in rows.items()), key=row_order)),
        used=tuple(used),
    )

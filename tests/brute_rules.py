"""The dumbest search under every rule: write down every plan, best first, until one may stand.

What the judge of the library knows without rules of workloads it judges here, of a problem without
them in which every node of a replica is a replica; tests/brute_judge.py judges the rest.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import combinations_with_replacement, product

from placement.problem import Problem, Workload
from placement.verify import verify
from tests.brute_force import TooMany
from tests.brute_judge import capacity, holds, movable, moved, placed_of
from tests.exhaustive import Answer, row_order
from tests.exhaustive_world import Bin, bins_of
from tests.packed import Packed, kinds, packed
from tests.plan_of import plan_of

__all__ = ["brute_rules"]

_OF_RULES = {
    *("spread", "survive", "colocate_with", "separate_from", "min_replicas", "load"),
    *("nodes_per_replica", "current", "move_cost", "preferences"),
}


def brute_rules(problem: Problem, most: int) -> Answer:
    """Return the best plan that holds every rule.

    Raises
    ------
    TooMany
        Beyond ``most`` ways to place the replicas on one or another set of nodes.
    """
    bins, plain = bins_of(problem), _without_rules(problem)
    found: list[tuple[Answer, list[Packed]]] = []
    for number, nodes in enumerate(_all(problem, bins)):
        if number >= most:
            raise TooMany
        if holds(problem, nodes, bins) and _moves_hold(problem, nodes, bins):
            found.append((_answer(problem, nodes), nodes))
    found.sort(key=lambda each: _order(each[0]))
    valid = (
        answer
        for answer, nodes in found
        if _pays(problem, nodes) and not verify(plain, plan_of(plain, packed(plain, nodes)))
    )
    best = next(valid, Answer(feasible=False))
    if best.feasible and problem.objective.min_saving:
        staying = next((a for a in (best, *valid) if not a.moves and _places_all(problem, a)), best)
        saved, share = staying.cost - best.cost, Fraction(str(problem.objective.min_saving))
        best = staying if Fraction(saved) < share * Fraction(staying.cost) else best
    return best


def _without_rules(problem: Problem) -> Problem:
    """Return the problem in which every node that a replica takes is a replica."""
    document = problem.model_dump(mode="json", exclude_defaults=True, by_alias=True)
    document.pop("objective", None)
    if any(w.nodes_per_replica > 1 for w in problem.workloads):
        document.pop("budgets", None)
    plain = []
    for workload, given in zip(problem.workloads, document.get("workloads", ()), strict=True):
        kept = {field: value for field, value in given.items() if field not in _OF_RULES}
        kept["replicas"] = workload.most_replicas * workload.nodes_per_replica
        if "users" in kept:
            fields = {"regions", "max_ms"} if workload.users.max_ms is not None else set[str]()
            kept["users"] = {f: v for f, v in kept["users"].items() if f in fields}
        plain.append(kept)
    return Problem.model_validate({**document, "workloads": plain})


def _all(problem: Problem, bins: list[Bin]) -> Iterator[list[Packed]]:
    """Yield every set of nodes with every way to place the parts of replicas on them."""
    parts = [w.key for w in problem.workloads for _ in range(w.most_replicas * w.nodes_per_replica)]
    running = [each for each in bins if each.node is not None]
    minima = sum(p.min_nodes for c in problem.clusters for p in c.node_pools)
    most = len(parts) + minima
    fates = [(True, False) if each.pool is not None else (True,) for each in running]
    new_kinds = list(kinds(problem, bins))
    for kept in product(*fates):
        for bought in range(most + 1):
            for new in combinations_with_replacement(new_kinds, bought):
                nodes = [*zip(running, kept, strict=True), *((each, True) for each in new)]
                yield from _loaded(nodes, parts, minima)


def _loaded(nodes: list[tuple[Bin, bool]], parts: list[str], spare: int) -> Iterator[list[Packed]]:
    """Yield every way to place parts, those of one workload in order, on nodes that stay.

    More new nodes left empty than are ``spare`` are of no use to anybody.
    """
    new = [number for number, (each, _) in enumerate(nodes) if each.node is None]
    loads: list[Counter[str]] = [Counter() for _ in nodes]

    def fill(at: int, least: int) -> Iterator[list[Packed]]:
        if sum(not loads[number].total() for number in new) - spare > len(parts) - at:
            return
        if at == len(parts):
            copies = [Counter(load) for load in loads]
            yield [(b, kept, load) for (b, kept), load in zip(nodes, copies, strict=True)]
            return
        first = -1 if not at or parts[at] != parts[at - 1] else least
        for place in range(first, len(nodes)):
            if place >= 0 and not nodes[place][1]:
                continue
            if place >= 0:
                loads[place][parts[at]] += 1
            yield from fill(at + 1, place)
            if place >= 0:
                loads[place][parts[at]] -= 1

    yield from fill(0, -1)


def _moves_hold(problem: Problem, nodes: list[Packed], bins: list[Bin]) -> bool:
    most = problem.objective.max_moves
    if most is None:
        return True
    counted = 0
    for workload in problem.workloads:
        forced = sum(row.replicas for row in workload.current) - movable(problem, workload, bins)
        ran = sum(row.replicas for row in workload.current)
        there = sum(load[workload.key] for _, _, load in nodes) // workload.nodes_per_replica
        gone = max(0, ran - (there if workload.load else workload.replicas or 0))
        arrived = there - (ran - gone - moved(workload, nodes))
        counted += max(0, min(moved(workload, nodes), arrived) - forced)
    return counted <= most


def _pays(problem: Problem, nodes: list[Packed]) -> bool:
    """Return whether budgets hold; a whole node is charged whole."""
    for budget in problem.budgets:
        spent, match = Fraction(0), budget.match
        for each, _, load in nodes:
            if each.pool is None or each.kind is None:
                continue
            if match.clusters and each.cluster.name not in match.clusters:
                continue
            if match.regions and each.cluster.region not in match.regions:
                continue
            for workload in problem.workloads:
                named = {workload.name, workload.key}
                if match.workloads and not named & {*match.workloads}:
                    continue
                if match.namespaces and workload.namespace not in match.namespaces:
                    continue
                spent += load[workload.key] * _charge(workload, each)
        if spent > Fraction(str(budget.max_cost_per_hour)):
            return False
    return True


def _charge(workload: Workload, each: Bin) -> Fraction:
    if workload.nodes_per_replica > 1:
        return Fraction(each.price)
    assert each.kind is not None
    need = each.needs.get(workload.key, {})
    gpu = each.kind.gpu
    if gpu is not None:
        return Fraction(each.price) * need.get(gpu.resource, 0) / gpu.count
    cpu = each.kind.allocatable.get("cpu", 0)
    return Fraction(each.price) * need.get("cpu", 0) / cpu if cpu else Fraction(0)


def _places_all(problem: Problem, answer: Answer) -> bool:
    asked: dict[int, int] = Counter()
    for workload in problem.workloads:
        asked[workload.priority] += 1 if workload.load else workload.replicas or 0
    return all(placed == asked[priority] for priority, placed in answer.placed)


def _order(answer: Answer) -> tuple[object, ...]:
    placed = tuple(-count for _, count in answer.placed)
    rows = tuple(row_order(row) for row in answer.rows)
    return (placed, answer.cost, answer.moves, answer.nodes, answer.clusters, rows)


def _answer(problem: Problem, nodes: list[Packed]) -> Answer:
    """Return the levels of a packing."""
    plain, spans = packed(problem, nodes), {w.key: w.nodes_per_replica for w in problem.workloads}
    placed: dict[int, Fraction | int] = {priority: 0 for priority, _ in plain.placed}
    cost, moves, left = plain.cost, 0, []
    horizon = Decimal(str(problem.objective.horizon_hours))
    for workload in problem.workloads:
        count: Fraction | int = placed_of(workload, nodes)
        if workload.load is not None:
            amount = Fraction(str(workload.load.amount))
            count = min(amount, capacity(workload, nodes)) / amount
            if count < 1:
                left.append((workload.key, amount - count * amount))
        placed[workload.priority] += count
        here = moved(workload, nodes)
        moves += here
        cost += here * Decimal(str(workload.move_cost)) / horizon + _beside(workload, nodes)
    rows = []
    for row in plain.rows:
        span = spans[str(row[0])]
        rows.append((*row[:-2], int(row[-2] or 0) * span, int(row[-1] or 0) // span))
    return replace(
        plain,
        placed=tuple(placed.items()),
        cost=cost,
        moves=moves,
        rows=tuple(rows),
        left=tuple(sorted(left)),
        used=(),
    )


def _beside(workload: Workload, nodes: list[Packed]) -> Decimal:
    """Return what replicas cost beside their nodes: the risk of every node, the rest once."""
    total, key = Decimal(0), workload.key
    for each, _, load in nodes:
        count, risk = load[key], each.risks.get(key, Decimal(0))
        rest = each.costs.get(key, Decimal(0)) - risk
        total += count * (risk + rest / workload.nodes_per_replica)
    return total

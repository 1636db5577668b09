"""Packings changed at random: the judge rejects exactly those that a second opinion rejects.

Replicas are moved, nodes bought, dropped, kept or let go, and the result is written out again as a
consistent plan. Whether it holds is worked out anew from the bins and counters of the exhaustive
search, and the judge must agree, whichever way.
"""

from collections import Counter
from random import Random

import pytest

from placement.problem import Problem
from placement.verify import verify
from tests.exhaustive import optimum
from tests.exhaustive_rules import Rules
from tests.exhaustive_world import Bin, bins_of
from tests.generate import random_problem
from tests.packed import Packed, kinds, packed
from tests.plan_of import plan_of


def holds(problem: Problem, bins: list[Bin], nodes: list[Packed]) -> bool:
    """Return whether a packing breaks no rule, by the counters of the exhaustive search."""
    rules = Rules(problem, bins, spare=len(nodes))
    known = {id(each) for each in bins}
    total = sum(rules.loose_size(cluster) for cluster in problem.clusters)
    in_pool: Counter[int] = Counter()
    for each, kept, load in nodes:
        if id(each) not in known or not _carries(each, load):
            return False
        let_go = each.node is not None and each.node.releasable and each.pool is not None
        if not kept and (load.total() or not let_go):
            return False
        total += rules.node(each) if kept else 0
        in_pool[id(each.pool)] += kept
    for each, kept, load in nodes:
        idle = kept and each.pool and each.node and each.node.releasable and not load.total()
        if idle and each.pool and in_pool[id(each.pool)] > each.pool.min_nodes:
            return False
    pools = [pool for cluster in problem.clusters for pool in cluster.node_pools]
    return rules.hold(total) and all(in_pool[id(pool)] >= pool.min_nodes for pool in pools)


def _carries(each: Bin, load: Counter[str]) -> bool:
    taken: Counter[str] = Counter()
    for key, count in load.items():
        if count and key not in each.needs:
            return False
        for resource, amount in (each.needs[key] if count else {}).items():
            taken[resource] += amount * count
    return all(
        amount <= each.room.get(resource, amount if resource == "pods" else 0)
        for resource, amount in taken.items()
    )


def change(rng: Random, problem: Problem, nodes: list[Packed], new: list[Bin]) -> list[Packed]:
    """Return the packing with one thing changed: a replica, a new node, or a node's fate."""
    nodes = [(each, kept, Counter(load)) for each, kept, load in nodes]
    what = rng.choice(("move", "move", "place", "buy", "drop", "flip"))
    held = [(at, key) for at, (_, _, load) in enumerate(nodes) for key in load if load[key]]
    placed = sum((load for _, _, load in nodes), Counter[str]())
    left = [w.key for w in problem.workloads if placed[w.key] < w.most_replicas]
    if what == "move" and held:
        at, key = rng.choice(held)
        nodes[at][2][key] -= 1
        nodes[rng.randrange(len(nodes))][2][key] += 1
    elif what == "place" and left and nodes:
        nodes[rng.randrange(len(nodes))][2][rng.choice(left)] += 1
    elif what == "buy" and new:
        load = Counter(rng.sample(left, k=min(1, len(left))))
        nodes.append((rng.choice(new), True, load))
    elif what == "drop" and nodes:
        at = rng.randrange(len(nodes))
        if nodes[at][0].node is None:
            del nodes[at]
    elif what == "flip" and nodes:
        at = rng.randrange(len(nodes))
        each, kept, load = nodes[at]
        if each.node is not None and each.pool is not None:
            nodes[at] = (each, not kept, load if rng.random() < 0.2 else Counter())
    return nodes


def walk(seed: int, steps: int) -> Counter[str]:
    """Change one optimum step by step; return the rules that the judge named on the way."""
    rng, problem = Random(seed), random_problem(seed)
    bins, answer = bins_of(problem), optimum(problem)
    if not answer.feasible:
        return Counter()
    named: Counter[str] = Counter()
    same = {(each.group, each.node and each.node.name): each for each in bins}
    start: list[Packed] = [
        (same[u.bin.group, u.bin.node and u.bin.node.name], u.kept, Counter(dict(u.replicas)))
        for u in answer.used
    ]
    listed = {id(each) for each, _, _ in start}
    start += [(each, True, Counter()) for each in bins if each.node and id(each) not in listed]
    new, nodes = list(kinds(problem, bins)), start
    for _ in range(steps):
        nodes = change(rng, problem, nodes, new)
        plan = plan_of(problem, packed(problem, nodes))
        broken = verify(problem, plan)
        assert (not broken) == holds(problem, bins, nodes), (seed, broken)
        named.update({violation.rule for violation in broken})
        if (broken and rng.random() < 0.7) or len(nodes) > len(start) + 3:
            nodes = start
    return named


PACKED_RULES = (
    "capacity",
    "memory_fit",
    "cluster_affinity",
    "taints",
    "node_selector",
    "capacity_types",
    "allowed_types",
    "stock",
    "quota",
    "pool_minimum",
    "pool_maximum",
    "cluster_limit",
    "release",
)


def test_judge_and_second_opinion_agree_on_changed_packings() -> None:
    named = sum((walk(seed, steps=25) for seed in range(120)), Counter[str]())
    assert {rule: named[rule] for rule in PACKED_RULES if named[rule] < 5} == {}


@pytest.mark.large
@pytest.mark.parametrize("first", range(1000, 5000, 1000))
def test_judge_and_second_opinion_agree_on_many_changed_packings(first: int) -> None:
    for seed in range(first, first + 1000):
        walk(seed, steps=40)

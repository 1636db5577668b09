"""Laws of changes and differences, on small random problems."""

from collections import Counter
from functools import cache

import pytest

from placement import InputError, Plan, Problem, diff, place
from placement.problem.losses import LossOf
from placement.problem.revised import revised
from tests.generate import TINY, random_problem

SEEDS = range(0, 300, 6)
LOSSES: tuple[LossOf, ...] = ("region", "zone", "cluster", "provider")


@cache
def unspent(seed: int) -> Problem:
    """Return a random problem in which nothing is paid for unless it is used."""
    problem = random_problem(seed)
    clusters = [
        cluster.model_copy(
            update={
                "nodes": tuple(node for node in cluster.nodes if node.node_pool is None),
                "node_pools": tuple(
                    pool.model_copy(update={"min_nodes": 0}) for pool in cluster.node_pools
                ),
            }
        )
        for cluster in problem.clusters
    ]
    return revised(problem, clusters=tuple(clusters))


def planned(problem: Problem) -> Plan:
    """Return the proven plan of a problem."""
    return planned_text(problem.model_dump_json())


@cache
def planned_text(document: str) -> Plan:
    """Return the proven plan of a problem, once for each."""
    plan = place(Problem.model_validate_json(document))
    assert plan.status in {"optimal", "infeasible"}
    return plan


def lost(problem: Problem) -> list[Problem]:
    """Return the problem after every loss that it can have."""
    found: list[Problem] = []
    for of in LOSSES:
        try:
            found += [left for _, left in problem.losses(of)]
        except InputError:
            continue  # it names nothing of the kind
    return found


def by_priority(problem: Problem, plan: Plan) -> list[int]:
    """Return the replicas left out by priority, the highest first."""
    left = Counter({w.priority: 0 for w in problem.workloads})
    for row in plan.unplaced:
        left[next(w.priority for w in problem.workloads if w.key == row.workload)] += row.replicas
    return [left[priority] for priority in sorted(left, reverse=True)]


def pool_nodes(plan: Plan) -> int:
    """Return the nodes of pools that a plan keeps or buys."""
    return sum(node.state != "released" and node.node_pool is not None for node in plan.nodes)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_loss_never_places_more_nor_the_same_for_less(seed: int) -> None:
    problem = unspent(seed)
    before = planned(problem)
    for left in lost(problem):
        after = planned(left)
        harm, was = by_priority(problem, after), by_priority(problem, before)
        assert harm >= was, seed
        if harm == was:
            assert after.cost_per_hour >= before.cost_per_hour - 1e-9, seed


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_runs_in_what_is_lost(seed: int) -> None:
    problem = random_problem(seed)
    regions = {cluster.name: cluster.region for cluster in problem.clusters}
    for region, left in problem.losses("region"):
        plan = planned(left)
        assert all(regions[row.cluster] != region for row in plan.assignments), seed
        assert all(regions[node.cluster] != region for node in plan.nodes), seed


@pytest.mark.parametrize("seed", SEEDS)
def test_a_feasible_problem_stays_feasible_whatever_is_lost(seed: int) -> None:
    problem = random_problem(seed, size=TINY)
    if planned(problem).status == "optimal":
        assert all(planned(left).status == "optimal" for left in lost(problem)), seed


@pytest.mark.parametrize("seed", SEEDS)
def test_a_change_undone_gives_the_same_plan(seed: int) -> None:
    problem = random_problem(seed, size=TINY)
    key, replicas = problem.workloads[0].key, problem.workloads[0].most_replicas
    row = problem.offerings[0] if problem.offerings else None
    again = problem.with_replicas(key, replicas + 1).with_replicas(key, replicas)
    if row is not None:
        at = (row.instance_type, row.region)
        for price in (row.price + 1, row.price):
            again = again.with_price(*at, price, zone=row.zone, capacity_type=row.capacity_type)
        for stock in (7, row.certain_stock):
            again = again.with_stock(*at, stock, zone=row.zone, capacity_type=row.capacity_type)
    assert again == problem
    assert diff(planned(problem), place(again)).empty, seed
    assert planned(problem).fingerprint() == place(again).fingerprint(), seed


@pytest.mark.parametrize("seed", SEEDS)
def test_counts_of_a_difference_add_up(seed: int) -> None:
    problem = random_problem(seed)
    old = planned(problem)
    assert diff(old, old).empty
    for left in lost(problem):
        new = planned(left)
        found, back = diff(old, new), diff(new, old)
        changes = [change.change for row in found.workloads for change in row.places]
        assert sum(changes) == found.placed_after - found.placed_before, seed
        assert sum(changes) == found.unplaced_before - found.unplaced_after, seed
        moved = sum(change for change in changes if change > 0)
        assert 0 <= found.replicas_moved <= moved, seed
        assert back.replicas_moved == found.replicas_moved, seed
        nodes = [pool_nodes(plan) for plan in (old, new)]
        if "infeasible" not in {old.status, new.status}:
            assert sum(pool.change for pool in found.pools) == nodes[1] - nodes[0], seed
            assert found.cost_change == pytest.approx(new.cost_per_hour - old.cost_per_hour)
        assert [(w.workload, w.unplaced_after) for w in back.workloads] == [
            (w.workload, w.unplaced_before) for w in found.workloads
        ]

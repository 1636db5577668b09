"""Moves of random fleets, carried out row by row: never more than there is, and the fewest."""

import pytest

from placement import Problem
from placement.moves import moves_of, needs_drain
from placement.plan import Move, NodePlan
from tests.generate_moves import random_moves, replanned
from tests.move_replay import replayed


@pytest.mark.parametrize("block", range(6))
def test_random_moves_replay_within_room_and_limits(block: int) -> None:
    drains = moved = 0
    for seed in range(block * 100, block * 100 + 100):
        problem, plan = random_moves(seed)
        moves = judged(problem, plan)
        drains += needs_drain(moves)
        moved += sum(move.replicas for move in moves)
    assert moved > drains > 0


@pytest.mark.parametrize(
    "seeds", [range(25), pytest.param(range(25, 1000), marks=pytest.mark.large)]
)
def test_moves_between_two_plans_of_random_problems_replay(seeds: range) -> None:
    moved = 0
    for seed in seeds:
        problem, plan = replanned(seed)
        moved += sum(move.replicas for move in judged(problem, plan))
    assert moved


def test_the_replay_refuses_moves_that_surge_without_room() -> None:
    refused = 0
    for seed in range(100):
        problem, plan = random_moves(seed)
        moves = moves_of(problem, plan)
        if needs_drain(moves):
            rash = (m.model_copy(update={"first": "surge"} if m.to else {}) for m in moves)
            with pytest.raises(AssertionError):
                replayed(problem, plan, tuple(rash))
            refused += 1
    assert refused > 10


def judged(problem: Problem, plan: tuple[NodePlan, ...]) -> tuple[Move, ...]:
    """Return the moves, found to be possible, the fewest, and the same in any order of nodes."""
    moves = moves_of(problem, plan)
    down = replayed(problem, plan, moves)
    assert down <= needs_drain(moves)
    assert (down > 0) == (needs_drain(moves) > 0)
    assert sum(move.replicas for move in moves) == least_moved(problem, plan)
    assert moves == moves_of(problem, tuple(reversed(plan)))
    return moves


def least_moved(problem: Problem, plan: tuple[NodePlan, ...]) -> int:
    """Return how many replicas move at least, by the definition."""
    on = {(n.cluster, n.name, h.workload): h.replicas for n in plan for h in n.replicas}
    total = 0
    for workload in problem.workloads:
        rows = [
            (r.replicas, on.get((r.cluster, r.node or "", workload.key), 0))
            for r in workload.current
        ]
        surplus = max(0, sum(has for has, _ in rows) - (workload.replicas or 0))
        total += sum(has - min(has, stays) for has, stays in rows) - surplus
    return total

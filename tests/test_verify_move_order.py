"""The judge on the order of moves: where new replicas start first, there has to be room."""

from typing import Any

import pytest

from placement.plan import Plan
from placement.problem import Problem
from tests.two_regions import fleet, workload
from tests.written_plan import Json, broken, written

E1 = {"cluster": "e", "node_pool": "e-plain", "node": "e1"}
W1 = {"cluster": "w", "node_pool": "w-plain", "node": "w1"}
M = {"cluster": "e", "node": "m"}


def row(name: str, start: Json, end: Json | None, replicas: int, first: str = "surge") -> Json:
    what = {"workload": f"default/{name}", "from": start, "replicas": replicas, "first": first}
    return what if end is None else what | {"to": end}


def crossing(p_at: Json = W1) -> Problem:
    """Return a fleet where `w` runs on e1 and `p` on w1, or at a place of w1, four of each."""
    return fleet(
        workload("w", replicas=4, current=[E1 | {"replicas": 4}]),
        workload("p", replicas=4, current=[p_at | {"replicas": 4}]),
    )


def plan(problem: Problem, moves: list[Json], **held: dict[str, int]) -> Plan:
    return written(problem, {"e2": None, **held}, moves=moves)


OUT = row("p", W1, M, 4)
IN = row("w", E1, W1, 4)


def test_what_leaves_first_makes_room_for_what_starts_next() -> None:
    problem = crossing()
    held: Any = {"w1": {"w": 4}, "m": {"p": 4}}
    assert broken(problem, plan(problem, [OUT, IN], **held)) == set()
    assert broken(problem, plan(problem, [IN, OUT], **held)) == {"moves"}
    drained = [IN | {"first": "drain"}, OUT]
    assert broken(problem, plan(problem, drained, **held)) == set()


def test_an_exchange_has_no_order_in_which_both_start_first() -> None:
    problem = crossing()
    held: Any = {"w1": {"w": 4}, "e1": {"p": 4}}
    back = row("p", W1, E1, 4)
    assert broken(problem, plan(problem, [IN, back], **held)) == {"moves"}
    assert broken(problem, plan(problem, [back, IN], **held)) == {"moves"}
    assert broken(problem, plan(problem, [IN | {"first": "drain"}, back], **held)) == set()


def test_an_exchange_replica_by_replica_needs_room_for_one() -> None:
    problem = fleet(
        workload("w", replicas=3, current=[E1 | {"replicas": 3}]),
        workload("p", replicas=3, current=[W1 | {"replicas": 3}]),
    )
    held: Any = {"w1": {"w": 3}, "e1": {"p": 3}}
    steps = [row("w", E1, W1, 1), row("p", W1, E1, 2), row("w", E1, W1, 2), row("p", W1, E1, 1)]
    assert broken(problem, plan(problem, steps, **held)) == set()
    hasty = [row("w", E1, W1, 2), row("p", W1, E1, 3), row("w", E1, W1, 1)]
    assert broken(problem, plan(problem, hasty, **held)) == {"moves"}


def test_what_stays_where_current_names_its_node_takes_room() -> None:
    for stays, rules in ((1, set()), (2, {"moves"})):
        problem = fleet(
            workload("w", replicas=3, current=[E1 | {"replicas": 3}]),
            workload("p", replicas=4, current=[W1 | {"replicas": 4}]),
        )
        held: Any = {"w1": {"w": 3, "p": 1}, "m": {"p": 3}}
        out = [row("p", W1, M, 4 - stays), row("p", W1, M, stays - 1)]
        moves = [out[0], row("w", E1, W1, 3), *(each for each in out[1:] if each["replicas"])]
        assert broken(problem, plan(problem, moves, **held)) == rules


@pytest.mark.parametrize("node", ["w1", None])
def test_where_no_node_is_named_the_best_is_taken_for_granted(node: str | None) -> None:
    place = W1 if node else {"cluster": "w", "node_pool": "w-plain"}
    problem = crossing(place)
    held: Any = {"w1": {"w": 4}, "m": {"p": 4}}
    moves = [IN, row("p", place, M, 4)]
    assert broken(problem, plan(problem, moves, **held)) == ({"moves"} if node else set())


def test_a_replica_that_is_scaled_down_may_have_gone_before() -> None:
    problem = fleet(
        workload("w", replicas=4, current=[E1 | {"replicas": 4}]),
        workload("p", replicas=0, current=[W1 | {"replicas": 4}]),
    )
    assert broken(problem, plan(problem, [IN], w1={"w": 4})) == set()


def test_one_that_ends_unplaced_makes_room_when_its_row_comes() -> None:
    problem = crossing()
    gone = row("p", W1, None, 4)
    assert broken(problem, plan(problem, [gone, IN], w1={"w": 4})) == set()
    assert broken(problem, plan(problem, [IN, gone], w1={"w": 4})) == {"moves"}


@pytest.mark.parametrize(("wants", "short"), [("0", False), ("1", True)])
def test_only_what_arrives_has_to_find_what_it_needs(wants: str, short: bool) -> None:
    """A replica is said to run on w1, which has no GPU for it; another one starts beside it."""
    gpu = "nvidia.com/gpu"
    problem = fleet(
        workload("w", replicas=1, requests={gpu: wants}, current=[E1 | {"replicas": 1}]),
        workload("p", replicas=1, requests={gpu: 1}, current=[W1 | {"replicas": 1}]),
    )
    moves = [row("w", E1, W1, 1), row("p", W1, None, 1)]
    assert ("moves" in broken(problem, plan(problem, moves, w1={"w": 1}))) is short

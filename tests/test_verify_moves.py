"""The judge on ``moves``: which rows the current placement implies, and what they cost."""

from collections.abc import Sequence
from typing import Any

import pytest

from placement.plan import Plan
from placement.problem import Problem
from tests.two_regions import fleet, workload
from tests.written_plan import Json, New, broken, written

POOL = {"cluster": "e", "node_pool": "e-plain"}
E1, E2 = POOL | {"node": "e1"}, POOL | {"node": "e2"}
M = {"cluster": "e", "node": "m"}
WEST = {"cluster": "w", "node_pool": "w-plain"}
W1 = WEST | {"node": "w1"}


def row(start: Json, end: Json | None, replicas: int, first: str = "surge") -> Json:
    what = {"workload": "default/w", "from": start, "replicas": replicas, "first": first}
    return what if end is None else what | {"to": end}


def of(current: list[Json], replicas: int = 4, **fields: Any) -> Problem:
    return fleet(workload(replicas=replicas, current=current, **fields))


def plan(problem: Problem, moves: list[Json], new: Sequence[New] = (), /, **held: int) -> Plan:
    loads: dict[str, Any] = {name: {"w": count} for name, count in held.items()}
    return written(problem, {"e2": None, **loads}, new, moves=moves)


# Each row: what runs now, what the plan has on running nodes, and the rows that tell the moves.
HOLD: list[tuple[list[Json], dict[str, int], list[Json]]] = [
    ([POOL | {"replicas": 4}], {"e1": 4}, []),
    ([POOL | {"replicas": 4}], {"e1": 2, "e2": 2}, []),
    ([E1 | {"replicas": 4}], {"e1": 2, "e2": 2}, [row(E1, E2, 2)]),
    ([E1 | {"replicas": 4}], {"e1": 2, "e2": 2}, [row(E1, POOL, 2)]),
    ([E1 | {"replicas": 4}], {"e1": 2, "e2": 2}, [row(E1, E2, 1), row(E1, E2, 1)]),
    ([POOL | {"replicas": 4}], {"e1": 1, "w1": 3}, [row(POOL, W1, 3)]),
    ([POOL | {"replicas": 4}], {"e1": 1, "w1": 3}, [row(POOL, WEST, 2), row(POOL, W1, 1)]),
    # nodes of no pool are a place of their own
    ([M | {"replicas": 2}], {"m": 2, "w1": 2}, []),
    ([{"cluster": "e", "replicas": 2}], {"m": 2, "w1": 2}, []),
    ([{"cluster": "e", "replicas": 2}], {"e1": 4}, [row({"cluster": "e"}, E1, 2)]),
    # first on the nodes that are named, then anywhere in the pool
    ([E1 | {"replicas": 2}, POOL | {"replicas": 2}], {"e1": 4}, []),
    ([E1 | {"replicas": 2}, POOL | {"replicas": 2}], {"e2": 4}, [row(E1, E2, 2)]),
    ([E1 | {"replicas": 1}, POOL | {"replicas": 3}], {"e1": 2, "w1": 2}, [row(POOL, W1, 2)]),
    # some end unplaced
    ([POOL | {"replicas": 4}], {"e1": 3}, [row(POOL, None, 1)]),
    ([POOL | {"replicas": 4}], {"w1": 3}, [row(POOL, W1, 3), row(POOL, None, 1)]),
    # a scale-down is no move, whichever it takes; what runs beyond it moves
    ([POOL | {"replicas": 6}], {"e1": 4}, []),
    ([POOL | {"replicas": 4}, WEST | {"replicas": 2}], {"e1": 4}, []),
    ([POOL | {"replicas": 4}, WEST | {"replicas": 2}], {"m": 4}, [row(POOL, M, 4)]),
    (
        [POOL | {"replicas": 4}, WEST | {"replicas": 2}],
        {"m": 4},
        [row(WEST, M, 2), row(POOL, M, 2)],
    ),
    # a scale-up moves nothing
    ([POOL | {"replicas": 1}], {"e1": 1, "w1": 3}, []),
]


@pytest.mark.parametrize(("current", "held", "moves"), HOLD)
def test_rows_that_tell_the_moves_hold(
    current: list[Json], held: dict[str, int], moves: list[Json]
) -> None:
    problem = of(current)
    assert broken(problem, plan(problem, moves, **held)) == set()


# Each row: the same, with rows that are wrong.
FALSE: list[tuple[list[Json], dict[str, int], list[Json]]] = [
    ([POOL | {"replicas": 4}], {"e1": 4}, [row(POOL, E1, 1)]),  # in vain
    ([POOL | {"replicas": 4}], {"w1": 4}, []),
    ([POOL | {"replicas": 4}], {"w1": 4}, [row(POOL, W1, 3)]),
    ([POOL | {"replicas": 4}], {"w1": 4}, [row(POOL, W1, 5)]),
    ([POOL | {"replicas": 4}], {"w1": 4}, [row(POOL, M, 4)]),
    ([POOL | {"replicas": 4}], {"w1": 4}, [row(POOL, WEST | {"node": "w9"}, 4)]),
    ([POOL | {"replicas": 4}], {"w1": 4}, [row(POOL, None, 4)]),
    ([POOL | {"replicas": 4}], {"w1": 4}, [row(E1, W1, 4)]),  # current names no node
    ([E1 | {"replicas": 4}], {"w1": 4}, [row(POOL, W1, 4)]),
    ([E1 | {"replicas": 4}], {"e1": 2, "e2": 2}, []),  # another node of the pool is a move
    ([E1 | {"replicas": 4}], {"e1": 2, "e2": 2}, [row(E1, E1, 2)]),
    ([POOL | {"replicas": 4}], {"w1": 2, "m": 2}, [row(POOL, W1, 3), row(POOL, M, 1)]),
    ([POOL | {"replicas": 4}], {"w1": 2, "m": 2}, [row(POOL, WEST, 3), row(POOL, M, 1)]),
    ([POOL | {"replicas": 2}, WEST | {"replicas": 2}], {"m": 4}, [row(POOL, M, 4)]),
    ([POOL | {"replicas": 4}], {"e1": 3}, []),
    ([POOL | {"replicas": 4}], {"e1": 3}, [row(POOL, E1, 1)]),
    ([POOL | {"replicas": 6}], {"e1": 4}, [row(POOL, None, 2)]),  # a scale-down
    ([POOL | {"replicas": 6}], {"w1": 4}, [row(POOL, W1, 4), row(POOL, None, 2)]),
    # so many come to the pool, but not to that node; and together no more than come to the pool
    ([E1 | {"replicas": 2}, WEST | {"replicas": 2}], {"e1": 3, "e2": 1}, [row(WEST, E1, 2)]),
    ([E1 | {"replicas": 2}, WEST | {"replicas": 2}], {"e1": 3, "m": 1}, [row(WEST, POOL, 2)]),
    (
        [E1 | {"replicas": 2}, WEST | {"replicas": 2}],
        {"e1": 3, "m": 1},
        [row(WEST, E1, 1), row(WEST, POOL, 1)],
    ),
    ([], {"e1": 4}, [row(POOL, E1, 4)]),
]


@pytest.mark.parametrize(("current", "held", "moves"), FALSE)
def test_rows_that_are_missing_in_vain_or_elsewhere_break_moves_alone(
    current: list[Json], held: dict[str, int], moves: list[Json]
) -> None:
    problem = of(current)
    assert broken(problem, plan(problem, moves, **held)) == {"moves"}


def test_rows_of_other_workloads_are_false() -> None:
    problem = of([POOL | {"replicas": 4}])
    false = [row(POOL, W1, 4) | {"workload": "default/x"}]
    assert broken(problem, plan(problem, false, e1=4)) == {"moves"}


def test_what_moves_to_a_new_node_may_name_it() -> None:
    problem = of([POOL | {"replicas": 4}])
    new: list[New] = [("w-plain", "b", {"w": 4})]
    for node, rules in (("new-1", set()), ("new-2", {"moves"})):
        moves = [row(POOL, WEST | {"node": node}, 4)]
        assert broken(problem, plan(problem, moves, new)) == rules


def test_of_a_load_any_fall_in_replicas_is_a_scale_down() -> None:
    load = {"amount": 40.0, "per_replica": {"plain": 10.0, "duo": 40.0}}
    problem = fleet(workload(load=load, current=[POOL | {"replicas": 4}]))
    new: list[New] = [("w-duo", "a", {"w": 1})]
    end = {"cluster": "w", "node_pool": "w-duo"}
    assert broken(problem, plan(problem, [row(POOL, end, 1)], new)) == set()
    assert broken(problem, plan(problem, [row(POOL, end, 1), row(POOL, None, 3)], new)) == {"moves"}
    nothing = plan(problem, [])
    assert broken(problem, nothing) == set()


def test_replicas_over_several_nodes_move_as_one() -> None:
    duo = {"cluster": "e", "node_pool": "e-duo"}
    wide = {"nodes_per_replica": 2, "requests": {"nvidia.com/gpu": 2}}
    problem = of([duo | {"replicas": 2}], 2, **wide)
    east: list[New] = [("e-duo", "a", {"w": part}) for part in ("1/2", "2/2")]
    west: list[New] = [("w-duo", "a", {"w": part}) for part in ("1/2", "2/2")]
    end = {"cluster": "w", "node_pool": "w-duo"}
    assert broken(problem, plan(problem, [row(duo, end, 1)], [*east, *west])) == set()
    assert broken(problem, plan(problem, [row(duo, end, 2)], [*east, *west])) == {"moves"}
    assert broken(problem, plan(problem, [], [*east, *east])) == set()


@pytest.mark.parametrize(("money", "holds"), [(0.3, True), (0.7, False), (0.0, False)])
def test_moves_cost_money_spread_over_the_horizon(money: float, holds: bool) -> None:
    """Three of four move at 0.7 each, over seven hours."""
    current = [POOL | {"replicas": 4}]
    priced = workload(replicas=4, current=current, move_cost=0.7)
    problem = fleet(priced, objective={"horizon_hours": 7.0})
    moved = written(
        problem,
        {"e1": {"w": 1}, "w1": {"w": 3}, "e2": None},
        moves=[row(POOL, W1, 3)],
        extra={"moves": money},
    )
    assert broken(problem, moved) == (set() if holds else {"cost"})


def test_a_plan_that_does_not_exist_moves_nothing() -> None:
    document = of([POOL | {"replicas": 4}]).model_dump(mode="json")
    document["clusters"][2]["node_pools"][0]["min_nodes"] = 2
    document["clusters"][2]["limits"] = {"nodes": 1}
    problem = Problem.model_validate(document)
    left = [{"workload": "default/w", "replicas": 4}]
    claim = {"status": "infeasible", "unplaced": left}
    assert broken(problem, Plan.model_validate(claim)) == set()
    moving = Plan.model_validate(claim | {"moves": [row(POOL, None, 4)]})
    assert broken(problem, moving) == {"infeasible"}

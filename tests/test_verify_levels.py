"""The judge on ``levels``: what each level of the objective reached, as far as a plan tells it."""

from typing import Any

import pytest

from tests.two_regions import fleet, workload
from tests.written_plan import Json, broken, written

POOL = {"cluster": "e", "node_pool": "e-plain"}
LOAD = {"amount": 40.0, "per_replica": {"plain": 10.0}}


def level(name: str, value: float, **more: Any) -> Json:
    return {"level": name, "value": value, "bound": value, **more}


def judged(*levels: Json) -> set[str]:
    """Judge a plan that costs 2, leaves out 2 of 8 and a quarter of a load, and moves one."""
    problem = fleet(
        workload(current=[POOL | {"replicas": 2}]), workload("l", load=LOAD, priority=5)
    )
    move = {"workload": "default/w", "from": POOL, "replicas": 1, "first": "drain"}
    move["to"] = {"cluster": "w", "node_pool": "w-plain"}
    held: dict[str, Any] = {
        "e1": {"w": 1, "l": 3},
        "w1": {"w": 2},
        "m": {"w": 3},
        "e2": None,
    }
    return broken(problem, written(problem, held, moves=[move], levels=list(levels)))


TRUE = (
    level("placed", 0.25, priority=5),
    level("placed", 2, priority=0),
    level("money", 2.0),
    level("moves", 1),
    level("nodes", 3),
    level("clusters", 2),
)


def test_levels_that_are_told_as_they_are_hold() -> None:
    assert judged() == set()
    assert judged(*TRUE) == set()
    assert judged(level("placed", 2.25)) == set()
    assert judged(level("money", 2.0, bound=1.5)) == set()


@pytest.mark.parametrize("position", range(len(TRUE)))
@pytest.mark.parametrize(
    "change", [{"value": 1.125}, {"bound": 9.0}, {"priority": 7}, {"level": "luck"}]
)
def test_levels_that_are_told_otherwise_break_the_bound(
    position: int, change: dict[str, Any]
) -> None:
    levels = list(TRUE)
    levels[position] = levels[position] | change
    assert judged(*levels) == {"bound"}


def test_a_level_is_told_once() -> None:
    assert judged(*TRUE, TRUE[-1]) == {"bound"}


def test_all_nodes_of_no_pool_count_even_empty() -> None:
    problem = fleet(workload())
    plan = written(problem, {"e1": {"w": 1}, "e2": None}, levels=[level("nodes", 3)])
    assert broken(problem, plan) == set()

"""The judge on ``move_limit``: how many replicas are moved that could have stayed."""

from typing import Any

import pytest

from placement.plan import Plan
from placement.problem import Problem
from tests.two_regions import fleet, workload
from tests.written_plan import Json, broken, written

POOL = {"cluster": "e", "node_pool": "e-plain"}
WEST = {"cluster": "w", "node_pool": "w-plain"}


def row(start: Json, replicas: int) -> Json:
    return {"workload": "default/w", "from": start, "to": WEST, "replicas": replicas}


def judged(limit: int | None, replicas: int = 4, **fields: Any) -> set[str]:
    """Return what is broken where four of a pool in the east are moved to the west."""
    current = fields.pop("current", [POOL | {"replicas": 4}])
    moves = fields.pop("moves", [row(POOL, 4)])
    goal = {"max_moves": limit}
    problem = fleet(workload(replicas=replicas, current=current, **fields), objective=goal)
    held = {"w1": {"w": replicas}, "e2": None}
    return broken(problem, written(problem, held, moves=moves))


@pytest.mark.parametrize(
    ("limit", "rules"), [(None, set()), (4, set()), (3, {"move_limit"}), (0, {"move_limit"})]
)
def test_no_more_are_moved_than_the_limit(limit: int | None, rules: set[str]) -> None:
    assert judged(limit) == rules


@pytest.mark.parametrize(
    "closed",
    [
        {"cluster_affinity": {"exclude": ["e"]}},
        {"node_selector": {"topology.kubernetes.io/region": "west"}},
        {"requests": {"cpu": 1}, "cluster_affinity": {"regions": ["west"]}},
    ],
)
def test_what_may_no_longer_stay_does_not_count(closed: dict[str, Any]) -> None:
    assert judged(0, **closed) == set()


def test_what_ends_unplaced_does_not_count() -> None:
    problem = fleet(
        workload(replicas=4, current=[POOL | {"replicas": 4}]), objective={"max_moves": 0}
    )
    moves = [{"workload": "default/w", "from": POOL, "replicas": 4}]
    assert broken(problem, written(problem, {"e2": None}, moves=moves)) == set()


def test_what_is_scaled_down_has_not_moved() -> None:
    assert judged(3, replicas=3, moves=[row(POOL, 3)]) == set()
    assert judged(2, replicas=3, moves=[row(POOL, 3)]) == {"move_limit"}


def test_the_limit_is_for_all_workloads_together() -> None:
    current = [POOL | {"replicas": 2}]
    each = [workload(name, replicas=2, current=current) for name in ("w", "p")]
    for limit, rules in ((4, set()), (3, {"move_limit"})):
        problem = fleet(*each, objective={"max_moves": limit})
        moves = [row(POOL, 2), row(POOL, 2) | {"workload": "default/p"}]
        held = {"w1": {"w": 2, "p": 2}, "e2": None}
        assert broken(problem, written(problem, held, moves=moves)) == rules


def claim(limit: int | None, current: list[Json], **demand: Any) -> set[str]:
    """Return what the claim that no plan exists breaks where four run and nothing else is wrong."""
    problem = fleet(workload(current=current, **demand), objective={"max_moves": limit})
    left: Json = {"workload": "default/w", "replicas": 4}
    if "load" in demand:
        left = {"workload": "default/w", "load": 40.0, "unit": "requests/s"}
    return broken(problem, Plan.model_validate({"status": "infeasible", "unplaced": [left]}))


def test_that_no_plan_exists_is_denied_whatever_the_limit() -> None:
    current = [POOL | {"replicas": 4}]
    for limit in (None, 4, 3, 0):
        assert claim(limit, current, replicas=4) == {"infeasible"}
    load = {"amount": 40.0, "per_replica": {"plain": 10.0}}
    assert claim(0, current, load=load) == {"infeasible"}


def test_the_limit_changes_nothing_where_nothing_runs() -> None:
    problem: Problem = fleet(workload(replicas=4), objective={"max_moves": 0})
    assert broken(problem, written(problem, {"e1": {"w": 4}, "e2": None})) == set()


def test_what_is_scaled_down_may_be_what_could_have_stayed() -> None:
    """Two may not stay in the east, two could in the west; two are asked for, and run in `z`."""
    current = [POOL | {"replicas": 2}, WEST | {"replicas": 2}]
    away = {"cluster_affinity": {"exclude": ["e"]}}
    problem = fleet(workload(replicas=2, current=current, **away), objective={"max_moves": 0})
    moves = [row(POOL, 2) | {"to": {"cluster": "z", "node_pool": "z-plain"}}]
    plan = written(problem, {"e2": None}, [("z-plain", None, {"w": 2})], moves=moves)
    assert broken(problem, plan) == set()

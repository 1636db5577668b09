"""The judge on ``min_replicas``: so many, or none at all."""

import pytest

from tests.two_regions import fleet, workload
from tests.written_plan import Json, New, broken, written


@pytest.mark.parametrize(("placed", "holds"), [(0, True), (1, False), (2, False), (3, True)])
def test_a_workload_is_placed_with_so_many_or_not_at_all(placed: int, holds: bool) -> None:
    problem = fleet(workload(min_replicas=3))
    plan = written(problem, {"e1": {"w": placed} if placed else {}, "e2": None})
    assert broken(problem, plan) == (set() if holds else {"min_replicas"})


@pytest.mark.parametrize(("least", "holds"), [(1, True), (2, False)])
def test_replicas_over_several_nodes_count_once(least: int, holds: bool) -> None:
    wide: Json = {"nodes_per_replica": 2, "requests": {"nvidia.com/gpu": 2}, "min_replicas": least}
    problem = fleet(workload(**wide))
    parts: list[New] = [("e-duo", "a", {"w": part}) for part in ("1/2", "2/2")]
    plan = written(problem, {"e2": None}, parts)
    assert broken(problem, plan) == (set() if holds else {"min_replicas"})


def test_of_a_load_replicas_count_and_not_what_they_carry() -> None:
    load = {"amount": 30.0, "per_replica": {"plain": 10.0}}
    for least, rules in ((3, set()), (4, {"min_replicas"})):
        problem = fleet(workload(load=load, min_replicas=least))
        assert broken(problem, written(problem, {"e1": {"w": 3}, "e2": None})) == rules

"""The exact strategy: where sums mislead, packing decides, and the bound stays valid."""

from typing import Any

import numpy as np
import pytest

from placement import Problem, guess, packer, place, search, verify
from placement.formulation.build import Exactness
from placement.instance import make_instance
from placement.packer import Packer
from placement.packing import Verdict
from placement.refining import refined
from tests.exhaustive import optimum
from tests.generate import random_problem


def mixed(replicas: int, sizes: list[tuple[int, int]], **offer: Any) -> Problem:
    """Return one pool of nodes with 100 CPUs and 100 GiB, and workloads of given sizes."""
    return Problem.model_validate(
        {
            "instance_types": [{"name": "t", "allocatable": {"cpu": 100, "memory": "100Gi"}}],
            "offerings": [{"region": "r", "instance_type": "t", "price": 1.0, **offer}],
            "clusters": [
                {
                    "name": "c",
                    "region": "r",
                    "node_pools": [{"name": "p", "instance_type": "t"}],
                }
            ],
            "workloads": [
                {"name": f"w{i}", "replicas": replicas, "requests": {"cpu": c, "memory": f"{m}Gi"}}
                for i, (c, m) in enumerate(sizes)
            ],
        }
    )


AWKWARD = [(45, 30), (35, 35), (21, 33), (30, 20)]


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows by one for every refinement from here on."""
    calls: list[int] = []

    def refined_and_counted(*arguments: Any, until: float) -> Exactness:
        calls.append(1)
        return refined(*arguments, until=until)

    monkeypatch.setattr(search, "refined", refined_and_counted)
    return calls


def test_hundreds_of_nodes_that_first_fit_cannot_fill_are_packed_by_ways_to_fill_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls = counted(monkeypatch)
    problem = mixed(300, AWKWARD)
    plan = place(problem)
    assert calls
    assert (plan.status, plan.cost_per_hour) == ("optimal", 413.0)
    assert verify(problem, plan) == ()


def test_cuts_alone_reach_the_exhaustive_optimum(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packer, "MOST_PATTERNS", 0)
    calls = counted(monkeypatch)
    for seed in range(150):
        problem = random_problem(seed)
        plan, answer = place(problem), optimum(problem)
        assert (plan.status == "infeasible") is not answer.feasible
        assert plan.cost_per_hour == pytest.approx(float(answer.cost), abs=1e-9)
    assert calls


def test_what_cannot_be_decided_is_not_called_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packer, "MOST_PATTERNS", 0)
    problem = mixed(300, AWKWARD)
    plan = place(problem)
    assert (plan.status, plan.ended_by) == ("feasible", "work")
    assert verify(problem, plan) == ()
    assert plan.lower_bound <= 413.0 <= plan.cost_per_hour


def test_no_fit_names_a_smallest_set_that_the_nodes_cannot_hold() -> None:
    problem = mixed(4, [(34, 1), (10, 1)])
    instance = make_instance(problem)
    packing = Packer(instance)
    x, n = np.array([4, 1]), np.array([1])
    (fill,) = packing.fills(x, n)
    assert fill.verdict is Verdict.IMPOSSIBLE
    cut = packing.no_fit(fill, x, 1)
    assert cut.replicas.tolist() == [3]
    assert [members.tolist() for members in cut.members] == [[0]]


def test_start_from_promising_candidates_alone_keeps_the_optimum(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guess, "SMALL_ENOUGH", 0)
    monkeypatch.setattr(guess, "RULED_ENOUGH", 0)
    for seed in range(100):
        problem = random_problem(seed)
        plan, answer = place(problem), optimum(problem)
        assert (plan.status == "infeasible") is not answer.feasible
        assert plan.cost_per_hour == pytest.approx(float(answer.cost), abs=1e-9)

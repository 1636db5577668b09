"""Greedy plans as starting points: they say in columns what they say in rows."""

import sys

import numpy as np
import pytest

from placement import packer, place, verify
from placement.exact import Exact
from placement.formulation.build import build
from placement.formulation.columns import lifted
from placement.formulation.layout import Layout
from placement.instance import make_instance
from placement.packing import Packing, Verdict
from placement.reading import read_plan
from placement.solver import Limits
from placement.solvers.greedy import BASELINES
from placement.solvers.highs import Highs
from placement.starting import best_of, fills_of, start_of
from tests.exhaustive import optimum
from tests.generate import random_problem
from tests.generate_rules import with_rules


@pytest.mark.parametrize("name", ["cheapest", "ffd", "inventory"])
def test_greedy_plan_satisfies_every_row_of_the_programme(name: str) -> None:
    checked = 0
    for seed in range(80):
        problem = random_problem(seed)
        instance = make_instance(problem)
        plan = BASELINES[name](problem, instance.candidates)
        if plan.status == "infeasible" or any(cap.over for cap in instance.caps):
            continue
        checked += 1
        layout = Layout.of(instance)
        values = lifted(instance, layout, *start_of(instance, plan))
        programme = build(instance, clusters=True)
        assert programme.milp(np.zeros(0)).holds(values)
        assert int(values[layout.u].sum()) == plan.replicas_unplaced
        money = instance.price @ values[layout.n] * float(instance.unit)
        assert money == pytest.approx(plan.cost_per_hour)
    assert checked > 40


@pytest.mark.parametrize("name", ["cheapest", "ffd"])
def test_greedy_plans_of_loads_parts_and_what_runs_satisfy_every_row_too(name: str) -> None:
    rules, checked = frozenset({"load", "whole_nodes", "current"}), 0
    for seed in range(60):
        problem = with_rules(random_problem(seed), seed, rules)
        instance = make_instance(problem)
        plan = BASELINES[name](problem, instance.candidates)
        if not plan.assignments or any(cap.over for cap in instance.caps):
            continue
        checked += 1
        layout = Layout.of(instance)
        values = lifted(instance, layout, *start_of(instance, plan))
        assert build(instance, clusters=True).milp(np.zeros(0)).holds(values), seed
        moved = sum(row.replicas for row in plan.moves)
        assert int(values[layout.block("k")].sum()) == moved
    assert checked > 15


def test_best_of_counts_priorities_before_money() -> None:
    for seed in range(40):
        problem = random_problem(seed)
        plans = [rule(problem) for rule in BASELINES.values()]
        plans = [plan for plan in plans if plan.status != "infeasible"]
        best = best_of(problem, plans)
        if best is None:
            continue
        priority = {w.key: w.priority for w in problem.workloads}
        top = max(priority.values())

        def left(plan: object, top: int = top, priority: dict[str, int] = priority) -> int:
            rows = getattr(plan, "unplaced", ())
            return sum(row.replicas for row in rows if priority[row.workload] == top)

        assert left(best) == min(map(left, plans))


def test_search_from_a_greedy_start_reaches_the_exhaustive_optimum(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys.modules["placement.place"], "SMALL", -1)
    for seed in range(60):
        problem = random_problem(seed)
        plan, answer = place(problem), optimum(problem)
        assert (plan.status == "infeasible") is not answer.feasible
        assert plan.cost_per_hour == pytest.approx(float(answer.cost), abs=1e-9)


def test_a_start_that_packing_does_not_decide_is_kept_as_its_plan_has_packed_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    undecided = Packing(verdict=Verdict.UNDECIDED)
    monkeypatch.setattr(packer, "pack", lambda *_: undecided)
    kept = 0
    for seed in range(30):
        problem = random_problem(seed)
        instance = make_instance(problem)
        plan = BASELINES["cheapest"](problem, instance.candidates)
        if not plan.assignments or plan.status == "infeasible":
            continue
        start, fills = start_of(instance, plan), fills_of(instance, plan)
        limits = Limits(seconds=0.0)
        lost = Exact(instance=instance, solver=Highs(), limits=limits).run(start)
        assert lost.values is None
        answer = Exact(instance=instance, solver=Highs(), limits=limits).run(start, fills)
        read = read_plan(instance, answer, "highs")
        assert verify(problem, read) == ()
        assert read.replicas_unplaced == plan.replicas_unplaced
        assert read.objective.total <= plan.objective.total + 1e-9
        kept += 1
    assert kept > 15

"""Rounding inequalities cut fractions off and no plan; a relaxer's next answer is a first one's."""

from itertools import combinations

import numpy as np
import pytest

from placement import Problem, exact, guess, place
from placement.coverings import coverings
from placement.formulation import levels
from placement.formulation.build import build
from placement.formulation.layout import Layout
from placement.formulation.milp import Floats, Ints, Milp, Rows
from placement.formulation.valid import rounded_up
from placement.instance import Instance, make_instance
from placement.rounding import Rounding
from placement.solver import Limits, Relaxation
from placement.solvers.highs import Highs
from placement.solvers.highs_relaxer import HighsRelaxer
from placement.starting import nothing
from tests.agreement import agrees
from tests.generate import random_problem
from tests.generate_rules import RULES, busy_seeds, with_rules
from tests.programmes import NAMED, random_programme

SETS = [frozenset(names) for count in (1, 2) for names in combinations(RULES, count)]


def small(replicas: int, **rules: object) -> Problem:
    """Return three clusters with nodes of four GPUs at 8 $, and a workload that needs one each."""
    return Problem.model_validate(
        {
            "instance_types": [
                {
                    "name": "g",
                    "allocatable": {"cpu": 64, "memory": "512Gi", "nvidia.com/gpu": 4},
                    "gpu": {"model": "A10", "count": 4, "memory": "24Gi"},
                }
            ],
            "offerings": [{"region": "r", "instance_type": "g", "price": 8.0}],
            "clusters": [
                {"name": name, "region": "r", "node_pools": [{"name": "p", "instance_type": "g"}]}
                for name in ("a", "b", "c")
            ],
            "workloads": [
                {
                    "name": "w",
                    "replicas": replicas,
                    "requests": {"cpu": 1, "memory": "1Gi", "nvidia.com/gpu": 1},
                    **rules,
                }
            ],
        }
    )


def relaxed(problem: Problem, *, cut: bool = True) -> tuple[float, Rows | None]:
    """Return the bound of money with all placed, in the currency, and the cuts that bind."""
    instance = make_instance(problem)
    layout = Layout.of(instance)
    money = levels.money(instance, layout)
    whole = levels.all_left_out(instance, layout).rows(0)
    milp = build(instance).milp(money.cost(), [whole])
    found = HighsRelaxer().relax(milp, 10, Rounding(instance, layout).violated if cut else None)
    assert found is not None
    return found.bound / money.scale * float(instance.unit), found.cuts


@pytest.mark.parametrize(
    ("replicas", "rules", "fraction", "rounded", "whole"),
    [
        (3, {}, 8.0, 8.0, 8.0),  # capacity says already that a node holds no more than three
        (4, {}, 8.0, 8.0, 8.0),
        (9, {}, 18.0, 24.0, 24.0),
        (3, {"spread": [{"by": "cluster", "max_fraction": 0.4}]}, 8.0, 24.0, 24.0),
        (4, {"survive": [{"loss_of": "cluster", "keep": 0.5}]}, 8.0, 16.0, 16.0),
    ],
)
def test_what_a_workload_needs_is_rounded_up_to_whole_nodes(
    replicas: int, rules: dict[str, object], fraction: float, rounded: float, whole: float
) -> None:
    problem = small(replicas, **rules)
    assert relaxed(problem, cut=False)[0] == pytest.approx(fraction)
    assert relaxed(problem)[0] == pytest.approx(rounded)
    assert place(problem).cost_per_hour == pytest.approx(whole)


def cheapest(instance: Instance) -> Ints:
    """Return the columns of a best plan, or of none placed where no plan exists."""
    search = exact.Exact(instance=instance, solver=Highs(), limits=Limits())
    values = search.run(nothing(instance)).values
    assert values is not None
    return values[: Layout.of(instance).width]


def holds(rows: Rows, values: Ints | Floats) -> bool:
    activity = np.bincount(
        rows.row, weights=rows.coef * values[rows.col], minlength=rows.lower.size
    )
    return bool((activity >= rows.lower - 1e-6).all())


def test_no_plan_is_cut_off() -> None:
    made = 0
    for number, names in enumerate(SETS[::3]):
        (seed,) = busy_seeds(200 + 7 * number, 1)
        problem = with_rules(random_problem(seed), seed, names)
        instance = make_instance(problem)
        layout = Layout.of(instance)
        rounding = Rounding(instance, layout)
        whole = cheapest(instance)
        rng = np.random.default_rng(seed)
        for _ in range(20):
            guessed = rng.random(layout.width) * (1 + whole) * rng.integers(0, 2, layout.width)
            rows = rounding.violated(guessed)
            if rows is not None:
                made += rows.lower.size
                assert holds(rows, whole), (seed, names)
                assert not holds(rows, guessed)
    assert made > 500


def test_every_kind_of_covering_is_drawn_and_kept_by_plans() -> None:
    kinds = set()
    for number, names in enumerate(SETS[::3]):
        (seed,) = busy_seeds(3 * number, 1)
        problem = with_rules(random_problem(seed), seed, names)
        instance = make_instance(problem)
        x = cheapest(instance)[: instance.workload.size]
        placed = np.bincount(instance.workload, weights=x, minlength=instance.replicas.size)
        for each in coverings(instance):
            covered = int((each.amount * x[each.candidate]).sum())
            everywhere = each.candidate.size == np.sum(instance.workload == each.workload)
            kinds.add((each.load >= 0, bool(everywhere)))
            if each.load >= 0:
                left = instance.loads[each.load].left(x)
            else:
                left = int(instance.replicas[each.workload]) - int(
                    placed[each.workload] // instance.parts[each.workload]
                )
            assert covered + each.each * left >= each.needed, (seed, names)
    assert kinds == {(True, True), (False, True), (False, False)}


def test_rounding_up_is_subadditive_and_reaches_the_bound() -> None:
    sizes = np.arange(80, dtype=np.int64)
    for step in range(2, 15):
        for rest in range(1, step):
            up = rounded_up(sizes, step, rest)
            assert (np.diff(up) >= 0).all()
            for a in range(40):
                assert (up[a] + up[:40] >= up[a : a + 40]).all()
            for needed in range(rest, 80, step):
                assert up[needed] == rest * -(-needed // step)


def test_large_searches_with_rules_agree_with_exhaustive_search(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guess, "SMALL_ENOUGH", 0)
    monkeypatch.setattr(guess, "RULED_ENOUGH", 0)
    for number, names in enumerate(SETS[::2]):
        (seed,) = busy_seeds(900 + 22 * number, 1)
        agrees(with_rules(random_problem(seed), seed, names), seed)


def same(one: Relaxation | None, other: Relaxation | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.bound == pytest.approx(other.bound, abs=1e-7)


@pytest.mark.parametrize("seed", range(1, 120, 2))
def test_a_relaxer_that_goes_on_gives_what_a_new_one_does(seed: int) -> None:
    milp = random_programme(seed)
    rng = np.random.default_rng(seed)
    relaxer = HighsRelaxer()
    steps = [milp]
    for number in range(4):
        last = steps[-1]
        cost = rng.integers(-5, 6, last.cost.size).astype(np.float64)
        col = np.arange(last.cost.size, dtype=np.int64)
        more = Rows(
            name=f"more {number}",
            row=np.zeros_like(col),
            col=col,
            coef=rng.integers(-2, 3, col.size).astype(np.float64),
            lower=np.array([-np.inf]),
            upper=np.array([float(rng.integers(0, 9))]),
        )
        steps.append(
            Milp(
                cost=cost,
                lower=last.lower,
                upper=last.upper,
                families=(*last.families, more),
                offset=last.offset,
            )
        )
    for step in [*steps, milp, NAMED["an offset"], steps[2]]:
        assert same(relaxer.relax(step, 10), HighsRelaxer().relax(step, 10))

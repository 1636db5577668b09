"""The rows say what the constraints say: each family against plain loops, at many points."""

from collections import Counter
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from placement import place
from placement.formulation import levels
from placement.formulation.build import Programme, build
from placement.formulation.milp import Ints
from placement.instance import Instance, make_instance
from placement.problem import Problem
from placement.problem.base import Money
from placement.solver import Limits
from placement.solvers.highs import Highs
from tests.generate import random_problem
from tests.row_rules import RULES, Point, holds

Json = dict[str, Any]


def point_of(instance: Instance, programme: Programme, values: Ints) -> Point:
    """Return a point by what its values stand for."""
    layout = programme.layout
    pairs = list(zip(instance.workload.tolist(), instance.supply.tolist(), strict=True))
    return Point(
        problem=instance.problem,
        supplies=instance.candidates.supplies,
        x=dict(zip(pairs, values[layout.x].tolist(), strict=True)),
        gpus=dict(zip(pairs, instance.candidates.gpus.tolist(), strict=True)),
        n=values[layout.n].tolist(),
        u=values[layout.u].tolist(),
        grows=values[layout.g].astype(bool).tolist(),
        uses=values[layout.z].astype(bool).tolist(),
    )


def points(instance: Instance, programme: Programme, seed: int) -> list[Ints]:
    """Return a solution of the programme, and points around it and elsewhere in the bounds."""
    rng = np.random.default_rng(seed)
    cost = rng.integers(-5, 6, programme.lower.size).astype(np.float64)
    cost[programme.layout.u] = 3.0
    solved = Highs().solve(programme.milp(cost), Limits()).values
    lower, upper = programme.lower.astype(np.int64), programme.upper.astype(np.int64)
    made = [rng.integers(lower, upper + 1) for _ in range(6)]
    if solved is None:
        return made
    for _ in range(30):
        moved = solved + rng.integers(-1, 2, lower.size) * (rng.random(lower.size) < 0.15)
        made.append(np.clip(moved, lower, upper))
    return [solved, *made]


def test_every_family_means_its_rule() -> None:
    seen: Counter[tuple[str, bool]] = Counter()
    for seed in range(120):
        instance = make_instance(random_problem(seed))
        programme = build(instance, clusters=True)
        families = {rows.name: rows for rows in programme.families}
        assert len(families) == len(programme.families)
        for values in points(instance, programme, seed):
            point = point_of(instance, programme, values)
            for name, rule in RULES.items():
                kept = name not in families or holds(families[name], values)
                assert kept is rule(point), (seed, name)
                seen[name, kept] += name in families
    few = {key: seen[key] for key in ((n, k) for n in RULES for k in (True, False))}
    assert min(few.values()) >= 20, few


def test_a_family_that_nobody_uses_adds_no_row() -> None:
    plain = _fleet(nodes=0)
    names = [rows.name for rows in build(make_instance(plain)).families]
    assert names == ["demand", "capacity"]
    assert build(make_instance(Problem())).families == ()


def test_bounds_are_those_of_replicas_and_nodes() -> None:
    for seed in range(30):
        instance = make_instance(random_problem(seed))
        programme = build(instance)
        layout, supplies = programme.layout, instance.candidates.supplies
        for position, supply in enumerate(supplies):
            least = programme.lower[layout.n[position]]
            assert least == (0 if supply.releasable else len(supply.nodes)), seed
            if supply.nodes:
                assert programme.upper[layout.n[position]] == len(supply.nodes)
        replicas = [w.replicas for w in instance.problem.workloads]
        assert programme.upper[layout.u].tolist() == replicas
        assert all(instance.limit <= np.array(replicas, dtype=np.int64)[instance.workload])
        blocks = [layout.x, layout.n, layout.u, layout.g, layout.z, layout.b]
        assert np.concatenate(blocks).tolist() == list(range(layout.width))


def _fleet(*, nodes: int, releasable: bool = False, replicas: int = 1, **pool: Any) -> Problem:
    """Return a pool of 8-GPU nodes at 2 $/h, of which some run and are full."""
    running = [
        {"name": f"n{i}", "node_pool": "p", "free": {"cpu": 1}, "releasable": releasable}
        for i in range(nodes)
    ]
    kind = {"name": "t", "gpu": {"model": "A10", "count": 8, "memory": "24Gi"}}
    return Problem.model_validate(
        {
            "instance_types": [{**kind, "allocatable": {"cpu": 8}}],
            "offerings": [{"region": "r", "instance_type": "t", "price": 2}],
            "clusters": [
                {
                    "name": "c",
                    "region": "r",
                    "node_pools": [{"name": "p", "instance_type": "t", **pool}],
                    "nodes": running,
                }
            ],
            "workloads": [
                {"name": "w", "replicas": replicas, "requests": {"nvidia.com/gpu": 8, "cpu": 1}}
            ],
        }
    )


@pytest.mark.parametrize(
    ("releasable", "most", "placed", "cost"),
    [
        (False, 3, 1, 6.0),  # one may be added to the two that run
        (False, 2, 0, 4.0),  # the limit is reached
        (False, 1, 0, 4.0),  # what runs beyond it stays, and nothing is added
        (True, 1, 1, 2.0),  # both are let go, so that one can be bought
        (True, 0, 0, 0.0),
    ],
)
def test_what_runs_beyond_a_maximum_stays_or_gives_way(
    releasable: bool, most: int, placed: int, cost: float
) -> None:
    plan = place(_fleet(nodes=2, releasable=releasable, max_nodes=most))
    assert sum(row.replicas for row in plan.assignments) == placed
    assert (plan.status, plan.cost_per_hour) == ("optimal", cost)


def test_prices_are_whole_multiples_of_the_largest_unit_that_divides_them() -> None:
    for seed in range(30):
        instance = make_instance(random_problem(seed))
        exact = [Money.exact(supply.price) for supply in instance.candidates.supplies]
        assert [int(price) * instance.unit for price in instance.price] == exact
        assert np.gcd.reduce(instance.price, initial=0) in {0, 1}


def test_prices_that_were_divided_are_read() -> None:
    rows = [
        {"region": "r", "instance_type": "t", "price": 0.1 / 3},
        {"region": "r", "instance_type": "t", "price": 98.32, "capacity_type": "reserved"},
    ]
    pools = [
        {"name": "a", "instance_type": "t"},
        {"name": "b", "instance_type": "t", "capacity_type": "reserved"},
    ]
    document = _fleet(nodes=0).model_dump(mode="json") | {"offerings": rows}
    document["clusters"][0]["node_pools"] = pools
    instance = make_instance(Problem.model_validate(document))
    assert instance.price.tolist()[0] > 0


@pytest.mark.parametrize("seed", range(6))
def test_levels_are_whole_numbers_scaled_to_what_solvers_can_tell_apart(seed: int) -> None:
    instance = make_instance(random_problem(seed))
    layout = build(instance).layout
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 9, layout.width)
    money = levels.money(instance, layout)
    nodes = zip(values[layout.n].tolist(), instance.candidates.supplies, strict=True)
    spent = sum((n * Money.exact(supply.price) for n, supply in nodes), Decimal(0))
    assert money.value(values) * instance.unit == spent
    assert levels.nodes(layout).value(values) == int(values[layout.n].sum())
    assert levels.clusters(layout).value(values) == int(values[layout.z].sum())
    by_priority = list(levels.by_priority(instance, layout))
    wanted = sorted({w.priority for w in instance.problem.workloads}, reverse=True)
    assert len(by_priority) == len(wanted)
    for level, priority in zip(by_priority, wanted, strict=True):
        left = zip(values[layout.u].tolist(), instance.problem.workloads, strict=True)
        assert level.value(values) == sum(u for u, w in left if w.priority == priority)
    assert levels.all_left_out(instance, layout).value(values) == int(values[layout.u].sum())
    for level in (money, *by_priority):
        assert 0 < level.scale <= 1
        assert np.abs(level.cost()).max(initial=0) <= 1e6 * (1 + 1e-12)
        assert np.allclose(level.cost(), level.weight * level.scale)
        reached = level.value(values)
        assert holds(level.rows(reached), values)
        assert reached == 0 or not holds(level.rows(reached - 1), values)


def test_a_level_of_large_weights_is_scaled() -> None:
    weight = np.array([0, 3 * 10**9, 5], dtype=np.int64)
    level = levels.Level(name="money", weight=weight)
    assert level.scale == pytest.approx(1e6 / 3e9)
    assert level.cost()[1] == pytest.approx(1e6)
    assert level.value(np.array([7, 2, 1], dtype=np.int64)) == 6 * 10**9 + 5

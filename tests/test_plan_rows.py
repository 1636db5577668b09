"""Rows of a plan read off arrays: the same in every respect as if each had been validated."""

import numpy as np
import pytest
from pydantic import BaseModel

from placement import place
from placement.instance import Instance, make_instance
from placement.members import Members
from placement.packer import Packer
from placement.plan_rows import read_assignments, read_nodes, read_pools
from placement.problem import Problem
from placement.solvers.greedy import BASELINES
from placement.starting import fills_of, start_of
from tests.generate import random_problem
from tests.generate_rules import with_rules


def assert_as_validated(row: BaseModel) -> None:
    """Compare a row with one that is made of its fields anew, by validation."""
    shown = {name: getattr(row, name) for name in row.model_fields_set}
    again = type(row).model_validate(shown)
    assert again == row
    assert type(row).model_validate(row.model_dump()) == row
    assert again.model_fields_set == row.model_fields_set
    assert again.model_dump() == row.model_dump()
    assert again.model_dump_json() == row.model_dump_json()
    for unset, defaults in ((True, False), (False, True)):
        one, other = (
            each.model_dump_json(exclude_unset=unset, exclude_defaults=defaults)
            for each in (again, row)
        )
        assert one == other
    assert not any(value is None for value in shown.values())  # null stands for the default


def read(problem: Problem) -> tuple[Instance, list[BaseModel]]:
    instance = make_instance(problem)
    plan = BASELINES["cheapest"](problem, instance.candidates)
    x, n = start_of(instance, plan)
    nodes = read_nodes(instance, n, fills_of(instance, plan))
    rows: list[BaseModel] = [*read_assignments(instance, x), *nodes, *read_pools(problem, nodes)]
    return instance, [*rows, *(row for node in nodes for row in node.replicas)]


@pytest.mark.parametrize("seed", range(0, 60, 2))
def test_rows_are_as_if_each_had_been_validated(seed: int) -> None:
    rules = frozenset({"whole_nodes", "current"}) if seed % 4 else frozenset[str]()
    _, rows = read(with_rules(random_problem(seed), seed, rules))
    for row in rows:
        assert_as_validated(row)


def test_parts_of_replicas_over_several_nodes_are_as_if_validated_too() -> None:
    seen = 0
    for seed in range(40):
        plan = place(with_rules(random_problem(seed), seed, frozenset({"whole_nodes"})))
        for row in (row for node in plan.nodes for row in node.replicas):
            seen += row.part is not None
            assert_as_validated(row)
    assert seen > 10


def test_rows_of_a_plan_change_alone() -> None:
    """Rows are frozen, and what Pydantic notes of each is its own."""
    _, rows = read(random_problem(3))
    noted = [row.model_fields_set for row in rows if type(row).__name__ == "NodePlan"]
    assert len({id(each) for each in noted}) == len(noted) > 1


@pytest.mark.parametrize("seed", range(20))
def test_the_candidates_of_a_supply_are_those_that_a_search_finds(seed: int) -> None:
    random = np.random.default_rng(seed)
    supplies = int(random.choice((1, 7, 300, 70_000)))
    supply = random.integers(0, supplies, int(random.integers(0, 500)))
    members = Members(supply, supplies)
    for number in (0, supplies // 2, supplies - 1):
        assert members.of(number).tolist() == np.flatnonzero(supply == number).tolist()


def test_equal_needs_are_packed_as_one_group_and_shared_out_in_order() -> None:
    for seed in range(40):
        instance = make_instance(random_problem(seed))
        plan = BASELINES["ffd"](instance.problem, instance.candidates)
        x, n = start_of(instance, plan)
        for fill in Packer(instance).fills(x, n):
            placed = np.array(fill.nodes, dtype=np.int64).sum(axis=0)
            assert placed.tolist() == x[fill.candidate].tolist()
            first_of: dict[tuple[int, ...], list[int]] = {}
            for node in fill.nodes:
                for at, candidate in enumerate(fill.candidate.tolist()):
                    need = tuple(instance.candidates.takes[candidate].tolist())
                    if node[at]:
                        first_of.setdefault(need, []).append(at)
            assert all(order == sorted(order) for order in first_of.values())

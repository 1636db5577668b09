"""Reasons of replicas left out: those that looking at every pair and every limit alone gives."""

from collections.abc import Iterator

import numpy as np
import pytest

from placement.formulation.milp import Ints
from placement.instance import Instance, make_instance
from placement.problem import Problem
from placement.refused import Refused
from placement.solvers.greedy import BASELINES
from placement.starting import start_of
from placement.used_up import UsedUp
from tests.generate import random_problem
from tests.generate_costs import with_costs
from tests.generate_rules import with_rules
from tests.generate_stock import market

ALL = 10**6


def problems() -> Iterator[Problem]:
    for seed in range(60):
        yield with_costs(random_problem(seed), seed)
        yield with_rules(random_problem(seed), seed, frozenset({"spread", "survive", "load"}))
        yield with_rules(random_problem(seed), seed, frozenset({"spread_node", "whole_nodes"}))
    for seed in range(20):
        yield market(seed)


def refusals(instance: Instance, workload: int) -> list[str]:
    """Return one line for every distinct refusal, each pair looked at alone."""
    found = instance.candidates
    places: dict[str, list[str]] = {}
    for position, supply in enumerate(found.supplies):
        rule, reason = found.why_not(workload, position)
        if supply.bulk or not rule:
            continue
        pool = f"/{supply.pool.name}" if supply.pool else ""
        names = places.setdefault(f"{rule}: {reason}", [])
        names.append(f"{supply.cluster.name}{pool} ({supply.type_name or 'unknown type'})")
    lines = []
    for reason, names in places.items():
        shown = list(dict.fromkeys(names))
        more = f" and {len(shown) - 4} more" if len(shown) > 4 else ""
        lines.append(f"{', '.join(shown[:4])}{more}: {reason}")
    return lines


def used_up(instance: Instance, mine: Ints, n: Ints) -> list[str]:
    """Return the limits that have no room for a node more, each looked at alone."""
    lines = []
    for cap in instance.caps:
        own = np.isin(cap.supply, mine)
        if cap.family == "pool_minimum" or not own.any():
            continue
        used = int((cap.weight * n[cap.supply]).sum())
        if used + int(cap.weight[own].min()) > cap.bound:
            amounts = f"{cap.says(used)} of {cap.says(cap.bound)}"
            lines.append(f"{cap.family}: {cap.label} is used up ({amounts})")
    return lines


def test_refusals_are_those_of_every_pair_alone() -> None:
    rules: set[str] = set()
    for problem in problems():
        instance = make_instance(problem)
        refused = Refused(instance)
        for workload in range(len(problem.workloads)):
            expected = refusals(instance, workload)
            assert refused.lines(workload, ALL) == (expected, len(expected))
            rules |= {line.split(": ")[1] for line in expected}
    assert rules >= {"capacity_types", "cluster_affinity", "taints", "room", "spread", "load"}


@pytest.mark.parametrize("most", [0, 1, 3])
def test_the_first_refusals_are_told_and_the_rest_counted(most: int) -> None:
    for seed in range(20):
        instance = make_instance(random_problem(seed))
        for workload in range(len(instance.problem.workloads)):
            expected = refusals(instance, workload)
            found = Refused(instance).lines(workload, most)
            assert found == (expected[:most], len(expected))


def test_limits_are_used_up_as_each_alone_says() -> None:
    said = 0
    for problem in problems():
        instance = make_instance(problem)
        plan = BASELINES["cheapest"](problem, instance.candidates)
        _, n = start_of(instance, plan)
        limits = UsedUp(instance, n)
        for workload in range(len(problem.workloads)):
            mine = instance.supply[instance.workload == workload]
            expected = used_up(instance, mine, n)
            assert limits.says(mine) == expected
            said += len(expected)
    assert said > 100

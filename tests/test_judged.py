"""Refusals told when they are asked are those of judging every pair by every rule, one by one."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from random import Random

import numpy as np
import pytest

from placement.candidates import Candidates, find_candidates
from placement.eligibility import missing_room
from placement.groups import looks_at_nodes
from placement.instance import make_instance
from placement.looked_at import preferred_zones
from placement.problem import Problem
from placement.supplies import supplies
from placement.supply import Supply
from tests.generate import MEDIUM, random_problem
from tests.generate_losses import random_losses
from tests.generate_rules import RULES, with_rules

SEEDS = range(60)


def drawn(seed: int) -> Iterator[Problem]:
    """Yield problems without rules between replicas, with some of them, and with losses."""
    rng = Random(seed)
    names = sorted({*RULES} - {"budgets"})
    yield random_problem(seed, size=MEDIUM)
    yield with_rules(random_problem(seed), seed, frozenset(rng.sample(names, rng.randint(1, 6))))
    yield random_losses(seed)


def judged(found: Candidates, workload: int, supply: int) -> int:
    """Return the code of a pair, by asking every rule."""
    asker, offer = found.problem.workloads[workload], found.supplies[supply]
    for code, rule in enumerate(found.rules, start=1):
        if not rule.admits(asker, replace(offer, bulk=False)):
            return code
    if offer.bulk and looks_at_nodes(asker):
        return 1 + [rule.name for rule in found.rules].index("spread")
    needs = found.sizing.requests(asker, offer.kind, found.sizing.gpus(asker, offer.kind))
    return len(found.rules) + 1 if missing_room(needs, offer.room) else 0


@pytest.mark.parametrize("seed", SEEDS)
def test_refusals_are_those_of_judging_each_pair_by_each_rule(seed: int) -> None:
    for problem in drawn(seed):
        found = find_candidates(problem)
        possible = []
        for workload in range(len(problem.workloads)):
            codes = [judged(found, workload, at) for at in range(len(found.supplies))]
            assert found.refused(workload).tolist() == codes
            names = ["", *(rule.name for rule in found.rules), "room"]
            for supply, code in enumerate(codes):
                rule, reason = found.why_not(workload, supply)
                assert (rule, bool(reason)) == (names[code], code > 0)
            possible += [(workload, supply) for supply, code in enumerate(codes) if code == 0]
        pairs = zip(found.workload.tolist(), found.supply.tolist(), strict=True)
        assert list(pairs) == possible


@pytest.mark.parametrize("seed", SEEDS)
def test_new_nodes_in_a_zone_are_told_apart_where_a_workload_needs_to_name_it(seed: int) -> None:
    for problem in drawn(seed):
        found = find_candidates(problem)
        fleet = supplies(problem)
        kept = [supply for supply in fleet if has_a_purpose(found, fleet, supply)]
        assert list(dict.fromkeys(supply.place for supply in found.supplies)) == list(
            dict.fromkeys(supply.place for supply in kept)
        )


def has_a_purpose(found: Candidates, fleet: tuple[Supply, ...], supply: Supply) -> bool:
    """Return whether some workload may use new nodes of a zone and would not do with any zone."""
    if supply.running or supply.zone is None:
        return True
    twins = [
        other
        for other in fleet
        if other.place[:2] == supply.place[:2] and not other.running and other.zone is None
    ]
    if not twins:
        return True
    for workload in found.problem.workloads:
        admitted = [
            all(rule.admits(workload, kind) for rule in found.rules) for kind in (supply, twins[0])
        ]
        prefers = supply.zone in preferred_zones(workload)
        if workload.most_replicas and admitted[0] and (not admitted[1] or prefers):
            return True
    return False


def arrays(value: object) -> Iterator[np.ndarray]:
    """Yield every array that a value holds."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, tuple | list):
        for each in value:
            yield from arrays(each)
    elif is_dataclass(value):
        for field in fields(value):
            yield from arrays(getattr(value, field.name))


def wide(clusters: int) -> Problem:
    """Return a fleet in which every workload may use one cluster alone."""
    names = [f"c{number}" for number in range(clusters)]
    pools = [
        {"name": f"p{number}", "instance_type": "t", "labels": {"pool": str(number)}}
        for number in range(8)
    ]
    return Problem.model_validate(
        {
            "instance_types": [{"name": "t", "allocatable": {"cpu": 8}}],
            "offerings": [{"region": "r", "instance_type": "t", "price": 1}],
            "clusters": [{"name": name, "region": "r", "node_pools": pools} for name in names],
            "workloads": [
                {
                    "name": f"w{number}",
                    "replicas": 1,
                    "requests": {"cpu": 1 + number % 3},
                    "cluster_affinity": {"cluster_names": [names[number % clusters]]},
                }
                for number in range(8 * clusters)
            ],
        }
    )


def test_nothing_is_kept_of_the_size_of_all_pairs() -> None:
    problem = wide(60)
    found = find_candidates(problem)
    pairs = len(problem.workloads) * len(found.supplies)
    assert (found.workload.size, pairs) == (60 * 8 * 8, (60 * 8) ** 2)
    assert sum(array.size for array in arrays(found)) < pairs / 4
    assert max(array.size for array in arrays(make_instance(problem, found))) < pairs / 10

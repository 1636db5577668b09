"""Needs of replicas in which equal rows are written once, and numbers for what is equal."""

import numpy as np
import pytest

from placement.candidates import find_candidates
from placement.needs import UNLIMITED, Needs
from placement.numbering import distinct, numbered
from placement.quantity import PODS
from placement.sizing import Sizing, gpu_resources
from tests.generate import MEDIUM, random_problem

SEEDS = range(40)


@pytest.mark.parametrize("seed", SEEDS)
def test_requests_are_what_sizing_says_of_each_pair(seed: int) -> None:
    problem = random_problem(seed, size=MEDIUM)
    found, alone = find_candidates(problem), Sizing(gpu_resources(problem))
    pairs = zip(found.workload.tolist(), found.supply.tolist(), strict=True)
    for candidate, (workload, supply) in enumerate(pairs):
        asker, kind = problem.workloads[workload], found.supplies[supply].kind
        gpus = alone.gpus(asker, kind)
        asked = {"replicas": 1, PODS: 1, **alone.requests(asker, kind, gpus)}
        assert found.gpus[candidate] == gpus
        assert found.requests[candidate].tolist() == [asked.get(r, 0) for r in found.resources]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_table_of_sizes_is_each_size_by_the_laws_for_one(seed: int) -> None:
    problem = random_problem(seed, size=MEDIUM)
    kinds = [*problem.instance_types, None]
    alone = Sizing(gpu_resources(problem))
    table = Sizing.of(problem).table(problem.workloads, kinds)
    each = [[alone.gpus(workload, kind) for kind in kinds] for workload in problem.workloads]
    assert table.tolist() == each


def test_needs_are_indexed_like_an_array() -> None:
    needs = Needs(np.array([[1, 2], [3, 4], [5, 6]]), np.array([2, 0, 0, 1]))
    whole = np.array([[5, 6], [1, 2], [1, 2], [3, 4]])
    some = np.array([2, 1])
    assert needs.shape == whole.shape
    both = (slice(None), [1, 0, 1])
    for at in (2, some, slice(1, 3), slice(None), (slice(None), 1), both, (some, some - 1), (3, 1)):
        assert needs[at].tolist() == whole[at].tolist()
    assert needs.of(some)[:].tolist() == whole[some].tolist()
    room = np.array([[3, 4], [9, 2]])
    fits = needs.within(room, np.array([1, 1, 0, 0]))
    assert fits.tolist() == [False, True, True, True]


def test_replicas_that_take_whole_nodes_take_all_that_is_limited() -> None:
    needs = Needs(np.array([[1, 2]]), np.array([0, 0, 0]))
    room = np.array([[8, UNLIMITED], [4, 6]])
    taken = needs.or_all(room, np.array([0, 0, 1]), np.array([1, 2]))
    assert taken[:].tolist() == [[1, 2], [8, 2], [4, 6]]
    assert needs.or_all(room, np.array([0, 0, 1]), np.array([], dtype=np.int64)) is needs


@pytest.mark.parametrize("below", [10, 10**12])
def test_distinct_codes_are_ascending_and_numbered_alike_however_wide_they_are(below: int) -> None:
    codes, number = distinct(np.array([7, 2, 7, 9, 2]), below)
    assert codes.tolist() == [2, 7, 9]
    assert number.tolist() == [1, 0, 1, 2, 0]


def test_keys_are_numbered_in_the_order_in_which_they_come() -> None:
    firsts, number = numbered(["b", "a", "b", None])
    assert (firsts, number.tolist()) == ([0, 1, 3], [0, 1, 0, 2])
    assert numbered([])[0] == []

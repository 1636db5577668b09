"""Replicas onto concrete nodes: exact against brute force, over all resources at once."""

import time
from itertools import product
from random import Random

import numpy as np
import pytest

from placement.instance import make_instance
from placement.packer import Packer
from placement.packing import Packing, Verdict, pack
from placement.problem import Problem
from placement.ways import Counts, OutOfWork, maximal_patterns

Case = tuple[tuple[Counts, ...], Counts, Counts, int]


def fits(sizes: tuple[Counts, ...], counts: Counts, room: Counts, nodes: int) -> bool:
    """Return whether the replicas fit, by trying every node for one replica after the other."""
    replicas = [size for size, count in zip(sizes, counts, strict=True) for _ in range(count)]
    replicas.sort(reverse=True)

    def put(position: int, left: tuple[Counts, ...]) -> bool:
        if position == len(replicas):
            return True
        size = replicas[position]
        for node in sorted(set(left)):
            after = tuple(has - takes for has, takes in zip(node, size, strict=True))
            if min(after) >= 0:
                rest = list(left)
                rest[rest.index(node)] = after
                if put(position + 1, tuple(sorted(rest))):
                    return True
        return False

    return put(0, (room,) * nodes)


def ways(sizes: tuple[Counts, ...], counts: Counts, room: Counts) -> set[Counts]:
    """Return every way to fill a node that no further replica fits, from all ways there are."""
    valid = {
        way
        for way in product(*(range(count + 1) for count in counts))
        if all(
            sum(n * size[k] for n, size in zip(way, sizes, strict=True)) <= has
            for k, has in enumerate(room)
        )
    }
    more = [tuple(int(g == h) for h in range(len(sizes))) for g in range(len(sizes))]
    return {
        way
        for way in valid
        if not any(tuple(a + b for a, b in zip(way, one, strict=True)) in valid for one in more)
    }


def case(seed: int) -> Case:
    """Return a random case in which sizes do not divide and several resources bind."""
    rng = Random(seed)
    resources, groups = rng.choice((1, 1, 2, 2, 3)), rng.choice((1, 2, 2, 3, 3, 4))
    room = tuple(rng.choice((8, 10, 12, 17, 24)) for _ in range(resources))
    sizes: set[Counts] = set()
    while len(sizes) < groups:
        sizes.add(tuple(rng.randint(0 if k else 1, int(has * 0.6)) for k, has in enumerate(room)))
    counts = tuple(rng.choice((0, 1, 1, 2, 3)) for _ in range(groups))
    volume = max(
        sum(n * size[k] for n, size in zip(counts, sizes, strict=True)) / has
        for k, has in enumerate(room)
    )
    return tuple(sizes), counts, room, int(volume) + rng.choice((0, 1, 1, 2))


def check(packing: Packing, sizes: tuple[Counts, ...], counts: Counts, room: Counts) -> None:
    """Hold an answer to its own nodes: every replica once, and no node too full."""
    assert tuple(map(sum, zip(*packing.nodes, strict=True))) == counts or not any(counts)
    for node in packing.nodes:
        for k, has in enumerate(room):
            assert sum(n * size[k] for n, size in zip(node, sizes, strict=True)) <= has


@pytest.mark.parametrize("first", range(0, 1500, 300))
def test_the_verdict_is_that_of_brute_force(first: int) -> None:
    verdicts = set()
    for seed in range(first, first + 300):
        sizes, counts, room, nodes = case(seed)
        packing = pack(sizes, counts, room, nodes)
        possible = fits(sizes, counts, room, nodes)
        expected = Verdict.FITS if possible else Verdict.IMPOSSIBLE
        assert packing.verdict is expected, seed
        if possible:
            check(packing, sizes, counts, room)
            assert len(packing.nodes) <= nodes
        verdicts.add(packing.verdict)
    assert verdicts == {Verdict.FITS, Verdict.IMPOSSIBLE}


@pytest.mark.parametrize("nodes", [1, 2, 3])
def test_a_node_of_eight_gpus_holds_two_replicas_of_three(nodes: int) -> None:
    assert pack(((3,),), (2 * nodes,), (8,), nodes).verdict is Verdict.FITS
    assert pack(((3,),), (2 * nodes + 1,), (8,), nodes).verdict is Verdict.IMPOSSIBLE


MISSED: Case = (((4,), (3,), (2,)), (1, 2, 3), (8,), 2)
"""4 + 2 + 2 and 3 + 3 + 2 fill two nodes; first-fit-decreasing takes three."""


def test_search_finds_what_first_fit_decreasing_misses() -> None:
    sizes, counts, room, nodes = MISSED
    packing = pack(sizes, counts, room, nodes)
    assert packing.verdict is Verdict.FITS
    check(packing, sizes, counts, room)
    assert len(packing.nodes) == 2
    assert pack(((6,), (4,), (3,)), (1, 1, 2), (8,), 2).verdict is Verdict.IMPOSSIBLE


def test_every_resource_counts() -> None:
    by_gpu, by_cpu = (4, 1), (1, 6)
    assert pack((by_gpu, by_cpu), (1, 1), (8, 7), 1).verdict is Verdict.FITS
    assert pack((by_gpu, by_cpu), (1, 1), (8, 6), 1).verdict is Verdict.IMPOSSIBLE
    assert pack((by_gpu, by_cpu), (2, 1), (8, 8), 1).verdict is Verdict.IMPOSSIBLE


def test_figures_in_base_units_are_exact() -> None:
    gib = 2**30
    assert pack(((10 * gib,),), (3,), (30 * gib,), 1).verdict is Verdict.FITS
    assert pack(((10 * gib,),), (3,), (30 * gib - 1,), 1).verdict is Verdict.IMPOSSIBLE
    assert pack(((2**62 - 1,), (2,)), (1, 1), (2**62,), 1).verdict is Verdict.IMPOSSIBLE


def test_nothing_fits_on_no_node() -> None:
    assert pack(((1,),), (0,), (1,), 0) == Packing(Verdict.FITS)
    assert pack((), (), (1,), 0) == Packing(Verdict.FITS)


@pytest.mark.parametrize("nodes", [2, 5])
def test_a_giant_fits_on_no_number_of_nodes(nodes: int) -> None:
    assert pack(((9,),), (1,), (8,), nodes).verdict is Verdict.IMPOSSIBLE
    assert pack(((1, 1),), (1,), (8, 0), nodes).verdict is Verdict.IMPOSSIBLE


def test_replicas_that_take_nothing_share_a_node() -> None:
    assert pack(((0,),), (3,), (5,), 1).verdict is Verdict.FITS


def test_only_the_limit_of_work_leaves_a_verdict_open() -> None:
    assert pack(*MISSED, work=0).verdict is Verdict.UNDECIDED
    assert pack(*MISSED, work=100).verdict is Verdict.FITS
    assert pack(((3,),), (3,), (8,), 1, work=0).verdict is Verdict.IMPOSSIBLE  # by volume


def test_the_same_question_gets_the_same_answer() -> None:
    for seed in range(50):
        sizes, counts, room, nodes = case(seed)
        assert pack(sizes, counts, room, nodes) == pack(sizes, counts, room, nodes)


@pytest.mark.parametrize("first", range(0, 400, 100))
def test_maximal_patterns_are_all_there_and_each_once(first: int) -> None:
    for seed in range(first, first + 100):
        sizes, counts, room, _ = case(seed)
        listed = list(maximal_patterns(sizes, counts, room))
        assert len(listed) == len(set(listed)), seed
        assert set(listed) == ways(sizes, counts, room), seed


def test_a_fleet_of_equal_nodes_is_packed_at_once() -> None:
    begun = time.perf_counter()
    packing = pack(((3, 1), (1, 5)), (2000, 2000), (8, 40), 1200)
    assert packing.verdict is Verdict.FITS
    assert time.perf_counter() - begun < 5


def packer(gpus: int, *replicas: int) -> Packer:
    """Return the packer of a pool of 8-GPU nodes and workloads of ``gpus`` GPUs a replica."""
    kind = {"name": "t", "gpu": {"model": "A10", "count": 8, "memory": "24Gi"}, "allocatable": {}}
    pools = [{"name": "p", "instance_type": "t"}]
    problem = Problem.model_validate(
        {
            "instance_types": [kind],
            "offerings": [{"region": "r", "instance_type": "t", "price": 1}],
            "clusters": [{"name": "c", "region": "r", "node_pools": pools}],
            "workloads": [
                {"name": f"w{n}", "replicas": count, "requests": {"nvidia.com/gpu": gpus}}
                for n, count in enumerate(replicas)
            ],
        }
    )
    return Packer(make_instance(problem))


def test_workloads_of_equal_needs_are_packed_as_one_group() -> None:
    both = packer(3, 3, 3)
    x = np.array([3, 3], dtype=np.int64)
    (fill,) = both.fills(x, np.array([3], dtype=np.int64))
    assert fill.verdict is Verdict.FITS
    assert all(sum(node) <= 2 for node in fill.nodes)
    assert tuple(map(sum, zip(*fill.nodes, strict=True))) == (3, 3)
    (fill,) = both.fills(x, np.array([2], dtype=np.int64))
    assert fill.verdict is Verdict.IMPOSSIBLE
    patterns = both.patterns(0)
    assert patterns is not None
    assert patterns.count.tolist() == [[2]]
    assert patterns.group.tolist() == [0, 0]


def test_what_does_not_fit_is_reduced_to_a_smallest_such_set() -> None:
    both = packer(3, 4, 4)
    x = np.array([4, 4], dtype=np.int64)
    (fill,) = both.fills(x, np.array([2], dtype=np.int64))
    cut = both.no_fit(fill, x, 2)
    assert (cut.supply, cut.nodes, cut.replicas.tolist()) == (0, 2, [5])
    assert [members.tolist() for members in cut.members] == [[0, 1]]


def test_more_groups_than_can_be_listed_are_given_up_at_once() -> None:
    sizes = tuple((size, 1) for size in range(1, 1101))
    with pytest.raises(OutOfWork):
        next(maximal_patterns(sizes, (1,) * len(sizes), (5000, len(sizes))))
    assert pack(sizes, (1,) * len(sizes), (5000, 9), 100).verdict is Verdict.IMPOSSIBLE  # by volume

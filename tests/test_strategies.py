"""The strategies for large fleets against the whole programme, on small problems of every kind."""

import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from placement import Problem
from placement.instance import make_instance
from placement.strategies import refused_rules
from tests.generate import MEDIUM, SMALL, random_problem
from tests.generate_costs import with_costs
from tests.held_against_exact import agrees

KINDS = ("gpu", "mixed", "identical", "scarce", "giant", "islands", "fragmented")
SIZES = ("5x2x4x1", "6x4x6x2", "8x4x6x2", "10x5x10x3")


@pytest.fixture(scope="module", autouse=True)
def importable() -> Iterator[None]:
    """Make the modules of the benchmarks importable, as their scripts see them."""
    before = list(sys.path)
    sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
    yield
    sys.path[:] = before


def fleet(kind: str, seed: int) -> Problem:
    """Return a small fleet of a kind, with as much stock as it is drawn with or less."""
    from fleets import problem, size_of

    random = Random(f"{kind} {seed}")
    size = size_of(random.choice(SIZES))
    return problem(size, kind, seed, random.choice((1.0, 1.0, 2.0, 4.0)))


def drawn(kind: str, seed: int) -> Problem:
    """Return a random problem: small, larger, with prices on replicas, or a fleet of a kind."""
    if kind in KINDS:
        return fleet(kind, seed)
    problem = random_problem(seed, size=SMALL if kind == "small" else MEDIUM)
    return with_costs(problem, seed) if kind == "costs" else problem


def held(kind: str, seeds: range) -> list[float]:
    """Hold problems against the optimum; return the distances of those that it can be told of."""
    problems = [(drawn(kind, seed), seed) for seed in seeds]
    taken = [(problem, seed) for problem, seed in problems if not _refused(problem)]
    found = [agrees(problem, seed) for problem, seed in taken]
    return [distance for distance in found if distance is not None]


def _refused(problem: Problem) -> tuple[str, ...]:
    return refused_rules(make_instance(problem))


@pytest.mark.parametrize("kind", ["small", "larger", "costs"])
def test_decomposition_and_greedy_are_never_beyond_the_optimum(kind: str) -> None:
    assert len(held(kind, range(20))) > 12


@pytest.mark.parametrize("kind", KINDS)
def test_nor_are_they_on_small_fleets_of_every_kind(kind: str) -> None:
    held(kind, range(1))


@pytest.mark.large
@pytest.mark.parametrize("first", range(1000, 3000, 200))
@pytest.mark.parametrize("kind", ["small", "larger", "costs"])
def test_nor_on_thousands_of_problems(kind: str, first: int) -> None:
    assert len(held(kind, range(first, first + 200))) > 140


@pytest.mark.large
@pytest.mark.parametrize("kind", KINDS)
def test_nor_on_many_small_fleets(kind: str) -> None:
    held(kind, range(100, 140))


@pytest.mark.parametrize(
    ("kind", "seed"),
    [
        pytest.param("small", 4, id="quota-exceeded-now-and-kept-again"),
        pytest.param("small", 119, id="pool-maximum-exceeded-now-and-kept-again"),
        pytest.param("larger", 141, id="cluster-limit-exceeded-now-and-kept-again"),
        pytest.param("small", 58, id="minimum-of-a-pool-that-needs-no-node"),
        pytest.param("small", 1447, id="minima-of-two-pools-under-an-exceeded-quota"),
        pytest.param("small", 30, id="minimum-beside-priorities"),
        pytest.param("costs", 9, id="replica-prices-above-node-prices"),
        pytest.param("costs", 135, id="replica-prices-far-above-node-prices"),
        pytest.param("larger", 31, id="scarce-stock"),
    ],
)
def test_decomposition_reaches_the_optimum_of(kind: str, seed: int) -> None:
    assert agrees(drawn(kind, seed), seed) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("seed", [37, 90])
def test_problem_without_any_node_has_an_empty_plan(seed: int) -> None:
    problem = random_problem(seed)
    assert not make_instance(problem).price.size
    assert agrees(problem, seed) is not None

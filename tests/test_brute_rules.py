"""The exhaustive search under every rule of workloads, against a dumber search."""

from dataclasses import replace
from itertools import combinations

import pytest

from tests.brute_force import TooMany
from tests.brute_rules import brute_rules
from tests.exhaustive import optimum
from tests.generate import Size, random_problem
from tests.generate_rules import RULES, busy_seeds, with_rules

TINY = Size(workloads=(1, 1, 2), replicas=3, states=8, clusters=(1, 2), pools=1, running=1)
SETS = [frozenset(names) for count in (1, 2) for names in combinations(RULES, count)]


def compared(seeds: list[int], rules: list[frozenset[str]], most: int) -> int:
    """Return how many optima are those of the dumber search, or fail."""
    count = 0
    for seed in seeds:
        for names in rules:
            problem = with_rules(random_problem(seed, size=TINY), seed, names)
            try:
                dumb = brute_rules(problem, most)
            except TooMany:
                continue
            assert replace(optimum(problem), used=()) == dumb, (seed, sorted(names))
            count += 1
    return count


def test_the_dumber_search_agrees_under_every_rule_and_some_pairs() -> None:
    seeds = busy_seeds(0, 5, TINY)
    chosen = [SETS[: len(RULES)], *(SETS[len(RULES) + n :: 4] for n in range(4))]
    found = sum(compared([seed], sets, 500) for seed, sets in zip(seeds, chosen, strict=True))
    assert found >= 80


@pytest.mark.large
@pytest.mark.parametrize("number", range(20))
def test_the_dumber_search_agrees_under_every_pair_of_rules(number: int) -> None:
    compared(busy_seeds(1000 * number, 5, TINY), SETS, 4000)

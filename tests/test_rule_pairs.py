"""Every rule alone and every pair of rules: plans are those of exhaustive search, row for row."""

from itertools import combinations

import pytest

from tests.agreement import agrees, costs_the_same
from tests.generate import random_problem
from tests.generate_rules import RULES, busy_seeds, with_rules

SETS = [frozenset(names) for count in (1, 2) for names in combinations(RULES, count)]
NAMES = ["+".join(sorted(names)) for names in SETS]


@pytest.mark.parametrize("names", SETS, ids=NAMES)
def test_plans_under_one_rule_or_two_are_those_of_exhaustive_search(names: frozenset[str]) -> None:
    for seed in busy_seeds(10 * SETS.index(names), 2):
        agrees(with_rules(random_problem(seed), seed, names), seed)


@pytest.mark.large
@pytest.mark.parametrize("names", SETS, ids=NAMES)
def test_plans_of_many_problems_are_those_of_exhaustive_search(names: frozenset[str]) -> None:
    for seed in busy_seeds(5000 + 100 * SETS.index(names), 40):
        agrees(with_rules(random_problem(seed), seed, names), seed)


@pytest.mark.large
@pytest.mark.parametrize("solver", ["highs", "cp-sat", "scip"])
@pytest.mark.parametrize("names", SETS, ids=NAMES)
def test_every_backend_costs_what_exhaustive_search_does(
    names: frozenset[str], solver: str
) -> None:
    for seed in busy_seeds(50_000 + 100 * SETS.index(names), 5):
        costs_the_same(with_rules(random_problem(seed), seed, names), seed, solver)

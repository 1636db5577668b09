"""Conflicts and repairs under every rule of workloads, held against placing again and all sets."""

from collections import Counter
from collections.abc import Iterator
from itertools import count, islice

import pytest

from placement import Problem, place
from placement.relaxing import relaxables
from placement.repairs import repair
from tests.generate import SMALL, TINY, Size, random_problem
from tests.generate_losses import random_losses
from tests.generate_rules import RULES, with_rules
from tests.judged_reasons import (
    conflict_is_minimal,
    fits,
    no_other_repair_is_better,
    promises_are_kept,
    repair_makes_whole,
)

FEW = 8  # rules up to which every set of them is tried by exhaustive search
ALONE = [rule for rule in RULES if rule not in {"current", "min_saving", "costs"}]
"""Rules that keep things out that have a place without them; the others hardly do."""


def tight(rule: str, first: int, *, alone: bool, size: Size) -> Iterator[tuple[int, Problem]]:
    """Yield problems with a rule that leave something out; without the rule nothing, if ``alone``.

    Parameters
    ----------
    first
        The first seed.
    """
    for seed in count(first):
        plain = random_problem(seed, size=size)
        problem = with_rules(plain, seed, frozenset((rule,)))
        if fits(place(problem)):
            continue
        if not alone or fits(place(with_rules(plain, seed, frozenset()))):
            yield seed, problem


def judged(problem: Problem, seed: int) -> Counter[str]:
    """Hold conflict and repair of a problem against others, and return what there was to judge."""
    plan = place(problem)
    found = repair(problem, plan)
    return Counter(
        {
            "problems": 1,
            "conflicts": conflict_is_minimal(problem, seed),
            "repairs": repair_makes_whole(problem, plan, seed),
            "promises": promises_are_kept(problem, found, seed) if found else 0,
            "beaten by none": len(relaxables(problem)) <= FEW
            and no_other_repair_is_better(problem, plan, seed),
        }
    )


def test_conflicts_are_minimal_and_repairs_least_under_every_rule() -> None:
    total: Counter[str] = Counter()
    seeds = (231, 109, 427, 535, 400, 728, 600, 706, 1702, 900, 1000, 1100)
    for rule, first in zip(ALONE, seeds, strict=True):
        seed, problem = next(tight(rule, first, alone=True, size=TINY))
        total += judged(problem, seed)
    assert total["repairs"] == total["conflicts"] == total["problems"] == len(ALONE)
    assert min(total["promises"], total["beaten by none"]) > 3


@pytest.mark.large
@pytest.mark.parametrize("size", [TINY, SMALL], ids=["tiny", "small"])
@pytest.mark.parametrize("rule", RULES)
def test_conflicts_are_minimal_and_repairs_least_in_510_problems(rule: str, size: Size) -> None:
    total: Counter[str] = Counter()
    first = 10_000 + 1000 * RULES.index(rule)
    some = islice(tight(rule, first, alone=False, size=size), 8)
    others = islice(tight(rule, first, alone=rule in ALONE, size=size), 8, 17)
    for seed, problem in (*some, *others):
        total += judged(problem, seed)
    assert total["problems"] == 17
    assert min(total["conflicts"], total["repairs"]) > 3


def promised(seed: int) -> int:
    """Return how many survivals that cannot be kept give the least, in a larger fleet; or fail."""
    document = random_losses(seed, workloads=2).model_dump(mode="json", exclude_defaults=True)
    for workload in document["workloads"]:
        workload["survive"] = [{**row, "keep": 0.95} for row in workload["survive"]]
    problem = Problem.model_validate(document)
    found = repair(problem, place(problem))
    return promises_are_kept(problem, found, seed) if found else 0


def test_survivals_that_cannot_be_kept_give_the_least() -> None:
    assert [promised(seed) for seed in (0, 6)] == [1, 2]


@pytest.mark.large
def test_survivals_of_20_larger_fleets_give_the_least() -> None:
    assert sum(promised(seed) for seed in range(100, 120)) >= 10

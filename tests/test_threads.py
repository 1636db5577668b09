"""The library keeps no global state: plans made side by side are the plans made alone."""

from concurrent.futures import ThreadPoolExecutor

from placement import place
from tests.generate import random_problem


def test_plans_made_in_threads_are_the_plans_made_alone() -> None:
    problems = [random_problem(seed) for seed in range(60, 84)]
    alone = [place(problem).fingerprint() for problem in problems]
    with ThreadPoolExecutor(max_workers=4) as threads:
        together = list(threads.map(lambda problem: place(problem).fingerprint(), problems))
    assert together == alone

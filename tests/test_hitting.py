"""Sets that meet every set of a list, against all subsets."""

from itertools import combinations
from random import Random

from placement.hitting import hitting_sets


def test_all_sets_of_the_least_size_are_found_once() -> None:
    for seed in range(200):
        rng = Random(seed)
        names = "abcdefg"
        sets = [frozenset(rng.sample(names, rng.randint(1, 4))) for _ in range(rng.randint(1, 6))]
        for size in range(len(names) + 1):
            found = list(hitting_sets(sets, size))
            wanted = {
                frozenset(some)
                for some in combinations(names, size)
                if all(each & frozenset(some) for each in sets)
            }
            assert len(found) == len(set(found))
            assert set(found) <= wanted
            if wanted:
                assert set(found) == wanted
                break


def test_no_sets_are_met_by_nothing() -> None:
    assert list(hitting_sets([], 0)) == [frozenset()]
    assert list(hitting_sets([frozenset("ab")], 0)) == []

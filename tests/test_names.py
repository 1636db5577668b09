"""Equal plans are one plan: digits of rows compare as the rows do, batch by batch."""

from itertools import product

import numpy as np
import pytest

from placement.formulation.build import build
from placement.formulation.layout import BLOCKS, Layout
from placement.formulation.milp import Ints
from placement.formulation.names import (
    SPAN,
    NameOrder,
    batches,
    digits,
    first_level,
    fixed,
    name_order,
    rows_level,
)
from placement.instance import make_instance
from tests.generate import random_problem
from tests.row_rules import holds


def ints(*values: int) -> Ints:
    """Return whole numbers as an array."""
    return np.array(values, dtype=np.int64)


@pytest.mark.parametrize("sizes", [(2, 3, 4), (1, 5, 2), (7,), (3, 1, 1, 3)])
def test_sums_of_digits_compare_as_the_digits_do(sizes: tuple[int, ...]) -> None:
    weight = digits(ints(*sizes)).tolist()
    every = list(product(*map(range, sizes)))
    sums = [sum(w * d for w, d in zip(weight, number, strict=True)) for number in every]
    assert sums == list(range(len(every)))  # each number once, in order


def test_batches_hold_every_position_once_in_order_and_are_not_too_wide() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        sizes = rng.integers(1, 2000, int(rng.integers(0, 30)))
        runs = [run.tolist() for run in batches(sizes)]
        assert [position for run in runs for position in run] == list(range(sizes.size))
        spans = [int(np.prod(sizes[run])) for run in runs]
        assert max(spans, default=0) <= SPAN
        for span, after in zip(spans[:-1], runs[1:], strict=False):
            assert span * int(sizes[after[0]]) > SPAN  # as long as can be


def test_a_position_that_is_too_wide_is_a_batch_of_its_own() -> None:
    assert [run.tolist() for run in batches(ints(2, SPAN * 10, 2))] == [[0], [1], [2]]


def _layout(columns: int, rows: int) -> Layout:
    return Layout((columns, *(0 for _ in BLOCKS[1:-1]), rows))


def test_rows_compare_as_sorted_lists_of_rows_do() -> None:
    """Of two plans, the one whose rows come first, field by field, replicas last."""
    most = ints(2, 1, 3)
    order = NameOrder(candidate=ints(0, 1, 2, 3), row=ints(0, 0, 1, 2), most=most, workload=most)
    layout = _layout(4, 3)
    level = rows_level(order, layout, ints(0, 1, 2))
    listed = []
    for counts in product(range(3), range(2), range(4)):
        values = np.zeros(layout.width, dtype=np.int64)
        values[:4] = [
            counts[0] // 2,
            counts[0] - counts[0] // 2,
            *counts[1:],
        ]  # one row, two columns
        values[layout.b] = [count > 0 for count in counts]
        rows = [(row, count) for row, count in enumerate(counts) if count]
        listed.append((level.value(values), [*rows, (9, 0)]))  # the end comes after every row
    listed.sort(key=lambda pair: pair[0])
    assert [rows for _, rows in listed] == sorted(rows for _, rows in listed)
    assert len({value for value, _ in listed}) == len(listed)


def test_the_first_of_some_columns_is_wanted_as_large_as_can_be() -> None:
    layout = _layout(3, 0)
    level = first_level(layout, ints(2, 0), ints(3, 4))
    every = [ints(b, 0, a) for a, b in product(range(3), range(4))]
    best = sorted(every, key=level.value)
    assert [(v[2], v[0]) for v in best] == sorted(product(range(3), range(4)), reverse=True)


def test_what_is_fixed_keeps_the_sum_of_each_set() -> None:
    rows = fixed([ints(0, 2), ints(1)], ints(5, 1))
    assert rows.name == "level"
    assert holds(rows, ints(2, 1, 3))
    assert not holds(rows, ints(2, 1, 2))
    assert not holds(rows, ints(2, 0, 3))


@pytest.mark.parametrize("seed", range(12))
def test_rows_are_ordered_by_name_and_present_just_when_they_have_replicas(seed: int) -> None:
    instance = make_instance(random_problem(seed))
    every = np.arange(instance.workload.size, dtype=np.int64)
    order = name_order(instance, every)
    keys = [workload.key for workload in instance.problem.workloads]
    named = [
        (keys[w], *instance.candidates.supplies[s].place)
        for w, s in zip(instance.workload, instance.supply, strict=True)
    ]
    first = {row: named[k] for k, row in enumerate(order.row.tolist())}
    assert [first[row] for row in sorted(first)] == sorted(set(named))
    if not first:
        return
    programme = build(instance, names=order)
    (presence,) = (rows for rows in programme.families if rows.name == "presence")
    layout, rng = programme.layout, np.random.default_rng(seed)
    for _ in range(40):
        values = np.zeros(layout.width, dtype=np.int64)
        for w, workload in enumerate(instance.problem.workloads):
            mine = np.flatnonzero(instance.workload == w)
            for _ in range(int(rng.integers(0, workload.most_replicas + 1)) if mine.size else 0):
                values[layout.x[rng.choice(mine)]] += 1
        totals = np.bincount(order.row, weights=values[layout.x], minlength=order.most.size)
        values[layout.b] = totals > 0
        assert holds(presence, values)
        flipped = int(rng.choice(layout.b))
        values[flipped] = 1 - values[flipped]
        assert not holds(presence, values)

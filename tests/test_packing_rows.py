"""What makes packing exact: rows of patterns and cuts, against packing itself."""

from collections import Counter
from itertools import product
from random import Random

import numpy as np

from placement.formulation.build import Exactness, build
from placement.formulation.milp import Ints, Rows
from placement.formulation.patterns import no_fit, packing
from placement.instance import make_instance
from placement.packer import Fill, Packer
from placement.packing import Verdict, pack
from placement.solver import Limits
from placement.solvers.highs import Highs
from tests.generate import random_problem
from tests.row_rules import holds


def _possible(rows: Rows, values: dict[int, int], free: Ints, most: int) -> bool:
    """Return whether some values of the free columns satisfy the rows."""
    width = int(max(rows.col.max(), free.max())) + 1
    for chosen in product(range(most + 1), repeat=free.size):
        point = np.zeros(width, dtype=np.int64)
        for col, value in (*values.items(), *zip(free.tolist(), chosen, strict=True)):
            point[col] = value
        if holds(rows, point):
            return True
    return False


def _packers() -> list[tuple[Packer, int, Random]]:
    """Return packers and supplies whose nodes carry several groups."""
    found = []
    for seed in range(60):
        instance = make_instance(random_problem(seed))
        for supply in sorted(set(instance.supply.tolist())):
            members = np.flatnonzero(instance.supply == supply)
            if members.size > 1 and instance.limit[members].sum() <= 8:
                found.append((Packer(instance), int(supply), Random(seed)))
    assert len(found) > 20
    return found[:60]


def test_patterns_admit_just_what_can_be_packed() -> None:
    verdicts = Counter[bool]()
    for packer, supply, _ in _packers():
        patterns, instance = packer.patterns(supply), packer.instance
        assert patterns is not None
        if patterns.count.shape[0] > 5:
            continue
        width = patterns.candidate.size
        y = width + 1 + np.arange(patterns.count.shape[0], dtype=np.int64)
        rows = packing(patterns, np.arange(width, dtype=np.int64), width, y)
        needs = tuple(map(tuple, instance.candidates.requests[patterns.candidate].tolist()))
        room = tuple(instance.candidates.room[supply].tolist())
        for x in product(*(range(int(m) + 1) for m in instance.limit[patterns.candidate])):
            for n in range(3):
                expected = pack(needs, x, room, n).verdict is Verdict.FITS
                values = {**dict(enumerate(x)), width: n}
                assert _possible(rows, values, y, n) is expected
                verdicts[expected] += 1
    assert min(verdicts[True], verdicts[False]) > 50


def test_a_cut_forbids_just_the_set_that_does_not_fit() -> None:
    made = 0
    for packer, supply, rng in _packers():
        instance = packer.instance
        members = np.flatnonzero(instance.supply == supply)
        most = instance.limit[members]
        x = np.zeros(instance.workload.size, dtype=np.int64)
        x[members] = [rng.randint(int(each) // 2, int(each)) for each in most]
        needs = tuple(map(tuple, instance.candidates.requests[members].tolist()))
        room = tuple(instance.candidates.room[supply].tolist())
        if pack(needs, tuple(x[members].tolist()), room, 1).verdict is not Verdict.IMPOSSIBLE:
            continue
        fill = Fill(supply=supply, candidate=members, verdict=Verdict.IMPOSSIBLE)
        cut = packer.no_fit(fill, x, 1)
        made += 1
        sums = [int(most[np.searchsorted(members, part)].sum()) for part in cut.members]
        columns = tuple(np.searchsorted(members, part) for part in cut.members)
        d = members.size + 1 + np.arange(len(sums) + 1, dtype=np.int64)
        limit = np.array(sums, dtype=np.int64)
        rows = no_fit(cut, columns, members.size, d, limit=limit, most=2)
        for values in product(*(range(int(each) + 1) for each in most)):
            held = [sum(values[c] for c in part) for part in columns]
            inside = all(s >= r for s, r in zip(held, cut.replicas.tolist(), strict=True))
            for n in range(3):
                point = {**dict(enumerate(values)), members.size: n}
                assert _possible(rows, point, d, 1) is not (inside and n <= 1)
    assert made > 5


def test_what_packing_adds_cuts_off_no_solution_that_packs() -> None:
    for seed in range(25):
        instance = make_instance(random_problem(seed))
        packer = Packer(instance)
        found = [packer.patterns(s) for s in sorted(set(instance.supply.tolist()))]
        patterns = tuple(each for each in found if each is not None)
        plain, exact = build(instance), build(instance, Exactness(patterns=patterns))
        cost = np.zeros(plain.lower.size)
        cost[plain.layout.u] = 1000.0
        cost[plain.layout.n] = 1.0 + instance.price / max(1, instance.price.max(initial=1))
        one, two = (Highs().solve(p.milp(cost), Limits()) for p in (plain, exact))
        assert (one.values is None) == (two.values is None), seed
        if one.values is None or two.values is None:
            continue
        x, n = one.values[plain.layout.x], one.values[plain.layout.n]
        packs = all(fill.verdict is Verdict.FITS for fill in packer.fills(x, n))
        worse = cost @ two.values[: cost.size] > cost @ one.values + 1e-6
        assert not (packs and worse), seed
        x, n = two.values[plain.layout.x], two.values[plain.layout.n]
        assert all(fill.verdict is Verdict.FITS for fill in packer.fills(x, n)), seed

"""Laws of packing: what more room, fewer replicas and other names may and may not change."""

from random import Random

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from placement.packing import Verdict, pack
from placement.ways import Counts, maximal_patterns

settings_here = settings(derandomize=True, database=None, deadline=None, max_examples=120)


@st.composite
def cases(draw: st.DrawFn) -> tuple[tuple[Counts, ...], Counts, Counts, int]:
    """Draw sizes, counts, room and nodes of a question that is small enough to be decided."""
    resources = draw(st.integers(1, 3))
    room = tuple(draw(st.integers(4, 20)) for _ in range(resources))
    size = st.tuples(st.integers(1, room[0]), *(st.integers(0, has) for has in room[1:]))
    sizes = tuple(draw(st.lists(size, min_size=1, max_size=4, unique=True)))
    counts = tuple(draw(st.integers(0, 3)) for _ in sizes)
    return sizes, counts, room, draw(st.integers(0, 5))


CASES = cases()
Case = tuple[tuple[Counts, ...], Counts, Counts, int]


@settings_here
@given(CASES)
def test_an_answer_holds_every_replica_once_and_no_node_beyond_its_room(case: Case) -> None:
    sizes, counts, room, nodes = case
    packing = pack(sizes, counts, room, nodes)
    assert packing.verdict is not Verdict.UNDECIDED
    assert len(packing.nodes) <= nodes
    if packing.verdict is Verdict.FITS:
        totals = [sum(node[group] for node in packing.nodes) for group in range(len(sizes))]
        assert tuple(totals) == counts
    for node in packing.nodes:
        for k, has in enumerate(room):
            assert sum(n * size[k] for n, size in zip(node, sizes, strict=True)) <= has


@settings_here
@given(CASES, st.integers(0, 3))
def test_what_fits_still_fits_with_more_nodes_or_room_or_fewer_replicas(
    case: Case, which: int
) -> None:
    sizes, counts, room, nodes = case
    assume(pack(sizes, counts, room, nodes).verdict is Verdict.FITS)
    larger = tuple(has + 1 for has in room)
    fewer = tuple(max(0, n - (g == which)) for g, n in enumerate(counts))
    assert pack(sizes, counts, room, nodes + 1).verdict is Verdict.FITS
    assert pack(sizes, counts, larger, nodes).verdict is Verdict.FITS
    assert pack(sizes, fewer, room, nodes).verdict is Verdict.FITS


@settings_here
@given(CASES, st.randoms(use_true_random=False), st.integers(1, 2**20))
def test_the_verdict_depends_on_neither_order_nor_unit(case: Case, rng: Random, unit: int) -> None:
    sizes, counts, room, nodes = case
    verdict = pack(sizes, counts, room, nodes).verdict
    order = list(range(len(sizes)))
    rng.shuffle(order)
    scaled = tuple(tuple(takes * unit for takes in sizes[g]) for g in order)
    number = tuple(counts[g] for g in order)
    assert pack(scaled, number, tuple(has * unit for has in room), nodes).verdict is verdict


@settings_here
@given(CASES)
def test_a_node_is_enough_for_just_what_some_maximal_pattern_holds(case: Case) -> None:
    sizes, counts, room, _ = case
    covered = any(
        all(held >= asked for held, asked in zip(way, counts, strict=True))
        for way in maximal_patterns(sizes, counts, room)
    )
    assert (pack(sizes, counts, room, 1).verdict is Verdict.FITS) is covered


@settings_here
@given(CASES, st.integers(0, 40))
def test_little_work_leaves_open_but_never_answers_wrongly(case: Case, work: int) -> None:
    sizes, counts, room, nodes = case
    hurried = pack(sizes, counts, room, nodes, work=work).verdict
    assert hurried in {pack(sizes, counts, room, nodes).verdict, Verdict.UNDECIDED}

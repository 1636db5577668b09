"""The peers' work: costs that are known, bounds that hold, and a checker that sees broken rules."""

import sys
from collections.abc import Iterator, Sequence
from itertools import combinations, product
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from openb_trace import Placed, Trace

ROOT = Path(__file__).parents[1]
QUICK = 9  # instances of Mélange's, of which Mélange's own solver finished all


@pytest.fixture(scope="module", autouse=True)
def importable() -> Iterator[None]:
    """Make the modules of the benchmarks importable, as their scripts see them."""
    before = list(sys.path)
    sys.path.insert(0, str(ROOT / "benchmarks"))
    yield
    sys.path[:] = before


@pytest.mark.parametrize("number", range(QUICK))
def test_melange_instances_cost_what_their_proven_optimum_is(number: int) -> None:
    from peer_melange import instances, solved

    instance = list(instances())[number]
    found = solved(instance)
    assert found.proven
    assert found.cost == pytest.approx(instance.measured, abs=1e-6)
    assert found.cost == pytest.approx(instance.peer_cost, abs=1e-6)
    assert found.cost <= instance.one_type + 1e-9
    assert all(found.load[kind] <= number + 1e-9 for kind, number in found.gpus.items())


def test_melange_has_eleven_instances_and_two_that_its_own_solver_did_not_finish() -> None:
    from peer_melange import instances

    found = list(instances())
    assert len(found) == 11
    assert [each.peer_cost is None for each in found] == [False] * QUICK + [True] * 2
    assert sum(each.stored for each in found) == 5


def test_tasks_that_nothing_couples_cost_the_sum_of_their_cheapest_offers() -> None:
    from peer_skypilot import TASKS, apart, chain

    from placement import place

    problem = chain()
    plan = place(problem)
    assert len(problem.workloads) == TASKS
    assert not plan.unplaced
    assert plan.status == "optimal"
    assert plan.cost_per_hour == pytest.approx(apart(problem), abs=1e-9)


def test_tasks_that_may_share_a_node_cost_no_more_than_apart() -> None:
    from peer_skypilot import apart, chain

    from placement import place

    problem = chain(12, shared=True)
    plan = place(problem)
    assert not plan.unplaced
    assert plan.cost_per_hour <= apart(problem) + 1e-9


def small(pods: Sequence[tuple[int, int, int, int]], gpus: int = 2, nodes: int = 1) -> "Trace":
    from openb_trace import Kind, Shape, Trace

    kind = Kind("T4", gpus, 8_000, 8_000)
    return Trace(tuple(Shape(*pod) for pod in pods), (kind,) * nodes)


def words(trace: "Trace", *placed: tuple[int, int, tuple[int, ...]]) -> list[str]:
    from openb_check import faults
    from openb_trace import Placed

    return list(faults(trace, [Placed(*row) for row in placed]))


SHARES = [(1, 600, 1_000, 1_000), (1, 400, 1_000, 1_000), (1, 500, 1_000, 1_000)]


def test_the_checker_accepts_what_holds() -> None:
    assert not words(small(SHARES), (0, 0, (0,)), (1, 0, (0,)), (2, 0, (1,)))
    assert not words(small([(2, 1000, 8_000, 8_000), (0, 0, 8_000, 1)]), (0, 0, (1, 0)))


@pytest.mark.parametrize(
    ("pods", "placed", "said"),
    [
        (SHARES, [(0, 0, (0,)), (2, 0, (0,))], "node 0, GPU 0: 1100 thousandths"),
        (SHARES, [(0, 0, (0,)), (0, 0, (1,))], "pod 0 is placed 2 times"),
        (SHARES, [(0, 0, (0, 1))], "pod 0 asks for 1 GPUs and is on (0, 1)"),
        (SHARES, [(0, 0, ())], "pod 0 asks for 1 GPUs and is on ()"),
        (SHARES, [(0, 0, (2,))], "node 0 has no GPU 2"),
        ([(2, 1000, 1, 1)], [(0, 0, (1, 1))], "pod 0 asks for 2 GPUs and is on (1, 1)"),
        (
            [(2, 1000, 1, 1), (1, 50, 1, 1)],
            [(0, 0, (0, 1)), (1, 0, (1,))],
            "node 0, GPU 1: 1050 thousandths",
        ),
        ([(0, 0, 8_001, 1)], [(0, 0, ())], "node 0: 8001 thousandths of a CPU"),
        ([(0, 0, 1, 8_001)], [(0, 0, ())], "node 0: 8001 MiB"),
    ],
)
def test_the_checker_sees_what_is_broken(
    pods: list[tuple[int, int, int, int]],
    placed: list[tuple[int, int, tuple[int, ...]]],
    said: str,
) -> None:
    assert said in words(small(pods), *placed)


def test_the_ways_to_fill_a_gpu_have_room_for_whatever_fits() -> None:
    from openb_fillings import fillings

    shares = (700, 470, 320, 160)
    ways = fillings(shares, 1000).tolist()
    for counts in product(range(3), range(4), range(5), range(8)):
        needed = [sum(counts[: last + 1]) for last in range(len(shares))]
        fits = sum(count * share for count, share in zip(counts, shares, strict=True)) <= 1000
        held = any(all(n <= w for n, w in zip(needed, way, strict=True)) for way in ways)
        assert held == fits


def random_trace(draw: Random) -> "Trace":
    """Return a trace small enough to try every placement."""
    kinds = [(0, 0), (1, 1000), (2, 1000), (1, 300), (1, 400), (1, 510), (1, 700)]
    pods = [
        (*draw.choice(kinds), draw.choice([1, 2, 3, 5]) * 1_000, draw.choice([1, 3]) * 1_000)
        for _ in range(6)
    ]
    return small(pods, nodes=2)


def most(trace: "Trace") -> int:
    """Return the most pods that can be placed, by trying all."""
    from openb_rules import Rooms
    from openb_trace import Placed

    def best(pod: int, placed: list["Placed"]) -> int:
        if pod == len(trace.pods):
            return len(placed)
        found = best(pod + 1, placed)
        shape = trace.pods[pod]
        for node, kind in enumerate(trace.nodes):
            for gpus in combinations(range(kind.gpus), shape.gpus):
                row = Placed(pod, node, gpus)
                rooms = Rooms(trace, [*placed, row])
                left = [*rooms.cpu, *rooms.memory, *(g for on in rooms.gpus for g in on)]
                if min(left) >= 0:
                    found = max(found, best(pod + 1, [*placed, row]))
        return found

    return best(0, [])


@pytest.mark.parametrize("seed", range(12))
def test_patterns_place_no_more_than_can_be_and_their_bound_is_not_below(seed: int) -> None:
    from openb_check import faults
    from peer_openb import most_pods

    trace = random_trace(Random(seed))
    result, can = most_pods(trace), most(trace)
    placed = result.rows[-1].placed
    assert not list(faults(trace, placed))
    assert len(placed) <= can <= result.bound
    assert len(placed) >= len(result.rows[0].placed)


@pytest.fixture(scope="module")
def part() -> "Trace":
    """Return a part of the trace: every 81st pod and node."""
    from openb_trace import Trace, read

    trace = read()
    return Trace(trace.pods[::81], trace.nodes[::81])


def test_the_trace_is_the_published_one() -> None:
    from openb_trace import read

    trace = read()
    assert (len(trace.pods), len(set(trace.pods))) == (8_152, 151)
    assert (len(trace.nodes), len(set(trace.nodes))) == (1_213, 15)
    assert trace.gpu_milli == 6_212_000
    assert sum(pod.gpu_milli for pod in trace.pods) == 6_086_800


def test_patterns_place_more_of_a_part_of_the_trace_than_rules_and_keep_every_rule(
    part: "Trace",
) -> None:
    from peer_openb import most_pods

    result = most_pods(part)
    *rules, patterns = result.rows
    assert not any(row.faults for row in result.rows)
    assert max(len(rule.placed) for rule in rules) < len(patterns.placed) <= result.bound


def test_patterns_cover_pods_for_less_than_rules(part: "Trace") -> None:
    from openb_trace import Trace
    from peer_openb import cover, cover_cost

    pods = part.pods[:60]
    result = cover(Trace(pods, part.nodes))
    *rules, patterns = result.rows
    assert not any(row.faults for row in result.rows)
    assert len(patterns.placed) == len(pods)
    assert result.bound <= cover_cost(patterns) + 1e-6
    assert cover_cost(patterns) <= min(cover_cost(rule) for rule in rules)


def test_the_same_trace_gives_the_same_placement(part: "Trace") -> None:
    from openb_trace import sampled
    from peer_openb import most_pods

    assert sampled(part, 1.3, 7) == sampled(part, 1.3, 7) != sampled(part, 1.3, 8)
    assert most_pods(part).rows[-1].placed == most_pods(part).rows[-1].placed


def test_the_command_writes_the_page_and_tells_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import peers

    def table(wrong: list[str]) -> Iterator[str]:
        yield "| a row |"
        wrong.append("a fault")

    monkeypatch.setitem(peers.PEERS, "skypilot", table)
    output = tmp_path / "page.md"
    assert peers.main(["skypilot", "--output", str(output)]) == 1
    printed = capsys.readouterr()
    page = output.read_text(encoding="utf-8")
    assert page == printed.out
    assert page.count("\n## ") == 1
    assert page.endswith("\n\n| a row |\n")
    assert printed.err == "a fault\n"
    with pytest.raises(SystemExit):
        peers.main(["nobody"])


def test_the_page_in_the_docs_has_the_words_of_the_command() -> None:
    from peers import PAGE, PEERS

    page = (ROOT / "docs" / "peers.md").read_text(encoding="utf-8")
    places = [f"{{{name}}}" for name in PEERS]
    words = [line for line in PAGE.read_text(encoding="utf-8").split("\n") if line not in places]
    assert [line for line in words if line not in page.split("\n")] == []

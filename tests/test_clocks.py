"""Time of stages as seen from outside, on a clock that the test moves."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module", autouse=True)
def importable() -> Iterator[None]:
    """Make the modules of the benchmarks importable, as their scripts see them."""
    before = list(sys.path)
    sys.path.insert(0, str(ROOT / "benchmarks"))
    yield
    sys.path[:] = before


class Bench:
    """Clocks, what they said, and the time."""

    def __init__(self) -> None:
        from clocks import Clocks

        self.time = 0.0
        self.said: dict[str, float] = {}
        self.clocks: Clocks = Clocks(ended=self.hear, now=lambda: self.time)

    def hear(self, stage: str, seconds: float) -> None:
        """Add up what is told."""
        self.said[stage] = self.said.get(stage, 0.0) + seconds


def test_a_stage_within_another_has_its_own_time() -> None:
    bench = Bench()
    with bench.clocks.stage("arrays"):
        bench.time += 1
        with bench.clocks.stage("candidates"):
            bench.time += 4
        bench.time += 2
    bench.time += 8
    with bench.clocks.stage("verify"):
        bench.time += 16
    assert bench.said == {"arrays": 3, "candidates": 4, "verify": 16}


def test_the_outermost_stage_turns_with_what_a_search_tells() -> None:
    bench = Bench()
    with bench.clocks.stage("before"):
        bench.time += 1
        with bench.clocks.stage("improvement"):
            bench.time += 2
            bench.clocks.turn("money")
            bench.time += 4
        bench.time += 8
    assert bench.said == {"before": 1, "improvement": 6, "money": 8}


def test_a_stage_that_breaks_is_told() -> None:
    bench = Bench()

    @contextmanager
    def broken() -> Iterator[None]:
        with bench.clocks.stage("before"), bench.clocks.stage("greedy"):
            bench.time += 3
            yield

    with pytest.raises(ValueError, match="gone"), broken():
        raise ValueError("gone")
    assert bench.said == {"before": 0, "greedy": 3}


def test_functions_are_timed_and_return_what_they_return(monkeypatch: pytest.MonkeyPatch) -> None:
    from clocks import Timed

    bench = Bench()

    def inner(more: float) -> float:
        bench.time += more
        return bench.time

    module = SimpleNamespace(inner=inner, also=inner)
    module.outer = lambda: (module.inner(1.0), module.also(2.0))
    monkeypatch.setitem(sys.modules, "world", module)
    timed = (
        Timed("rounding", "world", "outer"),
        Timed("packing", "world", "inner", apart=True),
        Timed("relaxation", "world", "also"),
        Timed("nothing", "world", "Missing.name"),
    )
    with bench.clocks.watching(timed), bench.clocks.stage("before"):
        assert module.outer() == (1.0, 3.0)
        assert module.also(4.0) == 7.0
    assert bench.said == {"before": 0, "rounding": 2, "packing": 1, "relaxation": 4}
    assert module.inner is inner


def test_everything_that_is_timed_is_there() -> None:
    from clocks import TIMED

    assert [timed.name for timed in TIMED if timed.owner()[0] is None] == []


def test_a_plan_is_the_same_under_the_clocks() -> None:
    from fleets import FleetSize, problem

    from placement import place

    fleet = problem(FleetSize(workloads=4, clusters=3, types=6, regions=3))
    bench = Bench()
    for strategy in ("exact", "decomposition"):
        plain = place(fleet, strategy=strategy)
        with bench.clocks.watching(), bench.clocks.stage("before"):
            timed = place(fleet, strategy=strategy)
        assert timed.fingerprint() == plain.fingerprint()
    assert {"candidates", "arrays", "relaxation", "rounding", "improvement"} <= set(bench.said)
    assert {"packing", "reading", "verifying"} <= set(bench.said)


def test_signs_that_say_nothing_new_are_not_kept() -> None:
    from traced import Tracing

    from placement import Progress

    said: list[float] = []
    tracing = Tracing(lambda **line: said.append(line["seconds"]))
    for stage, seconds, best, bound in (
        ("money", 0.00, 100.0, 50.0),
        ("money", 0.01, 100.0, 50.1),  # hardly less of a gap
        ("money", 0.02, 100.0, 55.0),
        ("money", 0.03, 99.0, 55.0),
        ("money", 0.04, 99.0, 55.0),
        ("nodes", 0.05, 99.0, 55.0),
        ("nodes", 0.60, 99.0, 55.0),  # nothing for long
    ):
        tracing.tell(Progress(stage=stage, seconds=seconds, best=best, bound=bound))
    assert said == [0.0, 0.02, 0.03, 0.05, 0.6]


def test_a_profile_names_modules_and_functions() -> None:
    from profile_stages import Spent, profiled, tables

    result, spent = profiled(lambda: sorted([3, 1, 2], key=lambda number: -number))
    assert result == [3, 2, 1]
    assert {"compiled", "test_clocks"} <= {one.module for one in spent}
    found = [Spent("a", "f:1", 2, 3.0), Spent("b", "g:2", 1, 0.5), Spent("a", "h:3", 1, 0.5)]
    stages, modules, functions = "\n".join(tables({"verify": 1.0, "greedy": 3.0}, found)).split(
        "\n\n"
    )
    assert stages.split("\n")[2:] == ["| greedy | 3.000 | 75.0% |", "| verify | 1.000 | 25.0% |"]
    assert modules.split("\n")[2:] == ["| a | 3.500 | 87.5% |", "| b | 0.500 | 12.5% |"]
    assert functions.split("\n")[2] == "| a f:1 | 2 | 3.000 | 75.0% |"


def test_the_profile_of_a_fleet_has_stages_modules_and_functions(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from profile_stages import main

    assert main(["3x3x6x3", "gpu", "0", "--strategy", "decomposition"]) == 0
    head, *found = capsys.readouterr().out.split("\n\n")
    assert head.startswith("3x3x6x3 gpu seed 0, decomposition: ")
    titles = [table.split(" |")[0] for table in found]
    assert titles == ["| stage", "| module", "| function"]
    assert "| candidates | " in found[0]
    assert "| placement." in found[1]

"""Times every stage apart, at three sizes, and measures peak memory: ``./scripts/bench``."""

import json
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest
from figures import Figure, time_text
from pytest_benchmark.fixture import BenchmarkFixture
from stages import GAPS, STAGES, Case, prepare

from placement import Plan, Progress, place
from placement.solver import Outcome

T = TypeVar("T")

SIZES = tuple(GAPS)
LONG = {"solve", "place"}
"""Stages that run once at the largest size and five times at the others; the rest more often."""


@cache
def case(name: str) -> Case:
    """Return the case of a size, shared by all stages."""
    return Case(name)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "stage", [pytest.param(name, marks=pytest.mark.benchmark(group=name)) for name in STAGES]
)
def test_stage(benchmark: BenchmarkFixture, figures: list[Figure], stage: str, size: str) -> None:
    here = case(size)
    prepare(here, stage)
    long = stage in LONG
    rounds = (1 if size == "200x50" else 5) if long else 20
    result = timed(
        benchmark, lambda: STAGES[stage](here), rounds=rounds, warmup_rounds=0 if long else 1
    )
    note = _note(stage, here, result)
    benchmark.extra_info.update(size=size, stage=stage, note=note)
    figures.append(Figure(size=size, stage=stage, value=_median(benchmark), note=note))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.benchmark(group="levels")
def test_levels_of_a_whole_run(
    benchmark: BenchmarkFixture, figures: list[Figure], size: str
) -> None:
    here = case(size)
    prepare(here, "place")
    begun: dict[str, float] = {}

    def hear(progress: Progress) -> None:
        begun.setdefault(progress.stage, progress.seconds)

    def run() -> Plan:
        begun.clear()
        limits = here.limits
        return place(
            here.problem,
            time_limit=limits.seconds,
            gap=limits.relative_gap,
            progress=hear,
        )

    plan = timed(benchmark, run)
    starts = list(begun.values())
    stops = [*starts[1:], plan.seconds]
    spent = {name: stop - start for name, start, stop in zip(begun, starts, stops, strict=True)}
    before = f"before the levels {time_text(starts[0])}"
    note = ", ".join([before, *(f"{name} {time_text(s)}" for name, s in spent.items())])
    benchmark.extra_info.update(spent)
    whole = plan.seconds - starts[0]
    figures.append(Figure(size=size, stage="levels", value=whole, note=note))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.benchmark(group="memory")
def test_peak_memory(benchmark: BenchmarkFixture, figures: list[Figure], size: str) -> None:
    script = Path(__file__).with_name("memory.py")

    def run() -> dict[str, dict[str, float]]:
        done = subprocess.run(
            [sys.executable, script, size], capture_output=True, text=True, check=True
        )
        found: dict[str, dict[str, float]] = json.loads(done.stdout)
        return found

    peaks = timed(benchmark, run)
    benchmark.extra_info.update(peaks)
    parts = [f"{stage} +{one['added']:.0f}" for stage, one in peaks.items()]
    peak = max(one["peak"] for one in peaks.values())
    start = peaks["start"]["peak"]
    note = f"of it {start:.0f} before any stage; MiB added: {', '.join(parts[1:])}"
    figures.append(Figure(size=size, stage="peak memory", value=peak, note=note))


def timed(
    benchmark: BenchmarkFixture, run: Callable[[], T], *, rounds: int = 1, warmup_rounds: int = 0
) -> T:
    """Time a call so many times; return its last result."""
    # pytest-benchmark's method has no annotations
    result: T = benchmark.pedantic(  # type: ignore[no-untyped-call]
        run, rounds=rounds, warmup_rounds=warmup_rounds
    )
    return result


def _median(benchmark: BenchmarkFixture) -> float:
    return float(benchmark.stats.stats.median) if benchmark.stats else 0.0


def _note(stage: str, here: Case, result: Any) -> str:
    if stage == "arrays":
        return (
            f"{here.instance.workload.size} candidates, {here.instance.running.size} kinds of "
            f"node, {result.matrix()[3].size} rows"
        )
    if stage == "solve" and isinstance(result, Outcome):
        return f"{result.status.value}, gap asked {GAPS[here.name]:.1%}"
    if stage == "place" and isinstance(result, Plan):
        return (
            f"{result.status}, ended by {result.ended_by}, gap {result.gap:.4%}, "
            f"{result.cost_per_hour:.2f} {result.currency}/h, {result.replicas_unplaced} unplaced"
        )
    return f"{result} broken rules" if stage == "verify" else ""

"""The benchmarks themselves: the same fleets every time, and comparisons that can fail."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from placement.adapters.catalogs import read_catalog
from placement.adapters.problems import read_problem
from placement.problem import Problem

if TYPE_CHECKING:
    from comparison import Comparison

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
NUMBERS = {"workloads": 6, "clusters": 4, "regions": 3, "types": 10}


@pytest.fixture(scope="module", autouse=True)
def importable() -> Iterator[None]:
    """Make the modules of the benchmarks importable, as their scripts see them."""
    before = list(sys.path)
    sys.path.insert(0, str(BENCHMARKS))
    yield
    sys.path[:] = before


def fleet(seed: int = 0, **numbers: int) -> dict[str, Any]:
    from generator import Size, document

    return document(Size(**{**NUMBERS, **numbers}), seed)


def small(seed: int = 0) -> "Comparison":
    from comparison import compare

    return compare("small", Problem.model_validate(fleet(seed)))


def test_the_same_seed_gives_the_same_fleet_and_another_seed_another() -> None:
    assert fleet(3) == fleet(3)
    assert fleet(3) != fleet(4)


def test_fleets_do_not_depend_on_the_order_of_sets() -> None:
    code = "from generator import *; print(yaml_text(SIZES['50x20'], 1))"
    texts = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(BENCHMARKS)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert len(texts[0]) > 10_000
    assert texts[0] == texts[1]


@pytest.mark.parametrize("name", ["10x5", "50x20", "200x50"])
def test_fleets_have_the_size_that_they_are_named_after(name: str) -> None:
    from generator import SIZES, problem

    found = problem(SIZES[name])
    workloads, clusters = (int(part) for part in name.split("x"))
    assert (len(found.workloads), len(found.clusters)) == (workloads, clusters)
    assert len(found.instance_types) == SIZES[name].types
    assert 10 <= len(found.instance_types) <= 30
    assert found.warnings() == ()


def test_prices_are_the_catalogs() -> None:
    from generator import CATALOG

    real = {
        (row.region, row.zone, row.instance_type, row.capacity_type): row.price
        for row in read_catalog(CATALOG).offerings()
    }
    offerings = Problem.model_validate(fleet()).offerings
    assert offerings
    for row in offerings:
        assert row.price == real[row.region, row.zone, row.instance_type, row.capacity_type]


def test_the_written_fleet_is_read_as_the_same_problem(tmp_path: Path) -> None:
    from generator import Size, problem, yaml_text

    size = Size(**NUMBERS)
    path = tmp_path / "fleet.yaml"
    path.write_text(yaml_text(size, 5), encoding="utf-8")
    assert read_problem([path]).problem == problem(size, 5)


def test_sizes_that_the_lists_cannot_fill_are_refused() -> None:
    with pytest.raises(ValueError, match="regions must be from 1 to 12"):
        fleet(regions=5)
    with pytest.raises(ValueError, match="types must be from 1 to 30"):
        fleet(types=31)


def test_every_stage_follows_from_the_one_before() -> None:
    from stages import STAGES, Case, prepare

    case = Case("10x5")
    results = {}
    for stage, run in STAGES.items():
        prepare(case, stage)
        results[stage] = run(case)
    assert results["verify"] == 0
    assert results["place"].status == "optimal"
    unit = float(case.instance.unit)
    solved = int(case.values[1] @ case.instance.price) * unit
    assert results["place"].cost_per_hour == pytest.approx(solved)


@pytest.mark.parametrize("seed", range(4))
def test_no_baseline_beats_the_optimum(seed: int) -> None:
    comparison = small(seed)
    assert list(comparison.faults()) == []
    assert comparison.optimum.plan.status == "optimal"
    assert any(comparison.is_comparable(entry) for entry in comparison.entries[1:])


def test_a_cheaper_baseline_a_fuller_one_and_a_broken_plan_are_faults() -> None:
    comparison = small()
    best, cheapest = comparison.optimum, comparison.entries[5]
    assert cheapest.method == "cheapest"
    nodes = best.plan.nodes[:-1]
    cheaper = replace(cheapest, plan=best.plan.model_copy(update={"nodes": nodes}))
    assert "less than the optimum" in faults(comparison, best, cheaper)
    left = best.plan.model_copy(update={"unplaced": small_unplaced(comparison)})
    assert "places more" in faults(comparison, replace(best, plan=left), cheapest)
    assert "breaks stock" in faults(comparison, best, replace(cheapest, broken=("stock",)))
    assert faults(comparison, best, best) == ""


def faults(comparison: "Comparison", *entries: Any) -> str:
    return "; ".join(replace(comparison, entries=entries).faults())


def small_unplaced(comparison: "Comparison") -> tuple[Any, ...]:
    from placement.plan import Unplaced

    return tuple(
        Unplaced(workload=workload.key, replicas=workload.replicas)
        for workload in comparison.problem.workloads
    )


def test_savings_are_of_baselines_that_place_as_much() -> None:
    comparison = small()
    empty = next(entry for entry in comparison.entries if entry.plan.replicas_placed == 0)
    assert comparison.saving(empty) is None
    assert comparison.saving(comparison.optimum) == 0
    comparable = [entry for entry in comparison.entries if comparison.is_comparable(entry)]
    for entry in comparable:
        saved = comparison.saving(entry)
        assert saved == pytest.approx(1 - float(comparison.optimum.cost / entry.cost))


def test_the_command_prints_one_row_an_instance(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import savings

    monkeypatch.setattr(sys, "argv", ["savings.py", "reference"])
    assert savings.main() == 0
    head, _, row, *_ = capsys.readouterr().out.splitlines()
    assert head.count("|") == row.count("|")
    assert row.startswith("| reference | 4 | 38.13 CNY | 0.00% |")


def test_the_command_prints_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import savings

    monkeypatch.setattr(sys, "argv", ["savings.py", "--json", "reference"])
    assert savings.main() == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["instance"] == "reference"
    assert found["plans"][0]["method"] == "placement"
    assert found["plans"][0]["gap"] == 0


def test_the_command_fails_where_a_baseline_wins(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import savings

    monkeypatch.setattr(sys, "argv", ["savings.py", "reference"])
    monkeypatch.setattr("comparison.Comparison.faults", lambda _: iter(["a fault"]))
    assert savings.main() == 1
    assert "FAULT a fault" in capsys.readouterr().err


def test_an_unknown_instance_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import savings

    monkeypatch.setattr(sys, "argv", ["savings.py", "nowhere"])
    with pytest.raises(SystemExit):
        savings.main()
    assert "no instance nowhere" in capsys.readouterr().err

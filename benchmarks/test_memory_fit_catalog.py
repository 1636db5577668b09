"""Times the memory fit of 10,000 workloads on the whole catalog: ``./scripts/bench -k catalog``."""

import pytest
from figures import Figure
from memory_fit_catalog import CASES, catalog_gpus, workloads
from pytest_benchmark.fixture import BenchmarkFixture

from placement.memory.catalog_fit import fit_catalog


@pytest.mark.parametrize("case", CASES)
@pytest.mark.benchmark(group="memory fit")
def test_memory_fit_of_a_whole_catalog(
    benchmark: BenchmarkFixture, figures: list[Figure], case: str
) -> None:
    rows, gpus = workloads(case), catalog_gpus()
    # pytest-benchmark's method has no annotations
    found = benchmark.pedantic(  # type: ignore[no-untyped-call]
        fit_catalog, args=(rows, gpus), rounds=5, warmup_rounds=1
    )
    size = f"{len(rows):,} x {len(gpus)}"
    note = f"{(found.gpus > 0).mean():.1%} of the pairs fit"
    benchmark.extra_info.update(size=size, note=note)
    if benchmark.stats:
        value = float(benchmark.stats.stats.median)
        figures.append(Figure(size=size, stage=f"memory fit, {case}", value=value, note=note))

"""The example fleet: real types and prices, and a document that says the same."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from placement.adapters.catalogs import read_catalog
from placement.problem import Problem
from placement.sizing import Sizing, gpu_resources

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def fleet() -> Iterator[Problem]:
    """Build the fleet as the example script does, with its folder importable."""
    before = list(sys.path)
    sys.path.insert(0, str(ROOT / "examples"))
    from fleet import build

    yield build()
    sys.path[:] = before


def test_the_fleet_spans_eight_clusters_three_providers_and_ten_models(fleet: Problem) -> None:
    assert len(fleet.clusters) >= 8
    assert len({cluster.provider for cluster in fleet.clusters}) >= 3
    models = {workload.model.name for workload in fleet.workloads if workload.model}
    assert len(models) == 10
    sizes = [workload.model.parameters or 0 for workload in fleet.workloads if workload.model]
    assert min(sizes) < 10**9
    assert max(sizes) > 230 * 10**9


def test_every_price_is_the_catalogs(fleet: Problem) -> None:
    catalog = read_catalog(ROOT / "benchmarks" / "data" / "catalog")
    prices = {
        (row.region, row.zone, row.instance_type, row.capacity_type): row.price
        for row in catalog.offerings()
    }
    for row in fleet.offerings:
        key = (row.region, row.zone, row.instance_type, row.capacity_type)
        assert prices[key] == row.price


def test_every_pool_can_grow(fleet: Problem) -> None:
    assert fleet.warnings() == ()


def test_every_model_fits_some_type_it_may_use(fleet: Problem) -> None:
    sizing = Sizing(gpu_resources(fleet))
    for workload in fleet.workloads:
        assert any(sizing.gpus(workload, kind) > 0 for kind in fleet.instance_types), workload.key


def test_the_written_document_is_the_fleet(fleet: Problem) -> None:
    text = (ROOT / "examples" / "catalog_fleet.yaml").read_text(encoding="utf-8")
    assert Problem.model_validate(yaml.safe_load(text)) == fleet


def test_the_document_is_written_the_same_every_time(fleet: Problem) -> None:
    from catalog_fleet import document

    text = (ROOT / "examples" / "catalog_fleet.yaml").read_text(encoding="utf-8")
    assert document(fleet) == text

"""Catalogs: what the shipped tables say, and what becomes of it in a problem."""

import math
from pathlib import Path

import pytest

from placement.adapters.catalog_rows import BANDS
from placement.adapters.catalogs import Catalog, read_catalog
from placement.adapters.interruptions import HOURS_PER_MONTH, MONTHLY, per_hour
from placement.adapters.node_reserve import GIB, GKE, MIB
from placement.errors import AdapterError
from placement.problem import Offering, Problem
from placement.problem.offers import Offers
from tests.small_catalog import OFFERED, folder

SHIPPED = Path(__file__).parents[1] / "benchmarks" / "data" / "catalog"


@pytest.fixture(scope="module")
def shipped() -> Catalog:
    """Return the catalog that comes with the repository."""
    return read_catalog(SHIPPED)


def test_the_shipped_tables_hold_six_providers_and_229_types(shipped: Catalog) -> None:
    assert shipped.providers == ("alibaba", "aws", "azure", "gcp", "lambda", "nebius")
    assert len(shipped.types()) == 229
    assert len(shipped.prices) == 2902 + 211


def test_the_whole_shipped_catalog_makes_a_valid_problem(shipped: Catalog) -> None:
    problem = Problem(instance_types=shipped.types(), offerings=shipped.offerings())
    assert problem.types["p5.48xlarge"].gpu is not None
    again = Problem.model_validate(problem.model_dump())
    assert again == problem


def test_a_type_keeps_its_gpus_memory_and_vcpus(shipped: Catalog) -> None:
    (kind,) = shipped.types(names=["p5.48xlarge"])
    assert kind.gpu is not None
    assert (kind.gpu.model, kind.gpu.count, kind.gpu.memory) == ("H100", 8, 80 * GIB)
    assert kind.gpu.usable_memory is None
    assert (kind.vcpus, kind.allocatable["pods"]) == (192, 110)


def test_blanks_in_card_names_become_hyphens_and_amd_cards_count_as_amds(
    shipped: Catalog,
) -> None:
    cards = {kind.gpu.model: kind.gpu.resource for kind in shipped.types() if kind.gpu}
    assert cards["RTX-PRO-6000"] == "nvidia.com/gpu"
    amd = {model for model, resource in cards.items() if resource == "amd.com/gpu"}
    assert amd == {"MI300X", "Radeon-Pro-V520"}


def test_the_reserve_follows_the_published_steps() -> None:
    """150 GiB: the figure that GKE's own worked rule gives, 9.8577 GiB kept in all."""
    free = GKE.allocatable(vcpus=8, memory=150 * GIB)
    kept = 150 * GIB - free["memory"]
    assert kept / GIB == pytest.approx(9.8577, abs=0.001)
    assert 8000 - free["cpu"] == 60 + 10 + 10 + 10
    assert free["memory"] % MIB == 0


def test_a_tiny_node_has_nothing_to_give_rather_than_less() -> None:
    assert GKE.allocatable(vcpus=1, memory=64 * MIB)["memory"] == 0


def test_spot_of_aws_is_zonal_with_the_zones_own_price(shipped: Catalog) -> None:
    rows = shipped.offerings(
        regions=["us-east-1"], instance_types=["g6.xlarge"], capacity_types=["spot"]
    )
    prices = {row.zone: row.price for row in rows}
    assert prices["use1-az1"] == 0.4011
    assert prices["use1-az4"] == 0.349
    assert None not in prices


def test_on_demand_is_an_offer_only_in_zones_that_list_the_type(shipped: Catalog) -> None:
    rows = shipped.offerings(
        regions=["us-east-1"], instance_types=["g6.xlarge"], capacity_types=["on-demand"]
    )
    zones = {row.zone for row in rows}
    assert None in zones
    assert "use1-az6" in zones
    assert "use1-az3" not in zones
    assert len({row.price for row in rows}) == 1


def test_a_type_that_a_zonal_list_leaves_out_is_not_offered(tmp_path: Path) -> None:
    without_big = OFFERED.replace("acme,north,n-a,big\n", "")
    catalog = read_catalog(folder(tmp_path, offered=without_big))
    assert {row.instance_type for row in catalog.offerings()} == {"small"}


def test_an_accounts_zone_names_replace_the_zone_ids(shipped: Catalog) -> None:
    rows = shipped.offerings(
        regions=["us-east-1"],
        instance_types=["g6.xlarge"],
        zone_names={"use1-az1": "us-east-1c"},
    )
    assert {"us-east-1c", "use1-az2"} <= {row.zone for row in rows}
    assert "use1-az1" not in {row.zone for row in rows}


def test_a_derived_price_is_used_only_where_none_is_quoted(tmp_path: Path) -> None:
    path = folder(tmp_path)
    (path / "prices_aws_derived.csv").write_text(
        "provider,region,instance_type,market,price_usd_per_hour,region_factor\n"
        "acme,north,small,on_demand,99,1.1\nacme,south,small,on_demand,7,1.1\n",
        encoding="utf-8",
    )
    rows = read_catalog(path).offerings(instance_types=["small"], capacity_types=["on-demand"])
    assert {(row.region, row.price) for row in rows} == {("north", 0.8), ("south", 7.0)}


def test_interruption_bands_become_rates_per_hour(shipped: Catalog) -> None:
    rows = shipped.offerings(
        regions=["us-east-1", "us-central1"],
        instance_types=["g6.xlarge", "g2-standard-4"],
        capacity_types=["spot"],
    )
    rates = {row.instance_type: row.interruption_rate for row in rows}
    worst = per_hour(MONTHLY[">20%"])
    assert rates == {"g6.xlarge": worst, "g2-standard-4": worst}
    assert math.exp(-worst * HOURS_PER_MONTH) == pytest.approx(1 - 0.225, abs=1e-6)
    assert tuple(MONTHLY) == BANDS


def test_the_band_of_unlisted_spot_capacity_can_be_chosen(shipped: Catalog) -> None:
    rows = shipped.offerings(providers=["gcp"], capacity_types=["spot"], unknown="<5%")
    assert {row.interruption_rate for row in rows} == {per_hour(0.025)}


def test_on_demand_is_never_interrupted(shipped: Catalog) -> None:
    rows = shipped.offerings(capacity_types=["on-demand"])
    assert {row.interruption_rate for row in rows} == {0.0}


def test_prices_come_in_the_currency_asked_for(tmp_path: Path) -> None:
    catalog = read_catalog(folder(tmp_path))

    def price(kind: str, **terms: object) -> float:
        rows = catalog.offerings(
            instance_types=[kind],
            capacity_types=["on-demand"],
            **terms,  # type: ignore[arg-type]
        )
        return rows[0].price

    assert price("big") == 10
    assert price("big", currency="CNY", per_usd={"CNY": 7}) == 71
    assert price("big", per_usd={"CNY": 7.25}) == pytest.approx(71 / 7.25, abs=1e-6)
    assert price("small", currency="CNY", per_usd={"CNY": 7}) == pytest.approx(5.6)


def test_a_currency_without_a_rate_is_refused(shipped: Catalog) -> None:
    with pytest.raises(AdapterError, match=r"per_usd=\{'EUR'"):
        shipped.offerings(currency="EUR")
    with pytest.raises(AdapterError, match=r"per_usd\.EUR: must be a number above zero"):
        shipped.offerings(currency="EUR", per_usd={"EUR": 0})


def test_stock_is_unknown_unless_the_caller_states_it(shipped: Catalog) -> None:
    key = ("cn-hangzhou", None, "ecs.gn7i-c8g1.2xlarge", "on-demand")
    (row,) = shipped.offerings(
        regions=["cn-hangzhou"], instance_types=["ecs.gn7i-c8g1.2xlarge"], stock={key: 2}
    )
    assert row.stock == 2
    with pytest.raises(AdapterError, match="did you mean 'cn-hangzhou/-/ecs"):
        shipped.offerings(
            regions=["cn-hangzhou"],
            instance_types=["ecs.gn7i-c8g1.2xlarge"],
            stock={("cn-hangzhou", None, "ecs.gn7i-c8g1.2xlarg", "on-demand"): 2},
        )


def test_a_name_that_is_not_in_the_catalog_gets_its_nearest(shipped: Catalog) -> None:
    with pytest.raises(AdapterError, match=r"regions\[1\].*did you mean 'cn-hangzhou'"):
        shipped.offerings(regions=["us-west-2", "cn-hangzou"])
    with pytest.raises(AdapterError, match=r"names\[0\].*did you mean 'g6.xlarge'"):
        shipped.types(names=["g6.xlage"])


def test_offerings_are_sorted_and_priced_for_a_cluster(shipped: Catalog) -> None:
    rows = shipped.offerings(regions=["us-central1"])
    keys = [(r.region, r.instance_type, r.capacity_type, r.zone or "") for r in rows]
    assert keys == sorted(keys)
    assert all(isinstance(row, Offering) for row in rows)
    assert Offers(rows).any_in("us-central1", "g2-standard-4", "spot")


def test_files_may_be_named_one_by_one_in_any_order(tmp_path: Path) -> None:
    path = folder(tmp_path)
    files = [path / "prices.csv", path / "instance_types.csv"]
    assert read_catalog(*files) == read_catalog(*reversed(files))


def test_cpu_types_have_no_gpu(tmp_path: Path) -> None:
    (kind,) = read_catalog(folder(tmp_path)).types(names=["plain"])
    assert kind.gpu is None

"""Broken catalogs: every fault is named with its place, and all of them together."""

from pathlib import Path

import pytest

from placement.adapters.catalogs import read_catalog
from placement.errors import AdapterError
from tests.small_catalog import PRICES, TYPES, folder


def issues(tmp_path: Path, **tables: str) -> list[tuple[str, str, str, str]]:
    """Return (file:line, column, rule, value) of every fault of a small catalog."""
    with pytest.raises(AdapterError) as caught:
        read_catalog(folder(tmp_path, **tables))
    return [
        (Path(issue.source).name, issue.path, issue.rule, issue.value)
        for issue in caught.value.issues
    ]


def test_every_bad_cell_is_named_with_file_line_column_and_value(tmp_path: Path) -> None:
    prices = PRICES.replace(",10,CNY,71,", ",-10,CNY,71,").replace("spot,0.3,USD", "spto,zero,usd")
    found = issues(tmp_path, types=TYPES.replace("40,327680", "40.5,"), prices=prices)
    assert [(place, column, value) for place, column, _, value in found] == [
        ("instance_types.csv:2", "vcpu", "'40.5'"),
        ("instance_types.csv:2", "memory_mib", "''"),
        ("prices.csv:2", "price_usd_per_hour", "'-10'"),
        ("prices.csv:4", "market", "'spto'"),
        ("prices.csv:4", "price_usd_per_hour", "'zero'"),
        ("prices.csv:4", "currency", "'usd'"),
    ]


@pytest.mark.parametrize("bad", ["nan", "inf", "1e400", "0", "1_000", "", " 1", "٣"])
def test_what_is_no_price_is_refused(tmp_path: Path, bad: str) -> None:
    found = issues(tmp_path, prices=PRICES.replace(",10,CNY", f",{bad},CNY"))
    assert [column for _, column, _, _ in found] == ["price_usd_per_hour"]


def test_a_missing_and_an_unknown_column_are_named(tmp_path: Path) -> None:
    found = issues(tmp_path, prices=PRICES.replace("currency", "curency"))
    assert found == [
        ("prices.csv:1", "currency", "the column is missing; add it", ""),
        (
            "prices.csv:1",
            "column 6",
            "is no column of prices.csv; did you mean 'currency'?",
            "'curency'",
        ),
    ]


def test_unknown_types_wrong_providers_and_doubles_come_together(tmp_path: Path) -> None:
    prices = PRICES + (
        "acme,north,smal,on_demand,1,USD,1,\n"
        "other,south,small,on_demand,1,USD,1,\n"
        "acme,north,small,on_demand,0.9,USD,0.9,\n"
    )
    found = issues(tmp_path, prices=prices)
    assert [(place, column) for place, column, _, _ in found] == [
        ("prices.csv:8", "region, instance_type, market, zone"),
        ("prices.csv:6", "instance_type"),
        ("prices.csv:7", "provider"),
    ]
    assert "repeats that of" in found[0][2]
    assert "did you mean 'small'" in found[1][2]


def test_two_figures_for_one_usd_price_are_refused(tmp_path: Path) -> None:
    found = issues(tmp_path, prices=PRICES.replace("on_demand,0.8,USD,0.8", "on_demand,0.8,USD,8"))
    assert found[0][:2] == ("prices.csv:3", "price_usd_per_hour")


def test_a_card_without_a_count_is_refused(tmp_path: Path) -> None:
    found = issues(tmp_path, types=TYPES.replace("L4,1,24576", "L4,0,24576"))
    assert found[0][:2] == ("instance_types.csv:3", "gpu_model")


def test_a_row_with_too_few_fields_is_refused(tmp_path: Path) -> None:
    found = issues(tmp_path, prices=PRICES.replace("0.3,USD,0.3,n-a", "0.3"))
    assert found == [("prices.csv:4", "", "must have 8 fields, as the header has", "5")]


def test_an_open_quote_is_no_traceback(tmp_path: Path) -> None:
    found = issues(tmp_path, prices=PRICES + '"acme,north')
    assert "not well-formed CSV" in found[0][2]


def test_a_file_that_is_not_utf8_is_refused_by_line(tmp_path: Path) -> None:
    path = folder(tmp_path)
    (path / "prices.csv").write_bytes(PRICES.encode("utf-8").replace(b"north,big", b"n\xe9rd,big"))
    with pytest.raises(AdapterError, match=r"prices.csv:2: must be UTF-8"):
        read_catalog(path)


def test_a_missing_table_and_a_foreign_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(AdapterError, match=r"instance_types.csv is missing(.|\n)*prices.csv is"):
        read_catalog(tmp_path)
    with pytest.raises(AdapterError, match=r"did you mean 'prices.csv'"):
        read_catalog(tmp_path / "price.csv")
    with pytest.raises(AdapterError, match="cannot be read"):
        read_catalog(tmp_path / "prices.csv")


def test_one_error_lists_at_most_a_hundred_issues(tmp_path: Path) -> None:
    bad = "acme,north,small,on_demand,x,USD,1,\n" * 150
    found = issues(tmp_path, prices=PRICES + bad)
    assert len(found) == 101
    assert found[-1][2] == "and 50 more issues, not listed here"

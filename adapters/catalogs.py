"""Price catalogs in CSV: instance types and offerings for a problem. See docs/catalogs.md."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from placement.adapters.catalog_offers import StockKey, Terms, offerings_of
from placement.adapters.catalog_rows import (
    ADVISOR,
    DERIVED,
    OFFERED,
    PRICES,
    TYPES,
    Offered,
    Priced,
    TypeRow,
    offered,
    priced,
    type_row,
)
from placement.adapters.catalog_tables import read_tables
from placement.adapters.catalog_types import instance_type
from placement.adapters.interruptions import MONTHLY, UNKNOWN
from placement.adapters.node_reserve import GKE, Reserve
from placement.adapters.tables import Cells
from placement.errors import AdapterError, Issue, nearest, show
from placement.problem import InstanceType, Offering

__all__ = ["Catalog", "read_catalog"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """Instance types, prices and offers as the tables state them, checked against each other.

    Parameters
    ----------
    rows
        The instance types, by name.
    prices
        Quoted prices, and derived ones where there is no quoted price.
    offered
        Where a type is offered.
    bands
        The Spot Advisor's band by region and instance type.
    """

    rows: Mapping[str, TypeRow]
    prices: tuple[Priced, ...]
    offered: tuple[Offered, ...]
    bands: Mapping[tuple[str, str], str]

    @property
    def providers(self) -> tuple[str, ...]:
        """Return the providers, sorted."""
        return tuple(sorted({row.provider for row in self.rows.values()}))

    @property
    def regions(self) -> tuple[str, ...]:
        """Return the regions that have a price, sorted."""
        return tuple(sorted({price.region for price in self.prices}))

    def types(
        self,
        *,
        names: Iterable[str] = (),
        providers: Iterable[str] = (),
        gpu_models: Iterable[str] = (),
        reserve: Reserve = GKE,
    ) -> tuple[InstanceType, ...]:
        """Return instance types for a problem, sorted by name.

        Parameters
        ----------
        names, providers, gpu_models
            What to take; empty: all. Every part given must hold.
        reserve
            What a node keeps for itself; the rest is ``allocatable``.

        Raises
        ------
        AdapterError
            When a name is not in the catalog.
        """
        models = {row.gpu_model for row in self.rows.values() if row.gpu_model}
        chosen = _chosen("names", names, self.rows)
        of = _chosen("providers", providers, self.providers)
        cards = _chosen("gpu_models", gpu_models, models)
        rows = (self.rows[name] for name in sorted(chosen))
        return tuple(
            instance_type(row, reserve)
            for row in rows
            if row.provider in of and (not gpu_models or row.gpu_model in cards)
        )

    def offerings(
        self,
        *,
        regions: Iterable[str] = (),
        providers: Iterable[str] = (),
        instance_types: Iterable[str] = (),
        capacity_types: Iterable[str] = (),
        currency: str = "USD",
        per_usd: Mapping[str, float] | None = None,
        stock: Mapping[StockKey, int] | None = None,
        zone_names: Mapping[str, str] | None = None,
        monthly: Mapping[str, float] = MONTHLY,
        unknown: str = UNKNOWN,
    ) -> tuple[Offering, ...]:
        """Return offerings for a problem, sorted by region, type, capacity type and zone.

        Parameters
        ----------
        regions, providers, instance_types, capacity_types
            What to take; empty: all.
        currency
            Of the prices returned. A price quoted in it is taken as quoted.
        per_usd
            How much of a currency one US dollar buys; needed for other currencies than USD, and
            used in place of the table's own conversion where given.
        stock
            Further nodes that can be had, by (region, zone or None, type, capacity type); the
            tables do not say, so rows that are not named have no known limit.
        zone_names
            An account's own names of the zones, by the zone ids of the tables: AWS names the zones
            of each account anew, and nodes carry the name. Zones not listed keep their id.
        monthly, unknown
            Share of spot nodes interrupted in a month by the advisor's band, and the band of
            those it does not list.

        Raises
        ------
        AdapterError
            When a name is not in the catalog, a currency has no rate, or a stock has no offering.
        """
        kinds = _chosen("instance_types", instance_types, self.rows)
        of = _chosen("providers", providers, self.providers)
        kept = {name for name in kinds if self.rows[name].provider in of}
        terms = Terms(
            regions=_chosen("regions", regions, self.regions),
            instance_types=kept,
            capacity_types=_chosen(
                "capacity_types", capacity_types, {price.capacity_type for price in self.prices}
            ),
            zone_names=zone_names or {},
            currency=currency,
            per_usd=per_usd or {},
            stock=stock or {},
            monthly=monthly,
            unknown=unknown,
        )
        return offerings_of(self.prices, self.offered, self.bands, terms)


def read_catalog(*paths: str | Path) -> Catalog:
    """Return the catalog in CSV files, or in the folders that hold them.

    Parameters
    ----------
    paths
        Folders, of which the tables of the known names are read, and files of those names:
        ``instance_types.csv`` and ``prices.csv`` (both needed), ``prices_aws_derived.csv``,
        ``offerings.csv``, ``aws_spot_advisor.csv``.

    Raises
    ------
    AdapterError
        With every fault found, each with its file and line, column, value and rule.

    Notes
    -----
    A quoted price replaces a derived one.
    """
    tables = read_tables(paths)
    quoted = {_price_key(price): price for price in map(priced, tables[PRICES.name])}
    derived = {_price_key(price): price for price in map(priced, tables[DERIVED.name])}
    return Catalog(
        rows={row.instance_type: row for row in map(type_row, tables[TYPES.name])},
        prices=tuple({**derived, **quoted}.values()),
        offered=tuple(map(offered, tables[OFFERED.name])),
        bands=dict(map(_band, tables[ADVISOR.name])),
    )


def _band(cells: Cells) -> tuple[tuple[str, str], str]:
    key = str(cells["region"]), str(cells["instance_type"])
    return key, str(cells["interruption_frequency"])


def _price_key(price: Priced) -> tuple[str, str | None, str, str]:
    return price.region, price.zone, price.instance_type, price.capacity_type


def _chosen(field: str, names: Iterable[str], known: Collection[str]) -> set[str]:
    """Return the names asked for, or all known ones where none is."""
    asked = (names,) if isinstance(names, str) else tuple(names)
    issues = [
        Issue(
            path=f"{field}[{position}]",
            rule=f"the catalog has no such name{nearest(name, known)}",
            value=show(name),
        )
        for position, name in enumerate(asked)
        if name not in known
    ]
    if issues:
        raise AdapterError(issues)
    return set(asked or known)

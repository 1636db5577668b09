"""From prices, offers and interruption bands to the offerings of a problem."""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from placement.adapters.catalog_rows import Offered, Priced
from placement.adapters.interruptions import per_hour
from placement.errors import AdapterError, Issue, nearest, show
from placement.problem import Offering

__all__ = ["StockKey", "Terms", "offerings_of"]

StockKey: TypeAlias = tuple[str, str | None, str, str]
"""Region, zone (None: the whole region), instance type, capacity type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Which offerings are wanted, in which currency, with what the tables do not know."""

    regions: Collection[str]
    instance_types: Collection[str]
    capacity_types: Collection[str]
    currency: str
    per_usd: Mapping[str, float]
    stock: Mapping[StockKey, int]
    zone_names: Mapping[str, str]
    monthly: Mapping[str, float]
    unknown: str


def offerings_of(
    prices: Iterable[Priced],
    offered: Iterable[Offered],
    bands: Mapping[tuple[str, str], str],
    terms: Terms,
) -> tuple[Offering, ...]:
    """Return the offerings wanted, sorted by region, type, capacity type and zone.

    Raises
    ------
    AdapterError
        When a currency has no rate, a band no share, or a stock no offering.
    """
    wanted = [price for price in prices if _wanted(price, terms)]
    issues = [*_rate_issues(wanted, terms), *_band_issues(bands, terms)]
    if issues:
        raise AdapterError(issues)
    rows = sorted(_by_zone(wanted, offered, terms), key=_order)
    if issues := list(_stock_issues(map(_key, rows), terms.stock)):
        raise AdapterError(issues)
    return tuple(
        Offering(
            region=row.region,
            zone=row.zone,
            instance_type=row.instance_type,
            capacity_type=row.capacity_type,
            price=_price(row, terms),
            stock=terms.stock.get(_key(row)),
            interruption_rate=_rate(row, bands, terms),
        )
        for row in rows
    )


def _wanted(price: Priced, terms: Terms) -> bool:
    return (
        price.region in terms.regions
        and price.instance_type in terms.instance_types
        and price.capacity_type in terms.capacity_types
    )


def _by_zone(
    prices: Iterable[Priced], offered: Iterable[Offered], terms: Terms
) -> Iterator[Priced]:
    """Yield the prices, those of a region also for each of its zones that offers the type.

    A provider's list of offers with zones is complete for its region: a type that is not on it is
    not offered there. A list without zones proves nothing, and a price alone is an offer.
    """
    zones: dict[tuple[str, str], list[str]] = {}
    listed = set()
    for row in offered:
        if row.zone is not None:
            zones.setdefault((row.region, row.instance_type), []).append(row.zone)
            listed.add((row.provider, row.region))
    for price in prices:
        where = zones.get((price.region, price.instance_type), [])
        if (price.provider, price.region) in listed and not where:
            continue
        if price.zone is None:
            yield price
            yield from (replace(price, zone=_zone(zone, terms)) for zone in where)
        else:
            yield replace(price, zone=_zone(price.zone, terms))


def _zone(zone: str, terms: Terms) -> str:
    return terms.zone_names.get(zone, zone)


def _price(row: Priced, terms: Terms) -> float:
    """Return the price in the currency wanted; one that is converted is rounded to a millionth."""
    if row.currency == terms.currency:
        return row.price
    usd = row.price / terms.per_usd[row.currency] if row.currency in terms.per_usd else row.usd
    return round(usd if terms.currency == "USD" else usd * terms.per_usd[terms.currency], 6)


def _rate(row: Priced, bands: Mapping[tuple[str, str], str], terms: Terms) -> float:
    if row.capacity_type != "spot":
        return 0.0
    band = bands.get((row.region, row.instance_type), terms.unknown)
    return per_hour(terms.monthly[band])


def _key(row: Priced) -> StockKey:
    return row.region, row.zone, row.instance_type, row.capacity_type


def _order(row: Priced) -> tuple[str, str, str, str]:
    return row.region, row.instance_type, row.capacity_type, row.zone or ""


def _rate_issues(prices: Iterable[Priced], terms: Terms) -> Iterator[Issue]:
    for code, rate in terms.per_usd.items():
        if not (math.isfinite(rate) and rate > 0):
            yield Issue(
                path=f"per_usd.{code}", rule="must be a number above zero", value=show(rate)
            )
    converted = any(price.currency != terms.currency for price in prices)
    if converted and terms.currency not in {"USD", *terms.per_usd}:
        rule = f"needs a rate: give per_usd={{{terms.currency!r}: ...}}, what one US dollar buys"
        yield Issue(path="currency", rule=rule, value=show(terms.currency))


def _band_issues(bands: Mapping[tuple[str, str], str], terms: Terms) -> Iterator[Issue]:
    for band in sorted({*bands.values(), terms.unknown} - set(terms.monthly)):
        rule = "needs a share for every band of the catalog and for the unknown one"
        yield Issue(path=f"monthly.{band}", rule=rule)
    for band, share in terms.monthly.items():
        if not 0 <= share < 1:
            rule = "must be a share of at least 0 and below 1"
            yield Issue(path=f"monthly.{band}", rule=rule, value=show(share))


def _stock_issues(keys: Iterable[StockKey], stock: Mapping[StockKey, int]) -> Iterator[Issue]:
    known = {_written(key) for key in keys}
    for key, nodes in stock.items():
        if nodes < 0:
            rule = f"stock of {_written(key)} must not be negative"
            yield Issue(path="stock", rule=rule, value=show(nodes))
        if _written(key) not in known:
            rule = f"no offering has this key{nearest(_written(key), known)}"
            yield Issue(path="stock", rule=rule, value=_written(key))


def _written(key: StockKey) -> str:
    return "/".join(part or "-" for part in key)

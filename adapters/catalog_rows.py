"""The five tables of a price catalog, and what one row of each says."""

import re
from dataclasses import dataclass

from placement.adapters.tables import Cells, Table

__all__ = [
    "ADVISOR",
    "BANDS",
    "DERIVED",
    "OFFERED",
    "PRICES",
    "TABLES",
    "TYPES",
    "Offered",
    "Priced",
    "TypeRow",
    "offered",
    "priced",
    "type_row",
]

BANDS = ("<5%", "5-10%", "10-15%", "15-20%", ">20%")
"""Source: AWS Spot Instance Advisor, frequency of interruption over the trailing month."""

_MARKETS = {"on_demand": "on-demand", "spot": "spot", "reserved": "reserved"}
_NAME = re.compile(r"[^\s/\x00-\x1f\x7f]{1,253}")
_WHOLE = re.compile(r"[0-9]{1,9}")
_NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,12})?")
_LARGEST = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeRow:
    """One instance type: GPU memory per GPU and node memory in MiB; no GPUs: count 0, no model."""

    provider: str
    instance_type: str
    gpu_model: str
    gpu_count: int
    gpu_memory_mib: int
    vcpu: int
    memory_mib: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """One price per node and hour, as quoted in ``currency`` and as the file converts it."""

    provider: str
    region: str
    zone: str | None
    instance_type: str
    capacity_type: str
    usd: float
    price: float
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A type that is offered in a region or zone; that says nothing of stock."""

    provider: str
    region: str
    zone: str | None
    instance_type: str


def _name(text: str) -> str:
    if _NAME.fullmatch(text) is None:
        raise ValueError("must be a name without blanks or slashes, at most 253 characters")
    return text


def _zone(text: str) -> str | None:
    return _name(text) if text else None


def _label(text: str) -> str:
    """Return a card's name with hyphens for blanks, as NVIDIA's feature discovery labels it."""
    return _name("-".join(text.split())) if text else ""


def _natural(text: str) -> int:
    if _WHOLE.fullmatch(text) is None:
        raise ValueError("must be a whole number of at least 0, of at most nine digits")
    return int(text)


def _positive(text: str) -> int:
    if _WHOLE.fullmatch(text) is None or int(text) == 0:
        raise ValueError("must be a whole number of at least 1, of at most nine digits")
    return int(text)


def _money(text: str) -> float:
    if _NUMBER.fullmatch(text) is None or not 0 < float(text) <= _LARGEST:
        raise ValueError("must be a number above zero, such as 1.212")
    return float(text)


def _savings(text: str) -> float:
    """Return a saving in percent; the advisor also lists spot prices above on-demand's."""
    if _NUMBER.fullmatch(text.removeprefix("-")) is None or float(text) > 100:
        raise ValueError("must be a number of at most 100")
    return float(text)


def _market(text: str) -> str:
    if text not in _MARKETS:
        raise ValueError(f"must be one of {', '.join(_MARKETS)}")
    return _MARKETS[text]


def _currency(text: str) -> str:
    if not (len(text) == 3 and text.isascii() and text.isalpha() and text.isupper()):
        raise ValueError("must be a currency code of three capital letters, such as USD")
    return text


def _band(text: str) -> str:
    if text not in BANDS:
        raise ValueError(f"must be one of {', '.join(BANDS)}")
    return text


TYPES = Table(
    name="instance_types",
    columns={
        "provider": _name,
        "instance_type": _name,
        "gpu_model": _label,
        "gpu_count": _natural,
        "gpu_memory_mib": _natural,
        "vcpu": _positive,
        "memory_mib": _positive,
    },
    key=("instance_type",),
)
PRICES = Table(
    name="prices",
    columns={
        "provider": _name,
        "region": _name,
        "instance_type": _name,
        "market": _market,
        "price_usd_per_hour": _money,
        "currency": _currency,
        "price": _money,
        "zone": _zone,
    },
    key=("region", "instance_type", "market", "zone"),
)
DERIVED = Table(
    name="prices_aws_derived",
    columns={
        "provider": _name,
        "region": _name,
        "instance_type": _name,
        "market": _market,
        "price_usd_per_hour": _money,
        "region_factor": _money,
    },
    key=("region", "instance_type", "market"),
)
OFFERED = Table(
    name="offerings",
    columns={"provider": _name, "region": _name, "zone": _zone, "instance_type": _name},
    key=("region", "zone", "instance_type"),
)
ADVISOR = Table(
    name="aws_spot_advisor",
    columns={
        "region": _name,
        "instance_type": _name,
        "savings_pct": _savings,
        "interruption_frequency": _band,
    },
    key=("region", "instance_type"),
)
TABLES = {table.name: table for table in (TYPES, PRICES, DERIVED, OFFERED, ADVISOR)}


def type_row(cells: Cells) -> TypeRow:
    """Return a row of ``instance_types.csv`` as a value."""
    return TypeRow(**{name: cells[name] for name in TYPES.columns})  # type: ignore[arg-type]


def priced(cells: Cells) -> Priced:
    """Return a row of ``prices.csv`` or ``prices_aws_derived.csv`` (always USD) as a value."""
    usd = cells["price_usd_per_hour"]
    values = {
        "provider": cells["provider"],
        "region": cells["region"],
        "zone": cells.get("zone"),
        "instance_type": cells["instance_type"],
        "capacity_type": cells["market"],
        "usd": usd,
        "price": cells.get("price", usd),
        "currency": cells.get("currency", "USD"),
    }
    return Priced(**values)  # type: ignore[arg-type]


def offered(cells: Cells) -> Offered:
    """Return a row of ``offerings.csv`` as a value."""
    names = ("provider", "region", "zone", "instance_type")
    return Offered(**{name: cells[name] for name in names})  # type: ignore[arg-type]

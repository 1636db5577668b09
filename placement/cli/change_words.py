"""The grammar of ``--change``: what its words mean.

Words are parted by blanks, for no name has any. CAPACITY is on-demand (also where absent), reserved
or spot; a WORKLOAD is ``namespace/name``, or its name where that is enough.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, cast

from placement.errors import nearest

if TYPE_CHECKING:
    from placement.problem import CapacityType, Problem

Apply: TypeAlias = Callable[["Problem"], "Problem"]

__all__ = ["FORMS", "Apply", "meaning"]

FORMS: Mapping[str, tuple[str, ...]] = {
    "without": ("without region|cluster|provider|type|workload NAME", "without zone REGION/ZONE"),
    "stock": ("stock TYPE REGION[/ZONE] [CAPACITY] NUMBER|none",),
    "price": (
        "price TYPE REGION[/ZONE] [CAPACITY] PRICE",
        "price TYPE|all [REGION[/ZONE]] [CAPACITY] * FACTOR",
    ),
    "quota": ("quota NAME LIMIT",),
    "maximum": ("maximum CLUSTER/POOL NUMBER|none",),
    "replicas": ("replicas WORKLOAD NUMBER",),
    "load": ("load WORKLOAD AMOUNT",),
    "moves": ("moves NUMBER|none",),
    "workload": ("workload FILE",),
}
"""The forms of a change by their first word."""

_CAPACITY = ("on-demand", "reserved", "spot")


def meaning(verb: str, words: list[str]) -> Apply:
    """Return what a change does to a problem.

    Parameters
    ----------
    verb
        A word of ``FORMS``.
    words
        Those after it.

    Raises
    ------
    ValueError
        When the words are of none of the verb's forms; the message says what must stand there.
    """
    parse = _VERBS.get(verb)
    found = parse(words) if parse is not None else None
    if found is None:
        raise ValueError(f"must be: {', or: '.join(FORMS[verb])}")
    return found


def _without(words: list[str]) -> Apply | None:
    if len(words) != 2:
        return None
    what, name = words
    region, slash, zone = name.partition("/")
    known: dict[str, Apply] = {
        "region": lambda problem: problem.without_region(name),
        "zone": lambda problem: problem.without_zone(region, zone),
        "cluster": lambda problem: problem.without_cluster(name),
        "provider": lambda problem: problem.without_provider(name),
        "type": lambda problem: problem.without_instance_type(name),
        "workload": lambda problem: problem.without_workload(name),
    }
    if what not in known:
        raise ValueError(f"without must be of one of {', '.join(known)}{nearest(what, known)}")
    return None if what == "zone" and not (slash and region and zone) else known[what]


def _stock(words: list[str]) -> Apply | None:
    *place, number = words or [""]
    at = _place(place)
    if at is None or at.region is None:
        return None
    kind, region, stock = at.kind, at.region, _whole(number, none=True)
    return lambda problem: problem.with_stock(
        kind, region, stock, zone=at.zone, capacity_type=at.capacity or "on-demand"
    )


def _price(words: list[str]) -> Apply | None:
    *place, figure = words or [""]
    if figure.startswith("*"):  # written "*1.2"
        place, figure = [*place, "*"], figure[1:]
    scaled = place[-1:] == ["*"]
    at = _place(place[:-1] if scaled else place)
    if at is None or (at.region is None and not scaled):
        return None
    amount = _number(figure)
    if scaled:
        return lambda problem: problem.scaled_price(
            amount,
            instance_type=None if at.kind == "all" else at.kind,
            region=at.region,
            zone=at.zone,
            capacity_type=at.capacity,
        )
    kind, region = at.kind, at.region or ""
    return lambda problem: problem.with_price(
        kind, region, amount, zone=at.zone, capacity_type=at.capacity or "on-demand"
    )


def _quota(words: list[str]) -> Apply | None:
    if len(words) != 2:
        return None
    name, limit = words
    return lambda problem: problem.with_quota(name, limit)


def _maximum(words: list[str]) -> Apply | None:
    if len(words) != 2:
        return None
    cluster, _, pool = words[0].partition("/")
    most = _whole(words[1], none=True)
    if not (cluster and pool):
        return None
    return lambda problem: problem.with_pool_maximum(cluster, pool, most)


def _replicas(words: list[str]) -> Apply | None:
    if len(words) != 2:
        return None
    key, number = words[0], _whole(words[1]) or 0
    return lambda problem: problem.with_replicas(key, number)


def _load(words: list[str]) -> Apply | None:
    if len(words) != 2:
        return None
    key, amount = words[0], _number(words[1])
    return lambda problem: problem.with_load(key, amount)


def _moves(words: list[str]) -> Apply | None:
    if len(words) != 1:
        return None
    most = _whole(words[0], none=True)
    return lambda problem: problem.with_max_moves(most)


_VERBS: Mapping[str, Callable[[list[str]], Apply | None]] = {
    "without": _without,
    "stock": _stock,
    "price": _price,
    "quota": _quota,
    "maximum": _maximum,
    "replicas": _replicas,
    "load": _load,
    "moves": _moves,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """What a change says of an offering: its type, and where and how it is sold."""

    kind: str
    region: str | None = None
    zone: str | None = None
    capacity: "CapacityType | None" = None


def _place(words: list[str]) -> _Place | None:
    """Return the place that ``TYPE [REGION[/ZONE]] [CAPACITY]`` names, or None."""
    capacity: str | None = None
    if len(words) > 1 and words[-1] in _CAPACITY:
        *words, capacity = words
    if not 1 <= len(words) <= 2:
        return None
    region, slash, zone = words[1].partition("/") if len(words) == 2 else ("", "", "")
    if bool(slash) != bool(zone):
        return None
    return _Place(
        kind=words[0],
        region=region or None,
        zone=zone or None,
        capacity=cast("CapacityType | None", capacity),
    )


def _whole(word: str, *, none: bool = False) -> int | None:
    """Return a whole number, or None for ``none`` where that is allowed."""
    if none and word == "none":
        return None
    if not (word.isascii() and word.isdigit()):
        wanted = "a whole number or none" if none else "a whole number"
        raise ValueError(f"must end with {wanted}, not {word!r}")
    return int(word[:20])  # beyond 20 digits it is out of range whatever follows


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        raise ValueError(f"must end with a number, not {word!r}") from None

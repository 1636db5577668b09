"""Seeded fleets of any size and of several kinds, at real types and prices.

Real: providers, regions, zones, instance types, prices (the catalog in ``benchmarks/data``), and
the models' memory needs. Regions and types are chosen by rule (``catalog_choice.py``). **Made up**,
from the seed: all else, as ``generator.py`` draws it; limits of clusters grow with the workloads
for each. The kinds (``fleet_kinds.py``) say what they change. The same size, kind, seed and
tightness give the same problem.
"""

import re
from dataclasses import dataclass
from functools import cache
from random import Random

from catalog_choice import choose_regions, choose_types
from fleet_draft import GPU, Draft, Json
from fleet_draw import draw_offerings, draw_quotas
from fleet_kinds import KINDS
from generator import CATALOG
from market import Market
from rule_draw import with_every_rule
from running_draw import running_plan
from teams import to_teams
from workload_draw import draw_workloads

from placement.adapters.catalogs import read_catalog
from placement.problem import Problem

__all__ = ["SEEDS", "SIZES", "FleetSize", "document", "problem", "size_of", "with_rules"]

SEEDS = range(5)

STOCKED = 0.6
"""Stock and quotas for each workload of a region, over those that ``menu.py`` states: twice what
``generator.py`` takes, since of types chosen by rule a small region sells fewer."""

CROWDED = 4
"""Workloads for each cluster up to which its limits are as drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetSize:
    """How large a fleet is, in numbers of things; as large as the catalog has regions and types.

    Parameters
    ----------
    reach
        Clusters that a workload may use, those of its team; absent: all.
    """

    workloads: int
    clusters: int
    types: int
    regions: int
    reach: int | None = None

    def __post_init__(self) -> None:
        """Refuse sizes that cannot be."""
        if self.workloads < 1 or not 1 <= self.regions <= self.clusters:
            raise ValueError(
                "there must be a workload, a region, and no fewer clusters than regions"
            )
        if self.reach is not None and self.reach < 1:
            raise ValueError("reach must be from 1")

    @property
    def label(self) -> str:
        """Return workloads x clusters x types."""
        return f"{self.workloads}x{self.clusters}x{self.types}"


SIZES = {
    "S": FleetSize(workloads=10, clusters=5, types=10, regions=3),
    "M": FleetSize(workloads=200, clusters=50, types=30, regions=12),
    "L": FleetSize(workloads=2_000, clusters=200, types=60, regions=20, reach=30),
    "XL": FleetSize(workloads=10_000, clusters=1_000, types=100, regions=50, reach=15),
    "L-open": FleetSize(workloads=2_000, clusters=200, types=60, regions=20),
    "XL-open": FleetSize(workloads=10_000, clusters=1_000, types=100, regions=50),
}
"""The sizes by name; ``open``: no teams, so that most workloads may run nearly everywhere."""


def size_of(name: str) -> FleetSize:
    """Return a size by its name, or by workloads x clusters x types x regions [x reach].

    Raises
    ------
    ValueError
        When it is neither.
    """
    if name in SIZES:
        return SIZES[name]
    match = re.fullmatch(r"(\d+)x(\d+)x(\d+)x(\d+)(?:x(\d+))?", name)
    if match is None:
        raise ValueError(f"no size {name}; there are {', '.join(SIZES)}, and such as 500x80x40x15")
    workloads, clusters, types, regions = map(int, match.groups()[:4])
    reach = None if match[5] is None else int(match[5])
    return FleetSize(
        workloads=workloads, clusters=clusters, types=types, regions=regions, reach=reach
    )


def problem(size: FleetSize, kind: str = "gpu", seed: int = 0, tightness: float = 1.0) -> Problem:
    """Return a fleet of a kind of :data:`fleet_kinds.KINDS`.

    Parameters
    ----------
    tightness
        Divides stock and quotas: 2 halves them.
    """
    return with_rules(Problem.model_validate(document(size, kind, seed, tightness)), kind, seed)


def with_rules(drawn: Problem, kind: str, seed: int) -> Problem:
    """Return a drawn fleet with the rules of its kind; with all, most of it runs already."""
    if not KINDS[kind].rules:
        return drawn
    return with_every_rule(drawn, seed, running_plan(drawn, seed))


def document(size: FleetSize, kind: str = "gpu", seed: int = 0, tightness: float = 1.0) -> Json:
    """Return a fleet as a document; see :func:`problem`. Rules are not in it yet."""
    if not tightness > 0:
        raise ValueError("tightness must be above 0")
    drawn, random = KINDS[kind], Random(seed)
    market = _market(size.regions, size.types)
    density = STOCKED * size.workloads / size.regions / (tightness * drawn.tightness)
    clusters = drawn.clusters(random, market, size.clusters)
    _widen(clusters, size.workloads / size.clusters / CROWDED)
    draft = Draft(
        random=random,
        tightness=tightness,
        market=market,
        clusters=clusters,
        offerings=draw_offerings(random, market, clusters, density),
        quotas=draw_quotas(random, market, clusters, density),
        workloads=draw_workloads(random, size.workloads, clusters, market.cards),
    )
    if size.reach is not None:
        to_teams(random, clusters, draft.workloads, size.reach)
    drawn.change(draft)
    return {
        "currency": "USD",
        "instance_types": [
            each.model_dump(mode="json", exclude_defaults=True) for each in market.types.values()
        ],
        "offerings": draft.offerings,
        "quotas": draft.quotas,
        "clusters": draft.clusters,
        "workloads": draft.workloads,
    }


def _widen(clusters: list[Json], factor: float) -> None:
    """Raise the limits of clusters that serve more workloads each."""
    for cluster in clusters:
        for name in ("nodes", GPU):
            cluster["limits"][name] = round(cluster["limits"][name] * max(1.0, factor))


@cache
def _market(regions: int, types: int) -> Market:
    catalog = read_catalog(CATALOG)
    chosen = choose_regions(catalog, regions)
    return Market.of(catalog, chosen, choose_types(catalog, chosen, types))

"""Seeded problems of any size, at real prices: the instances of every benchmark.

Real: providers, regions, zones, instance types, prices (the catalog in ``benchmarks/data``), and
the models' memory needs. **Made up**, from the seed: clusters and their pools, running nodes,
stock, quotas, limits, workloads and their replicas. The same size and seed give the same problem.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from fleet_draw import draw_clusters, draw_offerings, draw_quotas
from market import Market
from menu import REGIONS, TYPES
from workload_draw import draw_workloads

from placement.adapters.catalogs import Catalog, read_catalog
from placement.adapters.yaml_out import to_yaml
from placement.problem import Problem

__all__ = ["CATALOG", "SIZES", "Size", "document", "problem", "yaml_text"]

CATALOG = Path(__file__).parent / "data" / "catalog"


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large a fleet is, in numbers of things.

    Parameters
    ----------
    regions
        At most the twelve of :data:`menu.REGIONS`; every one gets a cluster at least.
    types
        At most the thirty of :data:`menu.TYPES`.
    """

    workloads: int
    clusters: int
    regions: int
    types: int

    def __post_init__(self) -> None:
        """Refuse sizes that the lists cannot fill."""
        if not 1 <= self.regions <= min(len(REGIONS), self.clusters):
            raise ValueError("regions must be from 1 to 12 and no more than clusters")
        if not 1 <= self.types <= len(TYPES):
            raise ValueError("types must be from 1 to 30")

    @property
    def label(self) -> str:
        """Return workloads x clusters x types."""
        return f"{self.workloads}x{self.clusters}x{self.types}"


SIZES = {
    "10x5": Size(workloads=10, clusters=5, regions=3, types=10),
    "50x20": Size(workloads=50, clusters=20, regions=6, types=20),
    "200x50": Size(workloads=200, clusters=50, regions=12, types=30),
}
"""The three sizes of the benchmarks, by workloads x clusters."""


@cache
def _catalog() -> Catalog:
    return read_catalog(CATALOG)


def document(size: Size, seed: int = 0) -> dict[str, Any]:
    """Return a problem as a document: what a user would write in YAML."""
    random = Random(seed)
    market = Market.of(_catalog(), REGIONS[: size.regions], TYPES[: size.types])
    density = size.workloads / size.regions * 3 / 10
    clusters = draw_clusters(random, market, size.clusters)
    offerings = draw_offerings(random, market, clusters, density)
    quotas = draw_quotas(random, market, clusters, density)
    workloads = draw_workloads(random, size.workloads, clusters, market.cards)
    return {
        "currency": "USD",
        "instance_types": [
            kind.model_dump(mode="json", exclude_defaults=True) for kind in market.types.values()
        ],
        "offerings": offerings,
        "quotas": quotas,
        "clusters": clusters,
        "workloads": workloads,
    }


def problem(size: Size, seed: int = 0) -> Problem:
    """Return a problem."""
    return Problem.model_validate(document(size, seed))


def yaml_text(size: Size, seed: int = 0) -> str:
    """Return a problem as the text of a YAML file."""
    return to_yaml([document(size, seed)], sort=False)

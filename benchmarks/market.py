"""What a generated fleet can buy: the catalog's offers of some types in some regions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from placement.adapters.catalogs import Catalog
from placement.problem import InstanceType, Offering

__all__ = ["Market", "Region"]

Region = tuple[str, str, str]
"""Provider, region and jurisdiction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """Real types and prices.

    Parameters
    ----------
    regions
        Provider, region and jurisdiction of each.
    types
        Instance types by name, in the order of the menu.
    offers
        Offerings by region.
    """

    regions: tuple[Region, ...]
    types: Mapping[str, InstanceType]
    offers: Mapping[str, tuple[Offering, ...]]

    @classmethod
    def of(cls, catalog: Catalog, regions: Sequence[Region], names: Sequence[str]) -> "Market":
        """Return the part of a catalog that regions and types span."""
        found = {kind.name: kind for kind in catalog.types(names=names)}
        return cls(
            regions=tuple(regions),
            types={name: found[name] for name in names},
            offers={
                region: catalog.offerings(
                    regions=[region], providers=[provider], instance_types=names
                )
                for provider, region, _ in regions
            },
        )

    @property
    def cards(self) -> frozenset[str]:
        """Return the GPU models of all types."""
        return frozenset(kind.gpu.model for kind in self.types.values() if kind.gpu)

    def zones(self, region: str) -> list[str]:
        """Return the zones of a region that have a price of their own, sorted."""
        return sorted({row.zone for row in self.offers[region] if row.zone is not None})

    def pools(self, region: str, zones: Sequence[str]) -> list[tuple[str, str]]:
        """Return the types and capacity types that a cluster in some zones can buy."""
        usable = {
            (row.instance_type, str(row.capacity_type))
            for row in self.offers[region]
            if (row.zone in zones if zones else row.zone is None)
        }
        order = {name: position for position, name in enumerate(self.types)}
        return sorted(usable, key=lambda pair: (order[pair[0]], pair[1]))

    def gpus(self, name: str) -> int:
        """Return the GPUs on a node of a type."""
        gpu = self.types[name].gpu
        return gpu.count if gpu else 0

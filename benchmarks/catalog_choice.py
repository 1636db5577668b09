"""Which regions and types of the catalog a fleet of any size has: chosen by rule, not by hand."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from market import Region

from placement.adapters.catalogs import Catalog
from placement.memory import known_gpu
from placement.problem import InstanceType
from placement.problem.catalog import USUAL_GPU

__all__ = ["area_of", "choose_regions", "choose_types"]

AREAS = (
    ("china", r"^cn-"),
    ("apac", r"asia|^ap-|japan|korea|indonesia|india|australia|malaysia"),
    ("emea", r"europe|^eu-|^uk|france|germany|sweden|norway|poland|italy|spain|switzerland"),
    ("emea", r"^me-|uae|qatar|israel|^il-|africa|^af-"),
    ("americas", r"^us-|us\d?$|america|canada|^ca-|brazil|^sa-|mexico|^mx-"),
)
"""Where a region is, by its name; the first that fits. It stands for the jurisdiction."""


def area_of(region: str) -> str:
    """Return the part of the world that a region is in, by its name.

    Raises
    ------
    ValueError
        When the name tells none.
    """
    for area, pattern in AREAS:
        if re.search(pattern, region):
            return area
    raise ValueError(f"cannot tell where {region} is")


def choose_regions(catalog: Catalog, count: int) -> tuple[Region, ...]:
    """Return regions: the providers in turn, each with the region in which it has most offers.

    A region's name is taken once, by the provider whose turn comes first: problems tell regions by
    name alone.

    Raises
    ------
    ValueError
        When the catalog has fewer.
    """
    offers: Counter[tuple[str, str]] = Counter()
    for row in catalog.offerings():
        offers[catalog.rows[row.instance_type].provider, row.region] += 1
    queues: dict[str, list[str]] = defaultdict(list)
    for provider, region in sorted(offers, key=lambda pair: (-offers[pair], pair)):
        queues[provider].append(region)
    chosen: dict[str, Region] = {}
    while len(chosen) < count:
        if not any(queues.values()):
            raise ValueError(f"regions must be from 1 to {len(chosen)}")
        for provider, queue in queues.items():
            free = [region for region in queue if region not in chosen]
            queues[provider] = free[1:]
            if free and len(chosen) < count:
                chosen[free[0]] = (provider, free[0], area_of(free[0]))
    return tuple(chosen.values())


def choose_types(catalog: Catalog, regions: Sequence[Region], count: int) -> tuple[str, ...]:
    """Return the names of types that the regions sell: a fair mix of GPU models and counts.

    One by one, of the kinds of GPU and counts that were taken least; among these the type that
    helps the regions most which sell the fewest so far. Only NVIDIA's cards of the memory table.

    Raises
    ------
    ValueError
        When the regions sell fewer.
    """
    sold = _sold(catalog, regions)
    left = [
        kind
        for kind in catalog.types()
        if kind.name in sold
        and kind.gpu
        and kind.gpu.resource == USUAL_GPU
        and known_gpu(kind.gpu.model) is not None
    ]
    if not 1 <= count <= len(left):
        raise ValueError(f"types must be from 1 to {len(left)}")
    taken: Counter[object] = Counter()
    has: Counter[str] = Counter()

    def rank(kind: InstanceType) -> tuple[int, int, float, str]:
        model, number, group = _groups(kind)
        need = sum(1 / (1 + has[region]) for region in sold[kind.name])
        return taken[group], taken[model] + taken[number], -need, kind.name

    names: list[str] = []
    while len(names) < count:
        best = min(left, key=rank)
        left.remove(best)
        names.append(best.name)
        taken.update(_groups(best))
        has.update(sold[best.name])
    return tuple(names)


def _groups(kind: InstanceType) -> tuple[str, int, tuple[str, int, int]]:
    """Return GPU model, GPUs on a node, and both with the memory of a GPU."""
    assert kind.gpu is not None
    gpu = kind.gpu
    return gpu.model, gpu.count, (gpu.model, gpu.memory >> 30, gpu.count)


def _sold(catalog: Catalog, regions: Sequence[Region]) -> dict[str, list[str]]:
    """Return the regions in which each type has a price, in their order."""
    pairs = {
        (catalog.rows[row.instance_type].provider, row.region, row.instance_type)
        for row in catalog.offerings()
    }
    found: dict[str, list[str]] = defaultdict(list)
    for provider, region, _ in regions:
        for name in sorted(
            name for one, where, name in pairs if (one, where) == (provider, region)
        ):
            found[name].append(region)
    return found

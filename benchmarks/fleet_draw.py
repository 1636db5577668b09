"""Clusters, offerings and quotas of a generated fleet, as parts of a document.

All made up from a seed, but for types, zones and prices.
"""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from market import Market
from menu import STOCK

__all__ = ["draw_clusters", "draw_offerings", "draw_quotas"]

Json = dict[str, Any]
GPU = "nvidia.com/gpu"

FREE_POOLS = 0.1
"""Share of node pools that have one or two nodes with free capacity."""

TAINTS = [{"key": "dedicated", "value": "batch", "effect": "NoSchedule"}]
"""Of a tenth of the pools; a third of the workloads tolerate it."""

KEPT = {"on-demand": 0.9, "spot": 0.8}
"""Share of what a region offers for which a cluster has a pool."""


def draw_clusters(random: Random, market: Market, count: int) -> list[Json]:
    """Return clusters, the regions in turn, each with pools of several types."""
    clusters = []
    for number in range(count):
        provider, region, jurisdiction = market.regions[number % len(market.regions)]
        zones = market.zones(region)
        own = sorted(random.sample(zones, min(2, len(zones))))
        cluster: Json = {
            "name": f"{region}-{number // len(market.regions)}",
            "provider": provider,
            "region": region,
            "zones": own,
            "labels": {"jurisdiction": jurisdiction},
            "limits": {"nodes": random.randint(40, 120), GPU: 8 * random.randint(12, 48)},
            "node_pools": _pools(random, market, region, own),
        }
        cluster["nodes"] = list(_nodes(random, market, cluster))
        clusters.append(cluster)
    return clusters


def _pools(random: Random, market: Market, region: str, zones: Sequence[str]) -> list[Json]:
    offered = market.pools(region, zones)
    kept = [pair for pair in offered if random.random() < KEPT[pair[1]]] or offered[:1]
    return [
        {
            "name": f"{kind.replace('_', '-').lower()}-{capacity}",
            "instance_type": kind,
            "capacity_type": capacity,
            "max_nodes": random.choice((10, 20, 40)),
            "taints": TAINTS if random.random() < 0.1 else [],
        }
        for kind, capacity in kept
    ]


def _nodes(random: Random, market: Market, cluster: Json) -> Iterator[Json]:
    """Yield running nodes, wholly or half free."""
    for pool in cluster["node_pools"]:
        if random.random() >= FREE_POOLS:
            continue
        kind = market.types[pool["instance_type"]]
        zone = random.choice(cluster["zones"]) if cluster["zones"] else None
        if zone is not None and not _is_offered(market, cluster["region"], pool, zone):
            continue
        for number in range(random.randint(1, 2)):
            part = random.choice((1, 2)) if market.gpus(kind.name) > 1 else 1
            node: Json = {
                "name": f"{pool['name']}-running-{number}",
                "node_pool": pool["name"],
                "free": {
                    "cpu": f"{kind.allocatable['cpu'] // part}m",
                    "memory": kind.allocatable["memory"] // part,
                    GPU: market.gpus(kind.name) // part,
                    "pods": 100,
                },
                "releasable": part == 1 and random.random() < 0.5,
            }
            yield node if zone is None else {**node, "zone": zone}


def _is_offered(market: Market, region: str, pool: Json, zone: str) -> bool:
    wanted = (pool["instance_type"], pool["capacity_type"], zone)
    return any(
        (row.instance_type, row.capacity_type, row.zone) == wanted for row in market.offers[region]
    )


def draw_offerings(
    random: Random, market: Market, clusters: Sequence[Json], density: float
) -> list[Json]:
    """Return what the pools can buy, with made-up stock.

    A region-wide stock caps its zones' too; spot that is priced by zone alone has stock by zone.
    """
    wanted = {
        (cluster["region"], pool["instance_type"], pool["capacity_type"])
        for cluster in clusters
        for pool in cluster["node_pools"]
    }
    zones = {(cluster["region"], zone) for cluster in clusters for zone in cluster["zones"]}
    rows = []
    for region, offers in market.offers.items():
        regional = {(r.instance_type, r.capacity_type) for r in offers if r.zone is None}
        for row in offers:
            if (region, row.instance_type, row.capacity_type) not in wanted:
                continue
            if row.zone is not None and (region, row.zone) not in zones:
                continue
            fields = row.model_dump(mode="json", exclude_defaults=True)
            if row.zone is None or (row.instance_type, row.capacity_type) not in regional:
                share = 0.5 if row.capacity_type == "spot" else 1.0
                mean = density * share * STOCK[market.gpus(row.instance_type)]
                fields["stock"] = round(mean * random.uniform(0.4, 1.6))
            rows.append(fields)
    return rows


def draw_quotas(
    random: Random, market: Market, clusters: Sequence[Json], density: float
) -> list[Json]:
    """Return quotas as providers count them: vCPUs of a family in a region."""
    quotas = []
    for provider, region, _ in market.regions:
        names = {
            pool["instance_type"]
            for cluster in clusters
            if cluster["region"] == region
            for pool in cluster["node_pools"]
        }
        for family, resource, mean in _FAMILIES.get(provider, ()):
            members = sorted(name for name in names if name.startswith(family))
            if members:
                limit = round(density * mean * random.uniform(0.6, 1.6))
                quotas.append(
                    {
                        "name": f"{region}-{family}",
                        "region": region,
                        "instance_types": members,
                        "capacity_types": ["on-demand"],
                        "resource": resource,
                        "limit": max(limit, 192),
                    }
                )
    return quotas


_FAMILIES = {
    "aws": (("p", "vcpus", 768), ("g", "vcpus", 960)),
    "azure": (("Standard_N", "vcpus", 640),),
    "gcp": (("a3-", "vcpus", 832),),
}
"""By provider: how the names of a family begin, what its quota counts, and its mean limit."""

"""A fleet at catalog prices: eleven clusters over five providers, ten models from 0.6B to 235B.

Types, sizes and prices are real (benchmarks/data/catalog, see the README there). **Made up** are
the clusters, the running nodes, the quotas, the stock and the demand: no provider publishes its
stock, and these figures say nothing of what can be had.
"""

from pathlib import Path
from typing import Any

from fleet_clusters import CLUSTERS, NODES, POOLS, QUOTAS, ZONES
from fleet_workloads import WORKLOADS

from placement.adapters.catalogs import read_catalog
from placement.problem import InstanceType, Offering, Problem

CATALOG = Path(__file__).parents[1] / "benchmarks" / "data" / "catalog"

STOCK = {1: 12, 2: 6, 4: 3, 8: 2}
"""Made up: further nodes of a type in a region, by its GPUs; of spot half as many per row."""


def build() -> Problem:
    """Return the fleet's problem."""
    clusters = [_cluster(*row) for row in CLUSTERS]
    wanted = {
        (cluster["region"], pool["instance_type"], pool["capacity_type"])
        for cluster in clusters
        for pool in cluster["node_pools"]
    }
    catalog = read_catalog(CATALOG)
    types = catalog.types(names={kind for _, kind, _ in wanted})
    gpus = {kind.name: _gpus(kind) for kind in types}
    offerings = catalog.offerings(
        regions={region for region, _, _ in wanted}, instance_types=set(gpus)
    )
    return Problem(
        instance_types=types,
        offerings=tuple(
            _stocked(row, gpus[row.instance_type])
            for row in offerings
            if (row.region, row.instance_type, row.capacity_type) in wanted
        ),
        quotas=QUOTAS,
        clusters=clusters,
        workloads=WORKLOADS,
    )


def _cluster(name: str, provider: str, region: str, jurisdiction: str, pools: str) -> Any:
    """Return a cluster; a pool whose name ends in ``-spot`` buys spot capacity."""
    return {
        "name": name,
        "provider": provider,
        "region": region,
        "zones": ZONES.get(region, ()),
        "labels": {"jurisdiction": jurisdiction},
        "node_pools": [
            {
                "name": pool,
                "instance_type": POOLS[provider][pool.removesuffix("-spot")],
                "capacity_type": "spot" if pool.endswith("-spot") else "on-demand",
                "max_nodes": 20,
            }
            for pool in pools.split()
        ],
        "nodes": NODES.get(name, ()),
    }


def _gpus(kind: InstanceType) -> int:
    return kind.gpu.count if kind.gpu else 0


def _stocked(row: Offering, gpus: int) -> Offering:
    """Return an offering with made-up stock; a region-wide row's stock caps its zones' too."""
    share = 2 if row.capacity_type == "spot" else 1
    zonal_copy = row.zone is not None and row.capacity_type != "spot"
    return row if zonal_copy else row.model_copy(update={"stock": STOCK[gpus] // share})

"""A week, hour by hour: what has to run, what nodes cost, and what runs already.

Real: demand (a cluster trace, ``data/week``), types, zones, list prices and the spot prices of one
day (``data/catalog``), the models' memory needs. **Made up**, from the seed: how spot prices move
from there, which no source of the catalog tells.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from pathlib import Path
from random import Random
from typing import Any

from placement.adapters.catalogs import read_catalog
from placement.plan import Plan
from placement.problem import Offering, Problem

__all__ = ["HOURS", "Running", "World"]

Json = dict[str, Any]
DATA = Path(__file__).parent / "data"
HOURS = 168

CLUSTERS = {
    "us-east-1": ("use1-az2", "use1-az4"),
    "us-west-2": ("usw2-az2", "usw2-az3"),
    "eu-central-1": ("euc1-az2", "euc1-az3"),
}
"""A cluster in each region, in two zones."""

TYPES = ("g5.xlarge", "g6.xlarge", "g6e.xlarge", "g6e.12xlarge", "p4d.24xlarge")
MOST_NODES = 30  # of a pool

WORKLOADS = (
    ("chat-14b", "Qwen/Qwen3-14B", "ls_whole", 0.5, 0.5),
    ("chat-32b", "Qwen/Qwen3-32B", "ls_whole", 0.25, 0.5),
    ("chat-8b", "meta-llama/Llama-3.1-8B-Instruct", "ls_part", 1.0, 0.5),
    ("batch-4b", "Qwen/Qwen3-4B", "be_part", 2.0, 1.0),
    ("batch-8b", "Qwen/Qwen3-8B", "be_half", 2.0, 1.0),
    ("batch-14b", "Qwen/Qwen3-14B", "be_whole", 2.0, 1.0),
    ("batch-70b", "meta-llama/Llama-3.3-70B-Instruct", "be_several", 1.0, 1.0),
)
"""Name, model, the trace's tasks that it stands for, replicas for each, the share that may be on
spot. The trace does not name models: these are chosen for a mix of sizes."""

KEPT = 0.95  # of what a spot price deviates from its list price, an hour later
MOVED = 0.08  # standard deviation of what an hour adds to it, in logarithms
"""Deviations are then about 26 % and half gone after 14 hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What runs between two hours.

    Parameters
    ----------
    nodes
        By cluster, as a problem lists them.
    current
        Rows by workload, each with the node's name.
    """

    nodes: Mapping[str, Sequence[Json]]
    current: Mapping[str, Sequence[Json]]


NOTHING = Running(nodes={}, current={})


class World:
    """Every hour's problem, for any policy."""

    def __init__(self, seed: int) -> None:
        catalog = read_catalog(DATA / "catalog")
        self._kinds = {kind.name: kind for kind in catalog.types(names=TYPES)}
        listed = catalog.offerings(regions=CLUSTERS, providers=["aws"], instance_types=TYPES)
        self._prices = _walks([row for row in listed if _used(row)], seed)
        with (DATA / "week" / "demand.csv").open(encoding="utf-8") as lines:
            self._demand = [
                {kind: float(tasks) for kind, tasks in row.items()} for row in csv.DictReader(lines)
            ]

    def problem(self, hour: int, running: Running = NOTHING, **terms: float) -> Problem:
        """Return the problem of an hour.

        Parameters
        ----------
        terms
            ``move_cost``, ``horizon_hours``, ``min_saving`` and ``max_moves``.
        """
        move_cost = terms.pop("move_cost", 0.0)
        return Problem.model_validate(
            {
                "instance_types": [kind.model_dump(mode="json") for kind in self._kinds.values()],
                "offerings": self._prices[hour],
                "clusters": [self._cluster(region, running) for region in CLUSTERS],
                "workloads": list(self._workloads(hour, running, move_cost)),
                "objective": terms,
            }
        )

    def after(self, plan: Plan) -> Running:
        """Return what runs once a plan is carried out: its nodes, all of which may be let go."""
        nodes: dict[str, list[Json]] = {}
        current: dict[str, list[Json]] = {}
        for node in plan.nodes:
            if node.state == "released":
                continue
            kind = self._kinds[node.instance_type or ""].model_dump(mode="json")
            gpu = kind["gpu"]
            free = {**kind["allocatable"], gpu["resource"]: gpu["count"]}
            row = {"name": node.name, "node_pool": node.node_pool, "zone": node.zone, "free": free}
            nodes.setdefault(node.cluster, []).append({**row, "releasable": True})
            where = {"cluster": node.cluster, "node_pool": node.node_pool, "node": node.name}
            for held in node.replicas:
                current.setdefault(held.workload, []).append({**where, "replicas": held.replicas})
        return Running(nodes=nodes, current=current)

    def _workloads(self, hour: int, running: Running, move_cost: float) -> list[Json]:
        rows = []
        for name, model, kind, each, spot in WORKLOADS:
            current = running.current.get(f"default/{name}", ())
            rows.append(
                {
                    "name": name,
                    "replicas": round(self._demand[hour][kind] * each),
                    "model": model,
                    "serving": {"max_model_len": 8192},
                    "requests": {"cpu": 2, "memory": "8Gi"},
                    "capacity_types": ["on-demand", "spot"],
                    "max_spot_fraction": spot,
                    "current": current,
                    "move_cost": move_cost,
                }
            )
        return rows

    def _cluster(self, region: str, running: Running) -> Json:
        sold = {
            (row.instance_type, row.capacity_type)
            for row in self._prices[0]
            if row.region == region
        }
        pools = [
            {
                "name": f"{kind.replace('.', '-')}-{capacity}",
                "instance_type": kind,
                "capacity_type": capacity,
                "max_nodes": MOST_NODES,
            }
            for kind, capacity in sorted(sold)
        ]
        return {
            "name": region,
            "provider": "aws",
            "region": region,
            "zones": list(CLUSTERS[region]),
            "node_pools": pools,
            "nodes": running.nodes.get(region, []),
        }


def _used(row: Offering) -> bool:
    """Return whether a price is for a zone of the fleet; on demand, the region's price will do."""
    if row.capacity_type == "on-demand":
        return row.zone is None
    return row.zone in CLUSTERS[row.region]


def _walks(listed: Sequence[Offering], seed: int) -> list[list[Offering]]:
    """Return the prices of every hour: spot wanders about its list price, up to on-demand's."""
    rng = Random(seed)
    most = {(r.region, r.instance_type): r.price for r in listed if r.capacity_type == "on-demand"}
    away = [0.0] * len(listed)
    hours = []
    for _ in range(HOURS):
        prices = []
        for position, row in enumerate(listed):
            price = row.price
            if row.capacity_type == "spot":
                away[position] = KEPT * away[position] + rng.gauss(0.0, MOVED)
                price = min(most[row.region, row.instance_type], price * exp(away[position]))
            prices.append(row.model_copy(update={"price": round(price, 4)}))
        hours.append(prices)
    return hours

"""Random fleets whose workloads have to survive losses of every kind, and mostly can.

Regions of two providers, zones in most clusters, spot beside on-demand, scarce stock, nodes that
run. Prices differ, so that the cheapest plan would put everything in one place.
"""

from itertools import product
from random import Random
from typing import Any

from placement.problem import Problem

__all__ = ["KINDS", "random_losses", "rule_of"]

Json = dict[str, Any]

GPU = "nvidia.com/gpu"
WORDS = (
    *("region", "zone", "cluster", "provider", "node", "node_pool", "instance_type"),
    *("capacity_type", "rack", "tier", "topology.kubernetes.io/zone"),
)
KINDS = (("spot", 1), *((word, groups) for groups, word in product((1, 2), WORDS)))
"""What is lost, and how many at once; ``rack`` is a label of pools, ``tier`` one of clusters."""

REGIONS = ("eu", "us", "asia", "sa")
TYPES = ("small", "large", "huge")
CAPACITY = ("on-demand", "reserved", "spot")


def random_losses(seed: int, workloads: int = 6) -> Problem:
    """Return the fleet of this seed; over seeds in a row, kinds of losses take turns."""
    rng = Random(seed)
    names = [KINDS[(seed * workloads + number) % len(KINDS)] for number in range(workloads)]
    document = {
        "instance_types": [_type(name, 2**at) for at, name in enumerate(TYPES)],
        "offerings": [
            {
                "region": region,
                "instance_type": kind,
                "capacity_type": capacity,
                "price": round(2**at * rng.uniform(0.6, 1.6), 2),
                "stock": rng.choice((None, 3, 5, 8)),
            }
            for region in REGIONS
            for at, kind in enumerate(TYPES)
            for capacity in CAPACITY
        ],
        "clusters": [_cluster(rng, number) for number in range(5)],
        "workloads": [_workload(rng, f"w{at}", kind) for at, kind in enumerate(names)],
    }
    return Problem.model_validate(document)


def rule_of(rng: Random, kind: tuple[str, int]) -> Json:
    """Return a row of ``survive`` with a share, a number, or both."""
    row: Json = {"loss_of": kind[0], "groups": kind[1]}
    form = rng.choice(("share", "number", "both"))
    if form != "number":
        row["keep"] = rng.choice((0.2, 0.25, 0.33) if kind[1] > 1 else (0.3, 0.4, 0.5))
    if form != "share":
        row["keep_replicas"] = rng.choice((1, 1, 2))
    return row


def _type(name: str, gpus: int) -> Json:
    gpu = {"model": "L4", "count": gpus, "memory": "24Gi"}
    return {"name": name, "gpu": gpu, "allocatable": {"cpu": 8 * gpus, "memory": f"{32 * gpus}Gi"}}


def _cluster(rng: Random, number: int) -> Json:
    """Return a cluster of the next region; the fifth is another one of the first."""
    region = REGIONS[number % len(REGIONS)]
    pools: list[Json] = [
        {
            "name": f"p{at}",
            "instance_type": rng.choice(TYPES),
            "capacity_type": ("on-demand", "spot", "reserved", "on-demand")[at],
            "labels": {"rack": rng.choice("abc")} if rng.random() < 0.9 else {},
        }
        for at in range(4)
    ]
    zones = [f"{region}-{letter}" for letter in "ab"] if rng.random() < 0.8 else []
    node: Json = {"name": "n", "node_pool": "p0", "free": {"cpu": 8, "memory": "32Gi", GPU: 1}}
    return {
        "name": f"c{number}",
        "region": region,
        "provider": ("aws", "gcp", "alibaba")[number % 3],
        "labels": {"tier": ("gold", "iron", "tin")[number % 3]},
        "zones": zones,
        "node_pools": pools,
        "nodes": [{**node, **({"zone": zones[0]} if zones else {})}],
    }


def _workload(rng: Random, name: str, kind: tuple[str, int]) -> Json:
    row: Json = {
        "name": name,
        "requests": {"cpu": 1, GPU: 1},
        "capacity_types": list(CAPACITY),
        "survive": [rule_of(rng, kind)],
    }
    if rng.random() < 0.2:
        rates = {each: round(rng.uniform(1.0, 3.0), 1) for each in TYPES}
        return {**row, "load": {"amount": 6.0, "per_replica": rates}}
    if rng.random() < 0.2 and kind[1] == 1:
        return {**row, "replicas": 3, "nodes_per_replica": 2}
    return {**row, "replicas": rng.randint(4, 7)}

"""Small random problems that are hard on purpose: every rule binds in a good share of them.

Shapes are chosen against shortcuts: GPUs that do not divide (3 of 8), CPU and memory that bind
before GPUs do, equal prices, stock by zone beside stock by region, nodes that may be let go, minima
that cannot be met, and more demand than can be had. A seed gives the same problem everywhere.
"""

from random import Random

from placement.problem import Problem
from tests.generate_draw import CAPACITY, PRICES, REGIONS, Draw, Json, Size
from tests.generate_fleet import random_cluster
from tests.generate_workloads import random_workloads

__all__ = ["MEDIUM", "SMALL", "TINY", "Size", "random_problem"]

SMALL = Size(
    workloads=(1, 2, 2, 3, 3, 4),
    replicas=4,
    states=120,
    clusters=(1, 2, 2, 3, 3),
    pools=2,
    running=2,
)
MEDIUM = Size(
    workloads=(3, 4, 4, 5), replicas=6, states=700, clusters=(2, 3, 3), pools=3, running=3
)
TINY = Size(workloads=(1, 1, 2), replicas=2, states=6, clusters=(1, 1, 2), pools=1, running=1)

_RULES = {
    "taints": 0.4,
    "labels": 0.4,
    "quotas": 0.4,
    "limits": 0.4,
    "minima": 0.4,
    "maxima": 0.6,
    "stock": 0.6,
    "zones": 0.4,
    "loose": 0.4,
}
"""Rules by name, and the share of problems that use them."""


def random_problem(seed: int, *, size: Size = SMALL) -> Problem:
    """Return the problem of this seed."""
    return Problem.model_validate(_document(Random(seed), size))


def _document(rng: Random, size: Size) -> Json:
    rules = frozenset(rule for rule, share in _RULES.items() if rng.random() < share)
    types = tuple(_type(rng, f"t{number}") for number in range(rng.choice((1, 2, 2, 3, 3))))
    offerings = [
        row
        for region in REGIONS
        for kind in types
        for capacity_type in ("on-demand", "spot", "reserved")
        for row in _offerings(rng, (region, kind["name"], capacity_type), "stock" in rules)
    ]
    sorts = [((o["region"], o["instance_type"], o["capacity_type"]), o["zone"]) for o in offerings]
    draw = Draw(
        rng=rng,
        size=size,
        rules=rules,
        types=types,
        priced=frozenset(sort for sort, _ in sorts),
        wide=frozenset(sort for sort, zone in sorts if zone is None),
    )
    clusters = [random_cluster(draw, f"c{number}") for number in range(rng.choice(size.clusters))]
    return {
        "currency": rng.choice(("USD", "CNY")),
        "instance_types": types,
        "offerings": offerings,
        "quotas": _quotas(draw) if "quotas" in rules else [],
        "clusters": clusters,
        "workloads": random_workloads(draw, clusters),
    }


def _type(rng: Random, name: str) -> Json:
    """Return a type whose CPU and memory rarely go evenly into what its GPUs carry."""
    gpus = rng.choice((0, 1, 2, 3, 3, 4, 4, 8, 8, 8, 8))
    share = gpus or rng.choice((2, 4))
    allocatable: Json = {
        "cpu": rng.choice((share * 2, share * 2 + 1, share * 3 - 1, share * 4, share * 4)),
        "memory": f"{rng.choice((share * 8, share * 10 - 3, share * 16))}Gi",
    }
    if rng.random() < 0.2:
        allocatable["pods"] = rng.randint(1, 3)
    kind: Json = {"name": name, "allocatable": allocatable}
    if rng.random() < 0.4:
        kind["provider"] = rng.choice(("aws", "alibaba"))
    if rng.random() < 0.2:
        kind["vcpus"] = rng.randint(1, 40)
    if gpus:
        model, memory, usable = rng.choice((("A10", 24, 22), ("L4", 24, 22), ("H100", 80, 79)))
        kind["gpu"] = {"model": model, "count": gpus, "memory": f"{memory}Gi"}
        kind["gpu"]["usable_memory"] = f"{usable}Gi"
        if rng.random() < 0.05:
            kind["gpu"]["resource"] = "amd.com/gpu"
    return kind


def _offerings(rng: Random, sort: tuple[str, str, str], scarce: bool) -> list[Json]:
    """Return rows for the region, for its zones, for both, or none at all."""
    region, kind, capacity_type = sort
    form = rng.choice((*["wide"] * 6, *["zonal"] * 3, *["both"] * 3, "none"))
    zones: list[str | None] = [None] if form in {"wide", "both"} else []
    if form in {"zonal", "both"}:
        zones += rng.choice(([f"{region}-a"], [f"{region}-a", f"{region}-b"], [f"{region}-b"]))
    same = rng.choice(PRICES)
    return [
        {
            "region": region,
            "zone": zone,
            "instance_type": kind,
            "capacity_type": capacity_type,
            "price": same if rng.random() < 0.6 else rng.choice(PRICES),
            "stock": rng.choice((0, 1, 1, 2, 3)) if scarce and rng.random() < 0.9 else None,
        }
        for zone in zones
    ]


def _quotas(draw: Draw) -> list[Json]:
    rng, rows = draw.rng, []
    for number in range(rng.randint(1, 2)):
        resource, limit = rng.choice(
            (
                ("nodes", rng.randint(1, 4)),
                ("vcpus", rng.randint(6, 40)),
                ("nvidia.com/gpu", rng.randint(1, 16)),
                ("cpu", rng.randint(2, 30)),
            )
        )
        row: Json = {"name": f"q{number}", "resource": resource, "limit": limit}
        if rng.random() < 0.5:
            row["region"] = rng.choice(REGIONS)
        if rng.random() < 0.4:
            row["instance_types"] = [rng.choice(draw.types)["name"]]
        if rng.random() < 0.4:
            row["capacity_types"] = [rng.choice(CAPACITY)]
        rows.append(row)
    return rows

"""Small random problems whose stock is not certain, and binds."""

from random import Random
from typing import Any

from placement import Problem
from tests.generate import random_problem

__all__ = ["drawn", "market"]

Json = dict[str, Any]


def uncertain(rng: Random) -> Json | int:
    """Return a stock of which a few nodes are likely and a few more are not."""
    kind = rng.random()
    if kind < 0.4:
        low = rng.choice((0, 0, 1, 2))
        return {"low": low, "high": low + rng.choice((0, 1, 2, 3, 9))}
    if kind < 0.9:
        shares = sorted(rng.sample((0, 0.05, 0.1, 0.1, 0.2, 0.25, 0.5, 1), rng.choice((1, 2, 3))))
        figures = sorted(rng.choice((0, 1, 1, 2, 2, 3, 4)) for _ in shares)
        return {"quantiles": dict(zip(shares, figures, strict=False))}
    return rng.choice((0, 1, 2, 3))


def drawn(seed: int) -> Problem:
    """Return a random problem with uncertain stocks, most of them with a confidence."""
    rng = Random(seed)
    document = random_problem(seed).model_dump(exclude_defaults=True, mode="json")
    for row in document.get("offerings", ()):
        if rng.random() < 0.9:
            row["stock"] = uncertain(rng)
            row["stock_age_minutes"] = rng.choice((0, 0, 0, 15, 30, 60))
    if rng.random() < 0.8:  # everything has to be bought, on many terms
        for cluster in document.get("clusters", ()):
            cluster.pop("nodes", None)
            cluster.pop("limits", None)
        document.pop("quotas", None)
        for workload in document.get("workloads", ()):
            workload["capacity_types"] = ["on-demand", "reserved", "spot"]
            workload.pop("cluster_affinity", None)
    terms = document["objective"] = {}
    if rng.random() < 0.9:
        terms["confidence"] = rng.choice((0.1, 0.25, 0.5, 0.64, 0.72, 0.81, 0.9, 0.95, 1.0))
    if rng.random() < 0.4:
        terms["stock_half_life_minutes"] = rng.choice((60, 120, 1000))
    return Problem.model_validate(document)


def market(seed: int) -> Problem:
    """Return a problem whose nodes hold one replica or two and come from several doubtful rows."""
    rng = Random(seed)
    kinds = {f"t{size}": {"cpu": size, "memory": "8Gi"} for size in (4, 8)}
    rows, clusters = [], []
    for region in ("r", "s", "q")[: rng.choice((1, 2, 3))]:
        zones = rng.choice(((), ("a",), ("a", "b")))
        for kind in kinds:
            wide = not zones or rng.random() < 0.5
            for zone in (*zones, *((None,) if wide else ())):
                row = {"region": region, "zone": zone, "instance_type": kind}
                row |= {"price": rng.choice((1.0, 2.0, 2.0, 3.5)), "stock": uncertain(rng)}
                rows.append({**row, "stock_age_minutes": rng.choice((0, 0, 15, 30, 60))})
        pools = [
            {"name": kind, "instance_type": kind, "min_nodes": rng.choice((0, 0, 0, 0, 0, 1))}
            for kind in kinds
        ]
        clusters.append({"name": region, "region": region, "zones": zones, "node_pools": pools})
    workloads = [
        {"name": name, "replicas": rng.choice((1, 2, 3)), "requests": {"cpu": 4}, "priority": first}
        for first, name in enumerate(("v", "w")[: rng.choice((1, 2))])
    ]
    confidence = rng.choice((0.1, 0.25, 0.5, 0.64, 0.72, 0.81, 0.9, 0.95))
    return Problem.model_validate(
        {
            "instance_types": [{"name": k, "allocatable": v} for k, v in kinds.items()],
            "offerings": rows,
            "clusters": clusters,
            "workloads": workloads,
            "objective": {
                "confidence": confidence,
                "stock_half_life_minutes": rng.choice((None, 60, 120, 1000)),
            },
        }
    )

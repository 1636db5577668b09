"""Random prices of replicas and networks over a random problem, for the exhaustive search.

Weights are powers of two and figures have few digits, so that every mean is a finite decimal.
"""

from random import Random
from typing import Any

from placement.problem import Problem

__all__ = ["with_costs"]

Json = dict[str, Any]


def with_costs(problem: Problem, seed: int) -> Problem:
    """Return a problem with preferences, users, a network and interruptions drawn from a seed."""
    rng = Random(seed)
    document = problem.model_dump(exclude_defaults=True, mode="json")
    regions = sorted({cluster.region for cluster in problem.clusters})
    places = [*regions, "abroad", "hub"]
    for offering in document.get("offerings", ()):
        offering["interruption_rate"] = rng.choice((0.0, 0.05, 0.2))
    document["objective"] = {"spot_interruption_cost": rng.choice((0.0, 0.5, 3.0))}
    document["network"] = {
        "latency_ms": _edges(rng, places, "ms", (4.0, 12.0, 40.0)),
        "egress": _edges(rng, places, "price_per_gib", (0.0, 0.02, 0.09)),
    }
    for workload in document.get("workloads", ()):
        workload["capacity_types"] = ["on-demand", "reserved", "spot"]
        if rng.random() < 0.5:
            workload["preferences"] = [_preference(rng, problem) for _ in range(rng.randint(1, 2))]
        if rng.random() < 0.6:
            workload["users"] = _users(rng, problem, document["network"])
    return Problem.model_validate(document)


def _edges(rng: Random, places: list[str], field: str, figures: tuple[float, ...]) -> list[Json]:
    pairs = [(one, other) for one in places for other in places if one != other]
    rng.shuffle(pairs)
    chosen = pairs[: rng.randint(1, len(pairs))]
    return [{"from": one, "to": other, field: rng.choice(figures)} for one, other in chosen]


def _preference(rng: Random, problem: Problem) -> Json:
    cluster = rng.choice(problem.clusters)
    wishes: list[Json] = [{"regions": [cluster.region]}, {"cluster_names": [cluster.name]}]
    if cluster.zones:
        wishes.append({"zones": [rng.choice(cluster.zones)]})
    return {"cluster_affinity": rng.choice(wishes), "cost": rng.choice((0.05, 0.4, 2.5))}


def _users(rng: Random, problem: Problem, network: Json) -> Json:
    named = {cluster.region for cluster in problem.clusters}
    for graph in network.values():
        named &= {edge[end] for edge in graph for end in ("from", "to")} | {
            cluster.region for cluster in problem.clusters
        }
    known = sorted(named)
    regions = rng.sample(known, rng.randint(1, min(2, len(known))))
    users: Json = {"regions": {region: rng.choice((1.0, 2.0)) for region in regions[:1]}}
    if len(regions) == 2:  # equal weights: their mean is a finite decimal
        users["regions"] = dict.fromkeys(regions, 0.5)
    if rng.random() < 0.4:
        users["max_ms"] = rng.choice((5.0, 20.0, 45.0))
    if rng.random() < 0.6:
        users["cost_per_ms"] = rng.choice((0.001, 0.02))
    if rng.random() < 0.6:
        users["gib_per_replica_hour"] = rng.choice((2.5, 20.0))
    return users

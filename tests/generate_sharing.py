"""Random spot shares, limits and budgets over a random problem, for the exhaustive search."""

from random import Random
from typing import Any

from placement.problem import Problem

__all__ = ["with_budgets", "with_limits", "with_spot_share"]

Json = dict[str, Any]


def with_spot_share(problem: Problem, seed: int) -> Problem:
    """Return a problem whose workloads may take spot, some of them only in part."""
    rng = Random(seed)
    document = problem.model_dump(exclude_defaults=True, mode="json")
    for workload in document.get("workloads", ()):
        workload["capacity_types"] = ["on-demand", "reserved", "spot"]
        workload["max_spot_fraction"] = rng.choice((1.0, 0.75, 0.5, 0.34, 0.0))
    for cluster in document.get("clusters", ()):
        for pool in cluster.get("node_pools", ())[:1]:
            pool["capacity_type"] = "spot"
    spot = [{**row, "capacity_type": "spot"} for row in document.get("offerings", ())]
    kinds = {(r["region"], r.get("zone"), r["instance_type"]): r for r in spot}
    own = [row for row in document.get("offerings", ()) if row.get("capacity_type") != "spot"]
    document["offerings"] = [*own, *kinds.values()]
    return Problem.model_validate(document)


def with_limits(problem: Problem, seed: int) -> Problem:
    """Return a problem with one to three limits that are near what is asked."""
    rng = Random(seed)
    asked = sorted({key for workload in problem.workloads for key in workload.requests})
    if not asked:
        return problem
    limits = []
    for number in range(rng.randint(1, 3)):
        resource = rng.choice(asked)
        most = sum(w.most_replicas * w.requests.get(resource, 0) for w in problem.workloads)
        match: Json = {}
        if rng.random() < 0.5:
            match["namespaces"] = [rng.choice(problem.workloads).namespace]
        if rng.random() < 0.5:
            match["clusters"] = [rng.choice(problem.clusters).name]
        share = rng.choice((0.0, 0.3, 0.6, 0.9))
        limits.append({"name": f"l{number}", "match": match, "resource": resource})
        limits[-1]["max"] = _written(int(most * share), resource)
    document = problem.model_dump(exclude_defaults=True, mode="json")
    return Problem.model_validate({**document, "limits": limits})


def _written(amount: int, resource: str) -> str:
    return f"{amount}m" if resource == "cpu" else str(amount)


def with_budgets(problem: Problem, seed: int, cost: float) -> Problem:
    """Return a problem with one or two budgets near what it would be charged in all."""
    rng = Random(seed)
    budgets = []
    for number in range(rng.randint(1, 2)):
        match: Json = {}
        if rng.random() < 0.5:
            match["workloads"] = [rng.choice(problem.workloads).key]
        if rng.random() < 0.4:
            match["regions"] = [rng.choice(problem.clusters).region]
        most = round(cost * rng.choice((0.1, 0.25, 0.5, 0.8)), 2)
        budgets.append({"name": f"b{number}", "match": match, "max_cost_per_hour": most})
    document = problem.model_dump(exclude_defaults=True, mode="json")
    return Problem.model_validate({**document, "budgets": budgets})

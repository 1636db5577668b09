"""Small fleets for the tests of the greedy baselines, and what they read off a plan."""

from typing import Any

from placement.plan import Plan
from placement.problem import Problem
from placement.solvers.greedy import BASELINES
from placement.verify import verify

__all__ = ["Json", "bought", "cluster", "fleet", "offer", "running", "shares", "solved", "workload"]

Json = dict[str, Any]


def gpu_type(name: str, gpus: int, cpu: int = 0) -> Json:
    return {
        "name": name,
        "gpu": {"model": "A10", "count": gpus, "memory": "24Gi"},
        "allocatable": {"cpu": cpu or 8 * gpus, "memory": f"{32 * gpus}Gi", "pods": 64},
    }


def cluster(name: str, region: str, *pools: Json, **more: Any) -> Json:
    return {"name": name, "region": region, "node_pools": list(pools), **more}


def workload(name: str, replicas: int, gpus: int = 1, **more: Any) -> Json:
    requests = {"cpu": 1, "memory": "4Gi", "nvidia.com/gpu": gpus}
    return {"name": name, "replicas": replicas, "requests": requests, **more}


def running(name: str, pool: str | None, gpus: int, **more: Any) -> Json:
    free = {"cpu": 8, "memory": "32Gi", "nvidia.com/gpu": gpus, "pods": 32}
    return {"name": name, "node_pool": pool, "free": free, **more}


def offer(region: str, kind: str, price: float, **more: Any) -> Json:
    return {"region": region, "instance_type": kind, "price": price, **more}


def fleet(**changes: Any) -> Problem:
    """Return two regions with one pool each that can grow from zero; east is cheaper."""
    document: Json = {
        "instance_types": [gpu_type("one", 1), gpu_type("four", 4)],
        "offerings": [offer("east", "one", 1.0, stock=2), offer("west", "one", 1.5, stock=2)],
        "clusters": [
            cluster("a", "east", {"name": "p", "instance_type": "one"}),
            cluster("b", "west", {"name": "p", "instance_type": "one"}),
        ],
        "workloads": [workload("w", 4)],
    }
    return Problem.model_validate({**document, **changes})


def solved(name: str, problem: Problem) -> Plan:
    plan = BASELINES[name](problem)
    assert verify(problem, plan) == ()
    return plan


def shares(plan: Plan) -> dict[str, int]:
    placed: dict[str, int] = {}
    for row in plan.assignments:
        placed[row.cluster] = placed.get(row.cluster, 0) + row.replicas
    return placed


def bought(plan: Plan) -> dict[str, int]:
    return {f"{row.cluster}/{row.node_pool}": row.change for row in plan.node_pools if row.change}

"""The decomposition against the whole programme where one thing matters at a time."""

from typing import Any

import pytest

from placement import Problem, place
from placement.instance import make_instance
from tests.held_against_exact import agrees

Json = dict[str, Any]
GPU = "nvidia.com/gpu"


def kind(name: str, gpus: int, cpu: int = 32) -> Json:
    gpu = {"model": "A10", "count": gpus, "memory": "24Gi"}
    return {"name": name, "gpu": gpu, "allocatable": {"cpu": cpu, "memory": "256Gi"}}


def offer(region: str, name: str, price: float, **changes: Any) -> Json:
    return {"region": region, "instance_type": name, "price": price, **changes}


def cluster(name: str, region: str, *pools: Json, **changes: Any) -> Json:
    rows = pools or ({"name": "a", "instance_type": "big"}, {"name": "b", "instance_type": "one"})
    return {"name": name, "region": region, "node_pools": [*rows], **changes}


def asks(name: str, replicas: int, gpus: int = 1, cpu: int = 1, **changes: Any) -> Json:
    requests = {GPU: gpus, "cpu": cpu, "memory": "4Gi"}
    return {"name": name, "replicas": replicas, "requests": requests, **changes}


def node(name: str, pool: str, gpus: int, **changes: Any) -> Json:
    return {
        "name": name,
        "node_pool": pool,
        "free": {"cpu": 32, "memory": "256Gi", GPU: gpus},
        **changes,
    }


BASE: Json = {
    "instance_types": [kind("big", 8), kind("one", 1, cpu=8)],
    "offerings": [
        offer("east", "big", 10),
        offer("east", "one", 2),
        offer("west", "big", 9),
        offer("west", "one", 2.5),
    ],
    "clusters": [cluster("c", "east"), cluster("d", "west")],
    "workloads": [asks("v", 5, 3), asks("w", 6), asks("u", 2, 2, cpu=7)],
}
SCARCE = [
    offer("east", "big", 10, stock=1),
    offer("east", "one", 2, stock=3),
    offer("west", "big", 9, stock=1),
    offer("west", "one", 2.5, stock=1),
]
QUOTA = {"name": "q", "resource": GPU, "limit": 17}
NEAR = [{"cluster_affinity": {"regions": ["east"]}, "cost": 3.5}]

CASES: dict[str, Json] = {
    "plain": {},
    "no-workloads": {"workloads": []},
    "no-clusters": {"clusters": []},
    "no-replicas": {"workloads": [asks("v", 0), asks("w", 2)]},
    "no-candidates": {"workloads": [asks("v", 3, 9), asks("w", 2)]},
    "one-supply": {
        "clusters": [cluster("c", "east", {"name": "a", "instance_type": "big"})],
    },
    "replicas-that-ask-for-nothing": {
        "workloads": [{"name": "v", "replicas": 3}, asks("w", 2)],
    },
    "cpu-binds": {
        "workloads": [asks("v", 4, 1, cpu=13), asks("w", 3, 1, cpu=11), asks("u", 3, 2, cpu=5)],
    },
    "cpu-alone": {
        "workloads": [asks("v", 4, 0, cpu=6), asks("w", 3, 0, cpu=5)],
    },
    "priorities-and-scarce-stock": {
        "offerings": SCARCE,
        "workloads": [asks("v", 4, 3), asks("w", 6, priority=5), asks("u", 3, 5, priority=9)],
    },
    "equal-priorities-and-scarce-stock": {"offerings": SCARCE},
    "many-priorities": {
        "offerings": SCARCE,
        "workloads": [asks(f"w{n}", 2, 1 + n % 3, priority=n) for n in range(7)],
    },
    "quota-of-one-region": {"quotas": [{**QUOTA, "limit": 9, "region": "west"}]},
    "quota-over-regions": {"quotas": [QUOTA]},
    "quotas-that-overlap": {
        "quotas": [QUOTA, {"name": "r", "resource": "nodes", "limit": 4}],
    },
    "pool-minima": {
        "clusters": [
            cluster(
                "c",
                "east",
                {"name": "a", "instance_type": "big", "min_nodes": 1},
                {"name": "b", "instance_type": "one", "min_nodes": 2},
            ),
            cluster("d", "west"),
        ],
    },
    "pool-minima-that-cannot-be": {
        "offerings": SCARCE,
        "clusters": [
            cluster("c", "east", {"name": "a", "instance_type": "big", "min_nodes": 2}),
        ],
    },
    "pool-minima-beside-a-quota": {
        "quotas": [{"name": "q", "resource": "nodes", "limit": 2}],
        "clusters": [
            cluster("c", "east", {"name": "a", "instance_type": "one", "min_nodes": 1}),
            cluster("d", "west", {"name": "a", "instance_type": "one"}),
        ],
    },
    "pool-maxima": {
        "clusters": [
            cluster("c", "east", {"name": "a", "instance_type": "big", "max_nodes": 1}),
            cluster("d", "west", {"name": "b", "instance_type": "one", "max_nodes": 5}),
        ],
    },
    "cluster-limits": {
        "clusters": [
            cluster("c", "east", limits={GPU: 9}),
            cluster("d", "west", limits={"nodes": 2, "cpu": 50}),
        ],
    },
    "zones": {
        "offerings": [
            offer("east", "big", 10, stock=3),
            offer("east", "big", 8, zone="east-a", stock=1),
            offer("east", "one", 2, zone="east-b", stock=4),
        ],
        "clusters": [cluster("c", "east", zones=["east-a", "east-b"])],
    },
    "running-nodes-that-may-go": {
        "clusters": [
            cluster(
                "c",
                "east",
                nodes=[
                    node("n1", "a", 8, releasable=True),
                    node("n2", "a", 3, releasable=True),
                    node("n3", "b", 1, releasable=True),
                ],
            ),
        ],
    },
    "running-nodes-that-stay": {
        "clusters": [
            cluster("c", "east", nodes=[node("n1", "a", 2), node("n2", "b", 1)]),
            cluster("d", "west", nodes=[node("m", "a", 5, releasable=True)]),
        ],
    },
    "limit-exceeded-now": {
        "clusters": [
            cluster(
                "c",
                "east",
                limits={"nodes": 2},
                nodes=[node(f"n{n}", "b", 1, releasable=True) for n in range(4)],
            ),
        ],
    },
    "limit-exceeded-by-what-stays": {
        "quotas": [{"name": "q", "resource": "nodes", "limit": 1}],
        "clusters": [
            cluster("c", "east", nodes=[node("n1", "b", 1), node("n2", "b", 1)]),
            cluster("d", "west"),
        ],
    },
    "preferences": {
        "workloads": [asks("v", 5, 3, preferences=NEAR), asks("w", 6, preferences=NEAR)],
    },
    "egress-and-latency": {
        "network": {
            "latency_ms": [{"from": "east", "to": "west", "ms": 40}],
            "egress": [{"from": "west", "to": "east", "price_per_gib": 0.02}],
        },
        "workloads": [
            asks("v", 5, 3, users={"regions": {"east": 1}, "gib_per_replica_hour": 20}),
            asks("w", 6, users={"regions": {"west": 1}, "cost_per_ms": 0.02}),
        ],
    },
}


@pytest.mark.parametrize("case", CASES)
def test_decomposition_costs_what_the_whole_programme_does(case: str) -> None:
    problem = Problem.model_validate(BASE | CASES[case])
    distance = agrees(problem, 0)
    if case == "pool-minima-that-cannot-be":
        assert place(problem, strategy="decomposition").status == "infeasible"
    else:
        assert distance == pytest.approx(0.0, abs=1e-9)


def test_cases_are_about_what_they_say() -> None:
    def left_out(case: str) -> int:
        return place(Problem.model_validate(BASE | CASES[case])).replicas_unplaced

    scarce = [name for name in CASES if "scarce" in name or name == "many-priorities"]
    assert all(left_out(name) > 0 for name in scarce)
    for name in ("limit-exceeded-now", "limit-exceeded-by-what-stays"):
        instance = make_instance(Problem.model_validate(BASE | CASES[name]))
        assert any(cap.over for cap in instance.caps)
    instance = make_instance(Problem.model_validate(BASE | CASES["one-supply"]))
    assert instance.price.size == 1
    assert make_instance(Problem.model_validate(BASE | CASES["preferences"])).replica_price.any()

"""The reference scenario for bindings: four replicas, two regions that can sell two nodes each."""

from collections.abc import Mapping
from typing import Any

from placement.adapters.bindings import bindings
from placement.adapters.origin import Origin, Policy
from placement.plan import Assignment, Plan, Unplaced
from placement.problem import Problem

__all__ = [
    "NOWHERE",
    "ORIGIN",
    "PARTLY",
    "PERMANENT_ID",
    "TIME",
    "WHOLE",
    "condition",
    "one",
    "problem",
    "row",
]

TYPE = "ecs.gn7i-c8g1.2xlarge"
TIME = "2026-11-23T20:21:40Z"
PERMANENT_ID = "8d9c2c4e-9f4b-4c39-a1a7-9d6c0a1f3b52"
PLACEMENT = {
    "replicaScheduling": {
        "weightPreference": {"dynamicWeight": "AvailableReplicas"},
        "replicaSchedulingType": "Divided",
    },
    "clusterAffinity": {"clusterNames": ["c-hangzhou", "c-beijing"]},
}
POLICY = Policy(name="demo-policy", namespace="default", permanent_id=PERMANENT_ID)
ORIGIN = Origin(
    name="qwen3-8b",
    policy=POLICY,
    placement=PLACEMENT,
    conflict_resolution="Overwrite",
    preserve_resources_on_deletion=False,
    resource_request={"nvidia.com/gpu": "1"},
)


def problem(*workloads: dict[str, object]) -> Problem:
    """Return the reference scenario: two regions that can sell two A10 nodes each."""
    regions = ("cn-hangzhou", "cn-beijing")
    return Problem.model_validate(
        {
            "instance_types": [
                {
                    "name": TYPE,
                    "gpu": {"model": "A10", "count": 1, "memory": "24Gi"},
                    "allocatable": {"cpu": 8, "memory": "30Gi"},
                }
            ],
            "offerings": [
                {"region": region, "instance_type": TYPE, "price": 1.41, "stock": 2}
                for region in regions
            ],
            "clusters": [
                {
                    "name": region.replace("cn-", "c-"),
                    "region": region,
                    "node_pools": [{"name": "gpu", "instance_type": TYPE}],
                }
                for region in regions
            ],
            "workloads": workloads or [{"name": "qwen3-8b", "replicas": 4}],
        }
    )


def row(cluster: str, replicas: int, workload: str = "default/qwen3-8b") -> Assignment:
    """Return replicas in a cluster's pool, one GPU each."""
    return Assignment(
        workload=workload,
        cluster=cluster,
        node_pool="gpu",
        instance_type=TYPE,
        capacity_type="on-demand",
        gpus_per_replica=1,
        replicas=replicas,
    )


WHOLE = Plan(status="optimal", assignments=(row("c-hangzhou", 2), row("c-beijing", 2)))
PARTLY = Plan(
    status="optimal",
    assignments=(row("c-hangzhou", 2),),
    unplaced=(
        Unplaced(
            workload="default/qwen3-8b",
            replicas=2,
            reasons=("stock: no further node in cn-hangzhou.",),
            repair="2 more nodes in cn-hangzhou",
        ),
    ),
)
NOWHERE = Plan(
    status="optimal",
    unplaced=(Unplaced(workload="default/qwen3-8b", replicas=4, reasons=("no GPU fits",)),),
)


def one(plan: Plan, origin: Origin | None = ORIGIN, **options: Any) -> dict[str, Any]:
    """Return the only binding of the reference scenario."""
    origins = {"default/qwen3-8b": origin} if origin else {}
    (binding,) = bindings(plan, problem(), origins, **options)
    return binding


def condition(binding: Mapping[str, Any]) -> dict[str, Any]:
    """Return the condition Scheduled."""
    (found,) = (c for c in binding["status"]["conditions"] if c["type"] == "Scheduled")
    return dict(found)

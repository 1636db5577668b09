"""A small fleet in which one rule at a time keeps a replica out."""

from typing import Any

from placement import Problem

__all__ = ["GPU", "MODEL", "fleet"]

GPU = {"nvidia.com/gpu": 1}
MODEL = {"parameters": 32_800_000_000, "layers": 64, "kv_heads": 8, "head_dim": 128}

Json = dict[str, Any]


def fleet(*workloads: Json, cluster: Json | None = None, **changes: object) -> Problem:
    """Return one cluster in `eu`, nodes of one A10 at 1 per hour and of two H100 at 9 per hour.

    Parameters
    ----------
    cluster
        Other fields of the cluster.
    changes
        Other sections.
    """
    document: Json = {
        "instance_types": [
            {
                "name": "a10",
                "gpu": {"model": "A10", "count": 1, "memory": "24Gi"},
                "allocatable": {"cpu": 8, "memory": "30Gi"},
            },
            {
                "name": "h100x2",
                "gpu": {"model": "H100", "count": 2, "memory": "80Gi"},
                "allocatable": {"cpu": 48, "memory": "400Gi"},
            },
        ],
        "offerings": [
            {"region": "eu", "instance_type": "a10", "price": 1.0},
            {"region": "eu", "instance_type": "a10", "capacity_type": "spot", "price": 0.4},
        ],
        "clusters": [
            {
                "name": "c",
                "region": "eu",
                "node_pools": [{"name": "gpu", "instance_type": "a10"}],
                **(cluster or {}),
            }
        ],
        "workloads": list(workloads or [{"name": "chat", "replicas": 3, "requests": GPU}]),
        **changes,
    }
    return Problem.model_validate(document)

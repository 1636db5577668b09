"""A fleet for rules of groups: two regions whose zones have the same names, and nodes without keys.

`e` is in east, `w` and `z` in west; `z` states no zones. `m` is a node of no pool and no zone. A
node has room for four replicas of one CPU each, or for one that takes both of its GPUs.
"""

from typing import Any

from placement.problem import Problem

__all__ = ["Json", "fleet", "workload"]

Json = dict[str, Any]

ROOM = {"cpu": 4, "memory": "16Gi"}


def workload(name: str = "w", /, **fields: Any) -> Json:
    """Return a workload of eight replicas that may run everywhere, spot included."""
    return {
        "name": name,
        "requests": {"cpu": 1},
        "capacity_types": ["on-demand", "reserved", "spot"],
        **({} if "load" in fields else {"replicas": 8}),
        **fields,
    }


def fleet(*workloads: Json, **more: Any) -> Problem:
    """Return the fleet with these workloads."""
    return Problem.model_validate(
        {
            "instance_types": [
                {"name": "plain", "provider": "aws", "allocatable": ROOM},
                {
                    "name": "duo",
                    "provider": "aws",
                    "gpu": {"model": "H100", "count": 2, "memory": "80Gi"},
                    "allocatable": ROOM,
                },
            ],
            "offerings": [
                {"region": r, "instance_type": t, "price": p, "capacity_type": c}
                for r in ("east", "west")
                for t, c, p in (
                    ("plain", "on-demand", 1.0),
                    ("plain", "spot", 0.5),
                    ("duo", "on-demand", 4.0),
                )
            ],
            "clusters": [_east(), _west(), _zoneless()],
            "workloads": list(workloads),
            **more,
        }
    )


def _east() -> Json:
    return {
        "name": "e",
        "region": "east",
        "zones": ["a", "b"],
        "labels": {"rack": "r1", "kubernetes.io/hostname": "x", "topology.kubernetes.io/zone": "x"},
        "node_pools": [
            {"name": "e-plain", "instance_type": "plain", "labels": {"row": "1"}},
            {"name": "e-spot", "instance_type": "plain", "capacity_type": "spot"},
            {"name": "e-duo", "instance_type": "duo"},
        ],
        "nodes": [
            {"name": "e1", "node_pool": "e-plain", "zone": "a", "free": ROOM},
            {
                "name": "e2",
                "node_pool": "e-plain",
                "zone": "b",
                "free": ROOM,
                "releasable": True,
                "labels": {"row": "2"},
            },
            {"name": "m", "free": ROOM},
        ],
    }


def _west() -> Json:
    return {
        "name": "w",
        "region": "west",
        "zones": ["a", "b"],
        "provider": "gcp",
        "node_pools": [
            {"name": "w-plain", "instance_type": "plain"},
            {"name": "w-duo", "instance_type": "duo"},
        ],
        "nodes": [{"name": "w1", "node_pool": "w-plain", "zone": "a", "free": ROOM}],
    }


def _zoneless() -> Json:
    pool = {"name": "z-plain", "instance_type": "plain", "labels": {"row": "1"}}
    return {"name": "z", "region": "west", "labels": {"rack": "r2"}, "node_pools": [pool]}

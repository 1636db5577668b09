"""A fleet in which every rule stands close to its limit, and a valid plan for it.

Two clusters. `c1` (zones z1, z2; stock by zone) has a pool `gpu` of 4-GPU nodes with a minimum, and
a node of no pool; `c2` (no zones) has an on-demand pool and a tainted spot pool. The plan keeps two
running nodes, buys two, releases one, and leaves one replica out.
"""

from typing import Any

from placement.plan import Plan
from placement.problem import Problem

__all__ = ["Edits", "Json", "plan", "problem"]

Json = dict[str, Any]
Edits = dict[str, Any]
"""What stands at a path of a document, such as ``clusters 0 limits``, instead."""

_GPU = "nvidia.com/gpu"


def problem(edits: Edits | None = None) -> Problem:
    """Return the fleet, edited."""
    return Problem.model_validate(_edited(_problem_document(), edits))


def plan(edits: Edits | None = None) -> Plan:
    """Return a valid plan for the unedited fleet, edited."""
    return Plan.model_validate(_edited(_plan_document(), edits))


def _edited(document: Json, edits: Edits | None) -> Json:
    for path, value in (edits or {}).items():
        *steps, last = (int(step) if step.isdigit() else step for step in path.split())
        here: Any = document
        for step in steps:
            here = here[step]
        here[last] = value
    return document


def _problem_document() -> Json:
    return {
        "instance_types": [
            {
                "name": "quad",
                "provider": "aws",
                "gpu": {"model": "A10", "count": 4, "memory": "24Gi", "usable_memory": "22Gi"},
                "allocatable": {"cpu": 16, "memory": "64Gi", "pods": 8},
            },
            {
                "name": "solo",
                "provider": "aws",
                "gpu": {"model": "H100", "count": 1, "memory": "80Gi", "usable_memory": "79Gi"},
                "allocatable": {"cpu": 8, "memory": "64Gi"},
            },
        ],
        "offerings": [
            _offer("quad", "on-demand", 4.05, zone="z1", stock=1),
            _offer("quad", "on-demand", 4.1, zone="z2", stock=1),
            _offer("quad", "on-demand", 9.0, stock=1),
            _offer("solo", "on-demand", 2.5),
            _offer("solo", "spot", 0.7, stock=1),
        ],
        "quotas": [{"name": "solos", "instance_types": ["solo"], "resource": "nodes", "limit": 2}],
        "clusters": [_first_cluster(), _second_cluster()],
        "workloads": _workloads(),
    }


def _workloads() -> list[Json]:
    return [
        {"name": "a", "replicas": 3, "requests": {"cpu": 2, "memory": "8Gi", _GPU: 2}},
        {
            "name": "b",
            "replicas": 2,
            "requests": {"cpu": 1, "memory": "4Gi"},
            "model": {
                "parameters": 8_190_735_360,
                "layers": 36,
                "kv_heads": 8,
                "head_dim": 128,
            },
            "serving": {"max_model_len": 4096},
            "gpu_models": {"allow": ["H100"]},
            "capacity_types": ["on-demand", "spot"],
            "tolerations": [{"key": "spot", "operator": "Exists"}],
            "cluster_affinity": {"cluster_names": ["c2"]},
        },
        {
            "name": "c",
            "replicas": 3,
            "requests": {"cpu": 1, "memory": "1Gi"},
            "node_selector": {"topology.kubernetes.io/zone": "z1"},
        },
    ]


def _offer(kind: str, capacity_type: str, price: float, **more: Any) -> Json:
    row = {"region": "east", "instance_type": kind, "capacity_type": capacity_type}
    return {**row, "price": price, **more}


def _first_cluster() -> Json:
    free = {"cpu": 6, "memory": "20Gi", _GPU: 2, "pods": 3}
    loose = {"cpu": 2, "memory": "2Gi"}
    return {
        "name": "c1",
        "region": "east",
        "zones": ["z1", "z2"],
        "limits": {_GPU: 12},
        "node_pools": [{"name": "gpu", "instance_type": "quad", "min_nodes": 2, "max_nodes": 3}],
        "nodes": [
            {"name": "n1", "node_pool": "gpu", "zone": "z1", "free": free},
            {"name": "n2", "node_pool": "gpu", "zone": "z2", "free": free, "releasable": True},
            {"name": "m1", "zone": "z1", "free": loose, "instance_type": "old"},
        ],
    }


def _second_cluster() -> Json:
    taint = {"key": "spot", "effect": "NoSchedule"}
    free = {"cpu": 1, "memory": "1Gi", _GPU: 0}
    return {
        "name": "c2",
        "region": "east",
        "node_pools": [
            {"name": "od", "instance_type": "solo"},
            {"name": "spot", "instance_type": "solo", "capacity_type": "spot", "taints": [taint]},
        ],
        "nodes": [
            {"name": "n1", "node_pool": "od", "free": free},
            {"name": "n9", "node_pool": "od", "free": free, "releasable": True, "price": 2.25},
        ],
    }


def _plan_document() -> Json:
    """Return the plan: two replicas of `a` on a new node and one on `n1`; one of `b` on spot."""
    quad = ("c1", "gpu", "quad", "on-demand")
    od, spot = ("c2", "od", "solo", "on-demand"), ("c2", "spot", "solo", "spot")
    return {
        "status": "optimal",
        "cost_per_hour": 11.3,
        "objective": {"nodes": 11.3, "total": 11.3},
        "lower_bound": 11.3,
        "assignments": [
            _row("default/a", *quad, "z1", 2, 3),
            _row("default/b", *spot, None, 1, 1),
            _row("default/c", "c1", None, "old", "on-demand", "z1", 0, 2),
            _row("default/c", *quad, "z1", 0, 1),
        ],
        "nodes": [
            _node("n1", *quad, "z1", "existing", 4.05, a=1, c=1),
            _node("n2", *quad, "z2", "released", 4.1),
            _node("m1", "c1", None, "old", "on-demand", "z1", "existing", 0, c=2),
            _node("gpu-1", *quad, "z1", "new", 4.05, a=2),
            _node("n1", *od, None, "existing", 2.5),
            _node("n9", *od, None, "released", 2.25),
            _node("spot-1", *spot, None, "new", 0.7, b=1),
        ],
        "node_pools": [
            _pool("c1", "gpu", 2, 2),
            _pool("c2", "od", 2, 1),
            _pool("c2", "spot", 0, 1),
        ],
        "unplaced": [{"workload": "default/b", "replicas": 1, "reasons": ["stock"]}],
    }


def _row(*fields: Any) -> Json:
    names = "workload cluster node_pool instance_type capacity_type zone gpus_per_replica replicas"
    return dict(zip(names.split(), fields, strict=True))


def _node(*fields: Any, **replicas: int) -> Json:
    names = "name cluster node_pool instance_type capacity_type zone state price"
    held = [{"workload": f"default/{name}", "replicas": n} for name, n in replicas.items()]
    return {**dict(zip(names.split(), fields, strict=True)), "replicas": held}


def _pool(cluster: str, pool: str, now: int, planned: int) -> Json:
    row: Json = {"cluster": cluster, "node_pool": pool, "nodes_now": now}
    return {**row, "nodes_planned": planned, "change": planned - now}

"""Random fleets that run one packing and are to run another, both within room and limits."""

from collections.abc import Iterable
from random import Random
from typing import Any

from placement import Problem, place
from placement.plan import NodePlan
from tests.generate import random_problem
from tests.generate_draw import Json

__all__ = ["random_moves", "replanned"]

_CAPACITY = {"big": {"cpu": 32000, "nvidia.com/gpu": 8}, "small": {"cpu": 6000}}
_SIZES = ((4, 1), (4, 2), (9, 2), (2, 4), (1, 0), (2, 0), (8, 8))  # CPUs and GPUs of a replica


def random_moves(seed: int) -> tuple[Problem, tuple[NodePlan, ...]]:
    """Return a problem and the nodes of a plan that leaves few nodes as they are.

    Pools end at their maximum and quotas at their limit in half of the problems, so that nothing is
    bought before something is released.
    """
    rng = Random(seed)
    sizes = [rng.choice(_SIZES) for _ in range(rng.randint(2, 7))]
    old = [_node(rng, f"n{number}", "existing") for number in range(rng.randint(2, 6))]
    new = [_node(rng, f"p-{number}", "new") for number in range(rng.randint(0, 3))]
    before = [_fill(rng, node, sizes) for node in old]
    for node in old:
        if rng.random() < 0.3:
            node["state"] = "released"
    after = [{} if node["state"] == "released" else _fill(rng, node, sizes) for node in old + new]
    if rng.random() < 0.6:  # the same replicas elsewhere
        kept = [node["state"] != "released" for node in old]
        shuffled = [fill for fill, stays in zip(before, kept, strict=True) if stays]
        after = _shuffled(rng, old, shuffled) + after[len(old) :]
    workloads = [
        _workload(
            rng,
            number,
            size,
            [(n, f.get(number, 0)) for n, f in zip(old, before, strict=True)],
            sum(fill.get(number, 0) for fill in after),
        )
        for number, size in enumerate(sizes)
    ]
    problem = Problem.model_validate(_document(rng, old, new, workloads))
    plan = (_planned(node, fill) for node, fill in zip(old + new, after, strict=True))
    return problem, tuple(plan)


def _planned(node: Json, fill: dict[int, int]) -> NodePlan:
    rows = [
        {"workload": f"default/w{number}", "replicas": replicas}
        for number, replicas in sorted(fill.items())
        if replicas
    ]
    return NodePlan.model_validate(
        {
            **{key: node[key] for key in ("name", "state", "node_pool")},
            "cluster": "c",
            "instance_type": node["kind"],
            "capacity_type": "on-demand",
            "price": 1.0,
            "replicas": rows,
        }
    )


def _node(rng: Random, name: str, state: str) -> Json:
    kind = rng.choice(("big", "big", "small"))
    return {"name": name, "state": state, "kind": kind, "node_pool": kind}


def _fill(rng: Random, node: Json, sizes: list[tuple[int, int]]) -> dict[int, int]:
    """Return replicas by workload that fit a node, most of the time until it is full."""
    room = dict(_CAPACITY[node["kind"]])
    fill: dict[int, int] = {}
    for _ in range(rng.choice((2, 6, 20))):
        number = rng.randrange(len(sizes))
        cpu, gpus = sizes[number][0] * 1000, sizes[number][1]
        if room["cpu"] >= cpu and room.get("nvidia.com/gpu", 0) >= gpus:
            room["cpu"] -= cpu
            room["nvidia.com/gpu"] = room.get("nvidia.com/gpu", 0) - gpus
            fill[number] = fill.get(number, 0) + 1
    return fill


def _shuffled(rng: Random, old: list[Json], fills: list[dict[int, int]]) -> list[dict[int, int]]:
    """Return fills handed round among nodes of one type."""
    found: list[dict[int, int]] = []
    kept = iter(fills)
    by_kind: dict[str, list[dict[int, int]]] = {}
    for node in old:
        if node["state"] != "released":
            by_kind.setdefault(node["kind"], []).append(next(kept))
    for members in by_kind.values():
        rng.shuffle(members)
    for node in old:
        found.append({} if node["state"] == "released" else by_kind[node["kind"]].pop())
    return found


def _workload(
    rng: Random, number: int, size: tuple[int, int], before: list[tuple[Json, int]], placed: int
) -> Json:
    gpus = {"nvidia.com/gpu": size[1]} if size[1] else {}
    return {
        "name": f"w{number}",
        "replicas": placed + rng.choice((0, 0, 0, 1, 3)),
        "requests": {"cpu": size[0], **gpus},
        "current": [
            {"cluster": "c", "node_pool": node["kind"], "node": node["name"], "replicas": replicas}
            for node, replicas in before
            if replicas
        ],
    }


_KINDS: tuple[Json, ...] = (
    {
        "name": "big",
        "gpu": {"model": "H100", "count": 8, "memory": "80Gi"},
        "allocatable": {"cpu": 32},
    },
    {"name": "small", "allocatable": {"cpu": 6}},
)


def _document(rng: Random, old: list[Json], new: list[Json], workloads: list[Json]) -> Json:
    end = [node["kind"] for node in old + new if node["state"] != "released"]
    tight = rng.random() < 0.5
    pools = [
        {
            "name": kind,
            "instance_type": kind,
            **({"max_nodes": end.count(kind)} if tight else {}),
        }
        for kind in _CAPACITY
    ]
    cluster: Json = {
        "name": "c",
        "region": "r",
        "node_pools": pools,
        "nodes": [_now(node) for node in old],
    }
    if rng.random() < 0.3:
        cluster["limits"] = {"nodes": len(end)}
    quotas: list[Json] = []
    if rng.random() < 0.3:
        vcpus = sum({"big": 32, "small": 6}[kind] for kind in end)
        quotas.append({"name": "q", "resource": "vcpus", "limit": vcpus + rng.choice((0, 5, 31))})
    return {
        "instance_types": _KINDS,
        "offerings": [{"region": "r", "instance_type": kind, "price": 1.0} for kind in _CAPACITY],
        "clusters": [cluster],
        "quotas": quotas,
        "workloads": workloads,
    }


def _now(node: Json) -> Json:
    room = _CAPACITY[node["kind"]]
    free = {name: f"{v}m" if name == "cpu" else v for name, v in room.items()}
    return {"name": node["name"], "node_pool": node["kind"], "free": free, "releasable": True}


def replanned(seed: int) -> tuple[Problem, tuple[NodePlan, ...]]:
    """Return a random problem that runs a plan of its own, other needs and prices, and a new plan.

    Nodes that the first plan bought run, and may be released.
    """
    rng = Random(seed)
    problem = random_problem(seed)
    document: dict[str, Any] = problem.model_dump(mode="json", exclude_none=True)
    _carry_out(document, place(problem).nodes)
    for workload in document["workloads"]:
        workload["replicas"] = max(0, workload["replicas"] + rng.choice((-2, -1, 0, 0, 1, 2)))
    nodes = [node for cluster in document["clusters"] for node in cluster["nodes"]]
    for row in [*document["offerings"], *(node for node in nodes if "price" in node)]:
        row["price"] = round(row["price"] * rng.choice((0.5, 1, 1, 2)), 6)
    changed = Problem.model_validate(document)
    return changed, place(changed).nodes


def _carry_out(document: Json, plan_nodes: Iterable[NodePlan]) -> None:
    """Let what a plan has run: its nodes, and its replicas as current."""
    clusters = {cluster["name"]: cluster for cluster in document["clusters"]}
    kinds = {kind["name"]: kind for kind in document["instance_types"]}
    current: dict[str, list[Json]] = {}
    for node in plan_nodes:
        nodes = clusters[node.cluster]["nodes"]
        if node.state == "released":
            nodes[:] = [other for other in nodes if other["name"] != node.name]
        elif node.state == "new":
            kind = kinds[node.instance_type or ""]
            gpu = kind.get("gpu")
            free = {**kind["allocatable"], **({gpu["resource"]: gpu["count"]} if gpu else {})}
            row = {"name": node.name, "node_pool": node.node_pool, "free": free}
            zone = {"zone": node.zone} if node.zone else {}
            nodes.append({**row, **zone, "releasable": True, "price": node.price})
        for held in node.replicas:
            where = {"cluster": node.cluster, "node_pool": node.node_pool, "node": node.name}
            current.setdefault(held.workload, []).append({**where, "replicas": held.replicas})
    for workload in document["workloads"]:
        workload["current"] = current.get(f"{workload['namespace']}/{workload['name']}", [])

"""Random fleets that run one packing and are to run another, both within room and limits."""

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
    plan = [
        NodePlan.model_validate(
            {
                **{key: node[key] for key in ("name", "state", "node_pool")},
                "cluster": "c",
                "instance_type": node["kind"],
                "capacity_type": "on-demand",
                "price": 1.0,
                "replicas": [
                    {"workload": f"default/w{number}", "replicas": replicas}
                    for number, replicas in sorted(fill.items())
                    if replicas
                ],
            }
        )
        for node, fill in zip(old + new, after, strict=True)
    ]
    return problem, tuple(plan)


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


def _document(rng: Random, old: list[Json], new: list[Json], workloads: list[Json]) -> Json:
    kinds: list[Json] = [
        {
            "name": "big",
            "gpu": {"model": "H100", "count": 8, "memory": "80Gi"},
            "allocatable": {"cpu": 32},
        },
        {"name": "small", "allocatable": {"cpu": 6}},
    ]
    end = [node["kind"] for node in old + new if node["state"] != "released"]
    tight = rng.random() < 0.5
    pools = []
    for kind in kinds:
        most = {"max_nodes": end.count(kind["name"])} if tight else {}
        pools.append({"name": kind["name"], "instance_type": kind["name"], **most})
    cluster: Json = {
        "name": "c",
        "region": "r",
        "node_pools": pools,
        "nodes": [
            {
                "name": node["name"],
                "node_pool": node["kind"],
                "free": {
                    k: f"{v}m" if k == "cpu" else v for k, v in _CAPACITY[node["kind"]].items()
                },
                "releasable": True,
            }
            for node in old
        ],
    }
    if rng.random() < 0.3:
        cluster["limits"] = {"nodes": len(end)}
    quotas: list[Json] = []
    if rng.random() < 0.3:
        vcpus = sum({"big": 32, "small": 6}[kind] for kind in end)
        quotas.append({"name": "q", "resource": "vcpus", "limit": vcpus + rng.choice((0, 5, 31))})
    return {
        "instance_types": kinds,
        "offerings": [
            {"region": "r", "instance_type": kind["name"], "price": 1.0} for kind in kinds
        ],
        "clusters": [cluster],
        "quotas": quotas,
        "workloads": workloads,
    }


def replanned(seed: int) -> tuple[Problem, tuple[NodePlan, ...]]:
    """Return a random problem that runs a plan of its own, other needs and prices, and a new plan.

    Nodes that the first plan bought run, and may be released.
    """
    rng = Random(seed)
    problem = random_problem(seed)
    document: dict[str, Any] = problem.model_dump(mode="json", exclude_none=True)
    first = place(problem)
    pools = {(c.name, p.name): p for c in problem.clusters for p in c.node_pools}
    current: dict[str, list[Json]] = {}
    for cluster in document["clusters"]:
        let_go = {
            n.name for n in first.nodes if n.state == "released" and n.cluster == cluster["name"]
        }
        cluster["nodes"] = [node for node in cluster["nodes"] if node["name"] not in let_go]
        for node in first.nodes:
            if node.cluster != cluster["name"]:
                continue
            if node.state == "new":
                kind = problem.types[pools[node.cluster, node.node_pool or ""].instance_type]
                full = {
                    name: kind.model_dump(mode="json")["allocatable"][name]
                    for name in kind.allocatable
                }
                gpus = {kind.gpu.resource: kind.gpu.count} if kind.gpu else {}
                bought = {"name": node.name, "node_pool": node.node_pool, "free": {**full, **gpus}}
                zone = {"zone": node.zone} if node.zone else {}
                cluster["nodes"].append({**bought, **zone, "releasable": True, "price": node.price})
            for held in node.replicas:
                row = {"cluster": node.cluster, "node_pool": node.node_pool, "node": node.name}
                current.setdefault(held.workload, []).append({**row, "replicas": held.replicas})
    for workload in document["workloads"]:
        workload["current"] = current.get(f"{workload['namespace']}/{workload['name']}", [])
        workload["replicas"] = max(0, workload["replicas"] + rng.choice((-2, -1, 0, 0, 1, 2)))
    for row in document["offerings"]:
        row["price"] = round(row["price"] * rng.choice((0.5, 1, 1, 2)), 6)
    for cluster in document["clusters"]:
        for node in cluster["nodes"]:
            if "price" in node:
                node["price"] = round(node["price"] * rng.choice((0.5, 1, 3)), 6)
    changed = Problem.model_validate(document)
    return changed, place(changed).nodes

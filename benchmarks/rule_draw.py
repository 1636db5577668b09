"""Every rule on a generated fleet: each workload gets one of ten kinds, all kinds together.

Made up throughout, from a seed; the fleet and its prices are those of ``generator.py``.
"""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from placement import Plan
from placement.plan import NodePlan
from placement.problem import Problem

__all__ = ["RULES", "running", "with_every_rule"]

Json = dict[str, Any]

RULES = (
    "spread by region, provider, cluster, capacity type and node",
    "survive the loss of a region, of two clusters, of spot",
    "min_replicas",
    "colocate_with, separate_from",
    "load",
    "nodes_per_replica",
    "max_spot_fraction",
    "preferences",
    "users: latency and egress over a network",
    "budgets, limits",
    "spot_interruption_cost",
    "current, move_cost, max_moves",
)
"""The rules that every such problem has, beside those of the fleet itself."""

MOVED = 0.35  # $ for one replica moved: some minutes of a node with one GPU
RUNS = 0.7  # share of workloads that run already
MOST_MOVES = 600
ROOM = 3  # times the stock of the fleet without rules: spreading and spare copies take room
MORE = 1.5  # limits of GPUs, over what the plan without rules has
MORE_MONEY = 3.0  # budgets, over what it costs: less on spot is dearer
GPU = "nvidia.com/gpu"
RATE = {1: 3.0, 2: 6.5, 4: 14.0, 8: 30.0}  # requests per second by GPUs of a node


def with_every_rule(problem: Problem, seed: int, plan: Plan | None = None) -> Problem:
    """Return a generated problem with every rule.

    Parameters
    ----------
    plan
        A plan of ``problem`` that ran before; its nodes run, its replicas are current.
    """
    rng = Random(seed)
    document = problem.model_dump(mode="json", exclude_defaults=True, by_alias=True)
    regions = sorted({cluster.region for cluster in problem.clusters})
    for number, workload in enumerate(document["workloads"]):
        _KINDS[number % len(_KINDS)](rng, problem, workload, number)
    _pairs(document["workloads"])
    document["network"] = _network(rng, regions)
    document["objective"] = {"spot_interruption_cost": 0.05}
    for row in document["offerings"]:
        if row.get("stock") is not None:
            row["stock"] *= ROOM
        if row.get("capacity_type") == "spot":
            row["interruption_rate"] = rng.choice((0.01, 0.02, 0.05))
    if plan is not None:
        running(document, plan, rng)
        document["limits"], document["budgets"] = _totals(plan)
    return Problem.model_validate(document)


def running(document: Json, plan: Plan, rng: Random) -> None:
    """Let most of what a plan places run now, on the nodes that it has."""
    document["objective"] |= {"horizon_hours": 24.0, "max_moves": MOST_MOVES}
    kinds = {kind["name"]: kind for kind in document["instance_types"]}
    bought: dict[str, list[NodePlan]] = {}
    for node in plan.nodes:
        if node.state == "new":
            bought.setdefault(node.cluster, []).append(node)
    for cluster in document["clusters"]:
        known = {node["name"] for node in cluster.get("nodes", ())}
        for node in bought.get(cluster["name"], ()):
            if node.name not in known:
                kind = kinds[node.instance_type or ""]
                free = {**kind["allocatable"], "nvidia.com/gpu": kind["gpu"]["count"]}
                row = {"name": node.name, "node_pool": node.node_pool, "free": free}
                zone = {} if node.zone is None else {"zone": node.zone}
                cluster.setdefault("nodes", []).append({**row, **zone, "releasable": True})
    rows: dict[str, dict[tuple[str, str | None], int]] = {}
    for held in plan.assignments:
        place = (held.cluster, held.node_pool)
        mine = rows.setdefault(held.workload, {})
        mine[place] = mine.get(place, 0) + held.replicas
    for workload in document["workloads"]:
        before = rows.get(f"{workload.get('namespace', 'default')}/{workload['name']}", {})
        if before and rng.random() < RUNS and workload.get("nodes_per_replica", 1) == 1:
            workload["move_cost"] = MOVED
            workload["current"] = [
                {"cluster": cluster, "node_pool": pool, "replicas": replicas}
                for (cluster, pool), replicas in sorted(before.items(), key=str)
            ]


def _totals(plan: Plan) -> tuple[list[Json], list[Json]]:
    """Return a limit of GPUs and a budget for every namespace, a little above what it has."""
    gpus: dict[str, int] = {}
    for row in plan.assignments:
        namespace = row.workload.partition("/")[0]
        gpus[namespace] = gpus.get(namespace, 0) + row.gpus_per_replica * row.replicas
    limits: list[Json] = []
    budgets: list[Json] = []
    for namespace, used in sorted(gpus.items()):
        match = {"namespaces": [namespace]}
        spent = plan.cost_per_hour * used / sum(gpus.values())
        most = round(used * MORE)
        limits.append({"name": namespace, "match": match, "resource": GPU, "max": most})
        budgets.append(
            {"name": namespace, "match": match, "max_cost_per_hour": round(spent * MORE_MONEY, 2)}
        )
    return limits, budgets


def _spread(_: Random, __: Problem, workload: Json, number: int) -> None:
    workload["replicas"] = max(3, workload["replicas"])
    if number % 20:
        workload["spread"] = [{"by": "capacity_type", "max_fraction": 0.8}]
        workload["spread"].append({"by": "cluster", "min_groups": 3})
    else:
        workload["spread"] = [{"by": "region", "min_groups": 2, "max_fraction": 0.7}]
        workload["spread"].append({"by": "provider", "max_groups": 2})
    workload["capacity_types"] = ["on-demand", "reserved", "spot"]


def _survive(_: Random, __: Problem, workload: Json, number: int) -> None:
    workload["replicas"] = max(4, workload["replicas"])
    rule: Json = {"loss_of": "region", "keep": 0.5}
    if number % 20 > 10 or "label_selector" in workload.get("cluster_affinity", {}):
        rule = {"loss_of": "cluster", "groups": 2, "keep_replicas": 1}
    workload["survive"] = [rule]


def _min_replicas(_: Random, __: Problem, workload: Json, ___: int) -> None:
    workload["min_replicas"] = max(1, workload["replicas"] // 2)


def _pair(_: Random, __: Problem, workload: Json, ___: int) -> None:
    workload["pair"] = True  # done once all are drawn


def _load(rng: Random, problem: Problem, workload: Json, _: int) -> None:
    kinds = [kind for kind in problem.instance_types if kind.gpu]
    rates = {
        kind.name: round(RATE[min(8, kind.gpu.count)] * rng.uniform(0.6, 1.6), 1)
        for kind in kinds
        if kind.gpu
    }
    workload["load"] = {"amount": round(3.0 * workload.pop("replicas"), 1), "per_replica": rates}


def _latency(rng: Random, problem: Problem, workload: Json, _: int) -> None:
    regions = sorted({cluster.region for cluster in problem.clusters})
    chosen = rng.sample(regions, 2)
    workload["users"] = {
        "regions": dict(zip(chosen, (0.7, 0.3), strict=True)),
        "cost_per_ms": 0.0005,
        "gib_per_replica_hour": 0.5,
        "max_ms": 250.0,
    }


def _spot(_: Random, __: Problem, workload: Json, ___: int) -> None:
    workload["capacity_types"] = ["on-demand", "reserved", "spot"]
    workload["max_spot_fraction"] = 0.5
    workload["survive"] = [{"loss_of": "spot", "keep": 0.4}]


def _prefers(rng: Random, problem: Problem, workload: Json, _: int) -> None:
    region = rng.choice(sorted({cluster.region for cluster in problem.clusters}))
    workload["preferences"] = [{"cluster_affinity": {"regions": [region]}, "cost": 0.1}]


def _by_node(_: Random, problem: Problem, workload: Json, number: int) -> None:
    if number % 50 == 8:  # the costliest rule: few have it
        workload["replicas"] = min(workload["replicas"], 4)
        workload["cluster_affinity"] = {"cluster_names": [problem.clusters[0].name]}
        workload["spread"] = [{"by": "node", "max_fraction": 0.5}]


def _several(_: Random, __: Problem, workload: Json, number: int) -> None:
    if number % 30 == 9:
        workload["nodes_per_replica"] = 2
        workload["replicas"] = min(workload["replicas"], 3)


_KINDS = (
    _spread,
    _survive,
    _min_replicas,
    _pair,
    _load,
    _latency,
    _spot,
    _prefers,
    _by_node,
    _several,
)


def _pairs(workloads: Sequence[Json]) -> None:
    """Put pairs of workloads together, and others apart."""
    pairs = [workload for workload in workloads if workload.pop("pair", False)]
    for number, workload in enumerate(pairs[1:], start=1):
        other = pairs[number - 1]
        key = f"{other.get('namespace', 'default')}/{other['name']}"
        workload["separate_from" if number % 2 else "colocate_with"] = [key]


def _network(rng: Random, regions: Sequence[str]) -> Mapping[str, list[Json]]:
    """Return edges from each region to the next and to a random one."""
    pairs = {(one, other) for one, other in zip(regions, [*regions[1:], regions[0]], strict=True)}
    pairs |= {(one, rng.choice([r for r in regions if r != one])) for one in regions}
    ordered = sorted(pairs)
    return {
        "latency_ms": [
            {"from": one, "to": other, "ms": rng.randint(10, 90)} for one, other in ordered
        ],
        "egress": [
            {"from": one, "to": other, "price_per_gib": rng.choice((0.01, 0.02, 0.09))}
            for one, other in ordered
        ],
    }

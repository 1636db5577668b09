"""What every loss leaves of a plan, counted from the plan's and the problem's documents alone.

Nothing of the library is asked: each loss is taken away in turn, and what still runs is added up.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import ceil
from typing import Any

__all__ = ["Survived", "survived"]

Json = dict[str, Any]
Group = tuple[object, ...]

OPEN: Group = ("a zone that is left open",)
"""What nodes belong to that could be in any zone: no replica that outlives a zone is on one."""


@dataclass(frozen=True, slots=True)
class Survived:
    """What the worst loss leaves of a workload that has to survive it.

    Parameters
    ----------
    kind
        What is lost, and how many of it at once.
    promised, left
        Replicas, or nodes of replicas over several.
    losses
        How many were tried, and how many of them take away a replica.
    """

    workload: str
    kind: tuple[str, int]
    promised: int
    left: int
    losses: int
    harmful: int


def survived(problem: Json, plan: Json) -> Iterator[Survived]:
    """Yield the worst loss of every row of ``survive`` of which something is placed."""
    for workload in problem["workloads"]:
        key = f"{workload['namespace']}/{workload['name']}"
        nodes = [node for node in plan["nodes"] if node["state"] != "released"]
        here = [sum(r["replicas"] for r in n["replicas"] if r["workload"] == key) for n in nodes]
        spans = workload["nodes_per_replica"]
        rows = [row["replicas"] for row in plan["assignments"] if row["workload"] == key]
        assert sum(here) == spans * sum(rows), key
        for rule in workload["survive"] if sum(here) else ():
            groups = [_group(problem, node, rule["loss_of"], at) for at, node in enumerate(nodes)]
            assert not any(n and group == OPEN for n, group in zip(here, groups, strict=True)), key
            all_of_them = sorted({*groups} - {None, OPEN}, key=str)
            left = [
                sum(n for n, group in zip(here, groups, strict=True) if group not in lost)
                for lost in combinations(all_of_them, min(rule["groups"], len(all_of_them)))
            ]
            share = ceil(Fraction(str(rule["keep"])) * sum(here))
            yield Survived(
                workload=key,
                kind=(rule["loss_of"], rule["groups"]),
                promised=max(share, rule["keep_replicas"] * spans),
                left=min(left),
                losses=len(left) if all_of_them else 0,
                harmful=sum(each < sum(here) for each in left),
            )


def _group(problem: Json, node: Json, loss_of: str, at: int) -> Group | None:
    """Return what a node is lost with, None where it outlives every such loss."""
    cluster = next(each for each in problem["clusters"] if each["name"] == node["cluster"])
    zone, name = node["zone"], node["node_pool"]
    match loss_of:
        case "node":
            return (at,)
        case "cluster":
            return (cluster["name"],)
        case "region":
            return (cluster["region"],)
        case "zone" | "topology.kubernetes.io/zone":
            if zone is None:
                return OPEN if cluster["zones"] else None
            return (cluster["region"], zone)
        case "node_pool":
            return None if name is None else (cluster["name"], name)
        case "spot":
            return ("spot",) if node["capacity_type"] == "spot" else None
        case "instance_type" | "capacity_type":
            return None if node[loss_of] is None else (node[loss_of],)
        case "provider":
            return _provider(problem, cluster)
    pool: Json = next((each for each in cluster["node_pools"] if each["name"] == name), {})
    runs: Json = next((each for each in cluster["nodes"] if each["name"] == node["name"]), {})
    for part in (cluster, runs, pool):
        if loss_of in part.get("labels", {}):
            return (part["labels"][loss_of],)
    return None


def _provider(problem: Json, cluster: Json) -> Group | None:
    if cluster["provider"] is not None:
        return (cluster["provider"],)
    used = {pool["instance_type"] for pool in cluster["node_pools"]}
    told = {kind["provider"] for kind in problem["instance_types"] if kind["name"] in used}
    told.discard(None)
    return tuple(told) if len(told) == 1 else None

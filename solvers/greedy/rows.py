"""The rows of a greedy rule's plan: nodes by name, assignments and pools."""

from collections import Counter
from typing import TypeVar

import numpy as np

from placement.formulation.milp import Ints
from placement.parts import with_parts
from placement.plan import Assignment, NodePlan, NodeReplicas, PoolPlan
from placement.solvers.greedy.alike import Alike
from placement.solvers.greedy.ending import Ending
from placement.solvers.greedy.ledger import Ledger

__all__ = ["assignments_of", "nodes_of", "pools_of", "summed"]

Fields = dict[str, object]
_ROW: Fields = {
    "cluster": "",
    "node_pool": None,
    "instance_type": None,
    "capacity_type": "",
    "zone": None,
}
_NODE = {"name": "", **_ROW, "state": "new", "price": 0.0, "replicas": ()}
_ASSIGNMENT = {"workload": "", **_ROW, "gpus_per_replica": 0, "replicas": 1}
_Thing = TypeVar("_Thing", str, tuple[str, ...])


def nodes_of(ending: Ending) -> tuple[NodePlan, ...]:
    """Return every node of a pool, and those of no pool that carry replicas."""
    ledger, names = ending.ledger, ending.names
    carried = _carried(ledger)
    dropped, supply = ending.dropped.tolist(), ledger.supply.tolist()
    first, alike = Alike(NodePlan.model_validate(_NODE)), dict[tuple[int, str], Fields]()
    rows = []
    for node in ending.by_name(np.flatnonzero(ending.shown)):
        fresh = "new" if node >= ledger.running else "existing"
        kind = (supply[node], "released" if dropped[node] else fresh)
        if kind not in alike:
            alike[kind] = _node(ledger, *kind)
        own = {"name": names[node], "replicas": carried.get(node, ())}
        rows.append(first.but({**alike[kind], **own}))
    return with_parts(ledger.candidates.problem, rows)


def _node(ledger: Ledger, place: int, state: str) -> Fields:
    supply = ledger.candidates.supplies[place]
    return {
        "cluster": supply.cluster.name,
        "node_pool": supply.pool.name if supply.pool else None,
        "instance_type": supply.type_name,
        "capacity_type": supply.capacity_type,
        "zone": supply.zone,
        "state": state,
        "price": float(supply.price),
    }


def _carried(ledger: Ledger) -> dict[int, tuple[NodeReplicas, ...]]:
    """Return the rows of each node that carries replicas, by the workloads' keys."""
    node, candidate, replicas = ledger.loads.T
    keys, rank = _ranks([each.key for each in ledger.candidates.problem.workloads])
    codes, counts = summed(node * len(keys) + rank[ledger.candidates.workload[candidate]], replicas)
    first = Alike(NodeReplicas(workload="", replicas=1))
    known: dict[tuple[int, int], tuple[NodeReplicas]] = {}
    carried: dict[int, tuple[NodeReplicas, ...]] = {}
    for code, count in zip(codes.tolist(), counts.tolist(), strict=True):
        place, number = divmod(code, len(keys))
        row = known.get((number, count))
        if row is None:
            row = (first.but({"workload": keys[number], "replicas": count}),)
            known[number, count] = row
        carried[place] = carried[place] + row if place in carried else row
    return carried


def assignments_of(ledger: Ledger) -> tuple[Assignment, ...]:
    """Return the replicas of each workload in each place, in the order of their names."""
    found, loads = ledger.candidates, ledger.loads
    candidate, counts = summed(loads[:, 1], loads[:, 2])
    workloads = found.problem.workloads
    keys, rank = _ranks([each.key for each in workloads])
    places, place_rank = _ranks([supply.place for supply in found.supplies])
    gpus = found.gpus[candidate]
    most = int(gpus.max(initial=0)) + 1
    code = rank[found.workload[candidate]] * len(places) + place_rank[found.supply[candidate]]
    codes, counts = summed(code * most + gpus, counts)
    parts = {each.key: each.nodes_per_replica for each in workloads}
    first = Alike(Assignment.model_validate(_ASSIGNMENT))
    rows = []
    for pair, count in zip(codes.tolist(), counts.tolist(), strict=True):
        key, place = divmod(pair // most, len(places))
        cluster, pool, kind, capacity, zone = places[place]
        rows.append(
            first.but(
                {
                    "workload": keys[key],
                    "cluster": cluster,
                    "node_pool": pool or None,
                    "instance_type": kind or None,
                    "capacity_type": capacity,
                    "zone": zone or None,
                    "gpus_per_replica": pair % most,
                    "replicas": count // parts[keys[key]],
                }
            )
        )
    return tuple(rows)


def pools_of(ending: Ending) -> tuple[PoolPlan, ...]:
    """Return every node pool with the nodes it has and is to have."""
    keys, pool_of = ending.pools
    counts = np.zeros(len(keys), dtype=np.int64)
    np.add.at(counts, pool_of, ending.planned)
    planned = dict(zip(keys, counts.tolist(), strict=True))
    first = Alike(PoolPlan(cluster="", node_pool="", nodes_now=0, nodes_planned=0, change=0))
    rows = []
    for cluster in sorted(ending.ledger.candidates.problem.clusters, key=lambda each: each.name):
        running = Counter([node.node_pool for node in cluster.nodes])
        for name in sorted(pool.name for pool in cluster.node_pools):
            now, then = running[name], planned.get((cluster.name, name), 0)
            rows.append(
                first.but(
                    {
                        "cluster": cluster.name,
                        "node_pool": name,
                        "nodes_now": now,
                        "nodes_planned": then,
                        "change": then - now,
                    }
                )
            )
    return tuple(rows)


def _ranks(things: list[_Thing]) -> tuple[list[_Thing], Ints]:
    """Return the distinct things in their order, and the place of each thing among them."""
    ordered = sorted(set(things))
    place = {thing: number for number, thing in enumerate(ordered)}
    return ordered, np.array([place[thing] for thing in things], dtype=np.int64)


def summed(codes: Ints, counts: Ints) -> tuple[Ints, Ints]:
    """Return the distinct codes, rising, and the sum of the counts of each."""
    distinct, number = np.unique(codes, return_inverse=True)
    sums = np.zeros(distinct.size, dtype=np.int64)
    np.add.at(sums, number, counts)
    return distinct, sums

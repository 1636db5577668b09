"""The rows of a plan: assignments, nodes with what is on them, and node pools.

Rows that differ in few fields are copies of one that was validated, and equal rows on nodes are one
object; the plan is the same as if each had been validated.
"""

from collections import Counter
from collections.abc import Mapping

import numpy as np

from placement.formulation.milp import Ints
from placement.instance import Instance
from placement.packer import Fill
from placement.parts import with_parts
from placement.plan import Assignment, NodePlan, NodeReplicas, PoolPlan
from placement.problem import Problem
from placement.supply import Supply

__all__ = ["read_assignments", "read_nodes", "read_pools", "unchanged_pools"]

_Rows = tuple[NodeReplicas, ...]


def read_assignments(instance: Instance, x: Ints) -> tuple[Assignment, ...]:
    """Return the rows of the plan, in the order of their names; equal places are one row."""
    found, workloads = instance.candidates, instance.problem.workloads
    places = [supply.place for supply in found.supplies]
    some = np.flatnonzero(x)
    columns = (found.workload[some], found.supply[some], found.gpus[some], x[some])
    counts: Counter[tuple[str, tuple[str, str, str, str, str], int]] = Counter()
    parts: dict[str, int] = {}
    for at, supply, gpus, replicas in zip(*(each.tolist() for each in columns), strict=True):
        key = workloads[at].key
        parts[key] = workloads[at].nodes_per_replica
        counts[key, places[supply], gpus] += replicas
    like: dict[tuple[str, ...], Assignment] = {}
    rows = []
    for (key, place, gpus), replicas in sorted(counts.items()):
        if place not in like:
            like[place] = _placed_in(place)
        own = {"workload": key, "gpus_per_replica": gpus, "replicas": replicas // parts[key]}
        rows.append(like[place].model_copy(update=own))
    return tuple(rows)


def _placed_in(place: tuple[str, str, str, str, str]) -> Assignment:
    """Return a row of a place, of no workload yet."""
    return Assignment(
        workload="",
        cluster=place[0],
        node_pool=place[1] or None,
        instance_type=place[2] or None,
        capacity_type=place[3],
        zone=place[4] or None,
        gpus_per_replica=0,
        replicas=1,
    )


def read_nodes(instance: Instance, n: Ints, fills: tuple[Fill, ...]) -> tuple[NodePlan, ...]:
    """Return every node kept, new or released, by cluster and name."""
    contents = {fill.supply: fill for fill in fills}
    taken = {
        (cluster.name, node.name) for cluster in instance.problem.clusters for node in cluster.nodes
    }
    load = _Loads(instance)
    nodes: list[NodePlan] = []
    planned = n.tolist()
    for position, supply in enumerate(instance.candidates.supplies):
        fill, kept = contents.get(position), planned[position]
        rows = [] if fill is None else load.of(fill)
        if supply.running:
            nodes.extend(_running(supply, rows, kept))
        elif kept or rows:
            rows += [()] * (kept - len(rows))
            nodes.extend(_new(supply, rows, taken))
    nodes.sort(key=lambda node: (node.cluster, node.name))
    return with_parts(instance.problem, nodes)


class _Loads:
    """What is on nodes, as rows of a plan."""

    def __init__(self, instance: Instance) -> None:
        self._workload = instance.workload
        self._keys = [workload.key for workload in instance.problem.workloads]
        self._known: dict[tuple[str, int], NodeReplicas] = {}

    def of(self, fill: Fill) -> list[_Rows]:
        """Return the rows of each node of a supply, by workload."""
        keys = [self._keys[at] for at in self._workload[fill.candidate].tolist()]
        seen: dict[tuple[int, ...], _Rows] = {}
        for node in fill.nodes:
            if node not in seen:
                counts: Counter[str] = Counter()
                for key, count in zip(keys, node, strict=True):
                    if count:
                        counts[key] += count
                seen[node] = tuple(self._row(*each) for each in sorted(counts.items()))
        return [seen[node] for node in fill.nodes]

    def _row(self, key: str, replicas: int) -> NodeReplicas:
        if (key, replicas) not in self._known:
            self._known[key, replicas] = NodeReplicas(workload=key, replicas=replicas)
        return self._known[key, replicas]


def _running(supply: Supply, rows: list[_Rows], kept: int) -> list[NodePlan]:
    """Return running nodes: the first ones by name carry replicas, the last ones are released."""
    nodes = []
    like = {state: _node(supply, state) for state in ("existing", "released")}
    for number, name in enumerate(supply.nodes):
        replicas = rows[number] if number < len(rows) else ()
        if supply.pool is None and not replicas:
            continue
        state = "existing" if number < kept else "released"
        nodes.append(like[state].model_copy(update={"name": name, "replicas": replicas}))
    return nodes


def _new(supply: Supply, rows: list[_Rows], taken: set[tuple[str, str]]) -> list[NodePlan]:
    """Return nodes to be bought, named after their pool and numbered."""
    nodes, number, like = [], 0, _node(supply, "new")
    base, cluster = supply.pool.name if supply.pool else "node", supply.cluster.name
    for replicas in rows:
        number += 1
        while (cluster, f"{base}-{number}") in taken:
            number += 1
        name = f"{base}-{number}"
        taken.add((cluster, name))
        nodes.append(like.model_copy(update={"name": name, "replicas": replicas}))
    return nodes


def _node(supply: Supply, state: str) -> NodePlan:
    """Return a node of a supply without a name, which carries nothing."""
    return NodePlan.model_validate(
        {
            "name": "",
            "cluster": supply.cluster.name,
            "node_pool": supply.pool.name if supply.pool else None,
            "instance_type": supply.type_name,
            "capacity_type": supply.capacity_type,
            "zone": supply.zone,
            "state": state,
            "price": supply.price,
            "replicas": (),
        }
    )


def read_pools(problem: Problem, nodes: tuple[NodePlan, ...]) -> tuple[PoolPlan, ...]:
    """Return every node pool with the nodes it has and is to have."""
    now: Counter[tuple[str, str | None]] = Counter()
    planned: Counter[tuple[str, str | None]] = Counter()
    for node in nodes:
        key = (node.cluster, node.node_pool)
        if node.state != "new":
            now[key] += 1
        if node.state != "released":
            planned[key] += 1
    return _pools(problem, now, planned)


def unchanged_pools(instance: Instance) -> tuple[PoolPlan, ...]:
    """Return every node pool as it is, where there is no plan."""
    clusters = instance.problem.clusters
    now = Counter((c.name, node.node_pool) for c in clusters for node in c.nodes)
    return _pools(instance.problem, now, now)


def _pools(
    problem: Problem,
    now: Mapping[tuple[str, str | None], int],
    planned: Mapping[tuple[str, str | None], int],
) -> tuple[PoolPlan, ...]:
    rows = []
    for cluster in sorted(problem.clusters, key=lambda c: c.name):
        for pool in sorted(cluster.node_pools, key=lambda p: p.name):
            key = (cluster.name, pool.name)
            has, gets = now.get(key, 0), planned.get(key, 0)
            rows.append(
                PoolPlan(
                    cluster=cluster.name,
                    node_pool=pool.name,
                    nodes_now=has,
                    nodes_planned=gets,
                    change=gets - has,
                )
            )
    return tuple(rows)

"""A plan as node-pool targets: how many nodes every pool is to have, and what changes."""

from collections import Counter
from collections.abc import Iterable

from placement.errors import AdapterError, Issue, show
from placement.plan import NodePlan, Plan
from placement.problem import Cluster, NodePool, Problem

__all__ = ["node_pools"]

_Key = tuple[str, str | None]


def node_pools(plan: Plan, problem: Problem) -> dict[str, object]:
    """Return the targets as one document, pools sorted by cluster and name.

    Parameters
    ----------
    plan
        The plan for ``problem``.
    problem
        What the plan was made for.

    Returns
    -------
    dict
        ``node_pools``: a list of ``cluster``, ``region``, ``node_pool``, ``instance_type``,
        ``capacity_type``, ``nodes_now``, ``nodes_planned``, ``change``; where nodes are bought in
        known zones ``add_in_zones`` (nodes by zone), and where nodes are let go ``release`` (their
        names, for it matters which ones go). The document has no ``kind``: it is for whatever
        sets the sizes of node pools, not for ``kubectl apply``.

    Raises
    ------
    AdapterError
        When the plan names a pool that the problem does not have.
    """
    pools = {
        (cluster.name, pool.name): (cluster, pool)
        for cluster in problem.clusters
        for pool in cluster.node_pools
    }
    _check(plan, pools)
    added, released = _changes(plan.nodes)
    rows = []
    for target in sorted(plan.node_pools, key=lambda row: (row.cluster, row.node_pool)):
        key = (target.cluster, target.node_pool)
        row = {
            **_described(*pools[key]),
            "nodes_now": target.nodes_now,
            "nodes_planned": target.nodes_planned,
            "change": target.change,
            "add_in_zones": dict(sorted(added.get(key, {}).items())),
            "release": sorted(released.get(key, [])),
        }
        rows.append({name: value for name, value in row.items() if value not in ({}, [])})
    return {"node_pools": rows}


def _described(cluster: Cluster, pool: NodePool) -> dict[str, object]:
    return {
        "cluster": cluster.name,
        "region": cluster.region,
        "node_pool": pool.name,
        "instance_type": pool.instance_type,
        "capacity_type": pool.capacity_type,
    }


def _changes(
    nodes: Iterable[NodePlan],
) -> tuple[dict[_Key, Counter[str]], dict[_Key, list[str]]]:
    """Return new nodes by pool and known zone, and the names of released ones by pool."""
    added: dict[_Key, Counter[str]] = {}
    released: dict[_Key, list[str]] = {}
    for node in nodes:
        key = (node.cluster, node.node_pool)
        if node.state == "new" and node.zone is not None:
            added.setdefault(key, Counter())[node.zone] += 1
        elif node.state == "released":
            released.setdefault(key, []).append(node.name)
    return added, released


def _check(plan: Plan, pools: dict[tuple[str, str], tuple[Cluster, NodePool]]) -> None:
    issues = [
        Issue(
            path=f"node_pools[{position}]",
            rule="the problem has no such node pool",
            value=show(f"{row.cluster}/{row.node_pool}"),
        )
        for position, row in enumerate(plan.node_pools)
        if (row.cluster, row.node_pool) not in pools
    ]
    if issues:
        raise AdapterError(issues)

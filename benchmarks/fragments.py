"""Running nodes by the thousand, each partly free, in as many states as there are nodes.

Made up: what is free. Other work runs on these nodes and pays for them: they stay, at no price.
"""

from collections import Counter

from fleet_draft import GPU, Draft, Json

__all__ = ["fragment"]

PER_WORKLOAD = 5
MOST = 10_000
"""Nodes for each workload, and in all."""

FREE = (0.05, 0.8)
"""Share of CPU and of memory that is free."""


def fragment(draft: Draft) -> None:
    """Replace the running nodes, and let pools and clusters grow by as many."""
    total = min(MOST, PER_WORKLOAD * len(draft.workloads))
    each, more = divmod(total, len(draft.clusters))
    for number, cluster in enumerate(draft.clusters):
        pools = [pool for pool in cluster["node_pools"] if _places(draft, cluster, pool)]
        wanted = each + (number < more) if pools else 0
        cluster["nodes"] = [_node(draft, cluster, pools, place) for place in range(wanted)]
        running = Counter(node["node_pool"] for node in cluster["nodes"])
        for pool in pools:
            pool["max_nodes"] += running[pool["name"]]
            cluster["limits"]["nodes"] += running[pool["name"]]
            gpus = draft.market.gpus(pool["instance_type"])
            cluster["limits"][GPU] += gpus * running[pool["name"]]


def _places(draft: Draft, cluster: Json, pool: Json) -> list[str | None]:
    """Return where nodes of a pool can be: zones that sell it, or the region."""
    kind = (pool["instance_type"], pool["capacity_type"])
    return [
        row.zone
        for row in draft.market.offers[cluster["region"]]
        if (row.instance_type, row.capacity_type) == kind
        and (row.zone in cluster["zones"] if cluster["zones"] else row.zone is None)
    ]


def _node(draft: Draft, cluster: Json, pools: list[Json], number: int) -> Json:
    """Return a node of a random pool: a GPU free or more, CPU and memory anyhow."""
    random = draft.random
    pool = random.choice(pools)
    kind = draft.market.types[pool["instance_type"]]
    zone = random.choice(_places(draft, cluster, pool))
    most = draft.market.gpus(kind.name)
    node: Json = {
        "name": f"{pool['name']}-part-{number}",
        "node_pool": pool["name"],
        "price": 0,
        "free": {
            "cpu": f"{round(kind.allocatable['cpu'] * random.uniform(*FREE))}m",
            "memory": round(kind.allocatable["memory"] * random.uniform(*FREE)),
            GPU: min(random.randint(1, most), random.randint(1, most)),
            "pods": random.randint(1, 60),
        },
    }
    return node if zone is None else {**node, "zone": zone}

"""Random clusters: pools with minima and maxima, nodes that run, and nodes of no pool."""

from tests.generate_draw import CAPACITY, PRICES, REGIONS, Draw, Json

__all__ = ["random_cluster"]


def random_cluster(draw: Draw, name: str) -> Json:
    """Return a cluster of one region with its pools and running nodes."""
    rng = draw.rng
    region = rng.choice(REGIONS)
    both = [f"{region}-a", f"{region}-b"]
    zones = rng.choice(([], both[:1], both)) if "zones" in draw.rules else []
    cluster: Json = {"name": name, "region": region, "zones": zones}
    if rng.random() < 0.3:
        cluster["provider"] = rng.choice(("aws", "alibaba"))
    if "labels" in draw.rules:
        cluster["labels"] = rng.choice(({}, {"tier": "gold"}, {"tier": "iron", "old": "yes"}))
    if draw.has("taints", 0.1):
        cluster["taints"] = [_taint(draw)]
    if draw.has("limits", 0.6):
        gpus, nodes = rng.randint(1, 16), rng.randint(1, 4)
        cluster["limits"] = rng.choice(({"nodes": nodes}, {"nvidia.com/gpu": gpus}, {"cpu": 15}))
    pools = range(rng.choice((1, draw.size.pools, draw.size.pools)))
    cluster["node_pools"] = [_pool(draw, f"p{number}", cluster) for number in pools]
    running = range(rng.randint(0, draw.size.running))
    cluster["nodes"] = [_node(draw, f"n{number}", cluster) for number in running]
    return cluster


def _pool(draw: Draw, name: str, cluster: Json) -> Json:
    rng = draw.rng
    kind = rng.choice(draw.types)["name"]
    pool: Json = {"name": name, "instance_type": kind, "capacity_type": rng.choice(CAPACITY)}
    if cluster["zones"] and rng.random() < 0.3:
        pool["zones"] = [rng.choice(cluster["zones"])]
    if draw.has("labels", 0.5):
        pool["labels"] = {"disk": rng.choice(("ssd", "hdd"))}
    if draw.has("taints", 0.35):
        pool["taints"] = [_taint(draw)]
    if draw.has("maxima", 0.7):
        pool["max_nodes"] = rng.choice((0, 1, 1, 1, 2, 2, 3))
    can_grow = (cluster["region"], kind, pool["capacity_type"]) in draw.priced
    if can_grow and draw.has("minima", 0.3):
        pool["min_nodes"] = min(rng.choice((1, 1, 2)), pool.get("max_nodes", 2))
    return pool


def _taint(draw: Draw) -> Json:
    rng = draw.rng
    effect = rng.choice(("NoSchedule", "NoExecute", "PreferNoSchedule"))
    return {"key": rng.choice(("team", "gpu")), "value": rng.choice(("", "a")), "effect": effect}


def _node(draw: Draw, name: str, cluster: Json) -> Json:
    """Return a running node: of a pool, with some of its type free, or of no pool."""
    rng = draw.rng
    pool = None if draw.has("loose", 0.4) else rng.choice(cluster["node_pools"])
    kind = next((t for t in draw.types if pool and t["name"] == pool["instance_type"]), None)
    kind = kind or rng.choice(draw.types)
    node: Json = {"name": name, "free": _free(draw, kind), "releasable": rng.random() < 0.5}
    if cluster["zones"] and rng.random() < 0.6:
        node["zone"] = rng.choice(cluster["zones"])
    if draw.has("labels", 0.4):
        node["labels"] = {"disk": rng.choice(("ssd", "hdd"))}
    if draw.has("taints", 0.2):
        node["taints"] = [_taint(draw)]
    if pool is None:
        return node | _loose(draw, kind)
    node["node_pool"] = pool["name"]
    sort = (cluster["region"], pool["instance_type"], pool["capacity_type"])
    if sort not in draw.wide or rng.random() < 0.2:
        node["price"] = rng.choice(PRICES)
    return node


def _free(draw: Draw, kind: Json) -> Json:
    rng, whole = draw.rng, draw.rng.random() < 0.5
    free: Json = {
        "cpu": kind["allocatable"]["cpu"] if whole else rng.randint(1, 6),
        "memory": kind["allocatable"]["memory"] if whole else f"{rng.randint(4, 40)}Gi",
    }
    if "gpu" in kind:
        count = kind["gpu"]["count"]
        resource = kind["gpu"].get("resource", "nvidia.com/gpu")
        free[resource] = count if whole else rng.randint(0, count)
    if rng.random() < 0.2:
        free["pods"] = rng.randint(0, 2)
    return free


def _loose(draw: Draw, kind: Json) -> Json:
    """Return what a node of no pool may say of itself."""
    rng = draw.rng
    node: Json = {}
    if rng.random() < 0.6:
        node["instance_type"] = kind["name"]
    if rng.random() < 0.3:
        node["capacity_type"] = rng.choice(CAPACITY)
    if rng.random() < 0.3:
        node["allocatable"] = dict(kind["allocatable"])
    if rng.random() < 0.2:
        node["price"] = rng.choice(PRICES)
    return node

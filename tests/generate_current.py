"""Random replicas that run now, and what their moves cost, for the exhaustive search."""

from random import Random

from placement.problem import Problem
from tests.exhaustive import optimum
from tests.generate_draw import Json

__all__ = ["add_current", "add_max_moves", "add_min_saving"]


def add_current(rng: Random, document: Json) -> None:
    """Say of most workloads where their replicas run, and what a move costs."""
    objective = document.setdefault("objective", {})
    objective["horizon_hours"] = rng.choice((0.5, 1.0, 1.0, 2.0, 8.0))
    if rng.random() < 0.2:
        _settle(document)
    for workload in document["workloads"]:
        if rng.random() < 0.8:
            workload["move_cost"] = rng.choice((0.0, 0.05, 0.35, 1.0, 3.0))
            if "current" not in workload:
                _run(rng, document, workload)


def add_max_moves(rng: Random, document: Json) -> None:
    """Limit the moves, of replicas that run somewhere."""
    if not any(workload.get("current") for workload in document["workloads"]):
        for workload in document["workloads"]:
            _run(rng, document, workload)
    document.setdefault("objective", {})["max_moves"] = rng.choice((0, 0, 1, 1, 2))


def add_min_saving(rng: Random, document: Json) -> None:
    """Ask of a re-plan that it saves something, of replicas that run somewhere."""
    if not any(workload.get("current") for workload in document["workloads"]):
        _settle(document)
        for workload in document["workloads"]:
            workload["move_cost"] = rng.choice((0.0, 0.0, 0.05))
    document.setdefault("objective", {})["min_saving"] = rng.choice((0.1, 0.5, 0.9))


def _settle(document: Json) -> None:
    """Let replicas run where they would be best if what is dear were cheap."""
    rows = document.get("offerings", ())
    other = [{**row, "price": round(4 - row["price"], 6)} for row in rows]
    answer = optimum(Problem.model_validate({**document, "offerings": other}))
    places: dict[str, dict[tuple[str, str | None], int]] = {}
    for key, cluster, pool, *_, count in answer.rows:
        here = places.setdefault(str(key), {})
        place = (str(cluster), None if pool is None else str(pool))
        here[place] = here.get(place, 0) + int(count or 0)
    for workload in document["workloads"]:
        found = places.get(f"{workload.get('namespace', 'default')}/{workload['name']}", {})
        current = [
            {"cluster": cluster, "node_pool": pool, "replicas": count}
            for (cluster, pool), count in sorted(found.items(), key=str)
        ]
        if current:
            workload["current"] = current


def _run(rng: Random, document: Json, workload: Json) -> None:
    """Put about as many replicas as are asked for into one or two places."""
    places = _places(document, whole=workload.get("nodes_per_replica", 1) > 1)
    left = max(1, workload.get("replicas", 2) + rng.choice((-1, 0, 0, 0, 1)))
    rows: list[Json] = []
    for place in rng.sample(places, min(len(places), rng.choice((1, 2)))):
        count = rng.randint(1, left)
        rows.append({**place, "replicas": count})
        left -= count
        if not left:
            break
    if rows:
        workload["current"] = rows


def _places(document: Json, *, whole: bool) -> list[Json]:
    """Return where replicas may run now; those over several nodes are on no one node."""
    found: list[Json] = []
    for cluster in document["clusters"]:
        nodes = cluster.get("nodes", ())
        pools = sorted({node.get("node_pool") or "" for node in nodes})
        if not pools:
            pools = [pool["name"] for pool in cluster.get("node_pools", ())][:1]
        found += [_place(cluster, pool) for pool in pools]
        if not whole:
            found += [_place(cluster, n.get("node_pool") or "", n["name"]) for n in nodes]
    return found


def _place(cluster: Json, pool: str, node: str | None = None) -> Json:
    named = {"node_pool": pool or None, "node": node}
    return {"cluster": cluster["name"], **{key: name for key, name in named.items() if name}}

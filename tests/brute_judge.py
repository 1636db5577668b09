"""The rules of workloads said again, as dumbly as can be, over nodes with replicas on them.

Nothing is added up beforehand: every loss is tried, every replica is dropped, every replica that
runs is given to one row or another. Of the exhaustive search nothing is used but its nodes.
"""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

from placement.problem import Problem, Workload
from placement.problem.rule_checks import partner_key
from tests.exhaustive_world import Bin
from tests.packed import Packed

__all__ = ["capacity", "holds", "movable", "moved", "placed_of"]


def placed_of(workload: Workload, nodes: list[Packed]) -> int:
    """Return how many replicas are placed."""
    return sum(load[workload.key] for _, _, load in nodes) // workload.nodes_per_replica


def capacity(workload: Workload, nodes: list[Packed]) -> Fraction:
    """Return how much of its load a workload could carry."""
    return sum(_rates(workload, nodes), Fraction(0))


def _rates(workload: Workload, nodes: list[Packed]) -> list[Fraction]:
    """Return what every replica placed carries."""
    assert workload.load is not None
    parts = Counter[str]()
    for each, _, load in nodes:
        parts[each.group[2] or ""] += load[workload.key]
    return [
        Fraction(str(workload.load.per_replica.get(kind, 0)))
        for kind, count in parts.items()
        for _ in range(count // workload.nodes_per_replica)
    ]


def holds(problem: Problem, nodes: list[Packed], bins: list[Bin]) -> bool:
    """Return whether every rule of every workload holds of a packing."""
    stay = [(each, load) for each, kept, load in nodes if kept or each.pool is None]
    return all(
        _allowed(problem, workload, stay)
        and _apart(problem, workload, stay)
        and _whole(workload, stay)
        and _needed(workload, nodes)
        and all(_spread(problem, workload, n, stay, bins) for n in range(len(workload.spread)))
        and all(_survives(problem, workload, n, stay) for n in range(len(workload.survive)))
        and placed_of(workload, nodes) >= workload.min_replicas
        for workload in problem.workloads
        if placed_of(workload, nodes) or any(load[workload.key] for _, load in stay)
    )


Stay = list[tuple[Bin, Counter[str]]]


def _keys(problem: Problem, each: Bin) -> dict[str, object]:
    """Return everything a node can be grouped by, words and labels."""
    cluster, pool, kind, capacity_type, zone = each.group
    names = {p.instance_type for p in each.cluster.node_pools}
    told = {k.provider for k in problem.instance_types if k.name in names} - {None}
    keys: dict[str, object] = {}
    keys |= each.pool.labels if each.pool else {}
    keys |= each.node.labels if each.node else {}
    keys |= each.cluster.labels
    keys |= {"cluster": cluster, "region": each.cluster.region, "capacity_type": capacity_type}
    keys["zone"] = zone and (each.cluster.region, zone)
    keys["node_pool"] = pool and (cluster, pool)
    keys["instance_type"] = kind
    keys["provider"] = each.cluster.provider or (min(map(str, told)) if len(told) == 1 else None)
    return {key: value for key, value in keys.items() if value is not None}


def _allowed(problem: Problem, workload: Workload, stay: Stay) -> bool:
    """Return whether all nodes that carry a workload are of a type and zone that it allows."""
    zonal = "zone" in {s.by for s in workload.spread} | {s.loss_of for s in workload.survive}
    for each, load in stay:
        if not load[workload.key]:
            continue
        if workload.load is not None and each.group[2] not in workload.load.per_replica:
            return False
        if workload.users.regions and workload.key not in each.needs:
            return False
        many = each.pool is not None and len({*(each.pool.zones or each.cluster.zones)}) > 1
        if zonal and each.node is None and many and each.group[4] is None:
            return False
        keys = _keys(problem, each)
        if any(s.by != "node" and s.by not in keys for s in workload.spread):
            return False
    return True


def _apart(problem: Problem, workload: Workload, stay: Stay) -> bool:
    """Return whether partners are where they have to be, and nobody is where they must not."""
    for cluster in problem.clusters:
        here = {k for each, load in stay if each.cluster is cluster for k, n in load.items() if n}
        if workload.key in here:
            if not {partner_key(workload, name) for name in workload.colocate_with} <= here:
                return False
            if {partner_key(workload, name) for name in workload.separate_from} & here:
                return False
    return True


def _whole(workload: Workload, stay: Stay) -> bool:
    """Return whether every replica over several nodes has its own, all of them in one place."""
    spans = workload.nodes_per_replica
    if spans == 1:
        return True
    places = Counter[object]()
    for each, load in stay:
        if load[workload.key]:
            places[each.group] += 1
            if sum(load.values()) > 1 or not _all_free(each):
                return False
    return all(count % spans == 0 for count in places.values())


def _all_free(each: Bin) -> bool:
    if each.node is None:
        return True
    has = each.node.allocatable or each.node.free
    if each.pool is not None and each.kind is not None:
        has = each.kind.allocatable
        if each.kind.gpu:
            gpus = each.kind.gpu
            return each.node.free.get(gpus.resource, 0) == gpus.count
    if each.kind is not None and each.kind.gpu:
        gpus = each.kind.gpu
        return each.node.free.get(gpus.resource, 0) >= has.get(gpus.resource, 0)
    return each.node.free.get("cpu", 0) >= has.get("cpu", 0)


def _needed(workload: Workload, nodes: list[Packed]) -> bool:
    """Return whether no replica can be dropped with all of the load still carried."""
    others = bool(workload.survive) or any(s.min_groups > 1 for s in workload.spread)
    others = others or workload.min_replicas > 1
    if workload.load is None or others:
        return placed_of(workload, nodes) <= workload.most_replicas
    rates, amount = _rates(workload, nodes), Fraction(str(workload.load.amount))
    return all(sum(rates[:n] + rates[n + 1 :]) < amount for n in range(len(rates)))


def _groups(problem: Problem, workload: Workload, key: str, stay: Stay) -> dict[object, int]:
    """Return the nodes taken or replicas of each group that has any."""
    found = Counter[object]()
    for number, (each, load) in enumerate(stay):
        keys = {**_keys(problem, each), "node": number}
        if key in keys and load[workload.key]:
            found[keys[key]] += load[workload.key]
    return dict(found)


def _spread(problem: Problem, workload: Workload, n: int, stay: Stay, bins: list[Bin]) -> bool:
    rule = workload.spread[n]
    full = _groups(problem, workload, rule.by, stay)
    total = sum(full.values())
    candidates = {*_candidates(problem, workload, rule.by, stay, bins)}
    return (
        len(full) >= rule.min_groups
        and (rule.max_groups is None or len(full) <= rule.max_groups)
        and not any(n > Fraction(str(rule.max_fraction)) * total for n in full.values())
        and not any(
            here - full.get(other, 0) > (rule.max_skew or total)
            for here in full.values()
            for other in candidates
        )
    )


def _candidates(
    problem: Problem, workload: Workload, key: str, stay: Stay, bins: list[Bin]
) -> Iterator[object]:
    """Yield the groups that replicas could be in, were there room; of nodes, those that stay."""
    for number, (each, _) in enumerate(stay):
        if key == "node" and _could(workload, each):
            yield number
    for each in bins:
        if key != "node" and key in _keys(problem, each) and _could(workload, each):
            yield _keys(problem, each)[key]


def _could(workload: Workload, each: Bin) -> bool:
    need = each.needs.get(workload.key)
    if need is None:
        return False
    if each.pool is None:
        assert each.node is not None
        size = dict(each.node.free)
        for name, amount in (each.node.allocatable or {}).items():
            size[name] = max(size.get(name, 0), amount)
    else:
        assert each.kind is not None
        size = dict(each.kind.allocatable)
        if each.kind.gpu:
            size[each.kind.gpu.resource] = each.kind.gpu.count
    return all(size.get(r, 9**9 if r == "pods" else 0) >= amount for r, amount in need.items())


def _survives(problem: Problem, workload: Workload, n: int, stay: Stay) -> bool:
    """Return whether enough is left of every loss there may be."""
    rule, spans = workload.survive[n], workload.nodes_per_replica
    groups = _groups(problem, workload, rule.loss_of, stay)
    if rule.loss_of == "spot":
        groups = {0: sum(load[workload.key] for e, load in stay if e.group[3] == "spot")}
    total = sum(load[workload.key] for _, load in stay)
    keep = max(Fraction(str(rule.keep)) * total, Fraction(rule.keep_replicas * spans))
    losses = combinations(groups, min(rule.groups, len(groups)))
    return all(total - sum(groups[g] for g in lost) >= keep for lost in losses)


def movable(problem: Problem, workload: Workload, bins: list[Bin]) -> int:
    """Return how many running replicas may still be where they are."""
    return sum(
        row.replicas
        for row in workload.current
        if any(_takes_one(each, workload.key) and _is_at(each, row) for each in bins)
    )


def _takes_one(each: Bin, key: str) -> bool:
    needs = each.needs.get(key)
    if needs is None:
        return False
    return all(each.room.get(k, n if k == "pods" else 0) >= n for k, n in needs.items())


def _is_at(each: Bin, row: object) -> bool:
    cluster, pool, node = (getattr(row, name) for name in ("cluster", "node_pool", "node"))
    here = each.group[:2] == (cluster, pool)
    return here and (node is None or (each.node is not None and each.node.name == node))


def moved(workload: Workload, nodes: list[Packed]) -> int:
    """Return how many running replicas have moved, at the least."""
    key, spans = workload.key, workload.nodes_per_replica
    places: list[list[int]] = []
    rooms = [row.replicas for row in workload.current]
    for pool in {each.group[:2] for each, _, _ in nodes}:
        mine = [(each, load[key]) for each, _, load in nodes if each.group[:2] == pool]
        if spans > 1:  # rows name no node then
            mine = [(mine[0][0], sum(count for _, count in mine) // spans)]
        for each, count in mine:
            places += [[n for n, r in enumerate(workload.current) if _is_at(each, r)]] * count
    stays = _stays(places, rooms)
    asked = workload.replicas if workload.load is None else placed_of(workload, nodes)
    return sum(rooms) - stays - max(0, sum(rooms) - (asked or 0))


def _stays(places: list[list[int]], rooms: list[int]) -> int:
    """Return how many replicas stay at most, trying every row for every replica."""
    if not places:
        return 0
    best = _stays(places[1:], rooms)
    for row in places[0]:
        if rooms[row]:
            left = [room - (number == row) for number, room in enumerate(rooms)]
            best = max(best, 1 + _stays(places[1:], left))
    return best

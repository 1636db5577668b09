"""Random rules over a random problem, by name: any of them together, drawn so that they bind.

What a rule needs to bind is put in: zones, labels, a second workload, nodes that are whole. Sizes
are cut so that the exhaustive search stays fast.
"""

from collections.abc import Callable
from random import Random

from placement import InputError
from placement.problem import Problem
from tests.exhaustive import optimum
from tests.generate import SMALL, Size, random_problem
from tests.generate_costs import with_costs
from tests.generate_current import add_current, add_max_moves, add_min_saving
from tests.generate_draw import Json
from tests.generate_sharing import with_budgets, with_limits, with_spot_share

__all__ = ["RULES", "busy_seeds", "with_rules"]

_KEYS = ("cluster", "region", "zone", "provider", "node_pool", "instance_type", "capacity_type")
_LABELS = ("tier", "disk")
MOST_REPLICAS = 7  # of one workload: the search has four bits for them


def busy_seeds(first: int, count: int, size: Size = SMALL) -> list[int]:
    """Return the next seeds whose random problem places at least two replicas, without rules."""
    found: list[int] = []
    while len(found) < count:
        answer = optimum(random_problem(first, size=size))
        if sum(placed for _, placed in answer.placed) > 1:
            found.append(first)
        first += 1
    return found


def with_rules(problem: Problem, seed: int, rules: frozenset[str]) -> Problem:
    """Return the problem with the named rules, each of :data:`RULES`, drawn from a seed."""
    unknown = rules - {*RULES}
    assert not unknown, unknown
    problem = _smaller(problem, Random(seed), rules)
    if "spot_share" in rules:
        problem = with_spot_share(problem, seed)
    if "limits" in rules and problem.workloads:
        problem = with_limits(problem, seed)
    if "budgets" in rules and problem.workloads:
        problem = with_budgets(problem, seed, float(optimum(problem).cost))
    if "costs" in rules:
        problem = with_costs(problem, seed)
    document = problem.model_dump(exclude_defaults=True, mode="json", by_alias=True)
    for name, add in _ADD.items():
        if name in rules and document.get("workloads"):
            add(Random(f"{seed} {name}"), document)
    _few_enough(document)
    return Problem.model_validate(document)


def _few_enough(document: Json) -> None:
    """Drop what is survived where a load could then have more replicas than can be searched."""
    problem = Problem.model_validate(document)
    for workload, read in zip(document.get("workloads", ()), problem.workloads, strict=True):
        if read.most_replicas > MOST_REPLICAS:
            workload.pop("survive", None)


def _smaller(problem: Problem, rng: Random, rules: frozenset[str]) -> Problem:
    """Return the problem with few replicas, and with what the rules need."""
    document = problem.model_dump(exclude_defaults=True, mode="json")
    workloads = document.setdefault("workloads", [])[:3]
    for number, workload in enumerate(workloads):
        workload["replicas"] = min(workload["replicas"], 4 if number < 2 else 2)
        if not workload["replicas"]:
            workload["replicas"] = rng.choice((0, 1, 2))
    if rules & {"colocate", "separate"} and len(workloads) == 1:
        workloads.append({**workloads[0], "name": "twin", "replicas": rng.choice((1, 2))})
    document["workloads"] = workloads
    if rules & {"spread", "survive"}:
        _label(rng, document)
        document = _with_zones(rng, document)
    return Problem.model_validate(document)


def _label(rng: Random, document: Json) -> None:
    """Give most clusters the one label, and most pools the other."""
    for cluster in document.get("clusters", ()):
        if rng.random() < 0.8:
            cluster.setdefault("labels", {}).setdefault("tier", rng.choice(("gold", "iron")))
        for pool in cluster.get("node_pools", ()):
            if rng.random() < 0.8:
                pool.setdefault("labels", {}).setdefault("disk", rng.choice(("ssd", "hdd")))


def _with_zones(rng: Random, document: Json) -> Json:
    """Return the document with zones in every cluster, mostly, where its offerings allow it."""
    if rng.random() < 0.3:
        return document
    clusters = [dict(cluster) for cluster in document.get("clusters", ())]
    for cluster in clusters:
        cluster.setdefault("zones", [f"{cluster['region']}-{letter}" for letter in "ab"])
        cluster["nodes"] = [dict(node) for node in cluster.get("nodes", ())]
        for node in cluster["nodes"]:
            if rng.random() < 0.8:
                node.setdefault("zone", rng.choice(cluster["zones"]))
    zoned = {**document, "clusters": clusters}
    try:
        Problem.model_validate(zoned)
    except InputError:  # a running node would have no price
        return document
    return zoned


def _known(document: Json) -> list[str]:
    """Return the keys by which nodes may be grouped; labels only where some part has them."""
    parts = [*document["clusters"]]
    for cluster in document["clusters"]:
        parts += [*cluster.get("node_pools", ()), *cluster.get("nodes", ())]
    return [*_KEYS, *(key for key in _LABELS if any(key in p.get("labels", {}) for p in parts))]


def _spread(rng: Random, document: Json) -> None:
    for workload in _some(rng, document, 0.7):
        for _ in range(rng.choice((1, 1, 1, 2))):
            row: Json = {"by": rng.choice((*_known(document), "zone", "cluster"))}
            rules: list[tuple[str, tuple[float, ...]]] = [
                ("min_groups", (2, 2, 3)),
                ("max_groups", (1, 1, 2)),
                ("max_skew", (1, 1, 2)),
                ("max_fraction", (0.34, 0.5, 0.6, 0.67, 0.75)),
            ]
            for field, figures in rng.sample(rules, rng.choice((1, 1, 2))):
                row[field] = rng.choice(figures)
            if row.get("max_groups", 9) < row.get("min_groups", 1):
                row["max_groups"] = row["min_groups"]
            workload.setdefault("spread", []).append(row)


def _spread_node(rng: Random, document: Json) -> None:
    for workload in _some(rng, document, 0.7):
        field, figures = rng.choice(
            (
                ("min_groups", (2, 2, 3)),
                ("max_groups", (1, 2)),
                ("max_skew", (1, 1, 2)),
                ("max_skew", (1, 1, 2)),
                ("max_fraction", (0.34, 0.5, 0.67)),
            )
        )
        by = {"by": "node", field: rng.choice(figures)}
        workload.setdefault("spread", []).append(by)


def _survive(rng: Random, document: Json) -> None:
    for workload in _some(rng, document, 0.7):
        row: Json = {"loss_of": rng.choice((*_known(document), "node", "node", "zone", "spot"))}
        if row["loss_of"] != "spot" and rng.random() < 0.15:
            row["groups"] = 2
        if rng.random() < 0.7:
            row["keep"] = rng.choice((0.3, 0.5, 0.5, 0.67))
        if "keep" not in row or rng.random() < 0.2:
            row["keep_replicas"] = 1
        if row["loss_of"] in {"spot", "capacity_type"}:
            workload["capacity_types"] = ["on-demand", "reserved", "spot"]
        workload.setdefault("survive", []).append(row)


def _min_replicas(rng: Random, document: Json) -> None:
    for workload in _some(rng, document, 0.8):
        asked = workload.get("replicas", 1)
        workload["min_replicas"] = min(asked, 3) if rng.random() < 0.7 else rng.choice((1, 2, 3))


def _partners(field: str) -> Callable[[Random, Json], None]:
    """Return a rule that names other workloads, which the opposite rule does not name yet."""
    opposite = {"colocate_with": "separate_from", "separate_from": "colocate_with"}[field]

    def add(rng: Random, document: Json) -> None:
        keys = [_key(each) for each in document["workloads"]]
        for workload in _some(rng, document, 0.6):
            taken = {_key(workload), *workload.get(opposite, ())}
            others = [key for key in keys if key not in taken]
            if others:
                workload[field] = rng.sample(others, 1 if rng.random() < 0.8 else len(others))

    return add


def _key(workload: Json) -> str:
    return f"{workload.get('namespace', 'default')}/{workload['name']}"


def _load(rng: Random, document: Json) -> None:
    names = [kind["name"] for kind in document["instance_types"]]
    for workload in _some(rng, document, 0.7):
        listed = names if rng.random() < 0.8 else [rng.choice(names)]
        rates = {name: rng.choice((1.0, 1.5, 2.0, 2.0, 2.5, 3.2)) for name in listed}
        replicas = min(workload.pop("replicas"), 2) or 1
        most = min(rates.values()) * replicas
        amount = rng.choice((most, round(most * rng.choice((0.6, 0.9)), 2)))
        workload["load"] = {"unit": "requests/s", "amount": amount, "per_replica": rates}


def _whole_nodes(rng: Random, document: Json) -> None:
    for workload in _some(rng, document, 0.6):
        workload["nodes_per_replica"] = rng.choice((2, 2, 2, 3))
        if "replicas" in workload:
            workload["replicas"] = min(workload["replicas"], 2)
    types = {kind["name"]: kind for kind in document["instance_types"]}
    for cluster in document["clusters"]:
        of_pool = {p["name"]: p["instance_type"] for p in cluster.get("node_pools", ())}
        for node in cluster.get("nodes", ()):
            node.pop("allocatable", None)
            kind = types.get(of_pool.get(node.get("node_pool"), node.get("instance_type")))
            if kind is not None and rng.random() < 0.6:
                gpu = kind.get("gpu")
                gpus = {gpu.get("resource", "nvidia.com/gpu"): gpu["count"]} if gpu else {}
                node["free"] = {**kind["allocatable"], **gpus}


def _some(rng: Random, document: Json, chance: float) -> list[Json]:
    """Return a share of the workloads, at least one."""
    chosen = [workload for workload in document["workloads"] if rng.random() < chance]
    return chosen or [rng.choice(document["workloads"])]


_ADD: dict[str, Callable[[Random, Json], None]] = {
    "load": _load,
    "whole_nodes": _whole_nodes,
    "spread": _spread,
    "spread_node": _spread_node,
    "survive": _survive,
    "min_replicas": _min_replicas,
    "colocate": _partners("colocate_with"),
    "separate": _partners("separate_from"),
    "current": add_current,
    "max_moves": add_max_moves,
    "min_saving": add_min_saving,
}

RULES = (*_ADD, "spot_share", "limits", "budgets", "costs")
"""Rules by name, all of which may stand together."""

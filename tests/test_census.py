"""Every rule binds in a good share of the random problems: without it, the optimum is another."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from placement.problem import Problem
from tests.exhaustive import Answer, optimum
from tests.generate import random_problem

Json = dict[str, Any]


def workloads_without(*fields: str) -> Callable[[Json], None]:
    """Return a change that drops fields of every workload."""

    def change(document: Json) -> None:
        for workload in document["workloads"]:
            for field in fields:
                workload.pop(field, None)

    return change


def clusters_without(field: str, part: str | None = None) -> Callable[[Json], None]:
    """Return a change that drops a field of every cluster, or of its node pools."""

    def change(document: Json) -> None:
        for cluster in document["clusters"]:
            for owner in cluster[part] if part else [cluster]:
                owner.pop(field, None)

    return change


def without_stock(document: Json) -> None:
    for row in document["offerings"]:
        row.pop("stock", None)


def without_quotas(document: Json) -> None:
    document["quotas"] = []


def without_releases(document: Json) -> None:
    for cluster in document["clusters"]:
        for node in cluster["nodes"]:
            node["releasable"] = False


def without_taints(document: Json) -> None:
    for cluster in document["clusters"]:
        for owner in (cluster, *cluster["node_pools"], *cluster["nodes"]):
            owner["taints"] = []


def without_models(document: Json) -> None:
    workloads_without("model", "serving")(document)


def on_all_capacity(document: Json) -> None:
    for workload in document["workloads"]:
        workload["capacity_types"] = ["on-demand", "reserved", "spot"]


def on_endless_nodes(document: Json) -> None:
    """Make packing trivial: one node carries all."""
    for kind in document["instance_types"]:
        if kind.get("gpu"):
            kind["gpu"]["count"] = 100
            kind["allocatable"].pop(kind["gpu"]["resource"], None)
        kind["allocatable"] |= {"cpu": 1000, "memory": "9000Gi", "pods": 1000}


RELAXED: dict[str, Callable[[Json], None]] = {
    "packing": on_endless_nodes,
    "memory_fit": without_models,
    "cluster_affinity": workloads_without("cluster_affinity"),
    "taints": without_taints,
    "node_selector": workloads_without("node_selector"),
    "capacity_types": on_all_capacity,
    "allowed_types": workloads_without("instance_types", "gpu_models"),
    "stock": without_stock,
    "quota": without_quotas,
    "pool_minimum": clusters_without("min_nodes", "node_pools"),
    "pool_maximum": clusters_without("max_nodes", "node_pools"),
    "cluster_limit": clusters_without("limits"),
    "release": without_releases,
}


def what_counts(answer: Answer) -> tuple[object, ...]:
    return (answer.feasible, answer.placed, answer.cost, answer.nodes, answer.clusters, answer.rows)


def binding(problem: Problem) -> Iterator[str]:
    """Yield the rules without which the optimum is another."""
    before = what_counts(optimum(problem))
    for rule, change in RELAXED.items():
        document = problem.model_dump(mode="json")
        change(document)
        relaxed = Problem.model_validate(document)
        if relaxed != problem and what_counts(optimum(relaxed)) != before:
            yield rule


def count(seeds: range) -> Counter[str]:
    return Counter(rule for seed in seeds for rule in binding(random_problem(seed)))


def test_every_rule_binds_in_some_of_the_first_problems() -> None:
    found = count(range(150))
    assert {rule: found[rule] for rule in RELAXED if found[rule] < 3} == {}


@pytest.mark.large
def test_every_rule_binds_in_a_good_share_of_a_thousand_problems() -> None:
    found = count(range(1000))
    assert {rule: found[rule] for rule in RELAXED if found[rule] < 40} == {}

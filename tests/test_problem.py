"""A problem as it may be written: spellings, defaults, and its schema."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from placement.errors import InputError
from placement.problem import Gpu, InstanceType, Problem, Workload
from tests.generate import random_problem

Json = dict[str, Any]

FULL: Json = {
    "currency": "CNY",
    "instance_types": [
        {
            "name": "t",
            "provider": "acme",
            "gpu": {"model": "A10", "count": 2, "memory": "24Gi", "usable_memory": "22.5Gi"},
            "vcpus": 8,
            "allocatable": {"cpu": "7910m", "memory": "30Gi", "pods": 64, "rdma/hca": 1},
        }
    ],
    "offerings": [{"region": "r", "zone": "r-a", "instance_type": "t", "price": 1.5, "stock": 2}],
    "quotas": [
        {"name": "q", "region": "r", "instance_types": ["t"], "resource": "cpu", "limit": "12500m"},
        {"name": "v", "resource": "vcpus", "limit": 32},
        {"name": "m", "capacity_types": ["spot"], "resource": "memory", "limit": "1Ti"},
    ],
    "clusters": [
        {
            "name": "c",
            "region": "r",
            "zones": ["r-a"],
            "labels": {"tier": "prod"},
            "taints": [{"key": "k", "value": "v", "effect": "NoSchedule"}],
            "limits": {"nodes": 5, "nvidia.com/gpu": 8, "cpu": "40"},
            "node_pools": [{"name": "p", "instance_type": "t", "max_nodes": 3, "zones": ["r-a"]}],
            "nodes": [
                {"name": "n", "node_pool": "p", "free": {"cpu": "1500m"}, "releasable": True},
                {"name": "o", "free": {"cpu": 1}, "allocatable": {"cpu": 2}, "price": 3},
            ],
        }
    ],
    "workloads": [
        {
            "name": "w",
            "replicas": 3,
            "model": {"parameters": 10**9, "dtype": "bfloat16"},
            "serving": {"max_model_len": 4096, "tensor_parallel": 2},
            "requests": {"cpu": "500m", "memory": "1Gi"},
            "cluster_affinity": {
                "label_selector": {
                    "match_labels": {"tier": "prod"},
                    "match_expressions": [{"key": "a", "operator": "NotIn", "values": ["b"]}],
                }
            },
            "tolerations": [{"key": "k", "operator": "Exists", "toleration_seconds": 60}],
            "instance_types": {"allow": ["t"]},
            "capacity_types": ["spot", "on-demand"],
        }
    ],
}
"""A document in which nearly every field is used."""

VALIDATOR = Draft202012Validator(Problem.model_json_schema(mode="validation"))
NEUTRAL: Json = {
    "load": None,
    "min_replicas": 0,
    "preferences": [],
    "max_spot_fraction": 1,
    "nodes_per_replica": 1,
    "spread": [],
    "survive": [],
    "colocate_with": [],
    "separate_from": [],
    "users": {},
    "current": [],
    "move_cost": 0,
}


def camel(name: str) -> str:
    """Return a field's name as Kubernetes spells it."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def respelt(value: Any) -> Any:
    """Return a document with the fields of the contract in camelCase; keys of maps stay."""
    if isinstance(value, list):
        return [respelt(member) for member in value]
    if not isinstance(value, dict):
        return value
    maps = {"labels", "match_labels", "allocatable", "free", "limits", "requests", "node_selector"}
    return {camel(k): v if k in maps else respelt(v) for k, v in value.items()}


def workload(**fields: Any) -> Workload:
    """Return the one workload of a problem that has no other."""
    return Problem.model_validate(
        {"workloads": [{"name": "w", "replicas": 1, **fields}]}
    ).workloads[0]


def test_camel_case_is_read_as_snake_case() -> None:
    assert Problem.model_validate(respelt(FULL)) == Problem.model_validate(FULL)


def test_null_takes_the_default() -> None:
    fields = [name for name in Workload.model_fields if name not in {"name", "replicas"}]
    assert workload(**dict.fromkeys(fields)) == workload()


def test_null_stands_for_no_required_value() -> None:
    with pytest.raises(InputError, match=r"workloads\[0\].replicas"):
        Problem.model_validate({"workloads": [{"name": "w", "replicas": None}]})


def test_defaults_are_those_of_the_contract() -> None:
    problem = Problem.model_validate(
        {
            "instance_types": [{"name": "t", "allocatable": {"cpu": "7500m"}}],
            "offerings": [{"region": "r", "instance_type": "t", "price": 1}],
            "clusters": [
                {
                    "name": "c",
                    "region": "r",
                    "node_pools": [{"name": "p", "instance_type": "t"}],
                    "nodes": [{"name": "n", "free": {}}],
                }
            ],
            "workloads": [{"name": "w", "replicas": 1}],
        }
    )
    (cluster,), (asker,), (offer,) = problem.clusters, problem.workloads, problem.offerings
    pool, node = cluster.node_pools[0], cluster.nodes[0]
    assert (pool.min_nodes, pool.max_nodes, pool.capacity_type) == (0, None, "on-demand")
    assert (offer.stock, offer.zone, offer.capacity_type) == (None, None, "on-demand")
    assert offer.interruption_rate == 0
    assert not node.releasable
    assert (asker.key, asker.priority) == ("default/w", 0)
    assert asker.capacity_types == ("on-demand", "reserved")
    assert (asker.serving.max_num_seqs, asker.serving.gpu_memory_utilization) == (None, None)
    assert problem.currency == "USD"
    assert problem.types["t"].quota_vcpus == 8  # the allocatable CPU, rounded up


def test_requests_round_up_and_capacity_rounds_down() -> None:
    assert workload(requests={"cpu": "1500u", "memory": "0.5"}).requests == {"cpu": 2, "memory": 1}
    kind = InstanceType(name="t", allocatable={"cpu": "1500u", "memory": "1.5"})
    assert kind.allocatable == {"cpu": 1, "memory": 1}


def test_the_gpu_resource_is_part_of_the_capacity() -> None:
    gpu = Gpu(model="A10", count=2, memory=2**34, resource="acme.com/gpu")
    kind = InstanceType(name="t", gpu=gpu, allocatable={"cpu": 4})
    assert kind.capacity == {"cpu": 4000, "acme.com/gpu": 2}


@pytest.mark.parametrize("rule", NEUTRAL)
def test_a_rule_that_asks_for_nothing_is_the_default(rule: str) -> None:
    assert workload(**{rule: NEUTRAL[rule]}) == workload()
    assert workload(**{rule: None}) == workload()


def test_a_rule_that_asks_for_nothing_is_the_default_in_camel_case() -> None:
    assert workload(**{camel(rule): value for rule, value in NEUTRAL.items()}) == workload()


@pytest.mark.parametrize("fields", [{"min_replicas": False}, {"nodes_per_replica": True}])
def test_a_truth_value_is_no_number_in_a_rule(fields: Json) -> None:
    with pytest.raises(InputError):
        workload(**fields)


def test_a_problem_survives_writing_and_reading() -> None:
    problem = Problem.model_validate(FULL)
    written = json.loads(json.dumps(problem.model_dump(mode="json")))
    assert Problem.model_validate(written) == problem
    assert written["workloads"][0]["requests"] == {"cpu": "500m", "memory": "1Gi"}
    assert written["quotas"][0]["limit"] == "12500m"
    assert written["quotas"][1]["limit"] == 32


def test_the_schema_accepts_what_the_problem_accepts() -> None:
    Draft202012Validator.check_schema(VALIDATOR.schema)
    assert not list(VALIDATOR.iter_errors(FULL))
    for seed in range(20):
        written = random_problem(seed).model_dump(mode="json")
        assert not list(VALIDATOR.iter_errors(json.loads(json.dumps(written))))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("workloads 0 replicas", -1),
        ("workloads 0 replicas", 1.5),
        ("workloads 0 replicas", "3"),
        ("workloads 0 capacity_types", ["on_demand"]),
        ("workloads 0 tolerations", [{"key": "k", "effect": "Never"}]),
        ("workloads 0 model", 7),
        ("workloads 0 nmae", "x"),
        ("offerings 0 price", -1),
        ("offerings 0 price", "cheap"),
        ("clusters 0 zones", "r-a"),
        ("clusters 0 limits", [1]),
        ("clusters 0 name", "a b"),
        ("instance_types 0 gpu count", 0),
        ("currency", ""),
    ],
)
def test_the_schema_and_the_problem_refuse_alike(path: str, value: object) -> None:
    document = json.loads(json.dumps(FULL))
    *steps, last = (int(step) if step.isdigit() else step for step in path.split())
    here = document
    for step in steps:
        here = here[step]
    here[last] = value
    assert list(VALIDATOR.iter_errors(document))
    with pytest.raises(InputError):
        Problem.model_validate(document)


def test_a_problem_is_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Problem().currency = "EUR"  # type: ignore[misc]


@pytest.mark.parametrize("fields", [{"experts": 2, "shared_experts": 2}, {"experts_per_token": 9}])
def test_more_experts_in_use_than_there_are_is_an_error(fields: Json) -> None:
    with pytest.raises(InputError, match="experts must exceed"):
        workload(model={"parameters": 10**9, "experts": 8, **fields})

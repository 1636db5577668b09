"""What is wrong with a problem: every fault, by its path as the document spells it."""

import copy
from typing import Any

import pytest

from placement.errors import InputError, Issue
from placement.problem import Problem

Json = dict[str, Any]

GOOD: Json = {
    "instance_types": [
        {
            "name": "a10",
            "gpu": {"model": "A10", "count": 1, "memory": "24Gi"},
            "allocatable": {"cpu": 8, "memory": "30Gi"},
        },
        {"name": "cpu", "allocatable": {"cpu": 8}},
    ],
    "offerings": [{"region": "r", "instance_type": "a10", "price": 1.4}],
    "quotas": [{"name": "q", "limit": 3}],
    "clusters": [
        {
            "name": "c",
            "region": "r",
            "zones": ["r-a"],
            "node_pools": [{"name": "p", "instance_type": "a10"}],
            "nodes": [{"name": "n", "node_pool": "p", "free": {"cpu": 1}}],
        }
    ],
    "workloads": [{"name": "w", "replicas": 1, "requests": {"nvidia.com/gpu": 1}}],
}


def issues(*edits: tuple[str, object]) -> list[Issue]:
    """Return what is wrong with the good document once ``path`` holds ``value``."""
    document = copy.deepcopy(GOOD)
    for path, value in edits:
        *steps, last = (int(step) if step.isdigit() else step for step in path.split())
        here: Any = document
        for step in steps:
            here = here[step]
        if isinstance(here, list) and last == len(here):
            here.append(value)
        else:
            here[last] = value
    try:
        Problem.model_validate(document)
    except InputError as error:
        return list(error.issues)
    return []


def paths(*edits: tuple[str, object]) -> list[str]:
    """Return the paths of what is wrong."""
    return [issue.path for issue in issues(*edits)]


def test_the_document_is_good() -> None:
    assert issues() == []


def test_faults_of_shape_are_reported_together() -> None:
    assert paths(
        ("currency", 7),
        ("offerings 0 price", -1),
        ("clusters 0 node_pools 0 max_nodes", 1.5),
        ("clusters 0 nodes 0 free", {"cpu": "lots"}),
        ("workloads 0 cluster_affinity", {"zone": ["r-a"]}),
        ("workloads 0 replicas", True),
    ) == [
        "currency",
        "offerings[0].price",
        "clusters[0].node_pools[0].max_nodes",
        "clusters[0].nodes[0].free.cpu",
        "workloads[0].replicas",
        "workloads[0].cluster_affinity.zone",
    ]


def test_faults_between_parts_are_reported_together() -> None:
    assert paths(
        ("quotas 0 instance_types", ["a10", "x", "y"]),
        ("clusters 0 node_pools 0 instance_type", "x"),
        ("clusters 0 nodes 0 node_pool", "x"),
        ("workloads 0 cluster_affinity", {"cluster_names": ["c", "x"], "exclude": ["y"]}),
        ("workloads 0 instance_types", {"deny": ["x"]}),
    ) == [
        "quotas[0].instance_types[1]",
        "quotas[0].instance_types[2]",
        "clusters[0].node_pools[0].instance_type",
        "clusters[0].nodes[0].node_pool",
        "workloads[0].cluster_affinity.cluster_names[1]",
        "workloads[0].cluster_affinity.exclude[0]",
        "workloads[0].instance_types.deny[0]",
    ]


def test_paths_are_spelt_as_in_the_document() -> None:
    document = {"instanceTypes": [{"name": "t", "gpu": {"usableMemory": "x"}, "allocatable": {}}]}
    with pytest.raises(InputError) as caught:
        Problem.model_validate(document)
    found = [issue.path for issue in caught.value.issues]
    assert "instanceTypes[0].gpu.usableMemory" in found
    assert all("instance_types" not in path for path in found)


def test_an_unknown_field_names_the_nearest_known_one() -> None:
    (issue,) = issues(("clusters 0 node_pools 0 maxNode", 3))
    assert issue.path == "clusters[0].node_pools[0].maxNode"
    assert "did you mean 'max_nodes'?" in issue.rule
    (issue,) = issues(("zzz", 3))
    assert "did you mean" not in issue.rule


def test_a_field_in_both_spellings_is_refused() -> None:
    (issue,) = issues(("clusters 0 nodePools", []))
    assert issue.path == "clusters[0]"
    assert "node_pools is given twice, as node_pools and as nodePools" in issue.rule


@pytest.mark.parametrize(
    ("where", "again", "path"),
    [
        ("instance_types", {"name": "a10", "allocatable": {}}, "instance_types[2].name"),
        ("quotas", {"name": "q", "limit": 4}, "quotas[1].name"),
        ("clusters", {"name": "c", "region": "x"}, "clusters[1].name"),
        ("workloads", {"name": "w", "replicas": 2}, "workloads[1].name"),
        ("offerings", {"region": "r", "instance_type": "a10", "price": 2}, "offerings[1]"),
        (
            "clusters 0 node_pools",
            {"name": "p", "instance_type": "a10"},
            "clusters[0].node_pools[1].name",
        ),
        ("clusters 0 nodes", {"name": "n", "free": {}}, "clusters[0].nodes[1].name"),
    ],
)
def test_a_second_thing_of_one_name_is_refused(where: str, again: Json, path: str) -> None:
    steps: Any = GOOD
    for step in where.split():
        steps = steps[int(step) if step.isdigit() else step]
    (issue,) = issues((f"{where} {len(steps)}", again))
    assert issue.path == path
    assert "second time" in issue.rule


@pytest.mark.parametrize(
    "other", [{"zone": "r-a"}, {"region": "s"}, {"capacity_type": "spot"}, {"instance_type": "cpu"}]
)
def test_offerings_differ_by_region_zone_type_and_capacity_type(other: Json) -> None:
    row = {"region": "r", "instance_type": "a10", "price": 2} | other
    assert issues(("offerings 1", row)) == []


def test_equal_names_elsewhere_are_other_things() -> None:
    again = {"name": "w", "namespace": "other", "replicas": 1}
    cluster = {**GOOD["clusters"][0], "name": "d"}
    assert issues(("workloads 1", again), ("clusters 1", cluster)) == []


def test_gpus_stated_twice_must_agree() -> None:
    assert issues(("instance_types 0 allocatable nvidia.com/gpu", 1)) == []
    (issue,) = issues(("instance_types 0 allocatable nvidia.com/gpu", 2))
    assert issue.path == "instance_types[0].allocatable.nvidia.com/gpu"
    assert "gpu.count, which is 1" in issue.rule


def test_a_running_node_needs_a_price() -> None:
    assert paths(("offerings", [])) == ["clusters[0].nodes[0].price"]
    assert issues(("offerings", []), ("clusters 0 nodes 0 price", 0)) == []
    zoned = {"region": "r", "zone": "r-a", "instance_type": "a10", "price": 1}
    assert issues(("offerings 0", zoned)) == []  # the only zone it can be in
    elsewhere = {**zoned, "zone": "r-b"}
    assert paths(("offerings 0", elsewhere)) == ["clusters[0].nodes[0].price"]
    assert issues(("offerings 0", elsewhere), ("clusters 0 nodes 0 node_pool", None)) == []


def test_a_minimum_needs_a_price() -> None:
    pool = {"name": "x", "instance_type": "cpu", "min_nodes": 1}
    (issue,) = issues(("clusters 0 node_pools 1", pool))
    assert issue.path == "clusters[0].node_pools[1].min_nodes"
    assert "no on-demand offering of cpu in r" in issue.rule


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("clusters 0 node_pools 0 zones", ["r-b"], "clusters[0].node_pools[0].zones[0]"),
        ("clusters 0 nodes 0 zone", "r-b", "clusters[0].nodes[0].zone"),
        ("clusters 0 limits", {"cpu": 9, "vcpus": 9}, "clusters[0].limits.vcpus"),
        ("clusters 0 nodes 0 instance_type", "cpu", "clusters[0].nodes[0].instance_type"),
        ("clusters 0 nodes 0 capacity_type", "spot", "clusters[0].nodes[0].capacity_type"),
        ("clusters 0 nodes 0 free nvidia.com/gpu", 2, "clusters[0].nodes[0].free.nvidia.com/gpu"),
        ("workloads 0 gpu_models", {"allow": ["A1O"]}, "workloads[0].gpu_models.allow[0]"),
        ("workloads 0 capacity_types", [], "workloads[0].capacity_types"),
        ("instance_types 0 gpu usable_memory", "25Gi", "instance_types[0].gpu.usable_memory"),
    ],
)
def test_parts_that_contradict_each_other_are_refused(path: str, value: object, where: str) -> None:
    assert paths((path, value)) == [where]


def test_a_minimum_above_the_maximum_is_refused() -> None:
    pool = "clusters 0 node_pools 0"
    assert paths((f"{pool} min_nodes", 2), (f"{pool} max_nodes", 1)) == [
        "clusters[0].node_pools[0].max_nodes"
    ]


def test_gpus_asked_for_must_agree_with_the_parallel_degrees() -> None:
    def degrees(gpus: int, **serving: int) -> list[str]:
        return paths(
            ("workloads 0 model", {"parameters": 10**9}),
            ("workloads 0 serving", serving),
            ("workloads 0 requests nvidia.com/gpu", gpus),
        )

    assert degrees(4, tensor_parallel=2, pipeline_parallel=2) == []
    assert degrees(4) == []
    assert degrees(4, pipeline_parallel=2) == []
    assert degrees(3, tensor_parallel=2) == ["workloads[0].requests.nvidia.com/gpu"]
    assert degrees(3, pipeline_parallel=2) == ["workloads[0].requests.nvidia.com/gpu"]


@pytest.mark.parametrize("junk", [[], "x", 7, None])
def test_what_is_no_mapping_is_refused(junk: object) -> None:
    with pytest.raises(InputError, match="must be a mapping"):
        Problem.model_validate(junk)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("clusters 0 node_pools 0 capacity_type", "on_demand", "did you mean 'on-demand'"),
        ("clusters 0 node_pools 0 taints", [{"key": "k", "effect": "no"}], "PreferNoSchedule"),
        ("workloads 0 name", "a/b", "without blanks or slashes"),
        ("workloads 0 serving", {"engine_version": "latest"}, "must be a version of vLLM such as"),
        ("workloads 0 serving", {"engine_version": 0.19}, "such as 0.19.1, in quotes"),
        ("workloads 0 model", "Qwen/Qwen3-8", "did you mean 'Qwen/Qwen3-"),
        ("workloads 0 model", {"dtype": "float16"}, "needs parameters"),
        ("workloads 0 tolerations", [{"value": "x"}], "needs a key"),
        ("workloads 0 tolerations", [{"operator": "Exists", "value": "x"}], "takes no value"),
        ("offerings 0 price", True, "must be a number, not true or false"),
        ("offerings 0 price", float("nan"), "must be a finite number"),
        ("clusters 0 node_pools", {"name": "p"}, "must be a list"),
    ],
)
def test_the_rule_says_what_must_hold(path: str, value: object, said: str) -> None:
    (issue,) = issues((path, value))
    assert said in issue.rule


def test_a_selector_needs_values_just_where_its_operator_does() -> None:
    def said(operator: str, values: list[str]) -> list[str]:
        term = {"key": "k", "operator": operator, "values": values}
        selector = {"label_selector": {"match_expressions": [term]}}
        return paths(("workloads 0 cluster_affinity", selector))

    wrong = "workloads[0].cluster_affinity.label_selector.match_expressions[0]"
    assert (said("In", []), said("NotIn", []), said("Exists", ["x"])) == ([wrong],) * 3
    assert (said("In", ["x"]), said("Exists", []), said("DoesNotExist", [])) == ([],) * 3


def test_what_is_hardly_meant_is_warned_of() -> None:
    asker = {"name": "w", "replicas": 1, "cluster_affinity": {"regions": ["R"], "zones": ["r-aa"]}}
    assert Problem.model_validate(GOOD).warnings() == ()
    assert Problem.model_validate({**GOOD, "workloads": [asker]}).warnings() == (
        "default/w: no cluster is in the region 'R'",
        "default/w: no cluster is in the zone 'r-aa'; did you mean 'r-a'?",
    )


@pytest.mark.parametrize(
    ("section", "rule"),
    [
        ("budgets", {"name": "b", "max_cost_per_hour": 1}),
        ("limits", {"name": "b", "resource": "nvidia.com/gpu", "max": 1}),
    ],
)
def test_a_match_of_what_is_empty_is_warned_of(section: str, rule: dict[str, object]) -> None:
    named = {**rule, "match": {"regions": ["r", "mars"], "namespaces": ["defaults"]}}
    assert Problem.model_validate({**GOOD, section: [named]}).warnings() == (
        f"{section[:-1]} b: no cluster is in the region 'mars'",
        f"{section[:-1]} b: no workload is in the namespace 'defaults'; did you mean 'default'?",
    )


def test_a_limit_of_what_nobody_requests_is_warned_of() -> None:
    limit = {"name": "l", "resource": "nvidia.com/gpus", "max": 1}
    assert Problem.model_validate({**GOOD, "limits": [limit]}).warnings() == (
        "limit l: no workload requests 'nvidia.com/gpus'; did you mean 'nvidia.com/gpu'?",
    )


@pytest.mark.parametrize(
    ("section", "rule"),
    [
        ("budgets", {"name": "b", "max_cost_per_hour": 1}),
        ("limits", {"name": "b", "resource": "cpu", "max": 1}),
    ],
)
def test_limits_and_budgets_are_listed_once(section: str, rule: dict[str, object]) -> None:
    assert paths((section, [rule, rule])) == [f"{section}[1].name"]


def test_a_pool_that_cannot_grow_is_warned_of() -> None:
    pools = [*GOOD["clusters"][0]["node_pools"], {"name": "x", "instance_type": "cpu"}]
    cluster = {**GOOD["clusters"][0], "node_pools": pools}
    (warning,) = Problem.model_validate({**GOOD, "clusters": [cluster]}).warnings()
    assert warning == "node pool c/x cannot grow: no on-demand offering of cpu in r"

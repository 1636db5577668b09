"""Bindings: what Karmada's own schema, controllers and printer columns ask of them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from placement.adapters.bindings import bindings
from placement.adapters.origin import CLUSTER_POLICY, Origin, Policy
from placement.adapters.yaml_out import to_yaml
from placement.errors import AdapterError
from placement.plan import Assignment, Plan, Unplaced
from placement.problem import Problem

DATA = Path(__file__).parent / "data"
TYPE = "ecs.gn7i-c8g1.2xlarge"
TIME = "2026-11-23T20:21:40Z"
PERMANENT_ID = "8d9c2c4e-9f4b-4c39-a1a7-9d6c0a1f3b52"
PLACEMENT = {
    "replicaScheduling": {
        "weightPreference": {"dynamicWeight": "AvailableReplicas"},
        "replicaSchedulingType": "Divided",
    },
    "clusterAffinity": {"clusterNames": ["c-hangzhou", "c-beijing"]},
}
POLICY = Policy(name="demo-policy", namespace="default", permanent_id=PERMANENT_ID)
ORIGIN = Origin(
    name="qwen3-8b",
    policy=POLICY,
    placement=PLACEMENT,
    conflict_resolution="Overwrite",
    preserve_resources_on_deletion=False,
    resource_request={"nvidia.com/gpu": "1"},
)


@cache
def schema(kind: str) -> dict[str, Any]:
    """Return a binding's schema as JSON Schema that refuses what the API server would prune."""
    path = DATA / "crds" / f"work.karmada.io_{kind.lower()}s.yaml"
    (version,) = yaml.safe_load(path.read_text(encoding="utf-8"))["spec"]["versions"]
    assert version["name"] == "v1alpha2"
    return strict(version["schema"]["openAPIV3Schema"])  # type: ignore[no-any-return]


def strict(part: Any) -> Any:
    """Return a structural schema as JSON Schema, unknown fields forbidden."""
    if isinstance(part, list):
        return [strict(item) for item in part]
    if not isinstance(part, dict):
        return part
    made = {
        key: {name: strict(item) for name, item in value.items()}
        if key == "properties"
        else strict(value)
        for key, value in part.items()
        if not key.startswith("x-kubernetes") and key != "nullable"
    }
    if part.get("x-kubernetes-int-or-string"):
        made.pop("type", None)
    if "properties" in part and not part.get("x-kubernetes-preserve-unknown-fields"):
        made.setdefault("additionalProperties", False)
    if part.get("nullable"):
        made = {"anyOf": [made, {"type": "null"}]}
    return made


def check(binding: Mapping[str, object]) -> None:
    """Raise when the API server would refuse or prune a part of the binding."""
    kind = str(binding["kind"])
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(schema(kind), format_checker=checker).validate(binding)


def problem(*workloads: dict[str, object]) -> Problem:
    """Return the reference scenario: two regions that can sell two A10 nodes each."""
    regions = ("cn-hangzhou", "cn-beijing")
    return Problem.model_validate(
        {
            "instance_types": [
                {
                    "name": TYPE,
                    "gpu": {"model": "A10", "count": 1, "memory": "24Gi"},
                    "allocatable": {"cpu": 8, "memory": "30Gi"},
                }
            ],
            "offerings": [
                {"region": region, "instance_type": TYPE, "price": 1.41, "stock": 2}
                for region in regions
            ],
            "clusters": [
                {
                    "name": region.replace("cn-", "c-"),
                    "region": region,
                    "node_pools": [{"name": "gpu", "instance_type": TYPE}],
                }
                for region in regions
            ],
            "workloads": workloads or [{"name": "qwen3-8b", "replicas": 4}],
        }
    )


def row(cluster: str, replicas: int, workload: str = "default/qwen3-8b") -> Assignment:
    """Return replicas in a cluster's pool, one GPU each."""
    return Assignment(
        workload=workload,
        cluster=cluster,
        node_pool="gpu",
        instance_type=TYPE,
        capacity_type="on-demand",
        gpus_per_replica=1,
        replicas=replicas,
    )


WHOLE = Plan(status="optimal", assignments=(row("c-hangzhou", 2), row("c-beijing", 2)))
PARTLY = Plan(
    status="optimal",
    assignments=(row("c-hangzhou", 2),),
    unplaced=(
        Unplaced(
            workload="default/qwen3-8b",
            replicas=2,
            reasons=("stock: no further node in cn-hangzhou.",),
            repair="2 more nodes in cn-hangzhou",
        ),
    ),
)
NOWHERE = Plan(
    status="optimal",
    unplaced=(Unplaced(workload="default/qwen3-8b", replicas=4, reasons=("no GPU fits",)),),
)


def one(plan: Plan, origin: Origin | None = ORIGIN, **options: Any) -> dict[str, Any]:
    """Return the only binding of the reference scenario."""
    origins = {"default/qwen3-8b": origin} if origin else {}
    (binding,) = bindings(plan, problem(), origins, **options)
    return binding


def condition(binding: Mapping[str, Any]) -> dict[str, Any]:
    """Return the condition Scheduled."""
    (found,) = (c for c in binding["status"]["conditions"] if c["type"] == "Scheduled")
    return dict(found)


def test_the_reference_scenario_gives_its_golden_binding() -> None:
    golden = (DATA / "bindings" / "reference.yaml").read_text(encoding="utf-8")
    assert to_yaml([one(WHOLE, scheduled_at=TIME)]) == golden


@pytest.mark.parametrize("plan", [WHOLE, PARTLY, NOWHERE])
@pytest.mark.parametrize("origin", [ORIGIN, None])
@pytest.mark.parametrize("time", [TIME, None])
def test_every_binding_is_what_the_api_server_accepts(
    plan: Plan, origin: Origin | None, time: str | None
) -> None:
    check(one(plan, origin, scheduled_at=time))


def test_the_strict_schema_refuses_a_field_that_would_be_pruned() -> None:
    binding = one(WHOLE)
    binding["spec"]["clusters"][0]["replica"] = 1
    with pytest.raises(jsonschema.ValidationError, match="replica"):
        check(binding)


def test_clusters_are_sorted_by_name_and_add_up() -> None:
    plan = Plan(
        status="optimal",
        assignments=(row("c-hangzhou", 1), row("c-beijing", 2), row("c-hangzhou", 1)),
    )
    assert one(plan)["spec"]["clusters"] == [
        {"name": "c-beijing", "replicas": 2},
        {"name": "c-hangzhou", "replicas": 2},
    ]


def test_a_whole_placement_is_scheduled_at_the_time_given() -> None:
    binding = one(WHOLE, scheduled_at=TIME)
    assert condition(binding) == {
        "type": "Scheduled",
        "status": "True",
        "reason": "Success",
        "message": "Binding has been scheduled successfully.",
        "lastTransitionTime": TIME,
    }
    assert binding["status"]["lastScheduledTime"] == TIME
    assert binding["status"]["schedulerObservedGeneration"] == 1


def test_without_a_time_nothing_in_the_binding_depends_on_the_clock() -> None:
    binding = one(WHOLE)
    assert "lastScheduledTime" not in binding["status"]
    assert condition(binding)["lastTransitionTime"] == "1970-01-01T00:00:00Z"


def test_a_part_placed_runs_while_the_condition_says_what_is_missing() -> None:
    binding = one(PARTLY, scheduled_at=TIME)
    assert binding["spec"]["clusters"] == [{"name": "c-hangzhou", "replicas": 2}]
    found = condition(binding)
    assert (found["status"], found["reason"]) == ("False", "Unschedulable")
    assert found["message"] == (
        "2 of 4 replicas have no place; stock: no further node in cn-hangzhou. "
        "What would help: 2 more nodes in cn-hangzhou."
    )
    assert "schedulerObservedGeneration" not in binding["status"]
    assert "lastScheduledTime" not in binding["status"]


def test_nothing_placed_leaves_no_clusters() -> None:
    binding = one(NOWHERE)
    assert binding["spec"]["clusters"] == []
    assert condition(binding)["message"] == "4 of 4 replicas have no place; no GPU fits."


def test_no_replicas_asked_for_is_scheduled_with_no_clusters() -> None:
    made = bindings(Plan(status="optimal"), problem({"name": "idle", "replicas": 0}))
    assert condition(made[0])["status"] == "True"
    assert made[0]["spec"] == {
        "clusters": [],
        "conflictResolution": "Abort",
        "placement": {"replicaScheduling": {"replicaSchedulingType": "Divided"}},
        "replicas": 0,
        "resource": {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "name": "idle",
            "namespace": "default",
        },
        "schedulerName": "placement",
    }


def test_the_policy_is_named_where_the_controllers_look_for_it() -> None:
    metadata = one(WHOLE)["metadata"]
    assert metadata["labels"] == {"propagationpolicy.karmada.io/permanent-id": PERMANENT_ID}
    assert metadata["finalizers"] == ["karmada.io/binding-controller"]
    assert metadata["annotations"] == {
        "propagationpolicy.karmada.io/name": "demo-policy",
        "propagationpolicy.karmada.io/namespace": "default",
        "policy.karmada.io/applied-placement": (
            '{"clusterAffinity":{"clusterNames":["c-hangzhou","c-beijing"]},'
            '"replicaScheduling":{"replicaSchedulingType":"Divided",'
            '"weightPreference":{"dynamicWeight":"AvailableReplicas"}}}'
        ),
    }


def test_a_cluster_policy_marks_a_namespaced_binding() -> None:
    policy = Policy(kind=CLUSTER_POLICY, name="all", permanent_id="id-1")
    binding = one(WHOLE, Origin(name="qwen3-8b", policy=policy))
    assert binding["kind"] == "ResourceBinding"
    metadata = binding["metadata"]
    assert metadata["labels"] == {"clusterpropagationpolicy.karmada.io/permanent-id": "id-1"}
    assert metadata["annotations"]["clusterpropagationpolicy.karmada.io/name"] == "all"


def test_without_a_permanent_id_the_managing_scheduler_is_named() -> None:
    policy = Policy(name="demo-policy", namespace="default")
    labels = one(WHOLE, Origin(name="qwen3-8b", policy=policy))["metadata"]["labels"]
    assert labels == {"binding.karmada.io/managed-by": "placement"}


def test_an_object_of_a_cluster_scoped_kind_gets_a_cluster_binding() -> None:
    origin = Origin(
        api_version="acme.io/v1", kind="Fleet", namespace="", name="system:x", uid="u-1"
    )
    binding = one(WHOLE, origin)
    check(binding)
    assert binding["kind"] == "ClusterResourceBinding"
    assert binding["metadata"]["name"] == "system.x-fleet"
    assert "namespace" not in binding["metadata"]
    assert "namespace" not in binding["spec"]["resource"]
    finalizer = "karmada.io/cluster-resource-binding-controller"
    assert binding["metadata"]["finalizers"] == [finalizer]


def test_the_owner_is_named_when_its_uid_is_known() -> None:
    binding = one(WHOLE, Origin(name="qwen3-8b", uid="u-1", resource_version="167"))
    (owner,) = binding["metadata"]["ownerReferences"]
    assert owner["uid"] == "u-1"
    assert owner["controller"] is True
    assert binding["spec"]["resource"]["resourceVersion"] == "167"
    assert "ownerReferences" not in one(WHOLE)["metadata"]


def test_a_workload_of_a_problem_document_says_its_own_needs_and_affinity() -> None:
    made = bindings(
        Plan(status="optimal", assignments=(row("c-beijing", 1, "prod/chat"),)),
        problem(
            {
                "name": "chat",
                "namespace": "prod",
                "replicas": 1,
                "requests": {"cpu": "500m", "memory": "12Gi"},
                "cluster_affinity": {
                    "cluster_names": ["c-beijing"],
                    "regions": ["cn-beijing"],
                    "label_selector": {"match_labels": {"tier": "gpu"}},
                },
                "node_selector": {"pool": "gpu"},
                "tolerations": [{"operator": "Exists", "effect": "NoSchedule"}],
            }
        ),
        scheduler_name="mine",
    )
    spec: Any = made[0]["spec"]
    check(made[0])
    assert spec["schedulerName"] == "mine"
    assert spec["replicaRequirements"] == {
        "resourceRequest": {"cpu": "500m", "memory": "12Gi", "nvidia.com/gpu": "1"},
        "nodeClaim": {
            "nodeSelector": {"pool": "gpu"},
            "tolerations": [{"operator": "Exists", "effect": "NoSchedule"}],
        },
    }
    assert spec["placement"]["clusterAffinity"] == {
        "labelSelector": {"matchLabels": {"tier": "gpu"}},
        "clusterNames": ["c-beijing"],
        "fieldSelector": {
            "matchExpressions": [{"key": "region", "operator": "In", "values": ["cn-beijing"]}]
        },
    }


def existing(**spec: object) -> dict[str, Any]:
    """Return a binding as the API server has it, scheduled on one cluster by another."""
    return {
        "metadata": {
            "name": "qwen3-8b-deployment",
            "namespace": "default",
            "generation": 7,
            "resourceVersion": "300",
            "uid": "b-1",
            "labels": {"propagationpolicy.karmada.io/permanent-id": "kept"},
            "annotations": {"mine": "kept"},
            "managedFields": [{"manager": "x"}],
        },
        "spec": {
            "resource": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "qwen3-8b"},
            "placement": {"clusterAffinity": {"clusterNames": ["c-beijing"]}},
            "schedulerName": "theirs",
            "replicas": 4,
            "clusters": [{"name": "c-beijing", "replicas": 4}],
            "gracefulEvictionTasks": [{"fromCluster": "c-x", "reason": "R", "producer": "P"}],
            **spec,
        },
        "status": {
            "schedulerObservedGeneration": 6,
            "lastScheduledTime": "2026-01-01T00:00:00Z",
            "aggregatedStatus": [{"clusterName": "c-beijing", "applied": True}],
            "conditions": [
                {
                    "type": kind,
                    "status": "True",
                    "reason": "Success",
                    "message": "m",
                    "lastTransitionTime": "2026-01-01T00:00:00Z",
                }
                for kind in ("Scheduled", "FullyApplied")
            ],
        },
    }


def test_an_existing_binding_keeps_all_but_its_clusters() -> None:
    binding = one(WHOLE, Origin(name="qwen3-8b", binding=existing()), scheduled_at=TIME)
    check(binding)
    assert binding["spec"]["clusters"] == [
        {"name": "c-beijing", "replicas": 2},
        {"name": "c-hangzhou", "replicas": 2},
    ]
    assert binding["spec"]["schedulerName"] == "theirs"
    assert binding["spec"]["gracefulEvictionTasks"][0]["fromCluster"] == "c-x"
    assert binding["metadata"]["resourceVersion"] == "300"
    assert binding["metadata"]["labels"] == {"propagationpolicy.karmada.io/permanent-id": "kept"}
    assert binding["metadata"]["annotations"]["mine"] == "kept"
    assert "managedFields" not in binding["metadata"]
    assert binding["status"]["aggregatedStatus"][0]["applied"] is True
    assert [c["type"] for c in binding["status"]["conditions"]] == ["FullyApplied", "Scheduled"]


def test_the_observed_generation_is_the_one_the_write_will_make() -> None:
    first = one(WHOLE, Origin(name="qwen3-8b", binding=existing()))
    assert first["status"]["schedulerObservedGeneration"] == 8
    written = {**first, "metadata": {**first["metadata"], "generation": 8}}
    second = one(WHOLE, Origin(name="qwen3-8b", binding=written))
    assert second["status"]["schedulerObservedGeneration"] == 8
    assert second == written


def test_a_failed_attempt_leaves_time_and_generation_behind() -> None:
    binding = one(PARTLY, Origin(name="qwen3-8b", binding=existing()), scheduled_at=TIME)
    assert binding["status"]["schedulerObservedGeneration"] == 6
    assert binding["status"]["lastScheduledTime"] == "2026-01-01T00:00:00Z"
    assert condition(binding)["lastTransitionTime"] == TIME


def test_the_transition_time_stays_while_the_status_stays() -> None:
    binding = one(WHOLE, Origin(name="qwen3-8b", binding=existing()), scheduled_at=TIME)
    assert condition(binding)["lastTransitionTime"] == "2026-01-01T00:00:00Z"


def test_what_is_handed_out_shares_nothing_with_what_was_read() -> None:
    read = existing()
    binding = one(WHOLE, Origin(name="qwen3-8b", binding=read))
    binding["spec"]["gracefulEvictionTasks"].clear()
    assert read["spec"]["gracefulEvictionTasks"]


def test_a_message_longer_than_the_api_allows_is_cut() -> None:
    plan = Plan(
        status="optimal",
        unplaced=(Unplaced(workload="default/qwen3-8b", replicas=4, reasons=("x" * 40_000,)),),
    )
    binding = one(plan)
    check(binding)
    assert condition(binding)["message"].endswith("...")


def test_a_workload_that_the_problem_lacks_is_an_error() -> None:
    with pytest.raises(AdapterError, match=r"origins: .*did you mean 'default/qwen3-8b'"):
        bindings(WHOLE, problem(), {"default/qwen3-8": ORIGIN})
    plan = Plan(status="optimal", assignments=(row("c-beijing", 1, "default/other"),))
    with pytest.raises(AdapterError, match=r"assignments\[0\]\.workload"):
        bindings(plan, problem())


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(4)), st.permutations(range(4)))
def test_the_order_of_input_rows_changes_no_byte(rows: list[int], names: list[int]) -> None:
    workloads = [{"name": f"w{n}", "namespace": f"n{n % 2}", "replicas": 1} for n in names]
    assignments = tuple(row("c-beijing", 1, f"n{n % 2}/w{n}") for n in rows)
    plan = Plan(status="optimal", assignments=assignments)
    text = to_yaml(bindings(plan, problem(*workloads)))
    places = [d["metadata"]["namespace"] + d["metadata"]["name"] for d in yaml.safe_load_all(text)]
    assert places == [
        "n0w0-deployment",
        "n0w2-deployment",
        "n1w1-deployment",
        "n1w3-deployment",
    ]
    straight = [{"name": f"w{n}", "namespace": f"n{n % 2}", "replicas": 1} for n in range(4)]
    assert text == to_yaml(bindings(plan, problem(*straight)))

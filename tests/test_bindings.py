"""Bindings: what Karmada's own schema, controllers and printer columns ask of them."""

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
from placement.plan import Plan, Unplaced
from tests.binding_scenario import (
    NOWHERE,
    ORIGIN,
    PARTLY,
    PERMANENT_ID,
    TIME,
    WHOLE,
    condition,
    one,
    problem,
    row,
)
from tests.crd_schema import check

DATA = Path(__file__).parent / "data"


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

"""Bindings that exist already: what a plan changes in them, and what it leaves alone."""

from typing import Any

from placement.adapters.origin import Origin
from tests.binding_scenario import PARTLY, TIME, WHOLE, condition, one
from tests.crd_schema import check


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

"""Bindings of replicas over several nodes: to Karmada, groups of pods."""

from typing import Any

import pytest

from placement.adapters.bindings import bindings
from placement.adapters.origin import Origin
from placement.errors import AdapterError
from placement.plan import Plan
from placement.problem import Problem
from tests.crd_schema import check

GIANT = {
    "name": "giant",
    "replicas": 1,
    "nodes_per_replica": 2,
    "requests": {"cpu": 3, "memory": "8Gi"},
}


def spec_of(origins: dict[str, Origin] | None) -> Any:
    (made,) = bindings(
        Plan(status="optimal"), Problem.model_validate({"workloads": [GIANT]}), origins
    )
    check(made)
    return made["spec"]


def test_a_replica_over_several_nodes_is_taken_for_a_group_and_asks_for_all_its_nodes() -> None:
    spec = spec_of(None)
    assert spec["resource"] == {
        "apiVersion": "leaderworkerset.x-k8s.io/v1",
        "kind": "LeaderWorkerSet",
        "name": "giant",
        "namespace": "default",
    }
    assert spec["replicaRequirements"] == {"resourceRequest": {"cpu": "6", "memory": "16Gi"}}


def test_a_binding_of_pods_is_refused_for_replicas_over_several_nodes() -> None:
    with pytest.raises(AdapterError) as error:
        spec_of({"default/giant": Origin(name="giant", kind="StatefulSet")})
    assert [str(issue) for issue in error.value.issues] == [
        "origins.default/giant: must be of a kind whose replicas are groups of pods: one takes 2 "
        "nodes (got StatefulSet)"
    ]


@pytest.mark.parametrize(("names", "refused"), [(("leader", "worker"), True), (("pod",), False)])
def test_a_binding_of_several_components_is_refused(names: tuple[str, ...], refused: bool) -> None:
    binding = {"spec": {"components": [{"name": name, "replicas": 1} for name in names]}}
    group_of = Origin(
        api_version="leaderworkerset.x-k8s.io/v1",
        kind="LeaderWorkerSet",
        name="giant",
        binding=binding,
    )
    if not refused:
        assert spec_of({"default/giant": group_of})["replicas"] == 1
        return
    with pytest.raises(AdapterError, match="a binding of several components") as error:
        spec_of({"default/giant": group_of})
    assert error.value.issues[0].value == "['leader', 'worker']"

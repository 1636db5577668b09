"""Many documents to one problem: merging, overlays, clusters, and where faults were written."""

from pathlib import Path

import pytest

from placement.adapters.problems import problem_of, read_problem
from placement.errors import AdapterError
from tests.reading import FLEET, MODEL, deployment, documents, faults, loaded


def test_lists_of_problem_documents_are_joined() -> None:
    result = loaded(
        "workloads: [{name: a, replicas: 1}]",
        "workloads: [{name: b, replicas: 2}]\ninstanceTypes: [{name: cpu, allocatable: {cpu: 4}}]",
    )
    assert [one.key for one in result.problem.workloads] == ["default/a", "default/b"]
    assert "cpu" in result.problem.types
    assert result.objects == {}


def test_the_currency_must_agree_where_it_is_stated() -> None:
    assert loaded("currency: CNY", "currency: CNY").problem.currency == "CNY"
    assert faults("currency: CNY", "currency: USD") == [
        "c.yaml: currency: must agree with b.yaml, which has 'CNY' (got 'USD')"
    ]


def test_faults_are_named_in_the_document_that_holds_them() -> None:
    assert faults(
        "workloads: [{name: a, replicas: 1}]",
        "workloads:\n  - {name: b, replicas: 1}\n  - {name: c, replica: 2}\n"
        "clusters: [{name: x, region: r, nodePools: [{name: p, instanceType: a10, maxNodes: -1}]}]",
    ) == [
        "c.yaml: clusters[0].nodePools[0].maxNodes: must be greater than or equal to 0 (got -1)",
        "c.yaml: workloads[1].replica: the field 'replica' is not known; did you mean 'replicas'?",
    ]


def test_doubles_across_documents_are_named_in_the_second() -> None:
    (fault,) = faults("workloads: [{name: a, replicas: 1}]", "workloads: [{name: a, replicas: 1}]")
    assert fault.startswith("c.yaml: workloads[0].name: is listed a second time")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("foo: 1\nbar: 2", "b.yaml: is neither a problem (with fields such as clusters"),
        ("kind: Deployment", "b.yaml: apiVersion: a Kubernetes object needs both"),
        ("apiVersion: v1", "b.yaml: kind: a Kubernetes object needs both"),
        ("workloads: 5", "b.yaml: workloads: must be a list (got 5)"),
        ("workloads: [5]", "b.yaml: workloads[0]: must be a mapping with the fields"),
        ("workload: []\nquotas: []", "b.yaml: workload: the field 'workload' is not known; did"),
        ("workloads: [{name: a, replicas: 1, budget: 1}]", "b.yaml: workloads[0].budget: "),
        (
            "workloads: [{name: a, replicas: 1, node_selector: {}, nodeSelector: {}}]",
            "b.yaml: workloads[0].nodeSelector: node_selector is given twice",
        ),
        ("budgets: [{name: a}]", "b.yaml: budgets"),
    ],
)
def test_what_is_no_problem_is_named(text: str, fault: str) -> None:
    assert faults(text)[0].startswith(fault)


def test_a_problem_document_completes_a_manifest_of_the_same_name() -> None:
    over = f"""
      workloads:
        - name: chat
          priority: 7
          model: {MODEL}
          serving: {{maxModelLen: 4096}}
          requests: {{cpu: 2}}
    """
    pod = (
        "containers: [{name: a, resources: {limits: {nvidia.com/gpu: 1}}, "
        "command: [vllm, serve, /models/ours, --max-model-len, '8192', --enforce-eager]}]"
    )
    result = loaded(deployment(pod, spec="replicas: 3,"), over)
    (found,) = result.problem.workloads
    assert (found.replicas, found.priority) == (3, 7)
    assert found.requests == {"cpu": 2000, "nvidia.com/gpu": 1}
    assert (found.serving.max_model_len, found.serving.enforce_eager) == (4096, True)
    assert found.model is not None
    assert found.model.parameters == 8 * 10**9
    assert result.warnings == ()
    assert set(result.objects) == {"default/chat"}


def test_a_workload_in_another_namespace_is_another_workload() -> None:
    over = "workloads: [{name: chat, namespace: prod, replicas: 1}]"
    keys = [one.key for one in loaded(deployment(), over).problem.workloads]
    assert keys == ["default/chat", "prod/chat"]


def test_a_fault_of_an_overlaid_workload_is_named_where_it_was_written() -> None:
    pod = "containers: [{name: a, command: [vllm, serve, m, --gpu-memory-utilization, '1.5']}]"
    over = "workloads: [{name: chat, serving: {maxModelLen: 0}, priority: x}]"
    assert faults(deployment(pod, spec="replicas: -1,"), over) == [
        "b.yaml: spec.replicas: must be greater than or equal to 0 (got -1)",
        "c.yaml: workloads[0].priority: must be a whole number (got 'x')",
        "c.yaml: workloads[0].serving.max_model_len: must be greater than or equal to 1 (got 0)",
        "b.yaml: spec.template.spec.containers[0].command.gpu_memory_utilization: must be less "
        "than or equal to 1 (got 1.5)",
    ]


def test_a_broken_manifest_is_not_blamed_on_what_completes_it() -> None:
    found = faults(deployment(spec="replicas: four,"), "workloads: [{name: chat, priority: 1}]")
    assert found == ["b.yaml: spec.replicas: must be a whole number (got 'four')"]


def test_two_manifests_of_one_name_are_one_too_many() -> None:
    second = deployment().replace("Deployment", "StatefulSet")
    (fault,) = faults(deployment(), second)
    assert fault.startswith("c.yaml: metadata.name: is listed a second time")


CLUSTER = """
apiVersion: cluster.karmada.io/v1alpha1
kind: Cluster
metadata: {name: %s, labels: {team: a}}
spec:
  syncMode: Push
  %s
  taints: [{key: t, effect: NoSchedule, timeAdded: 2024-01-01T00:00:00Z}]
status: {resourceSummary: {allocatable: {cpu: "9"}}}
"""


def test_a_cluster_object_is_merged_with_the_problems_cluster_of_its_name() -> None:
    result = loaded(CLUSTER % ("bj", "region: beijing"))
    found = result.problem.clusters[1]
    assert (found.name, found.region, found.zones) == ("bj", "beijing", ("bj-a", "bj-b"))
    assert found.labels == {"team": "a", "env": "test"}
    assert [(taint.key, taint.effect) for taint in found.taints] == [("t", "NoSchedule")]
    assert [pool.name for pool in found.node_pools] == ["gpu"]
    assert result.warnings == ()


def test_a_cluster_object_in_another_region_is_refused() -> None:
    assert faults(CLUSTER % ("bj", "region: shanghai")) == [
        "a.yaml: clusters[1].region: must agree with the Cluster in b.yaml, which has 'shanghai' "
        "(got 'beijing')"
    ]


def test_a_cluster_object_alone_has_no_room_and_says_so() -> None:
    result = loaded(CLUSTER % ("sh", "region: shanghai"))
    assert result.problem.clusters[2].node_pools == ()
    assert "cluster sh: no problem document lists its node pools or nodes" in result.warnings[0]


def test_a_cluster_object_without_a_region_is_named() -> None:
    assert faults(CLUSTER % ("sh", "zones: [a]")) == ["b.yaml: spec.region: is required"]


def test_a_model_folder_is_read_relative_to_its_document(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "tiny"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(
        '{"architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "num_hidden_layers": 4, '
        '"hidden_size": 64, "intermediate_size": 128, "vocab_size": 1000, '
        '"num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16, '
        '"torch_dtype": "bfloat16", "max_position_embeddings": 512}'
    )
    text = "workloads: [{name: a, replicas: 1, model: models/tiny}]"
    (tmp_path / "fleet.yaml").write_text(f"{FLEET}\n{text}")
    (found,) = read_problem([tmp_path / "fleet.yaml"]).problem.workloads
    assert found.model is not None
    assert (found.model.layers, found.model.kv_heads) == (4, 2)
    (tmp_path / "fleet.yaml").write_text("workloads: [{name: a, replicas: 1, model: ./none}]")
    with pytest.raises(AdapterError, match=r"workloads\[0\].model: no model folder"):
        read_problem([tmp_path / "fleet.yaml"])


def test_faults_of_every_sort_are_reported_together() -> None:
    found = faults(deployment(spec="replicas: four,"), "offerings: [{region: x, price: -1}]")
    assert [fault.partition(":")[0] for fault in found] == ["b.yaml", "c.yaml", "c.yaml"]


def test_the_same_documents_give_the_same_problem() -> None:
    texts = (FLEET, deployment(), "workloads: [{name: b, replicas: 1}]")
    first, second = (problem_of(documents(*texts)).problem for _ in range(2))
    assert first.model_dump_json() == second.model_dump_json()

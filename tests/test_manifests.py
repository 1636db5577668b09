"""Workload manifests: what a replica needs and where it may go, out of pods."""

import pytest

from placement.problem import Workload
from tests.reading import deployment, faults, loaded


def workload(*texts: str) -> Workload:
    (found,) = loaded(*texts).problem.workloads
    return found


def test_a_deployment_has_one_replica_in_the_default_namespace_unless_it_says_otherwise() -> None:
    found = workload(deployment())
    assert (found.key, found.replicas, found.model) == ("default/chat", 1, None)
    assert workload(deployment(spec="replicas: 4,")).replicas == 4


def test_requests_default_to_limits_and_add_up_over_containers() -> None:
    pod = """containers: [
      {name: a, resources: {requests: {cpu: 500m},
        limits: {cpu: 2, memory: 1Gi, nvidia.com/gpu: 1}}},
      {name: b, resources: {requests: {cpu: 1, memory: 1Gi, x.com/empty: 0}}}]"""
    assert workload(deployment(pod)).requests == {
        "cpu": 1500,
        "memory": 2 * 2**30,
        "nvidia.com/gpu": 1,
    }


def test_init_containers_count_by_the_largest_and_sidecars_run_beside_the_rest() -> None:
    pod = """
      initContainers: [
        {name: side, restartPolicy: Always, resources: {requests: {cpu: 1, memory: 1Gi}}},
        {name: load, resources: {requests: {cpu: 1, memory: 9Gi}}}],
      containers: [{name: main, resources: {requests: {cpu: 4, memory: 4Gi}}}],
      overhead: {memory: 1Gi}"""
    # CPU: 4 and the sidecar's 1. Memory: the loader's 9 beside the sidecar's 1, and the overhead.
    assert workload(deployment(pod)).requests == {"cpu": 5000, "memory": 11 * 2**30}


def test_requests_of_the_pod_as_a_whole_come_before_those_of_its_containers() -> None:
    pod = """resources: {requests: {cpu: 3}},
      containers: [{name: a, resources: {requests: {cpu: 1, memory: 1Gi}}}]"""
    assert workload(deployment(pod)).requests == {"cpu": 3000, "memory": 2**30}


def test_bad_quantities_are_named_with_their_paths() -> None:
    pod = "containers: [{name: a, resources: {requests: {cpu: lots}, limits: {memory: -1}}}]"
    assert faults(deployment(pod)) == [
        "b.yaml: spec.template.spec.containers[0].resources.limits.memory: must not be negative "
        "(got -1)",
        "b.yaml: spec.template.spec.containers[0].resources.requests.cpu: must be a Kubernetes "
        "quantity such as 24Gi, 500m or 8 (got 'lots')",
    ]


def test_a_mistyped_manifest_is_named_with_its_paths() -> None:
    found = faults("apiVersion: apps/v1\nkind: Deployment\nmetadata: {}\nspec: {replicas: four}\n")
    assert found == [
        "b.yaml: metadata.name: is required",
        "b.yaml: spec.replicas: must be a whole number (got 'four')",
        "b.yaml: spec.template: is required",
    ]


def test_a_value_out_of_range_is_named_in_the_manifest() -> None:
    (fault,) = faults(deployment(spec="replicas: -1,"))
    assert fault.startswith("b.yaml: spec.replicas: must be greater than or equal to 0")


CONTAINERS = "containers: [{name: a}]"


def test_selector_and_tolerations_are_taken_over() -> None:
    pod = f"{CONTAINERS}, nodeSelector: {{gpu: a10}}, tolerations: [{{key: a, operator: Exists}}]"
    found = workload(deployment(pod))
    assert found.node_selector == {"gpu": "a10"}
    assert [(one.key, one.operator) for one in found.tolerations] == [("a", "Exists")]


def required(*expressions: str) -> str:
    terms = f"nodeSelectorTerms: [{{matchExpressions: [{', '.join(expressions)}]}}]"
    rule = f"requiredDuringSchedulingIgnoredDuringExecution: {{{terms}}}"
    return f"{CONTAINERS}, affinity: {{nodeAffinity: {{{rule}}}}}"


def test_required_node_affinity_becomes_the_fields_that_can_say_it() -> None:
    pod = required(
        "{key: disk, operator: In, values: [ssd]}",
        "{key: node.kubernetes.io/instance-type, operator: In, values: [a10, a10x4, other]}",
        "{key: node.kubernetes.io/instance-type, operator: NotIn, values: [a10x4]}",
        "{key: topology.kubernetes.io/region, operator: In, values: [hangzhou, beijing]}",
        "{key: topology.kubernetes.io/zone, operator: In, values: [hz-a, bj-a]}",
        "{key: karpenter.sh/capacity-type, operator: In, values: [spot, on-demand]}",
    )
    result = loaded(deployment(pod))
    (found,) = result.problem.workloads
    assert found.node_selector == {"disk": "ssd"}
    assert (found.instance_types.allow, found.instance_types.deny) == (("a10", "a10x4"), ("a10x4",))
    assert found.cluster_affinity.regions == ("hangzhou", "beijing")
    assert found.cluster_affinity.zones == ("hz-a", "bj-a")
    assert found.capacity_types == ("spot", "on-demand")
    assert "'other', which is no instance type" in result.warnings[0]


@pytest.mark.parametrize(
    "expression",
    [
        "{key: disk, operator: In, values: [ssd, nvme]}",
        "{key: disk, operator: NotIn, values: [hdd]}",
        "{key: disk, operator: Exists}",
        "{key: cores, operator: Gt, values: ['4']}",
    ],
)
def test_node_affinity_that_no_field_can_say_is_refused(expression: str) -> None:
    (fault,) = faults(deployment(required(expression)))
    assert "nodeSelectorTerms[0].matchExpressions[0]: this node affinity" in fault


@pytest.mark.parametrize(
    ("more", "place"),
    [
        (
            "affinity: {podAntiAffinity: "
            "{requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: host}]}}",
            "affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution",
        ),
        ("topologySpreadConstraints: [{topologyKey: zone}]", "topologySpreadConstraints[0]"),
        ("resourceClaims: [{name: gpu}]", "resourceClaims"),
        ("nodeName: node-1", "nodeName"),
    ],
)
def test_rules_between_pods_are_refused_by_name(more: str, place: str) -> None:
    (fault,) = faults(deployment(f"{CONTAINERS}, {more}"))
    assert fault.startswith(f"b.yaml: spec.template.spec.{place}: ")
    assert "not supported in this version" in fault


def test_preferences_are_left_to_the_cluster() -> None:
    pod = f"""{CONTAINERS},
      affinity: {{podAntiAffinity: {{
        preferredDuringSchedulingIgnoredDuringExecution: [{{weight: 1}}]}}}},
      topologySpreadConstraints: [{{topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}}]"""
    assert loaded(deployment(pod)).warnings == ()


def test_what_is_no_replicated_service_is_skipped_with_a_warning_or_counted() -> None:
    result = loaded(
        "apiVersion: batch/v1\nkind: Job\nmetadata: {name: train}\n",
        "apiVersion: v1\nkind: Service\nmetadata: {name: x}\n---\n"
        "apiVersion: v1\nkind: Node\nmetadata: {name: y}\n",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p, ownerReferences: [{kind: ReplicaSet}]}\n",
        deployment(name="rs").replace(
            "name: rs", "name: rs, ownerReferences: [{controller: true}]"
        ),
    )
    assert result.problem.workloads == ()
    assert result.warnings == (
        "Job default/train is no replicated service; it is skipped",
        "not read, as they have no part in a placement: 1 Deployment, 1 Node, 1 Pod, 1 Service",
    )


PRIORITY = """
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: high}
value: 1000
"""


def test_a_priority_class_among_the_documents_gives_the_priority() -> None:
    text = deployment(f"{CONTAINERS}, priorityClassName: high")
    assert workload(PRIORITY, text).priority == 1000
    result = loaded(text)
    assert result.problem.workloads[0].priority == 0
    assert "'high' is not among the documents" in result.warnings[0]
    assert workload(f"{PRIORITY}globalDefault: true", deployment()).priority == 1000


def serve(line: str, gpus: int = 1) -> str:
    limits = f"resources: {{limits: {{nvidia.com/gpu: {gpus}}}}}"
    return deployment(
        f'containers: [{{name: a, command: [sh, -c, "vllm serve {line}"], {limits}}}]'
    )


def test_a_known_model_is_sized_and_served_as_its_command_says() -> None:
    result = loaded(serve("Qwen/Qwen3-8B --max-model-len 8K -tp 2 --dtype half", gpus=2))
    (found,) = result.problem.workloads
    assert found.model is not None
    assert (found.model.name, found.model.dtype) == ("Qwen/Qwen3-8B", "float16")
    assert (found.serving.max_model_len, found.serving.tensor_parallel) == (8192, 2)
    assert result.warnings == ()


def test_vllm_runs_on_one_gpu_unless_told_otherwise_and_max_num_seqs_stays_unset() -> None:
    found = workload(serve("Qwen/Qwen3-8B"))
    assert found.serving.model_fields_set == {"tensor_parallel"}
    assert found.serving.tensor_parallel == 1


def test_a_model_known_by_its_folder_is_said_to_be_taken_for_it() -> None:
    result = loaded(serve("/models/qwen3-8b"))
    assert result.warnings == (
        "default/chat: its model '/models/qwen3-8b' is taken to be Qwen/Qwen3-8B",
    )


def test_an_unknown_model_leaves_the_gpus_as_asked_and_says_how_to_state_it() -> None:
    result = loaded(serve("/models/ours --max-model-len 4096"))
    (found,) = result.problem.workloads
    assert (found.model, found.requests) == (None, {"nvidia.com/gpu": 1})
    assert "state `model` for this workload in a problem document" in result.warnings[0]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Qwen/Qwen3-8B", "the pod asks for 2 GPUs and vLLM uses 1"),
        ("Qwen/Qwen3-8B -dp 2", "--data-parallel-size 2 is not modelled"),
    ],
)
def test_gpus_that_the_command_does_not_account_for_leave_the_fit_unjudged(
    line: str, reason: str
) -> None:
    result = loaded(serve(line, gpus=2))
    assert result.problem.workloads[0].model is None
    assert reason in result.warnings[-1]


def test_a_bad_flag_is_named_in_the_manifest() -> None:
    (fault,) = faults(serve("m --max-model-len none"))
    assert fault.startswith(
        "b.yaml: spec.template.spec.containers[0].command: --max-model-len must be a whole number"
    )


def test_local_storage_is_left_out_where_no_node_states_any() -> None:
    text = deployment(
        "containers: [{name: a, resources: {requests: {cpu: 1, ephemeral-storage: 1Gi}}}]"
    )
    result = loaded(text)
    assert result.problem.workloads[0].requests == {"cpu": 1000}
    assert "ephemeral-storage is not counted" in result.warnings[0]
    types = "instance_types: [{name: disk, allocatable: {ephemeral-storage: 9Gi}}]\n"
    assert loaded(text, types).problem.workloads[0].requests["ephemeral-storage"] == 2**30


def test_alternative_terms_of_node_affinity_are_refused() -> None:
    pod = required("{key: disk, operator: In, values: [ssd]}")
    two = pod.replace("[{matchExpressions", "[{matchFields: []}, {matchExpressions")
    (fault,) = faults(deployment(two))
    assert "nodeSelectorTerms: alternatives (more than one term) cannot be expressed" in fault


def test_affinity_that_narrows_to_nothing_is_refused() -> None:
    first, second = (
        f"{{key: topology.kubernetes.io/region, operator: In, values: [{region}]}}"
        for region in ("hangzhou", "beijing")
    )
    (fault,) = faults(deployment(required(first, second)))
    assert "matchExpressions[1]: this node affinity cannot be expressed" in fault


def test_requests_are_admitted_without_being_held_unless_a_document_says_so() -> None:
    text = serve("Qwen/Qwen3-8B --max-num-seqs 4")
    result = loaded(text)
    found = result.problem.workloads[0].serving
    assert (found.max_num_seqs, found.concurrency, result.warnings) == (4, 1, ())
    over = "workloads: [{name: chat, serving: {concurrency: 3}}]"
    held = loaded(text, over).problem.workloads[0].serving
    assert (held.max_num_seqs, held.concurrency) == (4, 3)


def test_the_engine_is_of_the_version_that_the_image_names() -> None:
    text = serve("Qwen/Qwen3-8B")
    found = loaded(text.replace("{name: a,", "{name: a, image: 'vllm/vllm-openai:v0.19.1',"))
    assert found.problem.workloads[0].serving.engine_version == "0.19.1"
    assert found.warnings == ()
    old = loaded(text.replace("{name: a,", "{name: a, image: 'vllm/vllm-openai:v0.9.1',"))
    assert old.problem.workloads[0].serving.engine_version == "0.11.0"
    assert "vLLM 0.9.1 is older than any" in old.warnings[0]


def test_adapters_and_a_known_draft_are_served_as_the_command_says() -> None:
    flags = "--enable-lora --max-loras 2 --speculative-config.model Qwen/Qwen3-0.6B"
    result = loaded(serve(f"Qwen/Qwen3-8B {flags} --speculative-config.num_speculative_tokens 3"))
    found = result.problem.workloads[0].serving
    assert found.draft is not None
    assert (found.draft.name, found.speculative_tokens) == ("Qwen/Qwen3-0.6B", 3)
    assert (found.max_loras, result.warnings) == (2, ())


def test_a_draft_that_the_table_lacks_is_said_not_to_count() -> None:
    result = loaded(serve("Qwen/Qwen3-8B --speculative-config.model org/draft"))
    assert result.problem.workloads[0].serving.draft is None
    assert (
        "'org/draft' is not in the built-in table: its memory is not counted"
        in (result.warnings[0])
    )


def test_quantization_changes_the_type_of_the_weights_and_is_said_to_be_assumed() -> None:
    result = loaded(serve("Qwen/Qwen3-8B --quantization awq"))
    model = result.problem.workloads[0].model
    assert model is not None
    assert model.dtype == "int4"
    assert "which is assumed" in result.warnings[0]


def test_a_degree_that_is_a_variable_stays_open() -> None:
    result = loaded(serve("Qwen/Qwen3-8B -tp $TP", gpus=2))
    found = result.problem.workloads[0]
    assert found.model is not None
    assert found.serving.tensor_parallel is None

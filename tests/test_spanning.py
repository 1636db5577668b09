"""Models served over several nodes, out of LeaderWorkerSets: what is judged, planned and bound."""

from typing import Any

import pytest

from placement import place, verify
from placement.adapters.bindings import bindings
from placement.adapters.problems import Loaded, problem_of
from tests.crd_schema import check
from tests.reading import GPUS, MODEL, deployment, documents, faults, group, loaded

LARGE = "meta-llama/Llama-3.1-405B-Instruct"


def serving(line: str, gpus: int = 8) -> str:
    """Return a pod that joins the others and then starts vLLM."""
    limits = f"resources: {{limits: {{nvidia.com/gpu: {gpus}}}}}"
    script = f"ray.sh leader --ray_cluster_size=$(LWS_GROUP_SIZE); vllm serve {line}"
    return f'containers: [{{name: a, command: [sh, -c, "{script}"], {limits}}}]'


def not_judged(nodes: int, model: str = LARGE) -> str:
    return (
        f"prod/chat: memory fit of {model!r} over {nodes} nodes is not judged, so GPUs count as "
        "asked for"
    )


def hint(nodes: int) -> str:
    return f"; `placement fit --nodes {nodes} -- COMMAND` judges it, each stage on one node"


@pytest.mark.parametrize(
    ("size", "line", "warnings"),
    [
        (2, f"{LARGE} -tp 8 -pp 2", (not_judged(2) + hint(2),)),
        (2, f"{LARGE} -tp 8 -pp $(LWS_GROUP_SIZE)", (not_judged(2) + hint(2),)),
        (2, f"{LARGE} -tp 16", (not_judged(2),)),
        (2, f"{LARGE} -tp 8 -dp 2", (not_judged(2),)),
        (2, "/models/ours -tp 8 -pp 4",
         (not_judged(2, "/models/ours") + hint(2),
          "prod/chat: vLLM uses 32 GPUs and its 2 pods ask for 16")),
        (3, f"{LARGE} -tp 8",
         (not_judged(3), "prod/chat: vLLM uses 8 GPUs and its 3 pods ask for 24")),
        (2, f"{LARGE} -tp 8 -dp $D",
         ("prod/chat: --data-parallel-size is $D, which is not read", not_judged(2))),
        (2, f"{LARGE} -tp $T",
         ("prod/chat: --tensor-parallel-size is $T, whose value is not known here", not_judged(2))),
    ],
)  # fmt: skip
def test_a_model_over_several_nodes_is_left_out_with_a_warning(
    size: int, line: str, warnings: tuple[str, ...]
) -> None:
    result = loaded(group(size, serving(line)))
    (found,) = result.problem.workloads
    assert (found.model, found.serving.pipeline_parallel) == (None, 1)
    assert (found.nodes_per_replica, found.requests) == (size, {"nvidia.com/gpu": 8})
    assert result.warnings == warnings


def test_the_leaders_command_counts_before_the_workers() -> None:
    for leader, worker in ((serving(f"{LARGE} -tp 16"), GPUS), (GPUS, serving(f"{LARGE} -tp 16"))):
        assert loaded(group(2, worker, leader)).warnings == (not_judged(2),)
    both = loaded(group(2, serving("m -tp 16 --headless"), serving(f"{LARGE} -tp 16")))
    assert both.warnings == (not_judged(2),)


def test_gpus_of_leader_and_workers_are_held_against_the_command_each_with_its_own() -> None:
    leader = "containers: [{name: a, resources: {requests: {cpu: 1}}}]"
    result = loaded(group(3, serving(f"{LARGE} -tp 8 -pp 2"), leader))
    assert result.warnings[1:] == (not_judged(3),)  # 2 workers with 8 GPUs each: as vLLM uses
    assert result.warnings[0].startswith("prod/chat: its leader asks for 0 nvidia.com/gpu")


def test_a_bad_flag_of_a_worker_is_named_in_its_template() -> None:
    (fault,) = faults(group(2, serving("m -tp two"), GPUS))
    assert fault.startswith(
        "b.yaml: spec.leaderWorkerTemplate.workerTemplate.spec.containers[0].command: "
        "--tensor-parallel-size must be a whole number"
    )


def test_a_group_of_one_node_is_judged_as_any_other_pod() -> None:
    result = loaded(group(1, serving("Qwen/Qwen3-8B -tp 8")))
    (found,) = result.problem.workloads
    assert found.model is not None
    assert (found.serving.tensor_parallel, result.warnings) == (8, ())


def test_a_model_that_a_document_states_is_judged_on_each_node_and_said_so() -> None:
    over = (
        f"workloads: [{{name: chat, namespace: prod, model: {MODEL}, serving: {{concurrency: 2}}}}]"
    )
    result = loaded(group(2, serving(f"{LARGE} -tp 8 -pp 2 --max-model-len 4096")), over)
    (found,) = result.problem.workloads
    assert found.model is not None
    assert found.serving.model_dump(exclude_unset=True) == {"max_model_len": 4096, "concurrency": 2}
    assert result.warnings == (
        "prod/chat: its model is judged as if each of the 2 nodes of a replica held all of it; "
        "without `model` in the problem document memory fit is not judged",
    )


def test_a_document_may_say_how_many_nodes_a_replica_takes() -> None:
    over = "workloads: [{name: chat, namespace: prod, nodesPerReplica: 1, requests: {cpu: 1}}]"
    (found,) = loaded(group(2), over).problem.workloads
    assert (found.nodes_per_replica, found.requests["cpu"]) == (1, 1000)


def test_what_a_document_states_of_a_replica_is_not_held_against_the_command() -> None:
    text = group(2, serving(f"{LARGE} -tp 8"))
    assert loaded(text).warnings[1:] == ("prod/chat: vLLM uses 8 GPUs and its 2 pods ask for 16",)
    for stated in ("nodesPerReplica: 3", "requests: {nvidia.com/gpu: 4}"):
        over = f"workloads: [{{name: chat, namespace: prod, {stated}}}]"
        assert len(loaded(text, over).warnings) == 1


def test_degrees_that_a_document_states_stay() -> None:
    over = "workloads: [{name: chat, namespace: prod, serving: {tensorParallel: 4}}]"
    (found,) = loaded(group(2, serving(f"{LARGE} -tp 16")), over).problem.workloads
    assert found.serving.model_dump(exclude_unset=True) == {"tensor_parallel": 4}


def test_several_nodes_for_a_replica_that_is_a_pod_are_refused_where_they_are_stated() -> None:
    over = "workloads: [{name: chat, nodesPerReplica: 2}]"
    assert faults(deployment(), over) == [
        "c.yaml: workloads[0].nodesPerReplica: must be 1: a replica of a Deployment is one pod, "
        "which has one node (got 2)"
    ]


HALL = """
instance_types:
  - {name: h100x8, gpu: {model: H100, count: 8, memory: 80Gi},
     allocatable: {cpu: 96, memory: 900Gi}}
offerings:
  - {region: eu, instance_type: h100x8, price: 40.0, stock: 3}
  - {region: us, instance_type: h100x8, price: 50.0, stock: 2}
clusters:
  - {name: eu-1, region: eu, node_pools: [{name: h100, instance_type: h100x8}], nodes: [
      {name: n1, node_pool: h100, free: {cpu: 96, memory: 900Gi, nvidia.com/gpu: 8}},
      {name: n2, node_pool: h100, free: {cpu: 48, memory: 450Gi, nvidia.com/gpu: 4}}]}
  - {name: us-1, region: us, node_pools: [{name: h100, instance_type: h100x8}]}
"""


def hall(*texts: str) -> Loaded:
    return problem_of(documents(HALL, *texts))


def test_a_leader_worker_set_is_planned_on_whole_nodes_and_bound_by_groups() -> None:
    result = hall(group(2, serving(f"{LARGE} -tp 8 -pp 2"), GPUS))
    plan = place(result.problem)
    assert plan.status == "optimal"
    assert verify(result.problem, plan) == ()
    rows = {row.cluster: (row.replicas, row.gpus_per_replica) for row in plan.assignments}
    # n1 and the three for sale in eu carry two groups; n2 is not whole, so us carries the third.
    assert rows == {"eu-1": (2, 16), "us-1": (1, 16)}
    assert plan.unplaced == ()
    carrying = [node for node in plan.nodes if node.replicas]
    assert [node.name for node in carrying if node.state == "existing"] == ["n1"]
    parts = [each for node in carrying for each in node.replicas]
    assert sorted(str(each.part) for each in parts) == ["1/2"] * 3 + ["2/2"] * 3
    assert sum(node.price for node in carrying) == pytest.approx(4 * 40 + 2 * 50)
    made: Any = bindings(plan, result.problem, result.objects)[0]
    check(made)
    spec = made["spec"]
    assert spec["clusters"] == [{"name": "eu-1", "replicas": 2}, {"name": "us-1", "replicas": 1}]
    assert spec["replicas"] == 3
    assert spec["replicaRequirements"] == {"resourceRequest": {"nvidia.com/gpu": "16"}}
    assert (spec["resource"]["kind"], made["metadata"]["name"]) == (
        "LeaderWorkerSet",
        "chat-leaderworkerset",
    )

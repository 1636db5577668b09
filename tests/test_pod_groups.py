"""LeaderWorkerSets: groups of pods as replicas over several nodes, and what each node must be."""

import pytest

from placement.adapters.problems import Loaded
from placement.problem import Workload
from tests.reading import GPUS, faults, group, loaded

AT = "b.yaml: spec.leaderWorkerTemplate"


def one(result: Loaded) -> Workload:
    (found,) = result.problem.workloads
    return found


def asks(**amounts: object) -> str:
    """Return a container that asks for amounts; ``gpu`` is of NVIDIA."""
    stated = ", ".join(
        f"{name.replace('gpu', 'nvidia.com/gpu')}: {v}" for name, v in amounts.items()
    )
    return f"containers: [{{name: a, resources: {{requests: {{{stated}}}}}}}]"


def test_a_group_of_one_is_a_workload_of_its_leader() -> None:
    found = one(loaded(group(1)))
    assert (found.key, found.replicas, found.nodes_per_replica) == ("prod/chat", 3, 1)
    assert found.requests == {"nvidia.com/gpu": 8}
    assert one(loaded(group(1, leader=asks(cpu=2)))).requests == {"cpu": 2000}


def test_a_larger_group_is_a_replica_over_as_many_nodes() -> None:
    result = loaded(group(4))
    found = one(result)
    assert (found.replicas, found.nodes_per_replica) == (3, 4)
    assert (found.requests, result.warnings) == ({"nvidia.com/gpu": 8}, ())


def test_a_node_is_asked_for_the_larger_of_leader_and_worker_resource_by_resource() -> None:
    leader, worker = asks(cpu=2, memory="64Gi", gpu=8), asks(cpu="3500m", memory="32Gi", gpu=8)
    result = loaded(group(3, worker, leader))
    assert one(result).requests == {"cpu": 3500, "memory": 64 * 2**30, "nvidia.com/gpu": 8}
    assert result.warnings == ()
    # The leader's and two workers', of which Karmada makes one replica.
    assert result.objects["prod/chat"].resource_request == {
        "cpu": "9",
        "memory": "128Gi",
        "nvidia.com/gpu": "24",
    }


@pytest.mark.parametrize(("leader", "worker"), [(8, 0), (0, 8), (8, 4)])
def test_gpus_that_only_some_pods_ask_for_count_on_every_node_with_a_warning(
    leader: int, worker: int
) -> None:
    result = loaded(group(3, asks(cpu=1, gpu=worker), asks(cpu=1, gpu=leader)))
    assert one(result).requests == {"cpu": 1000, "nvidia.com/gpu": 8}
    assert result.warnings == (
        f"prod/chat: its leader asks for {leader} nvidia.com/gpu and each worker for {worker}; "
        "every node of a replica is counted with 8",
    )
    asked = result.objects["prod/chat"].resource_request["nvidia.com/gpu"]
    assert asked == str(leader + 2 * worker)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (group(0), f"{AT}.size: must be greater than or equal to 1 (got 0)"),
        (group("two"), f"{AT}.size: must be a whole number (got 'two')"),
        (group(2.5), f"{AT}.size: must be a whole number (got 2.5)"),
        (group(1025), f"{AT}.size: must be less than or equal to 1024 (got 1025)"),
        (
            group().replace("workerTemplate: {spec", "other: {spec"),
            f"{AT}.workerTemplate: is required",
        ),
        (
            group(leader=asks(gpu="half")),
            f"{AT}.leaderTemplate.spec.containers[0].resources.requests.nvidia.com/gpu: must be a "
            "Kubernetes quantity such as 24Gi, 500m or 8 (got 'half')",
        ),
        (
            group(worker=f"{GPUS}, nodeName: n1", leader=GPUS),
            f"{AT}.workerTemplate.spec.nodeName: a fixed node is not supported in this version, "
            "and a plan that ignored it would be wrong; remove it to plan without it",
        ),
    ],
)
def test_a_bad_group_is_named_with_its_path(text: str, found: str) -> None:
    assert faults(text) == [found]


@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.parametrize("name", ["exclusive-topology", "subgroup-exclusive-topology"])
def test_exclusive_placement_is_refused_by_name(size: int, name: str) -> None:
    annotation = f"leaderworkerset.sigs.k8s.io/{name}"
    (fault,) = faults(group(size, metadata=f", annotations: {{{annotation}: rack}}"))
    assert fault.startswith(f"b.yaml: metadata.annotations.{annotation}: exclusive placement of")
    assert fault.endswith("(got 'rack')")


def affinity(*expressions: str) -> str:
    terms = f"nodeSelectorTerms: [{{matchExpressions: [{', '.join(expressions)}]}}]"
    rule = f"requiredDuringSchedulingIgnoredDuringExecution: {{{terms}}}"
    return f"{GPUS}, affinity: {{nodeAffinity: {{{rule}}}}}"


def within(key: str, *values: str, operator: str = "In") -> str:
    return f"{{key: {key}, operator: {operator}, values: [{', '.join(values)}]}}"


TYPE = "node.kubernetes.io/instance-type"
REGION = "topology.kubernetes.io/region"
REQUIRED = "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"


def test_what_leader_and_worker_require_holds_together_on_every_node() -> None:
    leader = affinity(
        within(TYPE, "a10", "a10x4"),
        within(REGION, "hangzhou", "beijing"),
        within("disk", "ssd"),
    )
    worker = f"{affinity(within(TYPE, 'a10x4'), within(REGION, 'beijing', 'x'))}, "
    result = loaded(group(2, f"{worker}nodeSelector: {{net: rdma}}", leader))
    found = one(result)
    assert found.node_selector == {"disk": "ssd", "net": "rdma"}
    assert found.instance_types.allow == ("a10x4",)
    assert found.cluster_affinity.regions == ("beijing",)
    claim = result.objects["prod/chat"].node_claim
    assert claim is not None
    assert claim["nodeSelector"] == {"net": "rdma"}
    assert claim["hardNodeAffinity"] == {
        "nodeSelectorTerms": [
            {
                "matchExpressions": [
                    {"key": TYPE, "operator": "In", "values": ["a10", "a10x4"]},
                    {"key": REGION, "operator": "In", "values": ["hangzhou", "beijing"]},
                    {"key": "disk", "operator": "In", "values": ["ssd"]},
                    {"key": TYPE, "operator": "In", "values": ["a10x4"]},
                    {"key": REGION, "operator": "In", "values": ["beijing", "x"]},
                ]
            }
        ]
    }


def test_types_that_either_denies_are_denied() -> None:
    first, second = (affinity(within(TYPE, name, operator="NotIn")) for name in ("a10", "a10x4"))
    assert one(loaded(group(2, first, second))).instance_types.deny == ("a10x4", "a10")


@pytest.mark.parametrize(
    ("worker", "leader", "place", "value"),
    [
        (f"{GPUS}, nodeSelector: {{gpu: a}}", f"{GPUS}, nodeSelector: {{gpu: b}}",
         "nodeSelector.gpu", "'a'"),
        (affinity(within("disk", "hdd")), f"{GPUS}, nodeSelector: {{disk: ssd}}",
         REQUIRED, "'hdd'"),
        (affinity(within(TYPE, "a10")), affinity(within(TYPE, "a10x4")), REQUIRED, "['a10']"),
        (affinity(within(REGION, "x")), affinity(within(REGION, "y")), REQUIRED, "['x']"),
    ],
)  # fmt: skip
def test_what_cannot_hold_on_one_node_is_refused_at_the_worker(
    worker: str, leader: str, place: str, value: str
) -> None:
    assert faults(group(2, worker, leader)) == [
        f"{AT}.workerTemplate.spec.{place}: contradicts what the leader requires; all nodes of a "
        f"replica are of one pool here, so each has to suit both (got {value})"
    ]
    assert one(loaded(group(1, worker, leader))).nodes_per_replica == 1


def test_a_replica_has_one_priority_class() -> None:
    high = "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: high}\nvalue: 9"
    text = f"{GPUS}, priorityClassName: high"
    assert one(loaded(group(2, text, text), high)).priority == 9
    (fault,) = faults(group(2, GPUS, text), high)
    assert fault == (
        f"{AT}.workerTemplate.spec.priorityClassName: must be the leader's ('high'): a replica "
        "has one (got '')"
    )


def tolerated(leader: str, worker: str) -> list[tuple[str, str, str, str, int | None]]:
    first, second = (f"{GPUS}, tolerations: [{each}]" for each in (leader, worker))
    found = one(loaded(group(2, second, first))).tolerations
    return [(t.key, t.operator, t.value, t.effect, t.toleration_seconds) for t in found]


ANY = "{operator: Exists}"
GPU = "{key: gpu, operator: Exists}"
GPU_A = "{key: gpu, value: a}"
GPU_B = "{key: gpu, value: b}"
GPU_NO_SCHEDULE = "{key: gpu, operator: Exists, effect: NoSchedule}"
GPU_NO_EXECUTE = "{key: gpu, operator: Exists, effect: NoExecute, tolerationSeconds: 9}"


@pytest.mark.parametrize(
    ("leader", "worker", "both"),
    [
        (GPU_A, GPU_A, [("gpu", "Equal", "a", "", None)]),
        (ANY, GPU_A, [("gpu", "Equal", "a", "", None)]),
        (GPU, GPU_NO_SCHEDULE, [("gpu", "Exists", "", "NoSchedule", None)]),
        (GPU_A, GPU_NO_SCHEDULE, [("gpu", "Equal", "a", "NoSchedule", None)]),
        (GPU_A, GPU_B, []),
        (GPU_NO_SCHEDULE, GPU_NO_EXECUTE, []),
        (GPU, GPU_NO_EXECUTE, [("gpu", "Exists", "", "NoExecute", 9)]),
        (f"{GPU_A}, {GPU_B}", GPU_B, [("gpu", "Equal", "b", "", None)]),
        (f"{ANY}, {GPU}", GPU, [("gpu", "Exists", "", "", None)]),
        (GPU, "", []),
        (GPU, "{key: other, operator: Exists}", []),
    ],
)
def test_a_taint_is_tolerated_where_both_pods_tolerate_it(
    leader: str, worker: str, both: list[tuple[str, str, str, str, int | None]]
) -> None:
    assert tolerated(leader, worker) == both
    assert tolerated(worker, leader) == both


def test_a_bad_toleration_of_a_worker_is_named() -> None:
    (fault,) = faults(group(2, f"{GPUS}, tolerations: [{GPU}, {{operator: In}}]", GPUS))
    assert fault.startswith(f"{AT}.workerTemplate.spec.tolerations[1].operator: ")

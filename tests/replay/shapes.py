"""The shape of GPUs, memory, fragmentation."""

from tests.replay import incumbents
from tests.replay.scenario import Scenario
from tests.replay.types import TYPES

__all__ = ["SCENARIOS"]


def engines_of_one_gpu() -> Scenario:
    return Scenario(
        thread="modelplaneai/modelplane#172",
        ask="a pod is charged a whole node; engines of one GPU strand seven of eight",
        situation="Eight engines of one GPU, nodes of eight. A node for each is eight nodes.",
        document=TYPES
        + """
offerings: [{region: east, instance_type: h100x8, price: 24.00}]
clusters: [{name: east-1, region: east, node_pools: [{name: gpu, instance_type: h100x8}]}]
workloads: [{name: engine, replicas: 8, requests: {cpu: 8, nvidia.com/gpu: 1}}]
""",
        incumbent=incumbents.WHOLE_NODES,
        figures={"placed": (8, 8), "nodes": (8, 1), "cost": (192.0, 24.0)},
        better=("nodes", "cost"),
    )


def sums_of_several_resources() -> Scenario:
    return Scenario(
        thread="karmada-io/karmada#4050",
        ask="resource models cannot express CPU, memory and GPUs together (0 to 4 GPUs)",
        situation="Cluster A has one node whose GPUs are free and whose CPU is not, and one with "
        "CPU alone; its sums hold four replicas, its nodes none. Cluster B can hold all of them.",
        document="""
clusters:
  - name: a
    region: east
    nodes:
      - {name: a1, free: {cpu: 1, memory: 64Gi, pods: 110, nvidia.com/gpu: 4}}
      - {name: a2, free: {cpu: 16, memory: 64Gi, pods: 110}}
  - name: b
    region: east
    nodes: [{name: b1, free: {cpu: 16, memory: 64Gi, pods: 110, nvidia.com/gpu: 4}}]
workloads:
  - {name: chat, replicas: 4, requests: {cpu: 4, memory: 8Gi, nvidia.com/gpu: 1}}
""",
        incumbent=incumbents.KARMADA,
        figures={"placed": (2, 4), "left out": (2, 0), "in b": (2, 4)},
        better=("placed", "left out"),
    )


_MODEL = """
instance_types:
  - {name: a80, gpu: {model: A100-80GB, count: 2, memory: 80Gi},
     allocatable: {cpu: 46, memory: 340Gi}}
  - {name: a40, gpu: {model: A100-40GB, count: 4, memory: 40Gi},
     allocatable: {cpu: 46, memory: 340Gi}}
"""


def two_large_gpus_or_four_small() -> Scenario:
    return Scenario(
        thread="InftyAI/llmaz#62",
        also=("vllm-project/aibrix#435",),
        ask="the same model on two A100 of 80 GB or four of 40 GB, as stock has it",
        situation="Three replicas of a 47B model, one node of the large GPUs and three of the "
        "small in stock. A pod template states one number of GPUs, two, so only the large type "
        "is open to it; by memory fit the others run on four of the small.",
        document=_MODEL
        + """
offerings:
  - {region: east, instance_type: a80, price: 7.00, stock: 1}
  - {region: east, instance_type: a40, price: 9.00, stock: 3}
clusters:
  - name: east-1
    region: east
    node_pools: [{name: large, instance_type: a80}, {name: small, instance_type: a40}]
workloads:
  - name: mixtral
    replicas: 3
    model: mistralai/Mixtral-8x7B-Instruct-v0.1
    serving: {max_model_len: 8192}
    requests: {cpu: 8, memory: 64Gi}
""",
        incumbent=incumbents.ONE_TEMPLATE,
        stand_in="the projects' own rules were not read; a plain pod template is",
        figures={"placed": (1, 3), "left out": (2, 0), "GPUs": (2, 10), "cost": (7.0, 25.0)},
        better=("placed", "left out"),
    )


def a_context_that_has_to_fit() -> Scenario:
    return Scenario(
        thread="kaito-project/kaito#2156",
        also=("kaito-project/kaito#1178",),
        ask="an estimate of GPU memory: Qwen3-8B on one A10 has room for 20,272 tokens of KV cache",
        situation="Qwen3-8B with its whole context of 40,960 tokens on A10s. Weights and a fifth "
        "fit one GPU, which would not start; two hold a request of full length.",
        document="""
instance_types:
  - {name: a10x4, gpu: {model: A10, count: 4, memory: 24Gi}, allocatable: {cpu: 44, memory: 180Gi}}
offerings: [{region: east, instance_type: a10x4, price: 5.67}]
clusters: [{name: east-1, region: east, node_pools: [{name: gpu, instance_type: a10x4}]}]
workloads:
  - name: qwen
    replicas: 2
    model: Qwen/Qwen3-8B
    serving: {max_model_len: 40960}
    requests: {cpu: 2, memory: 12Gi}
""",
        incumbent=incumbents.WEIGHTS,
        stand_in="a rule of thumb; KAITO's own estimate is not modelled",
        figures={
            "placed": (2, 2),
            "GPUs": (2, 4),
            "breaks memory_fit": (1, 0),
            "cost": (5.67, 5.67),
        },
        better=("breaks memory_fit",),
        part="the measured figures themselves are in memory-accuracy.md",
    )


SCENARIOS = (
    engines_of_one_gpu,
    sums_of_several_resources,
    two_large_gpus_or_four_small,
    a_context_that_has_to_fit,
)

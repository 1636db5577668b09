"""Cost: small nodes beside large ones, combinations of types, what is left idle."""

from tests.replay import incumbents
from tests.replay.scenario import Scenario

__all__ = ["SCENARIOS"]


def two_small_nodes_beside_one_large() -> Scenario:
    return Scenario(
        thread="aws/karpenter-provider-aws#3063",
        ask="two small nodes where they are cheaper than one large",
        situation="The thread's prices: 0.1348 for the small type, 0.2903 for the large. Two pods "
        "are packed on one node to be, so the small type is out before prices are looked at.",
        document="""
instance_types:
  - {name: small, allocatable: {cpu: 4, memory: 15Gi}}
  - {name: large, allocatable: {cpu: 8, memory: 30Gi}}
offerings:
  - {region: east, instance_type: small, price: 0.1348}
  - {region: east, instance_type: large, price: 0.2903}
clusters:
  - name: east-1
    region: east
    node_pools: [{name: s, instance_type: small}, {name: l, instance_type: large}]
workloads:
  - {name: web, replicas: 2, requests: {cpu: 3500m, memory: 12Gi}}
""",
        incumbent=incumbents.PACKING,
        figures={"placed": (2, 2), "nodes": (1, 2), "cost": (0.2903, 0.2696)},
        better=("cost",),
    )


def nodes_grow_with_every_pod() -> Scenario:
    return Scenario(
        thread="aws/karpenter-provider-aws#5304",
        ask="not the largest type that holds the pods, but the cheapest nodes for them",
        situation="Nine pods of one GPU; one node of eight GPUs at 9.60, nodes of four at 3.60, of "
        "one at 1.00. Packing first takes the large one and a small one for the ninth pod.",
        document="""
instance_types:
  - {name: g1, gpu: {model: L4, count: 1, memory: 24Gi}, allocatable: {cpu: 8, memory: 30Gi}}
  - {name: g4, gpu: {model: L4, count: 4, memory: 24Gi}, allocatable: {cpu: 44, memory: 180Gi}}
  - {name: g8, gpu: {model: L4, count: 8, memory: 24Gi}, allocatable: {cpu: 92, memory: 370Gi}}
offerings:
  - {region: east, instance_type: g1, price: 1.00}
  - {region: east, instance_type: g4, price: 3.60}
  - {region: east, instance_type: g8, price: 9.60}
clusters:
  - name: east-1
    region: east
    node_pools:
      - {name: one, instance_type: g1}
      - {name: four, instance_type: g4}
      - {name: eight, instance_type: g8}
workloads:
  - {name: chat, replicas: 9, requests: {cpu: 4, nvidia.com/gpu: 1}}
""",
        incumbent=incumbents.PACKING,
        figures={"placed": (9, 9), "nodes": (2, 3), "cost": (10.6, 8.2)},
        better=("cost",),
    )


def pods_of_two_shapes() -> Scenario:
    return Scenario(
        thread="kubernetes-sigs/karpenter#2457",
        ask="several smaller nodes where they cost less than a large one for all",
        situation="Pods for CPU and pods for a GPU arrive together. Packed by CPU first, they "
        "share a node to be that only the large GPU type holds; apart, they cost less than half.",
        document="""
instance_types:
  - {name: cpu16, allocatable: {cpu: 16, memory: 60Gi}}
  - {name: g1, gpu: {model: L4, count: 1, memory: 24Gi}, allocatable: {cpu: 8, memory: 30Gi}}
  - {name: g4, gpu: {model: L4, count: 4, memory: 24Gi}, allocatable: {cpu: 44, memory: 180Gi}}
offerings:
  - {region: east, instance_type: cpu16, price: 0.70}
  - {region: east, instance_type: g1, price: 0.80}
  - {region: east, instance_type: g4, price: 3.60}
clusters:
  - name: east-1
    region: east
    node_pools:
      - {name: plain, instance_type: cpu16}
      - {name: one, instance_type: g1}
      - {name: four, instance_type: g4}
workloads:
  - {name: router, replicas: 2, requests: {cpu: 7, memory: 8Gi}}
  - {name: chat, replicas: 1, requests: {cpu: 4, memory: 16Gi, nvidia.com/gpu: 1}}
""",
        incumbent=incumbents.PACKING,
        figures={"placed": (3, 3), "nodes": (1, 2), "cost": (3.6, 1.5)},
        better=("cost",),
    )


def a_cheaper_combination() -> Scenario:
    return Scenario(
        thread="kubernetes-sigs/karpenter#1962",
        ask='a cheaper combination of instances is not found; "hard to try all the combinations"',
        situation="Pods of three and of two GPUs on types of two, four and six GPUs. The rule "
        "makes two nodes of six of what it packed first; the cheapest mix has none.",
        document="""
instance_types:
  - {name: g2, gpu: {model: L4, count: 2, memory: 24Gi}, allocatable: {cpu: 24, memory: 90Gi}}
  - {name: g4, gpu: {model: L4, count: 4, memory: 24Gi}, allocatable: {cpu: 48, memory: 180Gi}}
  - {name: g6, gpu: {model: L4, count: 6, memory: 24Gi}, allocatable: {cpu: 72, memory: 270Gi}}
offerings:
  - {region: east, instance_type: g2, price: 1.50}
  - {region: east, instance_type: g4, price: 2.40}
  - {region: east, instance_type: g6, price: 5.40}
clusters:
  - name: east-1
    region: east
    node_pools:
      - {name: two, instance_type: g2}
      - {name: four, instance_type: g4}
      - {name: six, instance_type: g6}
workloads:
  - {name: a, replicas: 2, requests: {cpu: 12, nvidia.com/gpu: 3}}
  - {name: b, replicas: 5, requests: {cpu: 8, nvidia.com/gpu: 2}}
""",
        incumbent=incumbents.PACKING,
        figures={"placed": (7, 7), "nodes": (3, 5), "cost": (13.2, 11.1)},
        better=("cost",),
    )


def waste_of_gpus() -> Scenario:
    return Scenario(
        thread="kubernetes/autoscaler#2215",
        ask="least-waste should see GPUs",
        situation="Two pods of one GPU and eight CPUs each. On the eight-GPU type a fifth of the "
        "CPU and six GPUs would be idle, on two nodes of one GPU half of the CPU and no GPU.",
        document="""
instance_types:
  - {name: g1, gpu: {model: L4, count: 1, memory: 24Gi}, allocatable: {cpu: 16, memory: 60Gi}}
  - {name: g8, gpu: {model: L4, count: 8, memory: 24Gi}, allocatable: {cpu: 20, memory: 370Gi}}
offerings:
  - {region: east, instance_type: g1, price: 1.00}
  - {region: east, instance_type: g8, price: 8.00}
clusters:
  - name: east-1
    region: east
    node_pools: [{name: one, instance_type: g1}, {name: eight, instance_type: g8}]
workloads:
  - {name: chat, replicas: 2, requests: {cpu: 8, memory: 30Gi, nvidia.com/gpu: 1}}
""",
        incumbent=incumbents.LEAST_WASTE,
        figures={"placed": (2, 2), "cost": (8.0, 2.0)},
        better=("cost",),
    )


SCENARIOS = (
    two_small_nodes_beside_one_large,
    nodes_grow_with_every_pod,
    pods_of_two_shapes,
    a_cheaper_combination,
    waste_of_gpus,
)

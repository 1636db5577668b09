"""Capacity that does not exist yet: stock, quotas, gangs."""

from tests.replay import incumbents
from tests.replay.scenario import Scenario
from tests.replay.types import TYPES

__all__ = ["SCENARIOS"]


def nodes_that_an_autoscaler_could_add() -> Scenario:
    return Scenario(
        thread="karmada-io/karmada#7376",
        ask="the estimator should count what an autoscaler can add, not only running nodes",
        situation="One node with one free GPU runs; both clusters may grow, the dear one without "
        "limit, the cheap one by two nodes. Four replicas are divided over what runs, and as that "
        "is too little, none is placed.",
        document=TYPES
        + """
offerings:
  - {region: east, instance_type: l4, price: 0.70, stock: 2}
  - {region: west, instance_type: l4, price: 0.90}
clusters:
  - name: east-1
    region: east
    node_pools: [{name: gpu, instance_type: l4}]
    nodes: [{name: e1, node_pool: gpu, free: {cpu: 8, memory: 30Gi, nvidia.com/gpu: 1}}]
  - {name: west-1, region: west, node_pools: [{name: gpu, instance_type: l4}]}
workloads:
  - {name: chat, replicas: 4, requests: {cpu: 2, nvidia.com/gpu: 1}}
""",
        incumbent=incumbents.KARMADA,
        figures={"placed": (0, 4), "left out": (4, 0), "cost": (0.7, 3.0)},
        better=("placed", "left out"),
        they_say=("Clusters available replicas 1 are not enough to schedule",),
    )


def now_then_after_a_scale_up() -> Scenario:
    return Scenario(
        thread="open-cluster-management-io/enhancements#193",
        ask="clusters where a group fits now, else after a scale-up by incremental cost; the "
        "demand of all consumers together; no provisioning in every candidate",
        situation="Three groups of two replicas; two replicas fit on what runs. One group after "
        "another, divided by room and stock, makes two regions grow by a node each, the cheapest "
        "one not at all; together the groups need what runs and one more node, the cheapest.",
        document=TYPES
        + """
offerings:
  - {region: east, instance_type: l4x4, price: 4.00, stock: 3}
  - {region: north, instance_type: l4x4, price: 2.60, stock: 1}
  - {region: west, instance_type: l4x4, price: 3.20, stock: 3}
clusters:
  - name: east-1
    region: east
    node_pools: [{name: gpu, instance_type: l4x4}]
    nodes: [{name: e1, node_pool: gpu, free: {cpu: 22, memory: 90Gi, nvidia.com/gpu: 2}}]
  - {name: north-1, region: north, node_pools: [{name: gpu, instance_type: l4x4}]}
  - {name: west-1, region: west, node_pools: [{name: gpu, instance_type: l4x4}]}
workloads:
  - {name: a, replicas: 2, requests: {nvidia.com/gpu: 1}}
  - {name: b, replicas: 2, requests: {nvidia.com/gpu: 1}}
  - {name: c, replicas: 2, requests: {nvidia.com/gpu: 1}}
""",
        incumbent=incumbents.INVENTORY,
        stand_in="Open Cluster Management scores clusters and buys nothing",
        figures={"placed": (6, 6), "nodes": (3, 2), "cost": (11.2, 6.6)},
        better=("nodes", "cost"),
        part="start-up times are not ranked",
    )


def one_of_several_regions() -> Scenario:
    return Scenario(
        thread="ai-runway/airunway#51",
        ask="a model to one of several regional clusters, by required and available GPU capacity",
        situation="A 70B model needs several H100s by memory. One region has L4s alone, the "
        "cheapest H100s are out of stock, one node is left in the third region and more in the "
        "fourth. The stand-in counts stock, and divides by it, whatever it costs.",
        document=TYPES
        + """
offerings:
  - {region: a, instance_type: l4x4, price: 3.00}
  - {region: b, instance_type: h100x8, price: 20.00, stock: 0}
  - {region: c, instance_type: h100x8, price: 24.00, stock: 1}
  - {region: d, instance_type: h100x8, price: 31.00, stock: 4}
clusters:
  - {name: a-1, region: a, node_pools: [{name: gpu, instance_type: l4x4}]}
  - {name: b-1, region: b, node_pools: [{name: gpu, instance_type: h100x8}]}
  - {name: c-1, region: c, node_pools: [{name: gpu, instance_type: h100x8}]}
  - {name: d-1, region: d, node_pools: [{name: gpu, instance_type: h100x8}]}
workloads:
  - name: llama-70b
    replicas: 2
    model: meta-llama/Llama-3.3-70B-Instruct
    serving: {max_model_len: 8192, tensor_parallel: 4}
    requests: {cpu: 8, memory: 64Gi}
""",
        incumbent=incumbents.INVENTORY,
        stand_in="the thread asks for a rule where there is none",
        figures={"placed": (2, 2), "in c-1": (0, 2), "cost": (31.0, 24.0)},
        better=("cost",),
    )


def a_flavor_that_is_out_of_stock() -> Scenario:
    return Scenario(
        thread="kubernetes-sigs/kueue#2560",
        ask="fall back to another flavor when the cloud is out of stock",
        situation="The first flavor has the quota for four nodes and the cloud has one of them; "
        "the quota is a fixed figure, so the flavor is assigned again and again. With stock as a "
        "figure, three replicas go to the second flavor.",
        document=TYPES
        + """
offerings:
  - {region: east, instance_type: l4, capacity_type: spot, price: 0.30, stock: 1}
  - {region: east, instance_type: l4, price: 0.80}
clusters:
  - name: east-1
    region: east
    node_pools:
      - {name: spot, instance_type: l4, capacity_type: spot, max_nodes: 4}
      - {name: on-demand, instance_type: l4, max_nodes: 4}
workloads:
  - {name: train, replicas: 4, requests: {nvidia.com/gpu: 1}, capacity_types: [spot, on-demand]}
""",
        incumbent=incumbents.FLAVORS,
        figures={"placed": (1, 4), "left out": (3, 0), "cost": (0.3, 2.7)},
        better=("placed", "left out"),
    )


def fail_over_without_trying() -> Scenario:
    return Scenario(
        thread="skypilot-org/skypilot#7115",
        ask="fail over between Kubernetes clusters takes ten minutes for each that has no GPU",
        situation="Two nodes in one cluster are asked for. Of three clusters the cheapest can get "
        "none and the next one; each try in vain is a wait, which is meant: GPUs may come free. "
        "What can be had is part of the problem here, so nothing is tried.",
        document=TYPES
        + """
offerings:
  - {region: a, instance_type: h100x8, price: 20.00, stock: 0}
  - {region: b, instance_type: h100x8, price: 22.00, stock: 1}
  - {region: c, instance_type: h100x8, price: 25.00, stock: 2}
clusters:
  - {name: a-1, region: a, node_pools: [{name: gpu, instance_type: h100x8}]}
  - {name: b-1, region: b, node_pools: [{name: gpu, instance_type: h100x8}]}
  - {name: c-1, region: c, node_pools: [{name: gpu, instance_type: h100x8}]}
workloads:
  - name: serve
    replicas: 2
    min_replicas: 2
    requests: {nvidia.com/gpu: 8}
    spread: [{by: cluster, max_groups: 1}]
""",
        incumbent=incumbents.TRIES,
        figures={"placed": (2, 2), "tried in vain": (2, 0), "cost": (50.0, 50.0)},
        better=("tried in vain",),
        part="what is free or in stock has to be known; where it is not, someone has to try",
    )


def quotas_say_where_not_to_try() -> Scenario:
    return Scenario(
        thread="skypilot-org/skypilot#1268",
        ask="quotas guide the choice of region and cloud, in place of trying them in turn",
        situation="32 vCPUs are left of the quota in the cheapest region, none in the next; each "
        "node counts 8. Quotas that are known cost no try, and the quota that is left is used.",
        document=TYPES
        + """
offerings:
  - {region: a, instance_type: l4, price: 0.60}
  - {region: b, instance_type: l4, price: 0.65}
  - {region: c, instance_type: l4, price: 0.90}
quotas:
  - {name: a-vcpus, region: a, resource: vcpus, limit: 32}
  - {name: b-vcpus, region: b, resource: vcpus, limit: 0}
clusters:
  - {name: a-1, region: a, node_pools: [{name: gpu, instance_type: l4}]}
  - {name: b-1, region: b, node_pools: [{name: gpu, instance_type: l4}]}
  - {name: c-1, region: c, node_pools: [{name: gpu, instance_type: l4}]}
workloads:
  - {name: serve, replicas: 6, requests: {nvidia.com/gpu: 1}}
""",
        incumbent=incumbents.TRIES,
        figures={
            "placed": (6, 6),
            "tried in vain": (2, 0),
            "in a-1": (0, 4),
            "cost": (5.4, 4.2),
        },
        better=("tried in vain", "cost"),
    )


def eight_machines_at_once() -> Scenario:
    return Scenario(
        thread="skypilot-org/skypilot#103",
        ask="a region with eight machines of eight GPUs, all at once",
        situation="Two cheaper regions have seven and four. `min_replicas` is the gang, and a "
        "spread over at most one region holds it together.",
        document=TYPES
        + """
offerings:
  - {region: a, instance_type: h100x8, price: 20.00, stock: 7}
  - {region: b, instance_type: h100x8, price: 21.00, stock: 4}
  - {region: c, instance_type: h100x8, price: 24.00, stock: 9}
clusters:
  - {name: a-1, region: a, node_pools: [{name: gpu, instance_type: h100x8}]}
  - {name: b-1, region: b, node_pools: [{name: gpu, instance_type: h100x8}]}
  - {name: c-1, region: c, node_pools: [{name: gpu, instance_type: h100x8}]}
workloads:
  - name: train
    replicas: 8
    min_replicas: 8
    requests: {nvidia.com/gpu: 8}
    spread: [{by: region, max_groups: 1}]
""",
        incumbent=incumbents.TRIES,
        figures={"placed": (8, 8), "tried in vain": (2, 0), "cost": (192.0, 192.0)},
        better=("tried in vain",),
    )


def past_a_quota_of_the_cloud() -> Scenario:
    return Scenario(
        thread="kubernetes/autoscaler#4142",
        ask="the priority expander falls through on a quota of the cloud",
        situation="The preferred group may have two nodes by quota, five replicas wait. They stay "
        "pending for as long as the group is preferred; here the rest goes to the other group.",
        document=TYPES
        + """
offerings:
  - {region: east, instance_type: l4, price: 0.50}
  - {region: east, instance_type: l4x4, price: 3.40}
quotas:
  - {name: small, instance_types: [l4], resource: nodes, limit: 2}
clusters:
  - name: east-1
    region: east
    node_pools: [{name: preferred, instance_type: l4}, {name: other, instance_type: l4x4}]
workloads:
  - {name: chat, replicas: 5, requests: {nvidia.com/gpu: 1}}
""",
        incumbent=incumbents.PRIORITY_EXPANDER,
        figures={"placed": (2, 5), "left out": (3, 0), "cost": (1.0, 3.9)},
        better=("placed", "left out"),
    )


def reserved_nodes_first() -> Scenario:
    return Scenario(
        thread="kubernetes-sigs/karpenter#1760",
        also=("zalando-incubator/kubernetes-on-aws#11623",),
        ask="reserved capacity first, and packing must not starve it",
        situation="Two nodes of one GPU are reserved and cost nothing more. Four pods are packed "
        "on one node to be, which only the large type then holds, and the reserved ones stay idle. "
        "Later releases open a new node before that happens (karpenter#1911).",
        document=TYPES
        + """
offerings:
  - {region: east, instance_type: l4, capacity_type: reserved, price: 0, stock: 2}
  - {region: east, instance_type: l4, price: 0.90}
  - {region: east, instance_type: l4x4, price: 3.40}
clusters:
  - name: east-1
    region: east
    node_pools:
      - {name: reserved, instance_type: l4, capacity_type: reserved}
      - {name: small, instance_type: l4}
      - {name: large, instance_type: l4x4}
workloads:
  - {name: chat, replicas: 4, requests: {cpu: 4, nvidia.com/gpu: 1}}
""",
        incumbent=incumbents.PACKING,
        figures={"placed": (4, 4), "nodes": (1, 4), "cost": (3.4, 1.8)},
        better=("cost",),
    )


SCENARIOS = (
    nodes_that_an_autoscaler_could_add,
    now_then_after_a_scale_up,
    one_of_several_regions,
    a_flavor_that_is_out_of_stock,
    fail_over_without_trying,
    quotas_say_where_not_to_try,
    eight_machines_at_once,
    past_a_quota_of_the_cloud,
    reserved_nodes_first,
)

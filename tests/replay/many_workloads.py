"""Many workloads at once: what decisions one by one cannot see."""

from tests.replay import incumbents
from tests.replay.scenario import Scenario
from tests.replay.types import TYPES

__all__ = ["SCENARIOS"]

_APPS = "".join(
    f"  - {{name: app-{number:02}, replicas: 1, requests: {{nvidia.com/gpu: 1}}}}\n"
    for number in range(1, 16)
)


def fifteen_apps_fail_over() -> Scenario:
    return Scenario(
        thread="karmada-io/karmada#6518",
        ask="15 apps fail over; B has 10 slots, C has 5; all 15 go to B",
        situation="The thread's own figures. Every app is divided by the same status of the "
        "clusters, where B has the most room; five of them then wait there.",
        document="""
clusters:
  - name: b
    region: east
    nodes: [{name: b1, free: {cpu: 80, memory: 320Gi, pods: 110, nvidia.com/gpu: 10}}]
  - name: c
    region: east
    nodes: [{name: c1, free: {cpu: 40, memory: 160Gi, pods: 110, nvidia.com/gpu: 5}}]
workloads:
"""
        + _APPS,
        incumbent=incumbents.KARMADA_ONE_STATUS,
        figures={"placed": (10, 15), "left out": (5, 0), "in b": (10, 10), "in c": (0, 5)},
        better=("placed", "left out"),
    )


def variants_compete_for_scarce_gpus() -> Scenario:
    return Scenario(
        thread="llm-d/llm-d-autoscaling#251",
        ask="capacity-aware optimisation over all variants at once, with priorities",
        situation="One H100 node is in stock. The first variant may use it or L4s, and it is "
        "cheaper for it; the second one needs it. One by one the first takes the node.",
        document=TYPES
        + """
offerings:
  - {region: east, instance_type: h100x8, price: 20.00, stock: 1}
  - {region: east, instance_type: l4x4, price: 12.00, stock: 2}
clusters:
  - name: east-1
    region: east
    node_pools: [{name: h100, instance_type: h100x8}, {name: l4, instance_type: l4x4}]
workloads:
  - {name: any-gpu, replicas: 8, requests: {nvidia.com/gpu: 1}}
  - {name: h100-only, replicas: 2, requests: {nvidia.com/gpu: 4}, gpu_models: {allow: [H100]}}
""",
        incumbent=incumbents.CHEAPEST,
        stand_in="the greedy that llm-d ships is described in the thread, not by its steps",
        figures={"placed": (8, 10), "left out": (2, 0), "cost": (20.0, 44.0)},
        better=("placed", "left out"),
        part="saturation as a measure of load is not modelled",
    )


def who_gets_the_scarce_gpus() -> Scenario:
    return Scenario(
        thread="llm-d/llm-d-autoscaling#498",
        also=("llm-d/llm-d-autoscaling#771",),
        ask="a limiter by inventory: which variant gets the scarce GPUs",
        situation="Six GPUs; of three variants of equal priority the second is of use from four "
        "replicas on. One by one it gets two GPUs that are of no use to it, and the third none.",
        document=TYPES
        + """
offerings:
  - {region: east, instance_type: l4, price: 1.00, stock: 6}
clusters:
  - {name: east-1, region: east, node_pools: [{name: l4, instance_type: l4}]}
workloads:
  - {name: a, replicas: 4, requests: {nvidia.com/gpu: 1}}
  - {name: b, replicas: 4, min_replicas: 4, requests: {nvidia.com/gpu: 1}}
  - {name: c, replicas: 2, requests: {nvidia.com/gpu: 1}}
""",
        incumbent=incumbents.CHEAPEST,
        stand_in="the greedy that llm-d ships is described in the thread, not by its steps",
        figures={"placed": (6, 6), "breaks min_replicas": (1, 0), "cost": (6.0, 6.0)},
        better=("breaks min_replicas",),
        says=("stock of l4 (on-demand) in east is used up (6 of 6)",),
    )


_MIX = """
instance_types:
  - {name: a10, gpu: {model: A10, count: 1, memory: 24Gi}, allocatable: {cpu: 8, memory: 30Gi}}
  - {name: l20, gpu: {model: L20, count: 1, memory: 48Gi}, allocatable: {cpu: 8, memory: 60Gi}}
"""


def a_mix_that_is_in_stock() -> Scenario:
    return Scenario(
        thread="vllm-project/aibrix#637",
        ask="the optimiser returns {4 A10, 2 L20} where there is one L20",
        situation="A load of 30 requests per second; an A10 carries 4 at 1.00, an L20 carries 7 at "
        "1.70. Without a bound the best mix is the thread's; with one L20 it carries 23 of 30.",
        document=_MIX
        + """
offerings:
  - {region: east, instance_type: a10, price: 1.00}
  - {region: east, instance_type: l20, price: 1.70, stock: 1}
clusters:
  - name: east-1
    region: east
    node_pools: [{name: a10, instance_type: a10}, {name: l20, instance_type: l20}]
workloads:
  - name: chat
    load: {unit: requests/s, amount: 30, per_replica: {a10: 4, l20: 7}}
    requests: {nvidia.com/gpu: 1}
""",
        incumbent=incumbents.MELANGE,
        figures={"load carried": (23, 30), "nodes": (5, 7), "cost": (5.7, 7.7)},
        better=("load carried",),
    )


_TWO_REGIONS = """
offerings:
  - {region: east, instance_type: l4, price: 0.70}
  - {region: west, instance_type: l4, price: 0.90}
  - {region: east, instance_type: h100x8, price: 24.00}
  - {region: west, instance_type: h100x8, price: 30.00}
clusters:
  - name: east-1
    region: east
    node_pools: [{name: l4, instance_type: l4}, {name: h100, instance_type: h100x8}]
  - name: west-1
    region: west
    node_pools: [{name: l4, instance_type: l4}, {name: h100, instance_type: h100x8}]
workloads:
  - name: small
    replicas: 4
    model: Qwen/Qwen3-8B
    serving: {max_model_len: 8192}
    requests: {cpu: 2, memory: 12Gi}
    survive: [{loss_of: region, keep: 0.5}]
  - name: large
    replicas: 2
    model: meta-llama/Llama-3.3-70B-Instruct
    serving: {max_model_len: 8192}
    requests: {cpu: 8, memory: 64Gi}
    survive: [{loss_of: region, keep: 0.5}]
"""


def models_of_a_fleet_with_a_failover() -> Scenario:
    return Scenario(
        thread="llm-d/llm-d#2380",
        ask="physical models on compatible hardware over a fleet, with failover and evidence",
        situation="Two models on two regions; half of each has to outlive the loss of a region. "
        "The cheapest places are all in one region. With an H100 node in each, the small model "
        "needs no nodes of its own.",
        document=TYPES + _TWO_REGIONS,
        incumbent=incumbents.CHEAPEST,
        stand_in="the thread is a proposal, without a rule yet",
        figures={
            "placed": (6, 6),
            "breaks survive": (2, 0),
            "in west-1": (0, 3),
            "cost": (26.8, 54.0),
        },
        better=("breaks survive",),
        part="routing of requests is outside",
    )


def leader_and_workers_as_a_unit() -> Scenario:
    return Scenario(
        thread="karmada-io/karmada#5115",
        ask="workloads of several components, such as prefill and decode, placed as a unit",
        situation="Four replicas of prefill and four of decode. Each is divided for "
        "itself: one replica of decode goes to B, which has no node for prefill.",
        document="""
clusters:
  - name: a
    region: east
    nodes: [{name: a1, free: {cpu: 64, memory: 256Gi, pods: 110, nvidia.com/gpu: 8}}]
  - name: b
    region: east
    nodes: [{name: b1, free: {cpu: 6, memory: 256Gi, pods: 110, nvidia.com/gpu: 4}}]
workloads:
  - {name: decode, replicas: 4, requests: {cpu: 1, nvidia.com/gpu: 1}, colocate_with: [prefill]}
  - {name: prefill, replicas: 4, requests: {cpu: 6, nvidia.com/gpu: 1}, colocate_with: [decode]}
""",
        incumbent=incumbents.KARMADA,
        figures={"placed": (8, 8), "breaks colocation": (1, 0), "in a": (7, 8)},
        better=("breaks colocation",),
        part="one place for all components, not a ratio of them in each place",
    )


SCENARIOS = (
    fifteen_apps_fail_over,
    variants_compete_for_scarce_gpus,
    who_gets_the_scarce_gpus,
    a_mix_that_is_in_stock,
    models_of_a_fleet_with_a_failover,
    leader_and_workers_as_a_unit,
)

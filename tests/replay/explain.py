"""Reasons, spread, and rules of one's own."""

from tests.replay import incumbents
from tests.replay.scenario import Scenario
from tests.replay.types import TYPES

__all__ = ["SCENARIOS"]


def the_reason_has_figures() -> Scenario:
    return Scenario(
        thread="kubernetes-sigs/karpenter#1212",
        also=(
            "kubernetes-sigs/karpenter#2438",
            "aws/karpenter-provider-aws#5527",
            "aws/karpenter-provider-aws#6884",
        ),
        ask='"no instance type … had a required offering" is too vague; it was a stock-out',
        situation="Four replicas ask for a zone where two nodes are left. Both plans place two; "
        "the reason here names the offering and how much of its stock is used.",
        document=TYPES
        + """
offerings:
  - {region: east, zone: east-a, instance_type: l4, price: 0.80, stock: 2}
  - {region: east, zone: east-b, instance_type: l4, price: 0.80}
clusters:
  - name: east-1
    region: east
    zones: [east-a, east-b]
    node_pools: [{name: gpu, instance_type: l4}]
workloads:
  - {name: chat, replicas: 4, requests: {nvidia.com/gpu: 1}, cluster_affinity: {zones: [east-a]}}
""",
        incumbent=incumbents.FFD,
        stand_in="first-fit-decreasing places as Karpenter does; its message is not modelled",
        figures={"placed": (2, 2), "left out": (2, 2), "cost": (1.6, 1.6)},
        better=(),
        says=("stock of l4 (on-demand) in east/east-a is used up (2 of 2)",),
    )


def division_by_latency() -> Scenario:
    return Scenario(
        thread="karmada-io/karmada#6045",
        also=("karmada-io/karmada#3447", "karmada-io/karmada#7241"),
        ask="divide replicas by measures of one's own, such as latency",
        situation="The users are in the east; the west has three times the room. By room the west "
        "gets most replicas; at 0.01 per replica and millisecond all stay in the east.",
        document="""
clusters:
  - name: east-1
    region: east
    nodes: [{name: e1, free: {cpu: 16, memory: 64Gi, pods: 110, nvidia.com/gpu: 4}}]
  - name: west-1
    region: west
    nodes: [{name: w1, free: {cpu: 48, memory: 192Gi, pods: 110, nvidia.com/gpu: 12}}]
workloads:
  - name: chat
    replicas: 4
    requests: {cpu: 4, nvidia.com/gpu: 1}
    users: {regions: {east: 1}, cost_per_ms: 0.01}
network: {latency_ms: [{from: east, to: west, ms: 60}]}
""",
        incumbent=incumbents.KARMADA,
        figures={"placed": (4, 4), "in east-1": (1, 4), "latency": (1.8, 0.0)},
        better=("in east-1", "latency"),
        part="figures are stated in the problem, not measured",
    )


def a_cap_on_one_cluster() -> Scenario:
    return Scenario(
        thread="karmada-io/karmada#1634",
        also=("karmada-io/karmada#4369",),
        ask="quota-aware choice of clusters; a cap on what the fleet may use of one",
        situation="A has eight GPUs free, of which the fleet may use three; B has four. By room A "
        "gets four of six.",
        document="""
clusters:
  - name: a
    region: east
    nodes: [{name: a1, free: {cpu: 32, memory: 128Gi, pods: 110, nvidia.com/gpu: 8}}]
  - name: b
    region: east
    nodes: [{name: b1, free: {cpu: 16, memory: 64Gi, pods: 110, nvidia.com/gpu: 4}}]
workloads:
  - {name: chat, replicas: 6, requests: {nvidia.com/gpu: 1}}
limits:
  - {name: share-of-a, match: {clusters: [a]}, resource: nvidia.com/gpu, max: 3}
""",
        incumbent=incumbents.KARMADA,
        figures={"placed": (6, 6), "in a": (4, 2), "breaks limit": (1, 0)},
        better=("breaks limit",),
    )


def spread_by_a_label() -> Scenario:
    return Scenario(
        thread="karmada-io/karmada#3187",
        ask="spread by a label of clusters",
        situation="Two clusters of stage dev and one of stage prod; the four replicas have to be "
        "in both stages. `spreadByLabel` is declared, and refused by the scheduler.",
        document="""
clusters:
  - name: a
    region: east
    labels: {stage: dev}
    nodes: [{name: a1, free: {cpu: 16, memory: 64Gi, pods: 110, nvidia.com/gpu: 4}}]
  - name: b
    region: east
    labels: {stage: dev}
    nodes: [{name: b1, free: {cpu: 16, memory: 64Gi, pods: 110, nvidia.com/gpu: 4}}]
  - name: c
    region: east
    labels: {stage: prod}
    nodes: [{name: c1, free: {cpu: 8, memory: 32Gi, pods: 110, nvidia.com/gpu: 2}}]
workloads:
  - {name: chat, replicas: 4, requests: {cpu: 4, nvidia.com/gpu: 1},
     spread: [{by: stage, min_groups: 2, max_fraction: 0.5}]}
""",
        incumbent=incumbents.KARMADA_BINDINGS,
        figures={"placed": (0, 4), "left out": (4, 0), "in c": (0, 2)},
        better=("placed", "left out"),
        they_say=("just support cluster and region spread constraint",),
    )


def spread_by_zone() -> Scenario:
    return Scenario(
        thread="karmada-io/karmada#3996",
        ask="zones in spread constraints",
        situation="Two clusters of one region in a zone each; no zone may have more than half of "
        "the replicas. The scheduler supports clusters and regions alone.",
        document="""
clusters:
  - name: a
    region: east
    zones: [east-a]
    nodes: [{name: a1, zone: east-a, free: {cpu: 32, memory: 64Gi, pods: 110, nvidia.com/gpu: 8}}]
  - name: b
    region: east
    zones: [east-b]
    nodes: [{name: b1, zone: east-b, free: {cpu: 16, memory: 64Gi, pods: 110, nvidia.com/gpu: 4}}]
workloads:
  - {name: chat, replicas: 4, requests: {nvidia.com/gpu: 1},
     spread: [{by: zone, min_groups: 2, max_fraction: 0.5}]}
""",
        incumbent=incumbents.KARMADA_BINDINGS,
        figures={"placed": (0, 4), "left out": (4, 0), "in b": (0, 2)},
        better=("placed", "left out"),
        they_say=("just support cluster and region spread constraint",),
    )


SCENARIOS = (
    the_reason_has_figures,
    division_by_latency,
    a_cap_on_one_cluster,
    spread_by_a_label,
    spread_by_zone,
)

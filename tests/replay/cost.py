"""Cost: prices of clusters, the order of clusters and flavors, budgets."""

from tests.replay import incumbents
from tests.replay.scenario import Scenario
from tests.replay.types import TYPES

__all__ = ["SCENARIOS"]


def clusters_have_prices() -> Scenario:
    return Scenario(
        thread="karmada-io/karmada#3714",
        also=("karmada-io/karmada#4187",),
        ask="cost-aware scheduling with the price of GPUs in each cluster",
        situation="Four replicas, two clusters with a free node of four GPUs each, one at 3.00 and "
        "one at 5.00. By available replicas two go to each, and both nodes stay.",
        document=TYPES
        + """
clusters:
  - name: cheap
    region: east
    node_pools: [{name: gpu, instance_type: l4x4}]
    nodes: [{name: c1, node_pool: gpu, price: 3.00, releasable: true,
             free: {cpu: 44, memory: 180Gi, nvidia.com/gpu: 4}}]
  - name: dear
    region: west
    node_pools: [{name: gpu, instance_type: l4x4}]
    nodes: [{name: d1, node_pool: gpu, price: 5.00, releasable: true,
             free: {cpu: 44, memory: 180Gi, nvidia.com/gpu: 4}}]
workloads:
  - {name: chat, replicas: 4, requests: {nvidia.com/gpu: 1}}
""",
        incumbent=incumbents.KARMADA,
        figures={"placed": (4, 4), "in cheap": (2, 4), "nodes": (2, 1), "cost": (8.0, 3.0)},
        better=("in cheap", "nodes", "cost"),
    )


def cheap_clusters_then_the_others() -> Scenario:
    return Scenario(
        thread="kubernetes-sigs/kueue#12854",
        ask="cheaper clusters on premises first, spill over to the public cloud",
        situation="Three jobs of four GPUs; on premises there are two nodes of four at 0.50, in "
        "each cloud more at 3.40. By name the clouds come first, so the first round of three ends "
        "before the cheap cluster is asked. Since then the order of the list counts there.",
        document=TYPES
        + """
offerings:
  - {region: aws, instance_type: l4x4, price: 3.40}
  - {region: azure, instance_type: l4x4, price: 3.40}
  - {region: gcp, instance_type: l4x4, price: 3.40}
  - {region: on-premises, instance_type: l4x4, price: 0.50, stock: 2}
clusters:
  - {name: aws-1, region: aws, node_pools: [{name: gpu, instance_type: l4x4}]}
  - {name: azure-1, region: azure, node_pools: [{name: gpu, instance_type: l4x4}]}
  - {name: gcp-1, region: gcp, node_pools: [{name: gpu, instance_type: l4x4}]}
  - {name: own-1, region: on-premises, node_pools: [{name: gpu, instance_type: l4x4}]}
workloads:
  - {name: a, replicas: 1, requests: {nvidia.com/gpu: 4}}
  - {name: b, replicas: 1, requests: {nvidia.com/gpu: 4}}
  - {name: c, replicas: 1, requests: {nvidia.com/gpu: 4}}
""",
        incumbent=incumbents.MULTIKUEUE_ROUNDS,
        figures={"placed": (3, 3), "in own-1": (0, 2), "cost": (10.2, 4.4)},
        better=("in own-1", "cost"),
    )


def clusters_in_three_countries() -> Scenario:
    return Scenario(
        thread="kubernetes-sigs/kueue#9270",
        ask="GPU clusters in Japan, the United States and Singapore, by preference",
        situation="Three jobs of three GPUs, and clusters of which any may admit a job first; the "
        "figure is for the dearest order. Each job needs a node of four, and the two cheaper "
        "regions have one each.",
        document=TYPES
        + """
offerings:
  - {region: jp, instance_type: l4x4, price: 3.00, stock: 1}
  - {region: us, instance_type: l4x4, price: 3.80, stock: 1}
  - {region: sg, instance_type: l4x4, price: 4.40, stock: 3}
clusters:
  - {name: jp-osa, region: jp, node_pools: [{name: gpu, instance_type: l4x4}]}
  - {name: us-002, region: us, node_pools: [{name: gpu, instance_type: l4x4}]}
  - {name: sg-001, region: sg, node_pools: [{name: gpu, instance_type: l4x4}]}
workloads:
  - {name: a, replicas: 1, requests: {nvidia.com/gpu: 3}}
  - {name: b, replicas: 1, requests: {nvidia.com/gpu: 3}}
  - {name: c, replicas: 1, requests: {nvidia.com/gpu: 3}}
""",
        incumbent=incumbents.MULTIKUEUE,
        figures={
            "placed": (3, 3),
            "in jp-osa": (0, 1),
            "in sg-001": (3, 1),
            "cost": (13.2, 11.2),
        },
        better=("in jp-osa", "cost"),
    )


def a_hard_budget() -> Scenario:
    return Scenario(
        thread="skypilot-org/skypilot#8766",
        ask="a hard budget per hour, caps of spot and on-demand, policies of teams",
        situation="A team may be charged 4.00 per hour and have half of its replicas on spot; the "
        "cheapest place is spot. Without the caps all six run there; within them four run.",
        document=TYPES
        + """
offerings:
  - {region: east, instance_type: l4, price: 1.00}
  - {region: east, instance_type: l4, capacity_type: spot, price: 0.80}
clusters:
  - name: east-1
    region: east
    node_pools:
      - {name: steady, instance_type: l4}
      - {name: spot, instance_type: l4, capacity_type: spot}
workloads:
  - name: chat
    namespace: team-a
    replicas: 6
    requests: {nvidia.com/gpu: 1}
    capacity_types: [on-demand, spot]
    max_spot_fraction: 0.5
budgets:
  - {name: team-a, match: {namespaces: [team-a]}, max_cost_per_hour: 4.00}
""",
        incumbent=incumbents.CHEAPEST,
        figures={
            "placed": (6, 4),
            "breaks spot_share": (1, 0),
            "breaks budget": (1, 0),
            "cost": (4.8, 3.6),
        },
        better=("breaks spot_share", "breaks budget"),
        says=("budget: team-a is used up",),
    )


def flavors_by_cost() -> Scenario:
    return Scenario(
        thread="kubernetes-sigs/kueue#312",
        ask="a strategy for flavors other than their order: cost, or the least borrowing",
        situation="Two workloads, two flavors, the large type listed first. In order, both go to "
        "the large type; by cost, the one that fits small nodes takes these.",
        document=TYPES
        + """
offerings:
  - {region: east, instance_type: h100x8, price: 24.00}
  - {region: east, instance_type: l4x4, price: 3.40}
clusters:
  - name: east-1
    region: east
    node_pools:
      - {name: h100, instance_type: h100x8, max_nodes: 2}
      - {name: l4, instance_type: l4x4, max_nodes: 4}
workloads:
  - {name: large, replicas: 1, requests: {nvidia.com/gpu: 8}, gpu_models: {allow: [H100]}}
  - {name: small, replicas: 8, requests: {nvidia.com/gpu: 1}}
""",
        incumbent=incumbents.FLAVORS,
        figures={"placed": (9, 9), "nodes": (2, 3), "cost": (48.0, 30.8)},
        better=("cost",),
        part="borrowing between queues is not modelled",
    )


SCENARIOS = (
    clusters_have_prices,
    cheap_clusters_then_the_others,
    clusters_in_three_countries,
    a_hard_budget,
    flavors_by_cost,
)

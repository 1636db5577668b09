"""Cost: prices of clusters, small nodes beside large ones, combinations, budgets."""

from tests.replay import incumbents
from tests.replay.scenario import Scenario
from tests.replay.types import TYPES

__all__ = ["SCENARIOS"]


def clusters_have_prices() -> Scenario:
    """The cheaper cluster is used, the dearer one let go."""
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


_THREE = """
offerings:
  - {region: jp, instance_type: l4x4, price: 3.80, stock: 1}
  - {region: us, instance_type: l4x4, price: 3.00, stock: 1}
  - {region: sg, instance_type: l4x4, price: 4.40, stock: 3}
clusters:
  - {name: jp-1, region: jp, node_pools: [{name: gpu, instance_type: l4x4}]}
  - {name: us-1, region: us, node_pools: [{name: gpu, instance_type: l4x4}]}
  - {name: sg-1, region: sg, node_pools: [{name: gpu, instance_type: l4x4}]}
"""


def cheap_clusters_then_the_others() -> Scenario:
    """One workload spills over from the cheapest cluster to the next."""
    return Scenario(
        thread="kubernetes-sigs/kueue#12854",
        ask="cheaper clusters first, spill over to dearer ones",
        situation="Eight replicas fit two nodes; the cheapest region has one. A job runs whole in "
        "one cluster, and only the dearest has room for all of it.",
        document=TYPES
        + _THREE
        + "workloads: [{name: serve, replicas: 8, requests: {nvidia.com/gpu: 1}}]\n",
        incumbent=incumbents.MULTIKUEUE,
        figures={
            "placed": (8, 8),
            "in us-1": (0, 4),
            "in jp-1": (0, 4),
            "cost": (8.8, 6.8),
        },
        better=("in us-1", "cost"),
    )


def clusters_in_three_countries() -> Scenario:
    """Several jobs fill the cheapest cluster first, whichever answers first."""
    return Scenario(
        thread="kubernetes-sigs/kueue#9270",
        ask="GPU clusters in Japan, the United States and Singapore, by preference",
        situation="Three jobs of three GPUs, and clusters of which any may answer first; the figure "
        "is for the dearest order. Each job needs a node of four, and the two cheaper regions "
        "have one each.",
        document=TYPES
        + _THREE
        + """
workloads:
  - {name: a, replicas: 1, requests: {nvidia.com/gpu: 3}}
  - {name: b, replicas: 1, requests: {nvidia.com/gpu: 3}}
  - {name: c, replicas: 1, requests: {nvidia.com/gpu: 3}}
""",
        incumbent=incumbents.MULTIKUEUE,
        figures={
            "placed": (3, 3),
            "in us-1": (0, 1),
            "in sg-1": (3, 1),
            "cost": (13.2, 11.2),
        },
        better=("in us-1", "cost"),
    )


def two_small_nodes_beside_one_large() -> Scenario:
    """Two small nodes for less than one large."""
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
    """Many pods do not need the largest type."""
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
    """Pods that want CPU and pods that want GPUs go to nodes of their own."""
    return Scenario(
        thread="kubernetes-sigs/karpenter#2457",
        ask="several smaller nodes where they cost less than a large one for all",
        situation="Pods for CPU and pods for a GPU arrive together. Packed by CPU first, they share "
        "a node to be that only the large GPU type holds; apart, they cost less than half.",
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
    """A mix of types that no rule for one node finds."""
    return Scenario(
        thread="kubernetes-sigs/karpenter#1962",
        ask='a cheaper combination of instances is not found; "hard to try all the combinations"',
        situation="Pods of three and of two GPUs on types of two, four and six GPUs. The rule makes "
        "two nodes of six of what it packed first; the cheapest mix has none.",
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
    """The least waste of money, not of CPU."""
    return Scenario(
        thread="kubernetes/autoscaler#2215",
        ask="least-waste should see GPUs",
        situation="Two pods of one GPU and eight CPUs each. On the eight-GPU type a fifth of the CPU "
        "and six GPUs would be idle, on two nodes of one GPU half of the CPU and no GPU.",
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


def a_hard_budget() -> Scenario:
    """A cap on money, and one on spot."""
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
    """The order of a list is no strategy."""
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
    two_small_nodes_beside_one_large,
    nodes_grow_with_every_pod,
    pods_of_two_shapes,
    a_cheaper_combination,
    waste_of_gpus,
    a_hard_budget,
    flavors_by_cost,
)

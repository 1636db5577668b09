"""Stability: what moves, what it costs, and what gives way."""

from tests.replay import incumbents
from tests.replay.scenario import Scenario
from tests.replay.types import TYPES

__all__ = ["SCENARIOS"]


def only_what_cannot_run_moves() -> Scenario:
    return Scenario(
        thread="karmada-io/karmada#7662",
        ask="move only what cannot run; keep available replicas",
        situation="Six replicas run in A; three were in B, whose node is gone; C has room for 20. "
        "Division anew takes what A and B hold for room there, sends most to C and one to B.",
        document="""
clusters:
  - name: a
    region: east
    nodes: [{name: a1, free: {cpu: 24, memory: 96Gi, pods: 110, nvidia.com/gpu: 6}}]
  - {name: b, region: east}
  - name: c
    region: east
    nodes: [{name: c1, free: {cpu: 80, memory: 320Gi, pods: 110, nvidia.com/gpu: 20}}]
workloads:
  - name: chat
    replicas: 9
    requests: {cpu: 4, nvidia.com/gpu: 1}
    current: [{cluster: a, replicas: 6}, {cluster: b, replicas: 3}]
    move_cost: 0.10
""",
        incumbent=incumbents.KARMADA_FRESH,
        figures={"placed": (8, 9), "in a": (2, 6), "moved": (7, 3)},
        better=("placed", "moved"),
    )


_RECOVERED = """
workloads:
  - name: chat
    replicas: 6
    requests: {cpu: 4, nvidia.com/gpu: 1}
    preferences: [{cluster_affinity: {cluster_names: [home]}, cost: 0.50}]
    current: [{cluster: away, replicas: 6}]
    move_cost: 0.40
objective: {horizon_hours: 8}
"""


def home_again_after_recovery() -> Scenario:
    return Scenario(
        thread="karmada-io/karmada#5070",
        ask="return to the preferred cluster when it has recovered",
        situation="Six replicas fled; their own cluster has room again. A replica away costs 0.50 "
        "per hour, a move 0.40 once, over eight hours 0.05. A settled binding stays away; a "
        "WorkloadRebalancer, started by hand, now returns all of it (karmada#5425).",
        document="""
clusters:
  - name: home
    region: east
    nodes: [{name: h1, free: {cpu: 32, memory: 128Gi, pods: 110, nvidia.com/gpu: 8}}]
  - name: away
    region: west
    nodes: [{name: w1, free: {cpu: 32, memory: 128Gi, pods: 110, nvidia.com/gpu: 8}}]
"""
        + _RECOVERED,
        incumbent=incumbents.KARMADA_BINDINGS,
        figures={"placed": (6, 6), "in home": (0, 6), "preferences": (3.0, 0.0), "moved": (0, 6)},
        better=("in home", "preferences"),
    )


def home_again_as_far_as_there_is_room() -> Scenario:
    return Scenario(
        thread="karmada-io/karmada#5172",
        ask="a fresh reschedule that goes back to the preferred cluster",
        situation="As before, but the own cluster has room for four. The first affinity group does "
        "not hold all six, so the open one is divided by room: two return where four could. With "
        "`overflowAffinities`, new in 1.18, four would.",
        document="""
clusters:
  - name: home
    region: east
    nodes: [{name: h1, free: {cpu: 16, memory: 128Gi, pods: 110, nvidia.com/gpu: 4}}]
  - name: away
    region: west
    nodes: [{name: w1, free: {cpu: 48, memory: 128Gi, pods: 110, nvidia.com/gpu: 12}}]
"""
        + _RECOVERED,
        incumbent=incumbents.KARMADA_FRESH,
        figures={"placed": (6, 6), "in home": (2, 4), "preferences": (2.0, 1.0), "moved": (2, 4)},
        better=("in home", "preferences"),
    )


def room_that_was_held_before_a_change() -> Scenario:
    return Scenario(
        thread="karmada-io/karmada#6771",
        ask="available replicas are counted from history after constraints change",
        situation="Four replicas of one GPU ran in A, which has four GPUs. Now each needs four, "
        "and six are asked for. What A held is counted as room for four more there, so it is sent "
        "two and has room for one; B has room for six.",
        document="""
clusters:
  - name: a
    region: east
    nodes: [{name: a1, free: {cpu: 64, memory: 256Gi, pods: 110, nvidia.com/gpu: 4}}]
  - name: b
    region: east
    nodes: [{name: b1, free: {cpu: 64, memory: 256Gi, pods: 110, nvidia.com/gpu: 24}}]
workloads:
  - name: chat
    replicas: 6
    requests: {cpu: 4, nvidia.com/gpu: 4}
    current: [{cluster: a, replicas: 4}]
""",
        incumbent=incumbents.KARMADA_FRESH,
        figures={"placed": (5, 6), "left out": (1, 0), "in b": (4, 5)},
        better=("placed", "left out"),
    )


def a_gain_that_is_worth_no_move() -> Scenario:
    return Scenario(
        thread="kubernetes-sigs/karpenter#1440",
        also=("kubernetes-sigs/karpenter#795", "kubernetes-sigs/karpenter#2562"),
        ask="consolidate only above a threshold of savings",
        situation="Four replicas run on a node at 4.00; a new one is at 3.96, 1 % less. With "
        "`min_saving` of 5 % nothing moves, and the plan costs that 1 % more.",
        document=TYPES
        + """
offerings: [{region: east, instance_type: l4x4, capacity_type: reserved, price: 3.96}]
clusters:
  - name: east-1
    region: east
    node_pools:
      - {name: old, instance_type: l4x4}
      - {name: new, instance_type: l4x4, capacity_type: reserved}
    nodes: [{name: o1, node_pool: old, price: 4.00, releasable: true,
             free: {cpu: 44, memory: 180Gi, nvidia.com/gpu: 4}}]
workloads:
  - name: chat
    replicas: 4
    requests: {cpu: 4, nvidia.com/gpu: 1}
    current: [{cluster: east-1, node_pool: old, node: o1, replicas: 4}]
objective: {min_saving: 0.05}
""",
        incumbent=incumbents.CONSOLIDATION,
        figures={"placed": (4, 4), "moved": (4, 0), "cost": (3.96, 4.0)},
        better=("moved",),
    )


_TWO_OLD_NODES = """
offerings:
  - {region: east, instance_type: l4x4, capacity_type: reserved, price: 3.98}
  - {region: east, instance_type: l4, capacity_type: reserved, price: 0.60}
clusters:
  - name: east-1
    region: east
    node_pools:
      - {name: old, instance_type: l4x4}
      - {name: new, instance_type: l4x4, capacity_type: reserved}
      - {name: small, instance_type: l4, capacity_type: reserved}
    nodes:
      - {name: o1, node_pool: old, price: 4.00, releasable: true,
         free: {cpu: 44, memory: 180Gi, nvidia.com/gpu: 4}}
      - {name: o2, node_pool: old, price: 4.10, releasable: true,
         free: {cpu: 44, memory: 180Gi, nvidia.com/gpu: 4}}
workloads:
  - name: chat
    replicas: 4
    requests: {cpu: 4, memory: 20Gi, nvidia.com/gpu: 1}
    current: [{cluster: east-1, node_pool: old, node: o1, replicas: 4}]
    move_cost: 0.50
  - name: rare
    replicas: 1
    requests: {cpu: 4, memory: 20Gi, nvidia.com/gpu: 1}
    current: [{cluster: east-1, node_pool: old, node: o2, replicas: 1}]
    move_cost: 0.50
"""


def moves_have_a_price() -> Scenario:
    return Scenario(
        thread="kubernetes-sigs/karpenter#2883",
        also=("kubernetes-sigs/karpenter#2733", "kubernetes-sigs/karpenter#2977"),
        ask="churn of near-zero gains: savings against disruption",
        situation="A node at 4.00 with four replicas and one at 4.10 with one; nodes like them are "
        "to be had at 3.98, small ones at 0.60. A move costs 0.50 over one hour: it pays for the "
        "one replica, which saves 3.50, and not for the four, which save 0.02.",
        document=TYPES + _TWO_OLD_NODES,
        incumbent=incumbents.CONSOLIDATION,
        figures={"placed": (5, 5), "moved": (5, 1), "cost": (4.58, 4.6)},
        better=("moved",),
    )


def no_jump_between_windows() -> Scenario:
    return Scenario(
        thread="vllm-project/aibrix#637",
        ask="the optimiser must not jump between windows: from four L20 to five A10",
        situation="The load fell from 28 to 20 requests per second while four L20 run. Five A10 "
        "carry it for 5.00, three of the L20 for 5.10: a tenth per hour against four moves.",
        document="""
instance_types:
  - {name: a10, gpu: {model: A10, count: 1, memory: 24Gi}, allocatable: {cpu: 8, memory: 30Gi}}
  - {name: l20, gpu: {model: L20, count: 1, memory: 48Gi}, allocatable: {cpu: 8, memory: 60Gi}}
offerings:
  - {region: east, instance_type: a10, price: 1.00}
  - {region: east, instance_type: l20, price: 1.70}
clusters:
  - name: east-1
    region: east
    node_pools: [{name: a10, instance_type: a10}, {name: l20, instance_type: l20}]
    nodes:
      - {name: l1, node_pool: l20, releasable: true, free: {cpu: 8, nvidia.com/gpu: 1}}
      - {name: l2, node_pool: l20, releasable: true, free: {cpu: 8, nvidia.com/gpu: 1}}
      - {name: l3, node_pool: l20, releasable: true, free: {cpu: 8, nvidia.com/gpu: 1}}
      - {name: l4, node_pool: l20, releasable: true, free: {cpu: 8, nvidia.com/gpu: 1}}
workloads:
  - name: chat
    load: {unit: requests/s, amount: 20, per_replica: {a10: 4, l20: 7}}
    requests: {nvidia.com/gpu: 1}
    current: [{cluster: east-1, node_pool: l20, replicas: 4}]
    move_cost: 0.25
""",
        incumbent=incumbents.MELANGE,
        figures={"load carried": (20, 20), "moved": (4, 0), "cost": (5.0, 5.1)},
        better=("moved",),
    )


def the_lower_priority_gives_way() -> Scenario:
    return Scenario(
        thread="karmada-io/karmada#7327",
        ask="preemption between bindings",
        situation="Two clusters are full of batch jobs; a service of higher priority arrives and "
        "needs four GPUs on one node. It waits where nothing is preempted. Here one replica gives "
        "way, the fewest that can: in the other cluster it would be four.",
        document="""
clusters:
  - name: a
    region: east
    nodes: [{name: a1, free: {cpu: 32, memory: 128Gi, pods: 110, nvidia.com/gpu: 8}}]
  - name: b
    region: west
    nodes: [{name: b1, free: {cpu: 16, memory: 64Gi, pods: 110, nvidia.com/gpu: 4}}]
workloads:
  - {name: service, priority: 100, replicas: 1, requests: {nvidia.com/gpu: 4}}
  - {name: wide, replicas: 2, requests: {nvidia.com/gpu: 4}, current: [{cluster: a, replicas: 2}]}
  - {name: thin, replicas: 4, requests: {nvidia.com/gpu: 1}, current: [{cluster: b, replicas: 4}]}
""",
        incumbent=incumbents.KARMADA_BINDINGS,
        figures={
            "left out at priority 100": (1, 0),
            "left out at priority 0": (0, 1),
            "placed": (6, 6),
            "moved": (0, 1),
        },
        better=("left out at priority 100",),
    )


SCENARIOS = (
    only_what_cannot_run_moves,
    home_again_after_recovery,
    home_again_as_far_as_there_is_room,
    room_that_was_held_before_a_change,
    a_gain_that_is_worth_no_move,
    moves_have_a_price,
    no_jump_between_windows,
    the_lower_priority_gives_way,
)

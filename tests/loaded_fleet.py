"""A fleet with loads, and one with moves, small enough to work out by hand."""

__all__ = ["LOADS", "MOVES"]

LOADS = """\
instance_types:
  - {name: small, gpu: {model: L4, count: 1, memory: 24Gi}, allocatable: {cpu: 8, memory: 30Gi}}
  - {name: large, gpu: {model: A100-80GB, count: 1, memory: 80Gi}, allocatable: {cpu: 8}}
offerings:
  - {region: r, instance_type: small, price: 1}
  - {region: s, instance_type: large, price: 3, stock: 2}
clusters:
  - {name: a, region: r, node_pools: [{name: p, instance_type: small}]}
  - {name: b, region: s, node_pools: [{name: p, instance_type: large}]}
workloads:
  - {name: long, requests: {nvidia.com/gpu: 1}, load: {amount: 40, per_replica: {large: 18.4}}}
  - name: short
    requests: {nvidia.com/gpu: 1}
    load: {unit: tokens/s, amount: 3000, per_replica: {small: 1000, large: 2000}}
  - {name: web, replicas: 2, requests: {nvidia.com/gpu: 1}, instance_types: {allow: [small]}}
"""
"""Both large nodes carry 36.8 of 40 of ``long``; ``short`` takes three small ones."""

MOVES = """\
instance_types:
  - {name: t, gpu: {model: L4, count: 1, memory: 24Gi}, allocatable: {cpu: 8, memory: 30Gi}}
offerings:
  - {region: r, instance_type: t, price: 2, stock: 0}
  - {region: s, instance_type: t, price: 1, stock: 2}
clusters:
  - name: a
    region: r
    node_pools: [{name: p, instance_type: t}]
    nodes:
      - {name: n1, node_pool: p, free: {cpu: 8, nvidia.com/gpu: 1}, releasable: true}
      - {name: n2, node_pool: p, free: {cpu: 8, nvidia.com/gpu: 1}, releasable: true}
  - {name: b, region: s, node_pools: [{name: p, instance_type: t}]}
workloads:
  - name: web
    replicas: 2
    requests: {nvidia.com/gpu: 1}
    current: [{cluster: a, node_pool: p, replicas: 2}]
    move_cost: 1
objective: {horizon_hours: 4}
"""
"""Both replicas move to ``b``: from 4 to 2 per hour for nodes, and 0.5 for two moves."""

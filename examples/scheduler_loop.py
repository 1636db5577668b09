"""The library inside another scheduler's own loop: one decision for all that is pending.

A scheduler brings its own view of the fleet and its own way to act; here the fleet is a file, what
is pending a list, and acting means printing.
"""

from pathlib import Path

import yaml

from placement import Problem, place

FLEET = yaml.safe_load((Path(__file__).parent / "scheduler_fleet.yaml").read_text())
CHAT = {"name": "chat", "model": "Qwen/Qwen3-8B", "serving": {"max_model_len": 8192}}
CODE = {"name": "code", "model": "Qwen/Qwen3-14B", "serving": {"max_model_len": 8192}}
PENDING = (
    [{**CHAT, "replicas": 2}],
    [{**CHAT, "replicas": 4}, {**CODE, "replicas": 1, "priority": 10}],
    [{**CHAT, "replicas": 11}, {**CODE, "replicas": 1, "priority": 10}],
)

for workloads in PENDING:
    plan = place(Problem.model_validate({**FLEET, "workloads": workloads}), time_limit=5)
    for row in plan.assignments:
        where = f"{row.cluster}/{row.node_pool}"
        print(f"bind {row.replicas} of {row.workload} to {where}, {row.gpus_per_replica} GPUs each")
    for pool in plan.node_pools:
        print(f"scale {pool.cluster}/{pool.node_pool} to {pool.nodes_planned} nodes")
    for left in plan.unplaced:
        print(f"{left.replicas} of {left.workload} must wait: {'; '.join(left.reasons)}")
    print(f"{plan.status}: {plan.cost_per_hour:.2f} {plan.currency} per hour\n")

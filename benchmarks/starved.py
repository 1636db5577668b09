"""Workloads that run out of CPU or memory before GPUs, and whose sizes do not divide a node.

Made up: for each, an instance type with several GPUs of which it would take a part; and that it
asks for so much CPU (every other one: memory) that fewer replicas fit on that type than GPUs allow.
"""

from random import Random

import numpy as np
from fleet_draft import Draft, Json

from placement.problem import InstanceType

__all__ = ["starve"]

TRIED = 3
"""Types drawn for a workload; the smallest is taken, since the largest have room for anything."""

OTHER = (0.3, 0.9)
"""The other resource, as a share of what the GPUs that a replica takes have beside them."""

APART = (0.15, 0.85)
"""How far a share is from one that divides a node: 1 / (k + this) of it, for k replicas."""


def starve(draft: Draft) -> None:
    """Change what workloads ask for."""
    kinds = list(draft.market.types.values())
    counts = np.array([draft.market.gpus(kind.name) for kind in kinds])
    for number, (workload, gpus) in enumerate(zip(draft.workloads, draft.gpus(), strict=True)):
        shared = np.flatnonzero((gpus > 0) & (2 * gpus <= counts))
        if shared.size:
            short = ("cpu", "memory")[number % 2]
            tried = [int(draft.random.choice(shared)) for _ in range(TRIED)]
            at = min(tried, key=lambda kind: kinds[kind].allocatable[short])
            _ask(draft.random, workload, kinds[at], counts[at] // gpus[at], short)


def _ask(random: Random, workload: Json, kind: InstanceType, most: int, short: str) -> None:
    """Ask for so much that at least half as many replicas fit as GPUs allow, but not all."""
    fit = random.randint(max(1, int(most) // 2), int(most) - 1)
    shares = {name: random.uniform(*OTHER) / int(most) for name in ("cpu", "memory")}
    shares[short] = 1 / (fit + random.uniform(*APART))
    workload["requests"] = {
        "cpu": f"{round(shares['cpu'] * kind.allocatable['cpu'])}m",
        "memory": f"{round(shares['memory'] * kind.allocatable['memory'] / 2**20)}Mi",
    }

"""Small markets, and what plain loops say of them."""

from collections.abc import Iterator
from random import Random

import numpy as np

from placement import Problem
from placement.formulation.milp import Floats, Ints
from placement.instance import Instance, make_instance
from placement.solvers.decomposition.market import Market, market_of
from placement.solvers.decomposition.state import State
from tests.generate import MEDIUM, random_problem
from tests.generate_costs import with_costs

__all__ = [
    "bulky",
    "fractional",
    "holds",
    "instances",
    "markets",
    "random_replicas",
    "random_state",
]


def instances(first: int, count: int) -> Iterator[tuple[Instance, Random]]:
    """Yield random instances, every other one with prices on replicas, each with a seed's rolls."""
    for seed in range(first, first + count):
        problem = random_problem(seed, size=MEDIUM)
        yield make_instance(with_costs(problem, seed) if seed % 2 else problem), Random(seed)


def markets(first: int, count: int) -> Iterator[tuple[Market, Random]]:
    """Yield the markets of random instances."""
    for instance, random in instances(first, count):
        yield market_of(instance), random


def bulky(seed: int) -> Instance:
    """Return one cluster of two pools, and workloads whose replicas leave parts of a node empty."""
    random = Random(f"bulky {seed}")
    kinds = [
        {
            "name": name,
            "gpu": {"model": "A10", "count": gpus, "memory": "24Gi"},
            "allocatable": {
                "cpu": random.randint(10, 40),
                "memory": f"{random.randint(40, 160)}Gi",
            },
        }
        for name, gpus in (("one", random.choice((4, 8))), ("other", random.choice((2, 7, 8))))
    ]
    offers = [{"region": "r", "instance_type": k["name"], "price": 3, "stock": 4} for k in kinds]
    pools = [{"name": str(kind["name"]), "instance_type": kind["name"]} for kind in kinds]
    workloads = [
        {
            "name": f"w{number}",
            "replicas": random.randint(1, 5),
            "requests": {
                "nvidia.com/gpu": random.randint(1, 5),
                "cpu": random.randint(1, 12),
                "memory": f"{random.randint(2, 60)}Gi",
            },
        }
        for number in range(random.randint(2, 5))
    ]
    document = {
        "instance_types": kinds,
        "offerings": offers,
        "clusters": [{"name": "c", "region": "r", "node_pools": pools}],
        "workloads": workloads,
    }
    return make_instance(Problem.model_validate(document))


def random_replicas(market: Market, random: Random) -> Ints:
    """Return ``(C,)`` replicas, of each workload no more than are asked for."""
    x = np.zeros(market.workload.size, dtype=np.int64)
    for workload, asked in enumerate(market.replicas.tolist()):
        own = range(int(market.first[workload]), int(market.first[workload + 1]))
        for _ in range(random.randint(0, asked) if own else 0):
            candidate = random.choice(own)
            x[candidate] += x[candidate] < market.limit[candidate]
    return x


def random_state(market: Market, random: Random) -> State | None:
    """Return a random solution that holds, with fewer replicas where it must; None if none does."""
    x = random_replicas(market, random)
    while not State.of(market, x).holds:
        there = np.flatnonzero(x)
        if not there.size:
            return None
        x[random.choice(there.tolist())] -= 1
    return State.of(market, x)


def fractional(market: Market, random: Random) -> Floats:
    """Return ``(C,)`` parts of replicas, of each workload no more than are asked for."""
    x = np.array([random.random() ** 2 * most for most in market.limit.tolist()])
    placed = np.bincount(market.workload, weights=x, minlength=market.replicas.size)
    share = np.minimum(1.0, market.replicas / np.maximum(placed, 1e-9))
    return x * share[market.workload]


def holds(instance: Instance, state: State) -> bool:
    """Return whether a solution is within every bound and limit, by the words of the limits."""
    nodes = state.n.tolist()
    if any(not a <= n <= b for a, n, b in zip(instance.least, nodes, instance.most, strict=True)):
        return False
    for cap in instance.caps:
        pairs = list(zip(cap.supply.tolist(), cap.weight.tolist(), strict=True))
        total = sum(weight * nodes[supply] for supply, weight in pairs)
        adds = any(nodes[supply] and not instance.running[supply] for supply, _ in pairs)
        if cap.family == "pool_minimum":
            within = total >= cap.bound
        else:
            within = total <= cap.bound + (0 if adds else cap.over)
        if not within:
            return False
    return all(int(x) <= int(most) for x, most in zip(state.x, instance.limit, strict=True))

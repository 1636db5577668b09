"""Random changes of a problem, such as a session takes over."""

from random import Random

from placement import (
    ClusterGone,
    DemandChange,
    PriceChange,
    Problem,
    StockChange,
    WorkloadAdded,
    WorkloadRemoved,
)
from placement.session_changes import Change

__all__ = ["KINDS", "random_change"]

KINDS = ("demand", "stock", "price", "added", "removed", "gone")


def random_change(random: Random, problem: Problem, kind: str) -> Change:
    """Return a change of a kind that the problem can take."""
    if kind == "demand":
        workload = random.choice(problem.workloads)
        asked = max(0, (workload.replicas or 0) + random.choice((-2, -1, 1, 2, 3)))
        return DemandChange(workload.key, asked)
    if kind == "added" or (kind == "removed" and len(problem.workloads) < 2):
        workload = random.choice(problem.workloads)
        name = f"{workload.name}-{random.randrange(10**6)}"
        return WorkloadAdded(workload.model_copy(update={"name": name}))
    if kind == "removed":
        return WorkloadRemoved(random.choice(problem.workloads).key)
    if kind == "gone":
        return ClusterGone(random.choice(problem.clusters).name)
    row = random.choice(problem.offerings)
    if kind == "stock":
        stock = random.choice((None, 0, 1, 2, 5))
        return StockChange(
            row.instance_type, row.region, stock, zone=row.zone, capacity_type=row.capacity_type
        )
    price = round(row.price * random.choice((0.5, 0.9, 1.1, 1.3)), 4)
    return PriceChange(
        row.instance_type, row.region, price, zone=row.zone, capacity_type=row.capacity_type
    )

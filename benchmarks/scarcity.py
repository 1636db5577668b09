"""Stock that cannot be enough: fewer GPUs than all replicas together need at the very least."""

import numpy as np
from fleet_draft import GPU, Draft

__all__ = ["SHARE", "to_scarce"]

SHARE = 0.98
"""GPUs in stock and free on running nodes, of the fewest that all replicas need."""


def to_scarce(draft: Draft) -> None:
    """Scale the stock, each offering's by the same factor; what rounding takes, the next gets."""
    gpus = draft.gpus()
    fewest = np.where(gpus > 0, gpus, np.iinfo(np.int64).max).min(axis=1)
    fewest[~(gpus > 0).any(axis=1)] = 0
    replicas = np.array([workload["replicas"] for workload in draft.workloads])
    free = sum(node["free"][GPU] for cluster in draft.clusters for node in cluster["nodes"])
    stock = sum(count * row["stock"] for row, count in draft.stocked())
    wanted = SHARE * int(fewest @ replicas) / draft.tightness - free
    carried = 0.0
    for row, count in draft.stocked():
        exact = row["stock"] * max(0.0, wanted) / stock + carried / count
        row["stock"] = int(exact)
        carried = (exact - row["stock"]) * count

"""A fleet that falls apart: every workload is bound to the clusters of one region.

Stock and quotas are a region's own, so that islands share nothing. Made up: which workload is where
among the regions with enough stock for it.
"""

from collections.abc import Sequence

import numpy as np
from fleet_draft import Draft, Json
from numpy.typing import NDArray

__all__ = ["to_islands"]

LABEL = "island"

AMPLE = 4
"""Times its replicas: the stock that a workload must find on its island, where there is any."""


def to_islands(draft: Draft) -> None:
    """Bind every workload to a region that can run it, by a label of its clusters."""
    for cluster in draft.clusters:
        cluster["labels"][LABEL] = cluster["region"]
    regions = sorted({cluster["region"] for cluster in draft.clusters})
    shelf = _Shelf(draft, regions)
    for workload, gpus in zip(draft.workloads, draft.gpus(), strict=True):
        room = shelf.room(workload, gpus)
        ample = np.flatnonzero(room >= AMPLE * workload["replicas"]).tolist()
        island = regions[draft.random.choice(ample) if ample else int(room.argmax())]
        workload["cluster_affinity"] = {"label_selector": {"match_labels": {LABEL: island}}}


class _Shelf:
    """What each island has in stock, as arrays over the offerings that state one."""

    def __init__(self, draft: Draft, regions: Sequence[str]) -> None:
        order = {name: number for number, name in enumerate(draft.market.types)}
        rows = [row for row, _ in draft.stocked()]
        kinds = [draft.market.types[row["instance_type"]] for row in rows]
        open_pools = {
            (cluster["region"], pool["instance_type"], pool["capacity_type"])
            for cluster in draft.clusters
            for pool in cluster["node_pools"]
            if not pool["taints"]
        }
        self.regions = len(regions)
        self.region = np.array([regions.index(row["region"]) for row in rows])
        self.kind = np.array([order[row["instance_type"]] for row in rows])
        self.spot = np.array([row.get("capacity_type") == "spot" for row in rows])
        self.open = np.array([_key(row) in open_pools for row in rows])
        self.stock = np.array([row["stock"] for row in rows])
        self.gpus = np.array([draft.market.gpus(kind.name) for kind in kinds])
        self.cpu = np.array([kind.allocatable["cpu"] for kind in kinds])
        self.memory = np.array([kind.allocatable["memory"] for kind in kinds])

    def room(self, workload: Json, gpus: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return ``(regions,)`` the replicas for which there is stock, by each offering alone."""
        needs, asked = gpus[self.kind], workload["requests"]
        each = np.minimum.reduce(
            [
                self.gpus // np.maximum(needs, 1),
                self.cpu // int(asked["cpu"].removesuffix("m")),
                self.memory // (int(asked["memory"].removesuffix("Mi")) << 20),
            ]
        )
        usable = (needs > 0) & (self.open | bool(workload["tolerations"]))
        usable &= ~self.spot | ("capacity_types" in workload)
        found = np.zeros(self.regions, dtype=np.int64)
        np.add.at(found, self.region, usable * each * self.stock)
        return found


def _key(row: Json) -> tuple[str, str, str]:
    return row["region"], row["instance_type"], row.get("capacity_type", "on-demand")

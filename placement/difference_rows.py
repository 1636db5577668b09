"""The rows of a difference of two plans: places, workloads, node pools."""

from dataclasses import asdict, dataclass

from placement.plan import Assignment

__all__ = ["Place", "PlaceChange", "PoolDifference", "WorkloadDifference"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where replicas run, as an assignment row says it; None where it does not."""

    cluster: str
    node_pool: str | None
    instance_type: str | None
    capacity_type: str
    zone: str | None

    @classmethod
    def of(cls, row: Assignment) -> "Place":
        """Return the place of an assignment row."""
        return cls(
            cluster=row.cluster,
            node_pool=row.node_pool,
            instance_type=row.instance_type,
            capacity_type=row.capacity_type,
            zone=row.zone,
        )

    def order(self) -> tuple[str, ...]:
        """Return what places are sorted by; unknown comes before every name."""
        pool, kind, zone = (part or "" for part in (self.node_pool, self.instance_type, self.zone))
        return (self.cluster, pool, kind, self.capacity_type, zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceChange:
    """How many replicas of a workload run in a place in the old plan, and in the new one."""

    place: Place
    before: int
    after: int

    @property
    def change(self) -> int:
        """Return by how much the row grew; negative where it shrank."""
        return self.after - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadDifference:
    """What differs for one workload.

    Parameters
    ----------
    places
        Rows that grew or shrank.
    load_before, load_after, unit
        How much of a load is not carried.
    is_load
        Whether it is known to have a load, which any number of replicas may carry.
    reasons
        Why replicas are left out of the new plan, or a load is not carried.
    """

    workload: str
    places: tuple[PlaceChange, ...]
    placed_before: int
    placed_after: int
    unplaced_before: int
    unplaced_after: int
    load_before: float = 0.0
    load_after: float = 0.0
    unit: str | None = None
    is_load: bool = False
    reasons: tuple[str, ...] = ()

    @property
    def differs(self) -> bool:
        """Return whether anything differs."""
        left = (self.unplaced_before, self.load_before) != (self.unplaced_after, self.load_after)
        return bool(self.places) or left

    @property
    def there_before(self) -> bool:
        """Return whether the old plan speaks of it."""
        return bool(self.asked_before or self.load_before)

    @property
    def there_after(self) -> bool:
        """Return whether the new plan speaks of it."""
        return bool(self.asked_after or self.load_after)

    @property
    def asked_before(self) -> int:
        """Return the replicas that the old plan speaks of."""
        return self.placed_before + self.unplaced_before

    @property
    def asked_after(self) -> int:
        """Return the replicas that the new plan speaks of."""
        return self.placed_after + self.unplaced_after

    @property
    def moved(self) -> int:
        """Return the replicas that run in both plans, but elsewhere."""
        grown = sum(row.change for row in self.places if row.change > 0)
        shrunk = -sum(row.change for row in self.places if row.change < 0)
        return min(grown, shrunk)

    def _loads(self) -> dict[str, object] | None:
        if self.unit is None:
            return None
        return {"before": self.load_before, "after": self.load_after, "unit": self.unit}

    def to_dict(self) -> dict[str, object]:
        """Return the fields as JSON takes them."""
        places = [
            {**asdict(row.place), "before": row.before, "after": row.after, "change": row.change}
            for row in self.places
        ]
        return {
            "workload": self.workload,
            "replicas_placed": {"before": self.placed_before, "after": self.placed_after},
            "replicas_unplaced": {"before": self.unplaced_before, "after": self.unplaced_after},
            "load_not_carried": self._loads(),
            "replicas_moved": self.moved,
            "places": places,
            "reasons": list(self.reasons),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolDifference:
    """What differs for one node pool, in nodes.

    Parameters
    ----------
    before, after
        Nodes that the pool is to have by the old plan, and by the new one.
    bought_before, bought_after
        New nodes in each.
    released_before, released_after
        Nodes let go in each.
    """

    cluster: str
    node_pool: str
    before: int
    after: int
    bought_before: int
    bought_after: int
    released_before: int
    released_after: int

    @property
    def change(self) -> int:
        """Return by how many nodes the pool is larger in the new plan."""
        return self.after - self.before

    @property
    def differs(self) -> bool:
        """Return whether anything differs."""
        old = (self.before, self.bought_before, self.released_before)
        return old != (self.after, self.bought_after, self.released_after)

    def to_dict(self) -> dict[str, object]:
        """Return the fields as JSON takes them."""
        return {
            "cluster": self.cluster,
            "node_pool": self.node_pool,
            "nodes": {"before": self.before, "after": self.after, "change": self.change},
            "bought": {"before": self.bought_before, "after": self.bought_after},
            "released": {"before": self.released_before, "after": self.released_after},
        }

"""Changes of a problem as values, which a session takes over one after the other."""

from dataclasses import dataclass
from typing import TypeAlias

from placement.problem import CapacityType, Problem, Workload

__all__ = [
    "Change",
    "ClusterGone",
    "DemandChange",
    "PriceChange",
    "StockChange",
    "WorkloadAdded",
    "WorkloadRemoved",
]


@dataclass(frozen=True, slots=True)
class DemandChange:
    """Another number of replicas of a workload, by its key or its bare name."""

    workload: str
    replicas: int

    def applied(self, problem: Problem) -> Problem:
        """Return the changed problem; see ``Problem.with_replicas``."""
        return problem.with_replicas(self.workload, self.replicas)


@dataclass(frozen=True, slots=True)
class StockChange:
    """Another stock of an offering; None: no known limit."""

    instance_type: str
    region: str
    stock: int | None
    zone: str | None = None
    capacity_type: CapacityType = "on-demand"

    def applied(self, problem: Problem) -> Problem:
        """Return the changed problem; see ``Problem.with_stock``."""
        return problem.with_stock(
            self.instance_type,
            self.region,
            self.stock,
            zone=self.zone,
            capacity_type=self.capacity_type,
        )


@dataclass(frozen=True, slots=True)
class PriceChange:
    """Another price of an offering, per node and hour."""

    instance_type: str
    region: str
    price: float
    zone: str | None = None
    capacity_type: CapacityType = "on-demand"

    def applied(self, problem: Problem) -> Problem:
        """Return the changed problem; see ``Problem.with_price``."""
        return problem.with_price(
            self.instance_type,
            self.region,
            self.price,
            zone=self.zone,
            capacity_type=self.capacity_type,
        )


@dataclass(frozen=True, slots=True)
class WorkloadAdded:
    """A workload more, or another one in place of the one of its key."""

    workload: Workload

    def applied(self, problem: Problem) -> Problem:
        """Return the changed problem; see ``Problem.with_workload``."""
        return problem.with_workload(self.workload)


@dataclass(frozen=True, slots=True)
class WorkloadRemoved:
    """A workload less, by its key or its bare name."""

    workload: str

    def applied(self, problem: Problem) -> Problem:
        """Return the changed problem; see ``Problem.without_workload``."""
        return problem.without_workload(self.workload)


@dataclass(frozen=True, slots=True)
class ClusterGone:
    """The loss of a cluster, with its nodes and pools; its name stays."""

    cluster: str

    def applied(self, problem: Problem) -> Problem:
        """Return the changed problem; see ``Problem.without_cluster``."""
        return problem.without_cluster(self.cluster)


Change: TypeAlias = (
    DemandChange | StockChange | PriceChange | WorkloadAdded | WorkloadRemoved | ClusterGone
)

"""The answer: which replicas run where, on which nodes, at which cost, proven how far."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from placement.problem.base import Part

__all__ = [
    "Assignment",
    "NodePlan",
    "NodeReplicas",
    "Objective",
    "Plan",
    "PlanStatus",
    "PoolPlan",
    "Unplaced",
]

PlanStatus: TypeAlias = Literal["optimal", "feasible", "infeasible"]
_Natural = Annotated[int, Field(ge=0)]


class Assignment(Part):
    """Replicas of one workload in one node pool, type, capacity type and zone."""

    workload: str
    cluster: str
    node_pool: str | None = None
    instance_type: str | None = None
    capacity_type: str
    zone: str | None = None
    gpus_per_replica: _Natural = 0
    replicas: Annotated[int, Field(ge=1)]


class NodeReplicas(Part):
    """Replicas of one workload on one node."""

    workload: str
    replicas: Annotated[int, Field(ge=1)]


class NodePlan(Part):
    """One node: kept as it is, to be bought, or to be let go."""

    name: str
    cluster: str
    node_pool: str | None = None
    instance_type: str | None = None
    capacity_type: str
    zone: str | None = None
    state: Literal["existing", "new", "released"]
    price: Annotated[float, Field(ge=0)]
    replicas: tuple[NodeReplicas, ...] = ()


class PoolPlan(Part):
    """How many nodes a pool has now, and how many it is to have."""

    cluster: str
    node_pool: str
    nodes_now: _Natural
    nodes_planned: _Natural
    change: int


class Unplaced(Part):
    """Replicas that were left out, and why."""

    workload: str
    replicas: Annotated[int, Field(ge=1)]
    reasons: tuple[str, ...] = ()
    repair: str | None = None


class Objective(Part):
    """The money in the objective, per hour, part by part."""

    nodes: float = 0.0
    risk: float = 0.0
    preferences: float = 0.0
    latency: float = 0.0
    egress: float = 0.0
    moves: float = 0.0
    total: float = 0.0


class Plan(Part):
    """A placement of every replica that can be placed.

    Parameters
    ----------
    status
        ``optimal``: proven, also when replicas had to be left out; ``feasible``: valid, gap not
        closed; ``infeasible``: not even an empty plan holds.
    cost_per_hour
        Of all nodes kept and new, in the problem's currency.
    lower_bound
        Of ``objective.total``, given the replicas placed.
    gap
        (total - bound) / total; 0 where the total is 0.
    ended_by
        What ended the search: ``optimal``, ``gap``, ``time``, ``work``, ``cancelled``,
        ``solver`` (a backend broke), ``infeasible`` or ``heuristic``.
    """

    status: PlanStatus
    currency: str = "USD"
    cost_per_hour: float = 0.0
    objective: Objective = Objective()
    lower_bound: float = 0.0
    gap: float = 0.0
    solver: str = ""
    strategy: str = ""
    seconds: float = 0.0
    ended_by: str = ""
    assignments: tuple[Assignment, ...] = ()
    nodes: tuple[NodePlan, ...] = ()
    node_pools: tuple[PoolPlan, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()
    moves: tuple[dict[str, object], ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def replicas_placed(self) -> int:
        """Return the number of replicas that have a place."""
        return sum(row.replicas for row in self.assignments)

    @property
    def replicas_unplaced(self) -> int:
        """Return the number of replicas that were left out."""
        return sum(row.replicas for row in self.unplaced)

    def to_json(self) -> str:
        """Return the plan as JSON: fixed field order, two spaces, one line feed at the end."""
        return self.model_dump_json(indent=2) + "\n"

    def fingerprint(self) -> str:
        """Return what must be equal for equal input: the plan without what a clock measured."""
        return self.model_copy(update={"seconds": 0.0}).to_json()

"""The answer: which replicas run where, on which nodes, at which cost, proven how far."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    model_serializer,
)
from pydantic_core import CoreSchema

from placement.problem.base import Part

__all__ = [
    "Assignment",
    "Fallback",
    "FallbackRow",
    "LevelValue",
    "Move",
    "MovePlace",
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
    """Replicas of one workload on one node.

    Parameters
    ----------
    part
        Of a replica over several nodes: which of its nodes this is, such as ``1/2``.
    """

    workload: str
    replicas: Annotated[int, Field(ge=1)]
    part: str | None = None

    @model_serializer(mode="wrap")
    def _without_part(self, write: SerializerFunctionWrapHandler) -> dict[str, object]:
        """Leave out ``part`` where a replica is on one node."""
        written: dict[str, object] = write(self)
        if self.part is None:
            written.pop("part", None)
        return written

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Return the schema of the fields, which that of a serializer of one's own would hide."""
        inner: Any = core_schema
        while inner["type"] != "model":
            inner = inner["schema"]
        return handler({key: inner[key] for key in inner if key != "serialization"})


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
    """Replicas that were left out, or load that is not carried, and why.

    Parameters
    ----------
    load, unit
        Of a workload with a load: how much is not carried; ``replicas`` is then 0.
    """

    workload: str
    replicas: _Natural = 0
    load: Annotated[float, Field(gt=0)] | None = None
    unit: str | None = None
    reasons: tuple[str, ...] = ()
    repair: str | None = None


class MovePlace(Part):
    """Where a running replica is, or goes."""

    cluster: str
    node_pool: str | None = None
    node: str | None = None


class Move(Part):
    """Running replicas that are taken away from where they are, in the order of the moves.

    Parameters
    ----------
    to
        Absent where they end unplaced.
    first
        ``surge``: the new replicas start before the old ones stop, and there is room for both;
        ``drain``: the old ones have to stop first.
    """

    workload: str
    from_: Annotated[MovePlace, Field(alias="from")]
    to: MovePlace | None = None
    replicas: Annotated[int, Field(ge=1)]
    first: Literal["surge", "drain"] = "surge"


class FallbackRow(Part):
    """Replicas that go elsewhere if a stock fails; without a cluster they are left out."""

    workload: str
    replicas: Annotated[int, Field(ge=1)]
    cluster: str | None = None
    node_pool: str | None = None
    zone: str | None = None


class Fallback(Part):
    """Plan B for what is bought in a node pool and zone, if that offering has nothing.

    Parameters
    ----------
    extra_cost_per_hour
        What the objective then is above the plan's, for all pools that buy from the offering; less
        than 0 where replicas are left out.
    proven
        Whether nothing cheaper exists.
    """

    cluster: str
    node_pool: str
    zone: str | None = None
    capacity_type: str
    rows: tuple[FallbackRow, ...] = ()
    extra_cost_per_hour: float
    proven: bool = True


class LevelValue(Part):
    """What one level of the objective reached.

    Parameters
    ----------
    level
        ``placed`` (replicas left out; for each priority where there are several), ``money``,
        ``moves``, ``nodes`` or ``clusters``.
    value, bound
        What the plan has, and a lower bound of it given what the levels before reached.
    """

    level: str
    priority: int | None = None
    value: float
    bound: float


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
    fallbacks
        Plan B, pool by pool, where a confidence is asked for.
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
    moves: tuple[Move, ...] = ()
    fallbacks: tuple[Fallback, ...] = ()
    levels: tuple[LevelValue, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def replicas_placed(self) -> int:
        """Return the number of replicas that have a place."""
        return sum(row.replicas for row in self.assignments)

    @property
    def replicas_unplaced(self) -> int:
        """Return the number of replicas that were left out; loads are not counted."""
        return sum(row.replicas for row in self.unplaced)

    @property
    def whole(self) -> bool:
        """Return whether nothing was left out."""
        return not self.unplaced

    def to_json(self) -> str:
        """Return the plan as JSON: fixed field order, two spaces, one line feed at the end."""
        return self.model_dump_json(indent=2, by_alias=True) + "\n"

    def fingerprint(self) -> str:
        """Return what must be equal for equal input: the plan without what a clock measured."""
        return self.model_copy(update={"seconds": 0.0}).to_json()

"""What has to run: workloads, the model each serves, and where it may go."""

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from placement.problem.base import Count, Key, Labels, Name, Part, Price, Requests
from placement.problem.catalog import CapacityType
from placement.problem.current import Current
from placement.problem.load import Load
from placement.problem.model import Model, from_the_table, or_a_name
from placement.problem.serving import Serving
from placement.problem.spread import Spread, Survive
from placement.problem.users import Users

__all__ = [
    "Allow",
    "ClusterAffinity",
    "LabelSelector",
    "MatchExpression",
    "Preference",
    "Toleration",
    "Workload",
]


class MatchExpression(Part):
    """A Kubernetes label selector requirement."""

    key: Key
    operator: Literal["In", "NotIn", "Exists", "DoesNotExist"]
    values: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _values_fit_operator(self) -> Self:
        if (self.operator in {"In", "NotIn"}) != bool(self.values):
            raise ValueError("In and NotIn need values; Exists and DoesNotExist take none")
        return self


class LabelSelector(Part):
    """A Kubernetes label selector; every part must hold, an empty one matches all."""

    match_labels: Labels = Field(default_factory=dict)
    match_expressions: tuple[MatchExpression, ...] = ()


class ClusterAffinity(Part):
    """Which clusters and zones a workload may use; every part given must hold, exclude wins."""

    cluster_names: tuple[Name, ...] = ()
    exclude: tuple[Name, ...] = ()
    label_selector: LabelSelector = LabelSelector()
    providers: tuple[Name, ...] = ()
    regions: tuple[Name, ...] = ()
    zones: tuple[Name, ...] = ()


class Preference(Part):
    """Money per hour for every replica that runs outside an affinity."""

    cluster_affinity: ClusterAffinity
    cost: Price


class Toleration(Part):
    """A Kubernetes toleration; an empty key with ``Exists`` tolerates everything."""

    key: str = ""
    operator: Literal["Equal", "Exists"] = "Equal"
    value: str = ""
    effect: Literal["", "NoSchedule", "PreferNoSchedule", "NoExecute"] = ""
    toleration_seconds: Annotated[int, Field(strict=True)] | None = None

    @model_validator(mode="after")
    def _key_fits_operator(self) -> Self:
        if self.operator == "Equal" and not self.key:
            raise ValueError(
                "needs a key, or the operator Exists, which then tolerates every taint"
            )
        if self.operator == "Exists" and self.value:
            raise ValueError("takes no value with the operator Exists")
        return self


class Allow(Part):
    """Names that are allowed (empty: all) and denied; deny wins."""

    allow: tuple[Name, ...] = ()
    deny: tuple[Name, ...] = ()

    def admits(self, name: str | None) -> bool:
        """Return whether ``name`` is allowed; an unknown one (None) matches no allow list."""
        if name is None:
            return not self.allow
        return name not in self.deny and (not self.allow or name in self.allow)


class Workload(Part):
    """Replicas that serve one model, or any pods with the same needs.

    Parameters
    ----------
    model
        Sized on every GPU by the memory room; absent: ``requests`` alone count. A string names a
        model of the built-in table.
    requests
        Per replica, by resource, in base units; GPUs may be stated here.
    priority
        Higher is placed first, strictly.
    capacity_types
        Spot has to be allowed.
    max_spot_fraction
        Largest share of the replicas placed that may run on spot.
    preferences
        What it costs when replicas run elsewhere.
    users
        Where the users are; it matters as far as its fields say.
    load
        In place of ``replicas``: as many as carry it.
    min_replicas
        At least so many are placed, or none at all.
    nodes_per_replica
        Above 1: one replica takes so many whole nodes of one pool; ``requests`` are per node.
    colocate_with
        Workloads that run in every cluster that runs this one: names in the same namespace, or
        ``namespace/name``.
    separate_from
        Workloads that are never in one cluster with this one.
    current
        Where replicas run now.
    move_cost
        Money for taking one running replica away from where it is.
    """

    name: Name
    namespace: Name = "default"
    replicas: Count | None = None
    load: Load | None = None
    min_replicas: Count = 0
    priority: Annotated[int, Field(strict=True, ge=-(10**9), le=2 * 10**9)] = 0
    model: Annotated[Model | None, Field(json_schema_extra=or_a_name)] = None
    serving: Serving = Serving()
    requests: Requests = Field(default_factory=dict)
    cluster_affinity: ClusterAffinity = ClusterAffinity()
    node_selector: Labels = Field(default_factory=dict)
    tolerations: tuple[Toleration, ...] = ()
    instance_types: Allow = Allow()
    gpu_models: Allow = Allow()
    capacity_types: tuple[CapacityType, ...] = ("on-demand", "reserved")
    max_spot_fraction: Annotated[float, Field(strict=True, ge=0, le=1)] = 1.0
    nodes_per_replica: Annotated[int, Field(strict=True, ge=1, le=1024)] = 1
    spread: tuple[Spread, ...] = ()
    survive: tuple[Survive, ...] = ()
    colocate_with: tuple[Key, ...] = ()
    separate_from: tuple[Key, ...] = ()
    preferences: tuple[Preference, ...] = ()
    users: Users = Users()
    current: tuple[Current, ...] = ()
    move_cost: Price = 0.0

    @field_validator("model", mode="before")
    @classmethod
    def _model_by_name(cls, value: object) -> object:
        return from_the_table(value)

    @property
    def most_replicas(self) -> int:
        """Return the replicas asked for; of a load, the most that may be of use."""
        if self.load is None:
            return self.replicas or 0
        spread = sum(each.min_groups - 1 for each in self.spread)
        kept = sum(each.of_use for each in self.survive)
        return self.load.most_replicas + max(spread + kept, self.min_replicas)

    @property
    def may_exceed_load(self) -> bool:
        """Return whether a rule may need more replicas than carry the load."""
        spread = any(each.min_groups > 1 for each in self.spread)
        return spread or bool(self.survive) or self.min_replicas > 1

    @property
    def key(self) -> str:
        """Return ``namespace/name``, by which plans and errors speak of the workload."""
        return f"{self.namespace}/{self.name}"

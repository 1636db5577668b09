"""What Karmada's scheduler reads and writes: clusters, a binding, and the decision on it.

Names follow Karmada's ``work.karmada.io/v1alpha2`` and ``cluster.karmada.io/v1alpha1``. Source of
the rules in this package: Karmada master f8fdd02d (2026-08-21), ``pkg/scheduler``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = [
    "Binding",
    "Candidate",
    "Decision",
    "Member",
    "NoClusterFit",
    "SchedulingError",
    "Target",
    "Unschedulable",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member cluster.

    Parameters
    ----------
    allocatable
        Replicas of the binding that it could take beyond those it holds; None: no estimator
        knows, which counts as the binding's own replicas.
    taints
        Kubernetes taints as ``{"key": ..., "value": ..., "effect": ...}``.
    """

    name: str
    region: str = ""
    provider: str = ""
    zones: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[Mapping[str, str], ...] = ()
    allocatable: int | None = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Replicas of a binding in one cluster: an entry of ``spec.clusters``."""

    name: str
    replicas: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """A ResourceBinding of a workload, as far as scheduling reads it.

    Parameters
    ----------
    placement
        ``spec.placement`` as a JSON object.
    uid
        ``spec.resource.uid``, which breaks ties.
    previous
        ``spec.clusters`` before this pass; not empty says that the placement has been applied.
    fresh
        ``rescheduleTriggeredAt`` is later than ``lastScheduledTime``: divide anew.
    observed_affinity
        ``status.schedulerObservingAffinityName``.
    """

    replicas: int
    placement: Mapping[str, object] = field(default_factory=dict)
    uid: str = ""
    previous: tuple[Target, ...] = ()
    fresh: bool = False
    observed_affinity: str | None = None

    def held(self, cluster: str) -> int:
        """Return the replicas that ``cluster`` holds before this pass."""
        return sum(target.replicas for target in self.previous if target.name == cluster)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A cluster that passed the filters.

    Parameters
    ----------
    tier
        0 for the affinity term itself, then its overflow affinities in order.
    score
        100 for a cluster that holds the binding already (ClusterLocality), else 0.
    allocatable
        Further replicas it can take.
    held
        Replicas it holds before this pass.
    """

    name: str
    region: str = ""
    tier: int = 0
    score: int = 0
    allocatable: int = 0
    held: int = 0

    @property
    def available(self) -> int:
        """Return the replicas it can hold in all."""
        return self.allocatable + self.held


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the scheduler writes back.

    Parameters
    ----------
    clusters
        ``spec.clusters`` after this pass, in Karmada's order.
    reason, message
        Of the condition ``Scheduled``; None: nothing had to be done.
    """

    clusters: tuple[Target, ...]
    reason: str | None
    message: str | None = None
    observed_affinity: str | None = None


class SchedulingError(Exception):
    """Scheduling failed; ``reason`` is the reason of the condition ``Scheduled``."""

    reason = "SchedulerError"


class Unschedulable(SchedulingError):
    """The clusters have too little room; nothing is placed."""

    reason = "Unschedulable"


class NoClusterFit(SchedulingError):
    """No cluster passed the filters; the previous result is wiped."""

    reason = "NoClusterFit"

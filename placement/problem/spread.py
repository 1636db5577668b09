"""How a workload's replicas are spread over groups of nodes, and which losses it survives."""

from fractions import Fraction
from math import ceil
from typing import Annotated, Self

from pydantic import Field, model_validator

from placement.problem.base import Count, Key, Money, Part

__all__ = ["GROUPS", "LOSSES", "WELL_KNOWN", "Spread", "Survive"]

GROUPS = (
    "cluster",
    "region",
    "zone",
    "provider",
    "node",
    "node_pool",
    "instance_type",
    "capacity_type",
)
"""Words for what nodes are grouped by; any other one is the key of a label."""

LOSSES = (*GROUPS, "spot")
"""Words for what may be lost; any other one is the key of a label."""

WELL_KNOWN = (
    "topology.kubernetes.io/region",
    "topology.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone",
    "node.kubernetes.io/instance-type",
    "beta.kubernetes.io/instance-type",
    "karpenter.sh/capacity-type",
    "kubernetes.io/hostname",
)
"""Keys of labels that mean one of these words, whether or not a node states them."""

_Share = Annotated[float, Field(strict=True, ge=0, le=1)]
_Groups = Annotated[int, Field(strict=True, ge=1, le=10**6)]


class Spread(Part):
    """How replicas are spread over groups of nodes, all of them where several are given.

    Parameters
    ----------
    by
        One of :data:`GROUPS`, or the key of a label of clusters or nodes. Nodes without the key
        are not used.
    min_groups, max_groups
        The least and the most groups that have replicas.
    max_skew
        The most by which replicas in one group may exceed those in another one in which the
        workload could be.
    max_fraction
        The largest share of the replicas placed that one group may have.
    """

    by: Key
    min_groups: _Groups = 1
    max_groups: _Groups | None = None
    max_skew: _Groups | None = None
    max_fraction: Annotated[float, Field(strict=True, gt=0, le=1)] = 1.0

    @model_validator(mode="after")
    def _groups_are_in_order(self) -> Self:
        if self.max_groups is not None and self.max_groups < self.min_groups:
            raise ValueError(f"max_groups must not be below min_groups, which is {self.min_groups}")
        return self


class Survive(Part):
    """What still runs after the worst loss.

    Parameters
    ----------
    loss_of
        One of :data:`LOSSES`, or the key of a label; ``spot`` is the loss of all spot nodes. Nodes
        without the key outlive every loss by it.
    groups
        How many are lost at once.
    keep
        Share of the replicas placed that still run, rounded up to whole replicas.
    keep_replicas
        Replicas that still run.
    """

    loss_of: Key
    groups: _Groups = 1
    keep: _Share = 0.0
    keep_replicas: Count = 0

    @model_validator(mode="after")
    def _keeps_something(self) -> Self:
        if not self.keep and not self.keep_replicas:
            raise ValueError("needs keep or keep_replicas: what must still run after the loss")
        if self.loss_of == "spot" and self.groups > 1:
            raise ValueError("groups must be 1: all spot nodes are lost together")
        return self

    @property
    def of_use(self) -> int:
        """Return how many replicas beyond a load may be of use to outlive the loss.

        As many as fill ``groups`` and the rest alike, where each holds what is kept.
        """
        share = Fraction(Money.exact(self.keep))
        again = 0 if share >= 1 else ceil(share / (1 - share)) * self.groups
        return again + self.keep_replicas * (self.groups + 1)

"""Names that workloads may use, gathered once for all of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from placement.problem.catalog import USUAL_GPU
from placement.problem.fleet import Cluster

if TYPE_CHECKING:
    from placement.problem.problem import Problem

__all__ = ["Known"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a problem has.

    Parameters
    ----------
    clusters
        By name, in the order of the problem.
    types
        Names of instance types, those that nodes of no pool state included.
    models
        Models of GPUs.
    gpus
        Names under which GPUs are counted.
    """

    clusters: Mapping[str, Cluster]
    types: frozenset[str]
    models: frozenset[str]
    gpus: frozenset[str]

    @classmethod
    def of(cls, problem: "Problem") -> "Known":
        """Return the names of a problem."""
        nodes = (node for cluster in problem.clusters for node in cluster.nodes)
        cards = [kind.gpu for kind in problem.instance_types if kind.gpu]
        return cls(
            clusters={cluster.name: cluster for cluster in problem.clusters},
            types=frozenset(problem.types) | {n.instance_type for n in nodes if n.instance_type},
            models=frozenset(card.model for card in cards),
            gpus=frozenset(card.resource for card in cards) | {USUAL_GPU},
        )

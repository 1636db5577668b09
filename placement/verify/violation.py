"""What a broken rule looks like, and the names of the rules that the judge knows."""

from dataclasses import dataclass

__all__ = ["RULES", "Violation"]

RULES = (
    "demand",
    "packing",
    "nodes",
    "capacity",
    "memory_fit",
    "cluster_affinity",
    "taints",
    "node_selector",
    "capacity_types",
    "allowed_types",
    "users",
    "spot_share",
    "spread",
    "survive",
    "min_replicas",
    "colocation",
    "separation",
    "load",
    "whole_nodes",
    "stock",
    "confidence",
    "quota",
    "pool_minimum",
    "pool_maximum",
    "cluster_limit",
    "limit",
    "budget",
    "moves",
    "move_limit",
    "release",
    "node_pools",
    "cost",
    "bound",
    "infeasible",
)
"""Every rule by name, as docs/model.md lists them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One broken rule.

    Parameters
    ----------
    rule
        One of ``RULES``.
    where
        The place in the plan or in the problem, e.g. ``nodes[3] c-hangzhou/gpu-1``.
    message
        What must hold, and what stands there instead.
    """

    rule: str
    where: str
    message: str

    def __str__(self) -> str:
        """Return ``rule: where: message``."""
        return f"{self.rule}: {self.where}: {self.message}"

"""The input: Problem and its parts. See docs/problem.md for every field."""

from placement.problem.catalog import CapacityType, Gpu, InstanceType, Offering, Quota
from placement.problem.fleet import Cluster, Node, NodePool, Taint
from placement.problem.model import Model
from placement.problem.problem import Problem
from placement.problem.serving import Serving
from placement.problem.workload import (
    Allow,
    ClusterAffinity,
    LabelSelector,
    MatchExpression,
    Toleration,
    Workload,
)

__all__ = [
    "Allow",
    "CapacityType",
    "Cluster",
    "ClusterAffinity",
    "Gpu",
    "InstanceType",
    "LabelSelector",
    "MatchExpression",
    "Model",
    "Node",
    "NodePool",
    "Offering",
    "Problem",
    "Quota",
    "Serving",
    "Taint",
    "Toleration",
    "Workload",
]

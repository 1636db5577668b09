"""The input: Problem and its parts. See docs/problem.md for every field."""

from placement.problem.budgets import Budget
from placement.problem.catalog import CapacityType, Gpu, InstanceType, Offering, Quota
from placement.problem.current import Current
from placement.problem.fleet import Cluster, Node, NodePool, Taint
from placement.problem.load import Load
from placement.problem.model import Model
from placement.problem.network import EgressEdge, LatencyEdge, Network
from placement.problem.problem import Problem
from placement.problem.serving import Serving
from placement.problem.spread import Spread, Survive
from placement.problem.terms import Terms
from placement.problem.totals import Match, ResourceLimit
from placement.problem.users import Users
from placement.problem.workload import (
    Allow,
    ClusterAffinity,
    LabelSelector,
    MatchExpression,
    Preference,
    Toleration,
    Workload,
)

__all__ = [
    "Allow",
    "Budget",
    "CapacityType",
    "Cluster",
    "ClusterAffinity",
    "Current",
    "EgressEdge",
    "Gpu",
    "InstanceType",
    "LabelSelector",
    "LatencyEdge",
    "Load",
    "Match",
    "MatchExpression",
    "Model",
    "Network",
    "Node",
    "NodePool",
    "Offering",
    "Preference",
    "Problem",
    "Quota",
    "ResourceLimit",
    "Serving",
    "Spread",
    "Survive",
    "Taint",
    "Terms",
    "Toleration",
    "Users",
    "Workload",
]

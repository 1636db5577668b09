"""Budgets: what some workloads may cost together."""

from placement.problem.base import Name, Part, Price
from placement.problem.totals import Match

__all__ = ["Budget"]


class Budget(Part):
    """The most that the replicas meant may be charged per hour.

    A replica is charged its node's price in the proportion of the node's GPUs that it takes, of its
    CPU where the node has no GPU. Nobody is charged for what is idle.
    """

    name: Name
    match: Match = Match()
    max_cost_per_hour: Price

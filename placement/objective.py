"""The money of a plan: what nodes and replicas cost per hour, part by part."""

from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction

from placement.plan import NodePlan, Objective
from placement.problem import Workload
from placement.problem.base import Money
from placement.replica_costs import PARTS, ReplicaCosts
from placement.supply import Supply

__all__ = ["objective_at", "objective_of"]


def objective_of(
    nodes: Iterable[NodePlan],
    placed: Iterable[tuple[Workload, Supply, int]],
    costs: ReplicaCosts,
    moves: Fraction = Fraction(0),
) -> Objective:
    """Return the parts of a plan's money and their total, each an exact sum told as a float.

    Parameters
    ----------
    placed
        Replicas by workload and the kind of node that carries them.
    moves
        Money per hour for the replicas moved.
    """
    kept = Counter(node.price for node in nodes if node.state != "released")
    return objective_at(kept, placed, costs, moves)


def objective_at(
    prices: Mapping[float, int],
    placed: Iterable[tuple[Workload, Supply, int]],
    costs: ReplicaCosts,
    moves: Fraction = Fraction(0),
) -> Objective:
    """Do the same for so many nodes at each price."""
    parts = dict.fromkeys(("nodes", *PARTS), Fraction(0)) | {"moves": moves}
    for price, count in prices.items():
        parts["nodes"] += Fraction(Money.exact(price)) * count
    for workload, supply, replicas in placed if costs.used else ():
        for name, cost in costs.of(workload, supply).items():
            parts[name] += cost * replicas
    total = sum(parts.values(), Fraction(0))
    return Objective(**{name: float(cost) for name, cost in parts.items()}, total=float(total))

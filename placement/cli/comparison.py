"""A plan beside others for the same problem: what may be compared, and what is saved."""

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass

from placement.plan import Plan
from placement.problem import Problem
from placement.verify import Violation, verify

__all__ = ["Comparison", "Row", "compared"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One plan.

    Parameters
    ----------
    fewer
        Replicas that it places less than the first row does; negative where it places more.
    saving
        Share of this plan's cost that the first row saves; None where the two do not place the
        same number of replicas of every priority, and so cannot be compared by cost.
    less
        Loads of which it carries less than the first row does.
    broken
        What the verifier says against it.
    """

    name: str
    plan: Plan
    fewer: int
    saving: float | None
    less: int
    broken: tuple[Violation, ...]

    @property
    def valid(self) -> bool:
        """Return whether the verifier has nothing against it."""
        return not self.broken

    @property
    def rules(self) -> dict[str, int]:
        """Return how often it breaks each rule that it breaks, in the order of the verifier."""
        return dict(Counter(violation.rule for violation in self.broken))

    @property
    def nodes(self) -> int:
        """Return the nodes that it keeps or buys."""
        return sum(node.state != "released" for node in self.plan.nodes)

    def to_dict(self) -> dict[str, object]:
        """Return the fields of ``placement compare --json``."""
        plan = self.plan
        return {
            "name": self.name,
            "status": plan.status,
            "currency": plan.currency,
            "cost_per_hour": None if plan.status == "infeasible" else plan.cost_per_hour,
            "objective": None if plan.status == "infeasible" else plan.objective.total,
            "lower_bound": plan.lower_bound,
            "gap": plan.gap,
            "replicas_placed": plan.replicas_placed,
            "replicas_unplaced": plan.replicas_unplaced,
            "nodes": self.nodes,
            "saving": self.saving,
            "seconds": plan.seconds,
            "verified": self.valid,
            "broken": self.rules,
            "violations": [str(violation) for violation in self.broken],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The plan at hand first, then the others in their order, all for one problem."""

    problem: Problem
    rows: tuple[Row, ...]

    def sound(self, unknown: Set[str]) -> bool:
        """Return whether no plan breaks a rule, those beside the first but for unknown rules."""
        first, *others = self.rows
        return first.valid and all(row.rules.keys() <= unknown for row in others)


def compared(problem: Problem, first: Plan, others: Mapping[str, Plan]) -> Comparison:
    """Return plans beside each other, each verified."""
    name = "optimum" if first.status == "optimal" else f"{first.strategy} ({first.solver})"
    rows = [_row(problem, name, first, first)]
    rows += [_row(problem, name, plan, first) for name, plan in others.items()]
    return Comparison(problem=problem, rows=tuple(rows))


def _row(problem: Problem, name: str, plan: Plan, first: Plan) -> Row:
    saving = None
    left, least = _left_out(problem, plan), _left_out(problem, first)
    if "infeasible" not in {plan.status, first.status} and left == least:
        cost = plan.objective.total
        saving = (cost - first.objective.total) / cost if cost else 0.0
    return Row(
        name=name,
        plan=plan,
        fewer=plan.replicas_unplaced - first.replicas_unplaced,
        saving=saving,
        less=sum(isinstance(key, str) and left[key] > least.get(key, 0.0) for key in left),
        broken=verify(problem, plan),
    )


def _left_out(problem: Problem, plan: Plan) -> dict[int | str, float]:
    """Return the unplaced replicas of each priority, and what is not carried of each load."""
    priority = {workload.key: workload.priority for workload in problem.workloads}
    left: dict[int | str, float] = {}
    for row in plan.unplaced:
        if row.load is not None:
            left[row.workload] = row.load
        else:
            level = priority.get(row.workload, 0)
            left[level] = left.get(level, 0) + row.replicas
    return left

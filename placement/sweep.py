"""The loss of every region, zone, cluster or provider in turn: what each would cost."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from placement.difference import PlanDifference, diff
from placement.place import place
from placement.plan import Plan
from placement.problem import Problem
from placement.problem.losses import LossOf

__all__ = ["Loss", "loss_of", "sweep", "worst_first"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """One loss.

    Parameters
    ----------
    of, name
        What is lost, such as ``region`` and ``eu-west-1``; a zone is named ``region/zone``.
    plan
        The plan after it.
    no_longer_placed
        Replicas left out after the loss beyond those left out before, by priority, the highest
        first; a lower priority may gain by what a higher one loses, and is negative then.
    difference
        From the plan before to the plan after.
    """

    of: LossOf
    name: str
    plan: Plan
    no_longer_placed: tuple[tuple[int, int], ...]
    difference: PlanDifference

    @property
    def bought(self) -> int:
        """Return the new nodes of the plan after the loss."""
        return sum(node.state == "new" for node in self.plan.nodes)

    def to_dict(self) -> dict[str, object]:
        """Return the fields of ``placement whatif --sweep --json``."""
        none = self.plan.status == "infeasible"
        return {
            "of": self.of,
            "lost": self.name,
            "status": self.plan.status,
            "currency": self.plan.currency,
            "replicas_placed": self.plan.replicas_placed,
            "replicas_unplaced": self.plan.replicas_unplaced,
            "no_longer_placed": [
                {"priority": priority, "replicas": replicas}
                for priority, replicas in self.no_longer_placed
            ],
            "replicas_moved": self.difference.replicas_moved,
            "cost_per_hour": None if none else self.plan.cost_per_hour,
            "cost_change": self.difference.cost_change,
            "nodes_bought": self.bought,
            "lower_bound": self.plan.lower_bound,
            "gap": self.plan.gap,
            "seconds": self.plan.seconds,
        }


def sweep(
    problem: Problem,
    of: LossOf,
    *,
    plan: Callable[[Problem], Plan] | None = None,
    before: Plan | None = None,
) -> tuple[Loss, ...]:
    """Return every single loss with the plan after it, the worst first.

    Parameters
    ----------
    of
        ``region``, ``zone``, ``cluster`` or ``provider``.
    plan
        What makes a plan of a problem; ``place`` with its defaults unless given.
    before
        The plan of the problem as it is; made where absent.

    Raises
    ------
    InputError
        When the problem names nothing of the kind.
    SolverError
        As ``plan`` does.
    """
    make = place if plan is None else plan
    lost = problem.losses(of)
    first = make(problem) if before is None else before
    return worst_first(loss_of(problem, of, name, first, make(left)) for name, left in lost)


def loss_of(problem: Problem, of: LossOf, name: str, before: Plan, after: Plan) -> Loss:
    """Return a loss, given the plans before and after it."""
    priority = {workload.key: workload.priority for workload in problem.workloads}
    left: Counter[int] = Counter()
    for plan, sign in ((after, 1), (before, -1)):
        for row in plan.unplaced:
            left[priority[row.workload]] += sign * row.replicas
    rows = sorted((item for item in left.items() if item[1]), reverse=True)
    return Loss(
        of=of,
        name=name,
        plan=after,
        no_longer_placed=tuple(rows),
        difference=diff(before, after),
    )


def worst_first(losses: Iterable[Loss]) -> tuple[Loss, ...]:
    """Return losses by harm.

    First those without any plan, then by replicas no longer placed, the highest priority first,
    then by cost, then by name.
    """
    found = list(losses)
    levels = sorted({level for loss in found for level, _ in loss.no_longer_placed}, reverse=True)

    def harm(loss: Loss) -> tuple[object, ...]:
        left = dict(loss.no_longer_placed)
        counts = tuple(-left.get(level, 0) for level in levels)
        infeasible = loss.plan.status == "infeasible"
        return (not infeasible, counts, -loss.plan.cost_per_hour, loss.name)

    return tuple(sorted(found, key=harm))

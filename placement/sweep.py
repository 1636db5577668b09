"""The loss of every region, zone, cluster or provider in turn: what each would cost."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

from placement.difference import PlanDifference, diff
from placement.place import place
from placement.plan import Plan
from placement.problem import Problem
from placement.problem.base import Money
from placement.problem.losses import LossOf

__all__ = ["Loss", "NotCarried", "loss_of", "sweep", "worst_first"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCarried:
    """How much more of a load is not carried after a loss; negative where it is less.

    Parameters
    ----------
    amount
        In ``unit``.
    share
        Of the whole load: as the objective counts it beside replicas, which count one each.
    """

    workload: str
    priority: int
    amount: float
    unit: str
    share: float


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
    no_longer_carried
        The same of loads, one at a time.
    difference
        From the plan before to the plan after.
    """

    of: LossOf
    name: str
    plan: Plan
    no_longer_placed: tuple[tuple[int, int], ...]
    no_longer_carried: "tuple[NotCarried, ...]" = ()
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
            "no_longer_carried": [asdict(row) for row in self.no_longer_carried],
            "replicas_moved": self.difference.replicas_moved,
            "cost_per_hour": None if none else self.plan.cost_per_hour,
            "cost_change": self.difference.cost_change,
            "total_per_hour": None if none else self.plan.objective.total,
            "total_change": self.difference.total_change,
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
    loads = {workload.key for workload in problem.workloads if workload.load}
    return Loss(
        of=of,
        name=name,
        plan=after,
        no_longer_placed=tuple(rows),
        no_longer_carried=tuple(_no_longer_carried(problem, before, after)),
        difference=diff(before, after, loads=loads),
    )


def _no_longer_carried(problem: Problem, before: Plan, after: Plan) -> Iterable[NotCarried]:
    """Yield the loads of which another part is carried, by priority, the highest first."""
    left = [
        {row.workload: Money.exact(row.load or 0) for row in p.unplaced} for p in (before, after)
    ]
    for workload in sorted(problem.workloads, key=lambda each: (-each.priority, each.key)):
        more = left[1].get(workload.key, 0) - left[0].get(workload.key, 0)
        if workload.load and more:
            yield NotCarried(
                workload=workload.key,
                priority=workload.priority,
                amount=float(more),
                unit=workload.load.unit,
                share=float(more / Money.exact(workload.load.amount)),
            )


def worst_first(losses: Iterable[Loss]) -> tuple[Loss, ...]:
    """Return losses by harm.

    First those without any plan, then by what is no longer placed, the highest priority first (a
    load counts as the share of it that is not carried), then by all money, then by name.
    """
    found = list(losses)
    lost = [_harm(loss) for loss in found]
    levels = sorted({level for left in lost for level in left}, reverse=True)

    def harm(loss: Loss) -> tuple[object, ...]:
        left = _harm(loss)
        counts = tuple(-left.get(level, 0) for level in levels)
        infeasible = loss.plan.status == "infeasible"
        return (not infeasible, counts, -loss.plan.objective.total, loss.name)

    return tuple(sorted(found, key=harm))


def _harm(loss: Loss) -> dict[int, float]:
    """Return what is no longer placed, by priority: replicas, and of loads the share."""
    found: dict[int, float] = dict(loss.no_longer_placed)
    for row in loss.no_longer_carried:
        found[row.priority] = found.get(row.priority, 0) + row.share
    return found

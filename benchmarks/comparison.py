"""An instance placed at the optimum and by every baseline, and what must hold between them."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from placement import Plan, Problem, place
from placement.problem.base import Money
from placement.solvers.greedy import BASELINES
from placement.verify import verify

__all__ = ["Comparison", "Entry", "compare", "left_out"]

OPTIMUM = "placement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One method's plan.

    Parameters
    ----------
    seconds
        Wall clock of the whole call.
    broken
        Rules that the verifier found broken.
    """

    method: str
    plan: Plan
    seconds: float
    broken: tuple[str, ...]

    @property
    def cost(self) -> Decimal:
        """Return what all nodes kept and new cost per hour, exactly, from the nodes themselves."""
        kept = (node for node in self.plan.nodes if node.state != "released")
        return sum((Money.exact(node.price) for node in kept), Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What every method does with an instance; the optimum comes first.

    Parameters
    ----------
    time_limit, gap
        Limits of the optimum: seconds, and the relative gap at which it may stop.
    """

    name: str
    problem: Problem
    time_limit: float
    gap: float
    entries: tuple[Entry, ...]

    @property
    def optimum(self) -> Entry:
        """Return the library's own entry."""
        return self.entries[0]

    def left_out(self, entry: Entry) -> tuple[int, ...]:
        """Return the replicas that a plan leaves out, by priority, the highest first."""
        return left_out(self.problem, entry.plan)

    def is_comparable(self, entry: Entry) -> bool:
        """Return whether a plan places as many replicas of every priority as the optimum."""
        return self.left_out(entry) == self.left_out(self.optimum)

    def saving(self, entry: Entry) -> float | None:
        """Return the share of a plan's cost that the optimum saves, None if not comparable."""
        if not self.is_comparable(entry) or not entry.cost:
            return None
        return float(1 - self.optimum.cost / entry.cost)

    def faults(self) -> Iterator[str]:
        """Yield what should not be: broken rules, and baselines that beat the optimum."""
        for entry in self.entries:
            for rule in entry.broken:
                yield f"{self.name}: the plan of {entry.method} breaks {rule}"
            if self.left_out(entry) < self.left_out(self.optimum):
                yield f"{self.name}: {entry.method} places more than the optimum"
            elif self.is_comparable(entry) and entry.cost < self.optimum.cost:
                yield (
                    f"{self.name}: {entry.method} costs {entry.cost}, less than the optimum's "
                    f"{self.optimum.cost}"
                )


def left_out(problem: Problem, plan: Plan) -> tuple[int, ...]:
    """Return the replicas that a plan leaves out, by priority, the highest first."""
    priority = {workload.key: workload.priority for workload in problem.workloads}
    left = dict.fromkeys(priority.values(), 0)
    for row in plan.unplaced:
        left[priority[row.workload]] += row.replicas
    return tuple(left[one] for one in sorted(left, reverse=True))


def compare(
    name: str, problem: Problem, *, time_limit: float = 60.0, gap: float = 0.0
) -> Comparison:
    """Return the optimum beside every baseline."""
    entries = [_entry(OPTIMUM, problem, time_limit=time_limit, gap=gap)]
    entries += [_entry(method, problem) for method in BASELINES]
    return Comparison(
        name=name, problem=problem, time_limit=time_limit, gap=gap, entries=tuple(entries)
    )


def _entry(method: str, problem: Problem, *, time_limit: float = 60.0, gap: float = 0.0) -> Entry:
    begun = time.perf_counter()
    plan = (
        place(problem, time_limit=time_limit, gap=gap)
        if method == OPTIMUM
        else BASELINES[method](problem)
    )
    seconds = time.perf_counter() - begun
    broken = tuple(f"{v.rule} at {v.where}: {v.message}" for v in verify(problem, plan))
    return Entry(method=method, plan=plan, seconds=seconds, broken=broken)

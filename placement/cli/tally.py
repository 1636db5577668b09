"""How much of what is asked for a plan places: replicas, and loads."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from placement.cli.words import counted
from placement.plan import Plan
from placement.problem import Problem

__all__ = ["Carried", "Tally", "left_out", "tally"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A load, and how much of it is carried.

    Parameters
    ----------
    amount, carried
        In ``unit``.
    """

    workload: str
    amount: float
    carried: float
    unit: str
    replicas: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a plan places.

    Parameters
    ----------
    placed, asked
        Replicas of the workloads that ask for a number of them.
    loads
        Of the other workloads.
    """

    placed: int
    asked: int
    loads: tuple[Carried, ...] = ()

    @property
    def wanted(self) -> str:
        """Return what is asked for, such as ``4 replicas and 2 loads``."""
        return " and ".join(
            counted(number, word)
            for number, word in ((self.asked, "replica"), (len(self.loads), "load"))
            if number or (word == "replica" and not self.loads)
        )

    def __str__(self) -> str:
        """Return what is placed, such as ``4 of 4 replicas placed, 1 of 2 loads carried whole``."""
        parts = []
        if self.asked or not self.loads:
            parts.append(f"{self.placed:,} of {counted(self.asked, 'replica')} placed")
        if self.loads:
            whole = sum(row.carried >= row.amount for row in self.loads)
            by = counted(sum(row.replicas for row in self.loads), "replica")
            of = counted(len(self.loads), "load")
            parts.append(f"{whole:,} of {of} carried whole, by {by} in all")
        return ", ".join(parts)


def tally(plan: Plan, problem: Problem) -> Tally:
    """Return what a plan places of what its problem asks for."""
    placed: Counter[str] = Counter()
    for row in plan.assignments:
        placed[row.workload] += row.replicas
    left = {row.workload: row.load or 0.0 for row in plan.unplaced}
    loads = {workload.key: workload.load for workload in problem.workloads if workload.load}
    return Tally(
        placed=sum(number for key, number in placed.items() if key not in loads),
        asked=sum(w.most_replicas for w in problem.workloads if w.key not in loads),
        loads=tuple(
            Carried(
                workload=key,
                amount=load.amount,
                carried=load.amount - left.get(key, 0.0),
                unit=load.unit,
                replicas=placed[key],
            )
            for key, load in sorted(loads.items())
        ),
    )


def left_out(plan: Plan) -> str:
    """Return what a plan leaves out: ``3 replicas are left unplaced``, or of loads the like."""
    return ", ".join(_left(plan))


def _left(plan: Plan) -> Iterator[str]:
    loads = sum(row.load is not None for row in plan.unplaced)
    if (replicas := plan.replicas_unplaced) or not loads:
        yield f"{counted(replicas, 'replica')} {'is' if replicas == 1 else 'are'} left unplaced"
    if loads:
        yield f"{counted(loads, 'load')} {'is' if loads == 1 else 'are'} not carried whole"

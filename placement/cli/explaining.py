"""The work of ``placement explain``: a plan, why it is so, and what stands in its way."""

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from placement.cli.background import Task
from placement.cli.options import Search
from placement.cli.solving import planned
from placement.errors import InputError, SolverError

if TYPE_CHECKING:
    from placement.conflicts import Conflict
    from placement.explanation import Explanation
    from placement.plan import Plan
    from placement.problem import Problem
    from placement.repairs import Repair
    from placement.shadow_prices import ShadowPrice
    from placement.trials import Make
    from placement.verify import Violation

__all__ = ["Explained", "Wanted", "explained"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be explained.

    Parameters
    ----------
    workload
        None where prices alone are wanted.
    """

    workload: str | None
    repair: bool
    prices: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What was found; with ``broken``, nothing, for the plan given is not valid.

    Parameters
    ----------
    searched
        Whether a conflict and a repair were looked for: something of the workload is left out.
    """

    plan: "Plan"
    broken: "tuple[Violation, ...]" = ()
    explanation: "Explanation | None" = None
    searched: bool = False
    conflict: "Conflict | None" = None
    repair: "Repair | None" = None
    prices: "tuple[ShadowPrice, ...] | None" = None
    stopped: bool = False

    def to_dict(self) -> dict[str, object]:
        """Return the fields of ``placement explain --json``."""
        found: dict[str, object] = {}
        if self.explanation is not None:
            found |= self.explanation.to_dict()
            found["conflict"] = self.conflict.to_dict() if self.conflict else None
            found["repair"] = self.repair.to_dict() if self.repair else None
        if self.prices is not None:
            found["prices"] = [row.to_dict() for row in self.prices]
        return found


def explained(
    task: Task[Explained],
    problem: "Problem",
    wanted: Wanted,
    given: "Plan | None",
    search: Search,
) -> Explained:
    """Return what is wanted, within a task that may be told to stop.

    Parameters
    ----------
    given
        The plan to explain; None to make one.

    Raises
    ------
    InputError
        When there is no such workload, or an option is out of range.
    SolverError
        As ``place`` does.
    """
    from placement.explain import explain, workload_number
    from placement.verify import verify

    if wanted.workload is not None:
        try:
            workload_number(problem, wanted.workload)  # before anything that takes long
        except InputError as error:
            raise InputError(replace(issue, path="--workload") for issue in error.issues) from None
    if given is not None and (broken := verify(problem, given)):
        return Explained(plan=given, broken=broken)
    made = given or planned(task, problem, search)
    task.stage = "explaining"
    found = Explained(plan=made)
    if wanted.workload is not None:
        found = replace(found, explanation=explain(problem, made, wanted.workload))
        if wanted.repair:
            found = _with_reasons(task, problem, found, search)
    if wanted.prices:
        found = _with_prices(task, problem, found, search)
    return replace(found, stopped=task.stopping)


def _with_reasons(
    task: Task[Explained], problem: "Problem", found: Explained, search: Search
) -> Explained:
    """Return what was found with the conflict and the repair, where a replica is left out."""
    from placement.conflicts import conflict
    from placement.repairs import repair

    key = found.explanation.workload if found.explanation else ""
    if not any(row.workload == key for row in found.plan.unplaced):
        return found
    make = _maker(task, search, "looking for the rules in conflict", limited=True)
    against = conflict(problem, key, plan=found.plan, make=make)
    make = _maker(task, search, "looking for the cheapest repair", limited=True)
    mended = repair(problem, found.plan, make=make)
    return replace(found, searched=True, conflict=against, repair=mended)


def _with_prices(
    task: Task[Explained], problem: "Problem", found: Explained, search: Search
) -> Explained:
    """Return what was found with shadow prices; without them where Ctrl-C came first."""
    from placement.shadow_prices import shadow_prices
    from placement.trials import Spent

    make = _maker(task, search, "pricing a step more and less", limited=False)
    try:
        return replace(found, prices=shadow_prices(problem, found.plan, make=make))
    except Spent:
        return found


def _maker(task: Task[Explained], search: Search, stage: str, *, limited: bool) -> "Make":
    """Return what makes plans until Ctrl-C, or for the time limit of one plan in all.

    Every end is told once; half the time is granted anew then, to make the best of what is known.
    """
    from placement.trials import Spent

    ends = time.monotonic() + search.time_limit
    search = replace(search, strategy="auto")  # a greedy plan proves nothing of another

    def make(problem: "Problem", gap: float) -> "Plan":
        nonlocal ends
        if task.stopping:
            raise Spent
        if limited and time.monotonic() > ends:
            ends = time.monotonic() + search.time_limit / 2
            raise Spent
        try:
            return planned(task, problem, replace(search, gap=gap), stage)
        except SolverError:
            if not gap:
                raise
            return planned(task, problem, replace(search, gap=0.0), stage)

    return make

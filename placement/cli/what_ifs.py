"""The work of ``placement whatif``: read, change, solve before and after, and every loss."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from placement.cli.background import Task
from placement.cli.changes import Change
from placement.cli.inputs import load_documents, warn
from placement.cli.options import Search
from placement.cli.solving import planned
from placement.cli.streams import say
from placement.errors import InputError, Issue

if TYPE_CHECKING:
    from placement.adapters.documents import Document
    from placement.adapters.problems import Loaded
    from placement.difference import PlanDifference
    from placement.plan import Plan
    from placement.problem import Problem, Workload
    from placement.problem.losses import LossOf
    from placement.sweep import Loss

__all__ = ["WhatIfs", "answered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfs:
    """What was found.

    Parameters
    ----------
    changes
        The texts of the changes, in order.
    plan
        After the changes; without any, of the problem as it is.
    difference
        From the plan before the changes to ``plan``; None without changes.
    sweep, losses
        What was lost, one at a time after the changes, and the plans after it, the worst first.
    stopped
        Whether Ctrl-C ended the work.
    """

    changes: tuple[str, ...]
    plan: "Plan"
    difference: "PlanDifference | None"
    sweep: str | None
    losses: "tuple[Loss, ...]"
    warnings: tuple[str, ...]
    stopped: bool

    def to_dict(self) -> dict[str, object]:
        """Return the fields of ``placement whatif --json``."""
        none = self.plan.status == "infeasible"
        return {
            "changes": list(self.changes),
            "status": self.plan.status,
            "currency": self.plan.currency,
            "cost_per_hour": None if none else self.plan.cost_per_hour,
            "total_per_hour": None if none else self.plan.objective.total,
            "replicas_placed": self.plan.replicas_placed,
            "replicas_unplaced": self.plan.replicas_unplaced,
            "loads_not_carried": [
                {"workload": row.workload, "load": row.load, "unit": row.unit}
                for row in self.plan.unplaced
                if row.load is not None
            ],
            "difference": None if self.difference is None else self.difference.to_dict(),
            "sweep": None if self.sweep is None else [loss.to_dict() for loss in self.losses],
        }


def answered(
    task: Task[WhatIfs],
    paths: list[str],
    changes: Sequence[Change],
    sweep: "LossOf | None",
    search: Search,
) -> WhatIfs:
    """Return what changes and losses do, within a task that may be told to stop.

    Raises
    ------
    InputError, SolverError
        With what is wrong in files, changes or options; as ``place`` does.
    """
    from placement.adapters.problems import problem_of
    from placement.difference import diff

    task.stage = "reading"
    documents = load_documents(paths, quiet=search.quiet)
    loaded = problem_of(documents)
    problem = _changed(loaded, [_read(change, documents, loaded) for change in changes], search)
    lost = _lost(problem, sweep)
    difference, warnings = None, loaded.warnings
    if changes:
        before = planned(task, loaded.problem, search, "solving as it is")
        plan = planned(task, problem, search, "solving after the changes")
        difference = diff(before, plan, loads=_with_a_load(loaded.problem, problem))
        warnings += before.warnings
    else:
        plan = planned(task, problem, search, "solving as it is")
    losses = () if sweep is None else _losses(task, problem, plan, search, of=sweep, lost=lost)
    return WhatIfs(
        changes=tuple(change.text for change in changes),
        plan=plan,
        difference=difference,
        sweep=sweep,
        losses=losses,
        warnings=(*warnings, *plan.warnings),
        stopped=task.stopping,
    )


def _with_a_load(*problems: "Problem") -> set[str]:
    return {each.key for problem in problems for each in problem.workloads if each.load}


def _lost(problem: "Problem", of: "LossOf | None") -> "tuple[tuple[str, Problem], ...]":
    """Return every loss that is asked for, before anything is solved."""
    try:
        return () if of is None else problem.losses(of)
    except InputError as error:
        raise InputError(replace(issue, path="--sweep") for issue in error.issues) from None


def _changed(loaded: "Loaded", changes: Sequence[Change], search: Search) -> "Problem":
    """Return the problem after all changes, and say which of them change nothing."""
    problem = loaded.problem
    for change in changes:
        before, problem = problem, change.applied(problem)
        if problem == before and not search.quiet:
            say(f"note: {change.source} changes nothing")
    return problem


def _read(change: Change, documents: "tuple[Document, ...]", loaded: "Loaded") -> Change:
    """Return a change with what its file, if it has one, adds to the documents."""
    from placement.adapters.documents import read_documents
    from placement.adapters.problems import problem_of

    if not change.file:
        return change
    read = problem_of([*documents, *read_documents([change.file])])
    more, old = read.problem, loaded.problem
    warn(tuple(text for text in read.warnings if text not in loaded.warnings))
    new = [workload for workload in more.workloads if workload not in old.workloads]
    rest = {name: getattr(old, name) for name in type(old).model_fields if name != "workloads"}
    rule = ""
    if any(getattr(more, name) != value for name, value in rest.items()):
        rule = "may hold workloads alone; give what else it holds as FILE"
    elif not new:
        rule = "holds no workload that is new"
    if rule:
        raise InputError([Issue(path="", rule=rule, source=change.source)])
    return replace(change, apply=partial(_with_all, new))


def _with_all(workloads: "Sequence[Workload]", problem: "Problem") -> "Problem":
    for workload in workloads:
        problem = problem.with_workload(workload)
    return problem


def _losses(
    task: Task[WhatIfs],
    problem: "Problem",
    before: "Plan",
    search: Search,
    *,
    of: "LossOf",
    lost: "Sequence[tuple[str, Problem]]",
) -> "tuple[Loss, ...]":
    """Return the plan after every loss, the worst first; Ctrl-C ends with those that are there."""
    from placement.sweep import loss_of, worst_first

    found = []
    for number, (name, left) in enumerate(lost, start=1):
        if task.stopping:
            break
        stage = f"without {of} {name} ({number} of {len(lost)})"
        found.append(loss_of(problem, of, name, before, planned(task, left, search, stage)))
    return worst_first(found)

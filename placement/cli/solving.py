"""Read, then solve, watched; shared by the commands that need a plan."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from placement.cli.background import Task, run
from placement.cli.inputs import load_problem
from placement.cli.options import Search
from placement.cli.processes import processes
from placement.errors import InputError, Issue

if TYPE_CHECKING:
    from placement.adapters.problems import Loaded
    from placement.plan import Plan
    from placement.problem import Problem

__all__ = ["Solved", "planned", "solve"]

T = TypeVar("T")
_FLAGS = {
    name: f"--{name.replace('_', '-')}"
    for name in ("solver", "time_limit", "gap", "seed", "strategy")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """A problem and its plan.

    Parameters
    ----------
    stopped
        Whether Ctrl-C ended the search.
    """

    loaded: "Loaded"
    plan: "Plan"
    stopped: bool = False


def solve(paths: list[str], search: Search) -> Solved:
    """Return the plan for what files and folders hold, with progress on standard error.

    Raises
    ------
    InputError, SolverError
        As ``read_problem`` and ``place`` do.
    """

    def work(task: Task[Solved]) -> Solved:
        task.stage = "reading"
        loaded = load_problem(paths, quiet=search.quiet)
        plan = planned(task, loaded.problem, search)
        return Solved(loaded=loaded, plan=plan, stopped=task.stopping and plan.status != "optimal")

    return run(work, quiet=search.quiet)


def planned(task: Task[T], problem: "Problem", search: Search, stage: str = "solving") -> "Plan":
    """Return the plan for a problem, within a task that may be told to stop.

    Parameters
    ----------
    stage
        What progress calls the search.

    Raises
    ------
    InputError
        When an option is out of range; the issue's path is the option.
    SolverError
        As ``place`` does.
    """
    from placement import place

    if search.workers < 1:
        issue = Issue(path="--workers", rule="must be at least 1", value=str(search.workers))
        raise InputError([issue])
    task.stage, task.currency, task.stoppable = stage, problem.currency, True
    try:
        with processes(search.workers) as executor:
            return place(
                problem,
                solver=search.solver,
                time_limit=search.time_limit,
                gap=search.gap,
                seed=search.seed,
                progress=task.hear,
                cancel=task.told_to_stop,
                strategy=search.strategy,
                executor=executor,
            )
    except InputError as error:
        raise InputError(_by_flag(error.issues)) from None
    finally:
        task.stoppable, task.progress = False, None


def _by_flag(issues: Iterable[Issue]) -> list[Issue]:
    return [replace(issue, path=_FLAGS.get(issue.path, issue.path)) for issue in issues]

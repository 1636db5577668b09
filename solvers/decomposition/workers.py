"""Tasks handed to an executor, or done here where there is none."""

from collections.abc import Sequence
from concurrent.futures import Executor

from placement.errors import SolverError
from placement.solver import Outcome
from placement.solvers.decomposition.block import Task, solve_task

__all__ = ["outcomes"]


def outcomes(tasks: Sequence[Task], executor: Executor | None) -> list[Outcome | None]:
    """Return the answers in order, None where a backend broke.

    What an executor does not answer, since a worker or all of it is gone, is done here.
    """
    if executor is None or len(tasks) < 2:
        return [_here(task) for task in tasks]
    try:
        futures = [executor.submit(solve_task, task) for task in tasks]
    except RuntimeError:  # it is shut down, or broken
        return [_here(task) for task in tasks]
    found: list[Outcome | None] = []
    for task, future in zip(tasks, futures, strict=True):
        try:
            found.append(future.result())
        except SolverError:
            found.append(None)
        except Exception:  # the executor's own: a worker that is gone, a connection that is lost
            found.append(_here(task))
    return found


def _here(task: Task) -> Outcome | None:
    try:
        return solve_task(task)
    except SolverError:
        return None

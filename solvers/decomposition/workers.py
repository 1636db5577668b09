"""Tasks handed to an executor, or done here where there is none."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Executor, Future
from dataclasses import dataclass, replace

from placement.errors import SolverError
from placement.solver import Outcome
from placement.solvers.decomposition.block import Task, solve_task

__all__ = ["Patience", "outcomes"]

EVERY = 0.1  # seconds between two looks at the clock, and at whoever may want to stop


@dataclass(slots=True, kw_only=True)
class Patience:
    """How long to wait for answers. Once it is over it stays so.

    Parameters
    ----------
    until
        Deadline on the clock of ``time.perf_counter``.
    stop
        Asked now and then; returns True to wait no longer.
    """

    until: float
    stop: Callable[[], bool]
    stopped: bool = False

    @property
    def left(self) -> float:
        """Return the seconds that are left, 0 once it is over."""
        return 0.0 if self.stopped else max(0.0, self.until - time.perf_counter())

    def over(self) -> bool:
        """Return whether to give up what is not there yet."""
        self.stopped = self.stopped or self.stop()
        return self.stopped or self.left == 0


def outcomes(
    tasks: Sequence[Task], executor: Executor | None, patience: Patience
) -> list[Outcome | None]:
    """Return the answers in order, None where a backend broke or patience was over.

    What an executor loses, since a worker or all of it is gone, is done here; so the answers are
    the same whatever happens to it. What it has not answered in the end is given up.
    """
    if executor is None or len(tasks) < 2:
        return [_here(task, patience) for task in tasks]
    futures: list[Future[Outcome] | None] = []
    try:
        futures.extend(_handed(executor, task) for task in tasks)
        return [_answer(*pair, patience) for pair in zip(tasks, futures, strict=True)]
    finally:
        for future in futures:
            if future is not None:
                future.cancel()  # does nothing to one that is done


def _handed(executor: Executor, task: Task) -> "Future[Outcome] | None":
    """Return the future of a task, None where the executor takes none: it is shut down, broken."""
    try:
        return executor.submit(solve_task, task)
    except Exception:  # each executor has its own
        return None


def _answer(task: Task, future: "Future[Outcome] | None", patience: Patience) -> Outcome | None:
    if future is None:
        return _here(task, patience)
    while True:
        try:
            error = future.exception(timeout=min(patience.left, EVERY))
        except TimeoutError:
            if patience.over():
                return None
        except CancelledError:
            return _here(task, patience)
        else:
            break
    if error is None:
        return future.result()
    if isinstance(error, SolverError):
        return None
    return _here(task, patience)  # a worker that is gone, a connection that is lost


def _here(task: Task, patience: Patience) -> Outcome | None:
    if patience.over():
        return None
    try:
        return solve_task(replace(task, limits=replace(task.limits, seconds=patience.left)))
    except SolverError:
        return None

"""Work in a thread of its own, so that Ctrl-C and the clock are heard whatever a solver does."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from placement.cli.progress import make_line

if TYPE_CHECKING:
    from placement.place import Progress

__all__ = ["WORKER", "Task", "run"]

T = TypeVar("T")
WORKER = "placement"  # the thread's name
_TICK = 0.1  # seconds between two looks at the work


class Task(Generic[T]):
    """One piece of work, as both threads see it.

    The worker sets ``stage`` and hands over progress, and asks whether it is to stop; the main
    thread shows the one and decides the other.
    """

    def __init__(self, work: Callable[["Task[T]"], T]) -> None:
        self.stage = ""
        self.progress: Progress | None = None
        self.currency = ""
        self.stoppable = False
        self.stopping = False
        self.done = threading.Event()
        self.begun = time.monotonic()
        self._work = work
        self._result: list[T] = []
        self._error: BaseException | None = None

    @property
    def seconds(self) -> float:
        """Return the seconds since the task was made."""
        return time.monotonic() - self.begun

    def hear(self, progress: "Progress") -> None:
        """Take a sign of progress."""
        self.progress = progress

    def told_to_stop(self) -> bool:
        """Return whether Ctrl-C was pressed."""
        return self.stopping

    def work(self) -> None:
        """Do the work; keep its result or its error for :meth:`result`."""
        try:
            self._result.append(self._work(self))
        except BaseException as error:  # raised again in the main thread
            self._error = error
        finally:
            self.done.set()

    def result(self) -> T:
        """Return the result, or raise what the work raised."""
        if self._error is not None:
            raise self._error
        return self._result[0]


def run(work: Callable[[Task[T]], T], *, quiet: bool = False) -> T:
    """Return what ``work`` returns, with progress on standard error once it lasts over a second.

    Parameters
    ----------
    work
        Called in another thread with the task, by which it reports and is told to stop.
    quiet
        Show no progress.

    Raises
    ------
    KeyboardInterrupt
        On Ctrl-C where the work cannot be stopped, and on the second Ctrl-C where it can; the
        thread may then still run.
    """
    task = Task(work)
    worker = threading.Thread(target=task.work, daemon=True, name=WORKER)
    worker.start()
    line = make_line(quiet=quiet)
    try:
        while not task.done.is_set():
            try:
                while not task.done.wait(_TICK):
                    line.show(task)
            except KeyboardInterrupt:
                if task.stopping or not task.stoppable:
                    raise
                task.stopping = True
                line.note("stopping with the best plan found; press Ctrl-C again to leave at once")
        worker.join()
    finally:
        line.close()
    return task.result()

"""Executors that do not do what they are asked, and work that kills its worker."""

import os
import pickle
import signal
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

__all__ = ["Deadly", "Listening", "Raising", "Silent", "Stopping"]


class Deadly(Executor):
    """Another executor, a worker of which is killed within the second task that it is given.

    Parameters
    ----------
    marks
        A folder that workers see; holds a file for every worker that was killed.
    times
        How often the task kills its worker.
    """

    def __init__(self, inner: Executor, marks: Path, times: int) -> None:
        self.inner, self.marks, self.times, self.given = inner, marks, times, 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Hand over."""
        self.given += 1
        if self.given == 2:
            return self.inner.submit(killing, str(self.marks), self.times, fn, *args)
        return self.inner.submit(fn, *args)


def killing(marks: str, times: int, work: Callable[..., Any], *args: Any) -> Any:
    """Kill the process that this runs in, or do the work once that has happened often enough."""
    killed = len(list(Path(marks).iterdir()))
    if killed < times:
        (Path(marks) / str(killed)).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return work(*args)


class Raising(Executor):
    """Takes nothing, or takes all and loses it."""

    def __init__(self, error: Exception, *, at_once: bool) -> None:
        self.error, self.at_once, self.given = error, at_once, 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Fail."""
        self.given += 1
        if self.at_once:
            raise self.error
        lost: Future[Any] = Future()
        lost.set_exception(self.error)
        return lost


class Silent(Executor):
    """Takes all and answers nothing."""

    def __init__(self) -> None:
        self.futures: list[Future[Any]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do nothing."""
        self.futures.append(Future())
        return self.futures[-1]


class Listening(Silent):
    """Keeps the messages that would be sent, and answers nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[bytes] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Write down."""
        self.messages.append(pickle.dumps((fn, args, kwargs)))
        return super().submit(fn, *args)


class Stopping(Executor):
    """Another executor, shut down once it has been given two tasks; what waits is dropped."""

    def __init__(self, inner: Executor) -> None:
        self.inner, self.given = inner, 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Hand over."""
        self.given += 1
        future = self.inner.submit(fn, *args)
        if self.given == 2:
            self.inner.shutdown(wait=False, cancel_futures=True)
        return future

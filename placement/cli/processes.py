"""Processes for parts of a search: the command makes them, the library never does."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

__all__ = ["processes"]

MOST = 61  # Windows can wait for no more
LEFT = "ignore:resource_tracker"  # no word on what a second Ctrl-C leaves to be tidied up


@contextmanager
def processes(count: int) -> Iterator[Executor | None]:
    """Yield an executor of that many processes, each started when it is needed; None for one.

    They hear no Ctrl-C, and end with the block, or with this process, whatever they are at.
    """
    if count == 1:
        yield None
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    spawn = get_context("spawn")  # other threads run, which do not survive a fork
    ends, alive = spawn.Pipe(duplex=False)
    sys.warnoptions.append(LEFT)
    try:  # which starts Python's own tracker of what is left behind, and undoes what deafens
        pool = ProcessPoolExecutor(
            min(count, MOST), mp_context=spawn, initializer=_ready, initargs=(ends,)
        )
    finally:
        sys.warnoptions.remove(LEFT)
    with _deaf(), alive, ends:
        try:
            yield pool
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            alive.close()
            pool.shutdown()


@contextmanager
def _deaf() -> Iterator[None]:
    """Have this thread, and so the processes that it starts, hear no Ctrl-C."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _ready(ends: "Connection") -> None:
    """Prepare a process: it ends once the other side of the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(ends,), daemon=True).start()


def _end_with(ends: "Connection") -> None:
    try:
        ends.recv()  # nothing is ever sent
    finally:
        os._exit(0)

"""Reading what may be a pipe: one that nobody writes into must not keep a program for ever."""

import os
import select
import stat
import time
from pathlib import Path

__all__ = ["read_bytes"]

PATIENCE = 5.0  # seconds to wait for somebody who opens a named pipe for writing
_CHUNK = 2**16  # bytes: what a pipe of Linux holds


def read_bytes(path: Path, most: int) -> bytes:
    """Return the first ``most`` bytes of a file, a device or a named pipe.

    A pipe is read until its writers have closed it, however long they take; but if none has opened
    it within a few seconds, that is an error.

    Raises
    ------
    OSError
        When it cannot be read, or nobody writes into the pipe.
    """
    if not stat.S_ISFIFO(path.stat().st_mode):
        with path.open("rb") as file:
            return file.read(most)
    # Opened to block, a pipe would wait for its writer before anything could be counted.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        return _from_pipe(handle, most)
    finally:
        os.close(handle)


def _from_pipe(handle: int, most: int) -> bytes:
    content = bytearray()
    deadline = time.monotonic() + PATIENCE
    has_writer = False
    while len(content) < most:
        try:
            chunk = os.read(handle, min(_CHUNK, most - len(content)))
        except BlockingIOError:  # a writer has it open and has not written yet
            has_writer = True
            select.select([handle], [], [])
            continue
        if not chunk and (has_writer or content):
            break
        if not chunk and time.monotonic() > deadline:
            raise TimeoutError("nobody writes into this pipe")
        if not chunk:
            time.sleep(0.02)
        content += chunk
    return bytes(content)

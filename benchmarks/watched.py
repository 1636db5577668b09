"""A command in a process of its own that is killed when it takes too much time or memory."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass

from resident import resident

__all__ = ["Watched", "watch"]

EVERY = 0.1  # seconds between two looks


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """How a command ended.

    Parameters
    ----------
    lines
        What it printed.
    peak
        MiB that it and its processes had at most, as seen ten times a second.
    fault
        Why it was killed, or the last line of its errors; empty where all went well.
    """

    lines: tuple[str, ...]
    peak: float
    fault: str


def watch(command: Sequence[str], *, seconds: float, mebibytes: float) -> Watched:
    """Run a command; kill it and its processes when it is beyond a limit."""
    begun, peak, fault = time.monotonic(), 0.0, ""
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(command, stdout=said, stderr=errors, start_new_session=True)
        try:
            while process.poll() is None and not fault:
                time.sleep(EVERY)
                peak = max(peak, resident(process.pid))
                if time.monotonic() - begun > seconds:
                    fault = f"killed after {seconds:.0f} s"
                elif peak > mebibytes:
                    fault = f"killed above {mebibytes:,.0f} MiB"
        finally:
            _end(process)
        said.seek(0)
        errors.seek(0)
        lines = tuple(line for line in said.read().split("\n") if line)
        if process.returncode and not fault:
            fault = (errors.read().strip() or f"exit {process.returncode}").split("\n")[-1]
    return Watched(lines=lines, peak=peak, fault=fault)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Kill a process that still runs, and those that it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

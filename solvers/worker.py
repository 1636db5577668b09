"""The other side of placement.solvers.apart: reads a task, solves it, tells of progress."""

import os
import pickle
import signal
import sys
import threading
import time
from dataclasses import replace

from placement.errors import PlacementError
from placement.formulation.milp import Ints
from placement.solvers import backend
from placement.solvers.highs import Highs

__all__ = ["main"]

EVERY = 0.2  # seconds between two messages of progress


def main() -> None:
    """Solve the task on standard input; write messages to what was standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it, and decides
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a backend prints must not mix with the messages
    name, milp, limits, start, until = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    last = 0.0

    def tell(kind: str, told: object) -> None:
        message = pickle.dumps((kind, told))
        out.write(len(message).to_bytes(8, "big") + message)
        out.flush()

    def watch(cost: float, bound: float) -> bool:
        nonlocal last
        if time.monotonic() - last > EVERY:
            last = time.monotonic()
            tell("progress", (cost, bound))
        return False

    def found(values: Ints) -> None:
        tell("solution", values)

    solver = Highs(found=found) if name == "highs" else backend(name)
    limits = replace(limits, seconds=max(0.0, until - time.time()))
    try:
        tell("outcome", solver.solve(milp, limits, start=start, watch=watch))
    except PlacementError as error:
        tell("error", str(error))


def _end_with_parent() -> None:
    """Wait until the parent closes its end, which it does at its own end at the latest."""
    sys.stdin.buffer.read(1)
    os._exit(1)

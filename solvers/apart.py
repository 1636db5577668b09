"""A backend in a process of its own, so that a time limit holds even where the backend ignores it.

HiGHS does not look at the clock while it presolves, SCIP and CP-SAT overrun by a half and more on
large programmes (OR-Tools 9.15). A process can be killed. Small programmes are solved right here:
they are over sooner than a process starts.
"""

import os
import pickle
import selectors
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from typing import IO, Any

from placement.errors import SolverError
from placement.formulation.milp import Ints, Milp
from placement.solver import Limits, Outcome, Solver, Status, Watch

__all__ = ["Apart"]

LARGE = 30_000  # entries of the matrix from which a solve can take a second and more
EVERY = 0.1  # seconds between two looks at the watch
GONE = "the solver's process ended without an answer"
CHILD = "import sys; sys.path[:] = {path!r}; from placement.solvers.worker import main; main()"


@dataclass(frozen=True, slots=True)
class Apart:
    """A Solver that runs another one where it can be stopped, if the programme is large.

    Parameters
    ----------
    inner
        One of the backends of :func:`placement.solvers.backend`.
    """

    inner: Solver

    @property
    def name(self) -> str:
        """Return the backend's name."""
        return self.inner.name

    def solve(
        self, milp: Milp, limits: Limits, *, start: Ints | None = None, watch: Watch | None = None
    ) -> Outcome:
        """Solve; see placement.solver.Solver."""
        child = None
        if sum(family.coef.size for family in milp.families) >= LARGE:
            child = _child()
        if child is None:
            return self.inner.solve(milp, limits, start=start, watch=watch)
        begun = time.monotonic()
        task = pickle.dumps((self.name, milp, limits, start, time.time() + limits.seconds))
        with child:
            try:
                outcome = _conversation(child, task, begun + limits.seconds, watch)
            finally:
                child.kill()
        return replace(outcome, seconds=time.monotonic() - begun)


def _child() -> "subprocess.Popen[bytes] | None":
    """Start the process; None where it cannot be, or its pipes cannot be waited for (Windows)."""
    if os.name == "nt" or not sys.executable:
        return None
    try:
        return subprocess.Popen(
            [sys.executable, "-c", CHILD.format(path=sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return None


def _conversation(
    child: "subprocess.Popen[bytes]", task: bytes, until: float, watch: Watch | None
) -> Outcome:
    """Hand the task over and listen until the answer, the deadline, or the order to stop."""
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        child.stdin.write(task)
        child.stdin.flush()  # and left open: the child ends when it closes
    except OSError as error:
        raise SolverError(GONE) from error
    best = Outcome(status=Status.UNKNOWN, limit="time")
    cost, bound = float("inf"), float("-inf")
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while (left := until - time.monotonic()) > 0:
            if watch is not None and watch(cost, bound):
                return replace(best, limit="cancelled")
            if not selector.select(min(left, EVERY)):
                continue
            kind, told = _message(child.stdout)
            if kind == "outcome":
                answer: Outcome = told
                return answer
            if kind == "error":
                raise SolverError(str(told))
            if kind == "progress":
                cost, bound = told
                best = replace(best, bound=max(best.bound, bound))
            else:
                best = replace(best, values=told, status=Status.FEASIBLE)
    return best


def _message(stream: IO[bytes]) -> tuple[str, Any]:
    """Read one message: its length in eight bytes, then the pickle."""
    head = stream.read(8)
    if len(head) < 8:
        return "error", GONE
    kind, told = pickle.loads(stream.read(int.from_bytes(head, "big")))
    return kind, told

"""What a backend is: one method, one outcome type. A backend claims; the verifier decides."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TypeAlias

import numpy as np

from placement.formulation.milp import Floats, Ints, Milp, Rows

__all__ = [
    "Cut",
    "Limits",
    "Outcome",
    "Relaxation",
    "Relaxer",
    "Solver",
    "Status",
    "Watch",
    "without_columns",
]

Watch: TypeAlias = Callable[[float, float], bool]
"""Called with the best cost and the bound so far; returns True to stop the search."""

Cut: TypeAlias = Callable[[Floats], Rows | None]
"""Called with a fractional solution; returns rows that it violates and no whole one does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When to stop.

    Parameters
    ----------
    seconds
        Wall clock, the hand-over of the programme included.
    relative_gap
        (incumbent - bound) / incumbent at which an answer is good enough.
    absolute_gap
        The same in units of the objective; below the smallest step between two objective values
        an answer is optimal.
    work
        Most nodes of the search tree, a limit that ends at the same answer on every machine;
        absent: none.
    threads, seed
        Passed to the backend; one thread gives the same answer on every machine.
    """

    seconds: float = 60.0
    relative_gap: float = 0.0
    absolute_gap: float = 1e-6
    work: int | None = None
    threads: int = 1
    seed: int = 0


class Status(Enum):
    """What the backend claims."""

    OPTIMAL = "optimal"  # within the gaps asked for
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"  # stopped before it found anything


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The answer to one solve.

    Parameters
    ----------
    values
        ``(cols,)`` the best solution, integers; None where none was found.
    bound
        Claimed lower bound of the objective.
    seconds
        Wall clock that the solve took.
    limit
        What stopped the search early: ``time``, ``work``, ``cancelled`` or ``other``; else empty.
    """

    status: Status
    values: Ints | None = None
    bound: float = float("-inf")
    seconds: float = 0.0
    limit: str = ""


def without_columns(milp: Milp) -> Outcome:
    """Return the outcome of a programme without columns: its rows hold for nothing, or do not."""
    if not milp.holds(np.zeros(0, dtype=np.int64)):
        return Outcome(status=Status.INFEASIBLE, bound=float("inf"))
    nothing = np.zeros(0, dtype=np.int64)
    return Outcome(status=Status.OPTIMAL, values=nothing, bound=milp.offset)


class Solver(Protocol):
    """Anything that can answer a programme within limits."""

    @property
    def name(self) -> str:
        """Return the name by which users choose this backend."""
        ...

    def solve(
        self, milp: Milp, limits: Limits, *, start: Ints | None = None, watch: Watch | None = None
    ) -> Outcome:
        """Return the best answer found. Raise SolverError if the backend broke."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """The optimum of a programme without integrality.

    Parameters
    ----------
    bound
        Its objective, a lower bound of the programme's.
    reduced
        ``(cols,)`` reduced costs: what one more unit of a column at its lower bound adds at least.
    values
        ``(cols,)`` the solution.
    cuts
        Rows that were added on the way and bind there; part of what the bound rests on.
    """

    bound: float
    reduced: Floats
    values: Floats
    cuts: Rows | None = None


class Relaxer(Protocol):
    """Anything that can solve the linear relaxation of a programme."""

    def relax(self, milp: Milp, seconds: float, cut: Cut | None = None) -> Relaxation | None:
        """Return the relaxation's optimum, or None where it is not reached in time.

        Parameters
        ----------
        cut
            Asked for rows after each optimum, until it has none or they are not worth it.
        """
        ...

"""The exit codes of the command."""

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from placement.plan import Plan

__all__ = ["Exit", "exit_of"]


class Exit(IntEnum):
    """What the command's end means to the caller."""

    PLACED = 0
    INVALID = 1  # verification failed
    BAD_INPUT = 2
    UNPLACED = 3
    NO_PLAN = 4  # none exists, none within the limits, or the backend broke
    INTERNAL = 70  # a fault of this program; EX_SOFTWARE of sysexits.h
    INTERRUPTED = 130  # 128 + SIGINT, as shells say it


def exit_of(plan: "Plan") -> Exit:
    """Return the exit code that a plan stands for."""
    if plan.status == "infeasible":
        return Exit.NO_PLAN
    return Exit.UNPLACED if plan.unplaced else Exit.PLACED

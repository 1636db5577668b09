"""What a search over the levels hands back."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from placement.formulation.levels import Level
from placement.formulation.milp import Ints
from placement.packer import Fill

__all__ = ["PROVEN", "Answer", "LevelResult", "Tell", "rounded"]

Tell: TypeAlias = Callable[[str, float, float], bool]
"""Called with a level's name, best value and bound in its units; returns True to stop."""

PROVEN = 1e-6
"""Relative distance at which value and bound count as equal. Solvers take a column for whole
within 1e-6, so a bound can be off by as much; they are asked for less than a unit all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelResult:
    """What a level reached: value and lower bound in its units, and whether they meet."""

    level: Level
    value: int
    bound: float

    @property
    def name(self) -> str:
        """Return the name of the level."""
        return self.level.name

    @property
    def proven(self) -> bool:
        """Return whether no better value exists."""
        return self.bound >= self.value - PROVEN * abs(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The best packed solution found.

    Parameters
    ----------
    values
        ``(width,)`` columns of the programme; None where there is no plan.
    fills
        What is on the nodes.
    levels
        The levels that were solved, in order.
    ended_by
        ``optimal``, ``gap``, ``time``, ``cancelled``, ``work``, ``solver`` or ``infeasible``.
    failure
        What a backend that broke said; empty if none did.
    """

    values: Ints | None
    fills: tuple[Fill, ...] = ()
    levels: tuple[LevelResult, ...] = ()
    ended_by: str = "optimal"
    failure: str = ""


def rounded(bound: float) -> float:
    """Return a bound on whole numbers rounded up, unless that trusts the last digits."""
    return math.ceil(bound - 1e-6 - 1e-9 * abs(bound)) if math.isfinite(bound) else bound

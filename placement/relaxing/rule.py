"""One rule that can be relaxed: what it says, and the problem without it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from placement.problem import Problem
from placement.problem.base import Part
from placement.problem.revised import revised

__all__ = ["Figure", "Relaxable", "edited", "relaxed", "with_part", "with_workload"]

P = TypeVar("P", bound=Part)
Figure: TypeAlias = int | float
Edit: TypeAlias = Callable[[Problem, Figure | None], Problem]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxable:
    """A rule that an operator could change; equal where it is the same rule of the same problem.

    Parameters
    ----------
    kind
        Such as ``stock``, ``quota``, ``budget``, ``tolerations`` or ``min_groups``.
    label
        The rule in the words of the input, without its figure.
    stated
        What it states: its figure in words, or what it allows.
    unit
        Follows the figure, such as `` vcpus`` or `` per hour``; empty where there is none.
    counts
        The resource that the figure counts, or ``nodes`` or ``vcpus``; empty where it is no limit
        on these.
    figure
        What can be changed by amounts, in base units; None of a rule that can only be widened.
    least
        What the figure cannot be below, as another rule has it.
    workload
        Key of the workload that the rule is of; empty where it is of several.
    number
        Tells rules with equal words apart.
    order
        Edits of a lower order apply first: those that take rows away come last.
    edit
        Gives the problem with another figure, or without the rule; not yet validated.
    """

    kind: str
    label: str
    stated: str = field(default="", compare=False)
    unit: str = field(default="", compare=False)
    counts: str = field(default="", compare=False)
    figure: Figure | None = field(default=None, compare=False)
    least: int = field(default=0, compare=False)
    workload: str = field(default="", compare=False)
    number: int = 0
    order: int = field(default=0, compare=False)
    edit: Edit = field(compare=False, repr=False)
    says: Callable[[Figure], str] = field(default=str, compare=False, repr=False)

    def without(self, problem: Problem) -> Problem:
        """Return the problem without the rule.

        Parameters
        ----------
        problem
            The problem that the rule is of, or one with other figures in it.
        """
        return relaxed(problem, {self: None})

    def with_figure(self, problem: Problem, figure: Figure) -> Problem:
        """Return the problem with another figure in the rule, in base units.

        Raises
        ------
        ValueError
            When the rule has no figure.
        """
        if self.figure is None:
            raise ValueError(f"{self} has no figure")
        return relaxed(problem, {self: figure})

    def changed(self, figure: Figure) -> str:
        """Return a change in words, such as ``quota gn7: 320 -> 352 vcpus``."""
        return f"{self.label} {self.stated} -> {self.says(figure)}{self.unit}"

    def __str__(self) -> str:
        """Return the rule in words, such as ``quota gn7: 320 vcpus``."""
        return f"{self.label} {self.stated}{self.unit}".rstrip()


def relaxed(
    problem: Problem, rules: Iterable[Relaxable] | dict[Relaxable, Figure | None]
) -> Problem:
    """Return the problem without some rules, or with other figures in them, validated once.

    Raises
    ------
    InputError
        When the parts no longer go together.
    """
    changes = rules if isinstance(rules, dict) else dict.fromkeys(rules)
    for rule in sorted(changes, key=lambda each: each.order):
        problem = rule.edit(problem, changes[rule])
    return edited(problem)


def edited(problem: Problem) -> Problem:
    """Return a problem whose parts were exchanged, validated and with nothing kept of the old."""
    return revised(problem)


def with_part(problem: Problem, section: str, at: int, **fields: Any) -> Problem:
    """Return the problem with other fields in one row of a section; not validated."""
    rows = list(getattr(problem, section))
    rows[at] = rows[at].model_copy(update=fields)
    return problem.model_copy(update={section: tuple(rows)})


def with_workload(problem: Problem, at: int, **fields: Any) -> Problem:
    """Return the problem with other fields in one workload; not validated."""
    return with_part(problem, "workloads", at, **fields)

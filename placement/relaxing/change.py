"""What is done to one rule: another figure, wider words, or the rule goes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from placement.problem import Problem
from placement.relaxing.rule import Figure, Relaxable, edited

__all__ = ["Change", "changed", "dropped", "figured"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be done to one rule.

    Parameters
    ----------
    words
        Such as ``quota gn7: 320 -> 352 vcpus``; empty where the rule may stay as it is.
    apply
        Gives the problem with the change; not yet validated.
    """

    rule: Relaxable
    words: str
    apply: Callable[[Problem], Problem]


def changed(problem: Problem, changes: Iterable[Change]) -> Problem:
    """Return the problem with changes, validated."""
    for change in sorted(changes, key=lambda each: each.rule.order):
        problem = change.apply(problem) if change.words else problem
    return edited(problem)


def dropped(rule: Relaxable) -> Change:
    """Return the change that takes a rule away."""
    return Change(rule=rule, words=f"without {rule}", apply=lambda p: rule.edit(p, None))


def figured(rule: Relaxable, figure: Figure) -> Change:
    """Return the change to another figure."""
    return Change(rule=rule, words=rule.changed(figure), apply=lambda p: rule.edit(p, figure))

"""``--change``: a change of a problem as a line of words, and what it does."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from placement.cli.change_words import FORMS, meaning
from placement.errors import InputError, Issue, nearest

if TYPE_CHECKING:
    from placement.cli.change_words import Apply
    from placement.problem import Problem

__all__ = ["Change", "parse_changes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change.

    Parameters
    ----------
    text
        As it was given.
    apply
        Makes another problem of one.
    file
        The file of ``workload FILE``, whose ``apply`` is made once the file is read.
    """

    text: str
    apply: "Apply | None" = None
    file: str = ""

    @property
    def source(self) -> str:
        """Return where an error of this change is."""
        return f"--change {self.text!r}"

    def applied(self, problem: "Problem") -> "Problem":
        """Return the changed problem.

        Raises
        ------
        InputError
            When the problem has no such thing, or the value is out of range.
        """
        if self.apply is None:
            return problem
        try:
            return self.apply(problem)
        except InputError as error:
            raise InputError(replace(i, source=self.source) for i in error.issues) from None


def parse_changes(texts: Iterable[str]) -> tuple[Change, ...]:
    """Return the changes that texts say, in their order.

    Raises
    ------
    InputError
        With every text that says none.
    """
    changes, issues = [], []
    for text in texts:
        try:
            changes.append(_parsed(text))
        except ValueError as error:
            issues.append(Issue(path="", rule=str(error), source=f"--change {text!r}"))
    if issues:
        raise InputError(issues)
    return tuple(changes)


def _parsed(text: str) -> Change:
    verb, _, rest = text.strip().partition(" ")
    if verb == "workload" and rest.strip():
        return Change(text=text, file=rest.strip())
    if verb not in FORMS:
        raise ValueError(f"must begin with one of {', '.join(FORMS)}{nearest(verb, FORMS)}")
    return Change(text=text, apply=meaning(verb, rest.split()))

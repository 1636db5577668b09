"""Another problem made from one: parts exchanged, and the whole validated again."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from placement.errors import InputError, Issue, nearest, show
from placement.problem.base import Part
from placement.problem.issues import issues_of

if TYPE_CHECKING:
    from placement.problem.problem import Problem

__all__ = ["check_known", "revised", "with_fields"]

P = TypeVar("P", bound=Part)


def revised(problem: "Problem", **parts: object) -> "Problem":
    """Return a new problem with some lists exchanged; the others are shared, for all are frozen.

    Raises
    ------
    InputError
        When the parts no longer go together.
    """
    own = {name: getattr(problem, name) for name in type(problem).model_fields}
    return type(problem).model_validate({**own, **parts})


def with_fields(part: P, **fields: object) -> P:
    """Return a part with other values in some fields, validated.

    Raises
    ------
    InputError
        When a value is out of range; the issue's path is the field.
    """
    data = {**part.model_dump(), **fields}
    try:
        return type(part).model_validate(data)
    except ValidationError as error:
        raise InputError(issues_of(error, type(part), data)) from None


def check_known(what: str, name: str, known: Iterable[str]) -> None:
    """Demand that a name is known.

    Raises
    ------
    InputError
        With the nearest known name, or with all of them where they are few.
    """
    names = sorted(set(known))
    if name in names:
        return
    hint = nearest(name, names)
    if not hint and names and len(names) <= 8:
        hint = f"; there is {', '.join(names)}"
    if not names:
        hint = ", nor any other"
    rule = f"no {what} has this name{hint}"
    raise InputError([Issue(path=what, rule=rule, value=show(name))])

"""Pydantic's complaints as issues: the path as the document spells it, the value, the rule."""

from collections.abc import Iterator, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.alias_generators import to_camel, to_snake
from pydantic_core import ErrorDetails

from placement.errors import Issue, nearest, show

__all__ = ["issues_of"]

_RULES = {
    "missing": "is required",
    "string_type": "must be a string",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list",
    "dict_type": "must be a mapping",
    "model_type": "must be a mapping with the fields of the contract",
    "model_attributes_type": "must be a mapping with the fields of the contract",
    "finite_number": "must be a finite number",
    "string_too_short": "must not be empty",
    "string_too_long": "is longer than any such name may be",
    "too_short": "must not be empty",
    "string_pattern_mismatch": "must be a name without blanks or slashes",
}


def issues_of(error: ValidationError, model: type[BaseModel], data: object) -> Iterator[Issue]:
    """Yield one issue for every complaint, with paths spelt as in ``data``."""
    for detail in error.errors(include_url=False):
        loc = detail["loc"]
        if detail["type"] == "quantity":  # of one resource in a mapping of them
            loc = (*loc, str(detail["ctx"]["resource"]))
        path, value = _walk(loc, data)
        if detail["type"] == "extra_forbidden":
            owner = _owner(model, detail["loc"][:-1])
            yield Issue(path=path, rule=_unknown(str(detail["loc"][-1]), owner))
        else:
            missing = detail["type"] == "missing"
            yield Issue(path=path, rule=_rule(detail), value="" if missing else show(value))


def _unknown(name: str, owner: type[BaseModel] | None) -> str:
    """Return the rule that an unknown field breaks."""
    if owner is None:
        return f"the field {name!r} is not known"
    known = [field.alias or own for own, field in owner.model_fields.items()]
    return f"the field {name!r} is not known{nearest(to_snake(name), known)}"


def _rule(detail: ErrorDetails) -> str:
    """Return Pydantic's message as a rule in plain words."""
    if detail["type"] == "value_error":
        return detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "literal_error":
        expected = detail.get("ctx", {}).get("expected", "")
        known = [part.strip("'") for part in str(expected).replace(" or ", ", ").split(", ")]
        given = str(detail["input"]).lower().replace("_", "-").replace(" ", "-")
        return f"must be one of {expected}{nearest(given, known)}"
    if detail["loc"][-1:] == ("engine_version",):
        return "must be a version of vLLM such as 0.19.1, in quotes"
    rule = _RULES.get(detail["type"])
    if rule is None:
        rule = detail["msg"].replace("Input should be", "must be").replace("Input", "it")
    return rule


def _walk(loc: Sequence[int | str], data: object) -> tuple[str, object]:
    """Return the path of ``loc`` as ``data`` spells it, and the value there."""
    path, here = "", data
    for step in loc:
        if isinstance(step, int):
            path += f"[{step}]"
            here = here[step] if isinstance(here, Sequence) and step < len(here) else None
            continue
        if step.startswith("<") or (not isinstance(here, Mapping) and here is not None):
            continue  # Pydantic names the member of a union here, which no document holds
        key = step
        if isinstance(here, Mapping) and step not in here and to_camel(step) in here:
            key = to_camel(step)
        path += f".{key}" if path else key
        here = here.get(key) if isinstance(here, Mapping) else None
    return path, here


def _owner(model: type[BaseModel], loc: Sequence[int | str]) -> type[BaseModel] | None:
    """Return the model class that ``loc`` leads to, or None where it is none."""
    kind: Any = model
    for step in loc:
        if isinstance(step, int) or step.startswith("<"):
            continue
        found = _models(kind)
        fields = found[0].model_fields if found else {}
        kind = fields[step].annotation if step in fields else None
    found = _models(kind)
    return found[0] if found else None


def _models(kind: Any) -> list[type[BaseModel]]:
    """Return the model classes within an annotation."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return [kind]
    if get_origin(kind) in {tuple, list, dict, Union, UnionType, Annotated}:
        return [model for argument in get_args(kind) for model in _models(argument)]
    return []

"""What every part of a problem shares: strict, frozen models and the types of their fields."""

import math
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from placement.quantity import MEMORY, format_quantity, parse_quantity

__all__ = [
    "Bytes",
    "Capacity",
    "Count",
    "Key",
    "Labels",
    "Money",
    "Name",
    "Part",
    "Price",
    "Requests",
]

MOST = 2**31 - 1  # nodes or stock in one figure: MaxInt32, which Kubernetes uses for "no limit"
MOST_REPLICAS = 1_000_000  # in all: ten times the largest fleet measured, and seconds to write down
MOST_MONEY = 1e9  # currency units per hour in one price


class Part(BaseModel):
    """A frozen part of a problem or a plan that refuses fields it does not know.

    Field names are snake_case; their camelCase spelling is accepted. A field given as null takes
    its default.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _spelling(cls, data: Any) -> Any:
        """Rename camelCase fields and drop those given as null that have a default."""
        if not isinstance(data, Mapping):
            return data
        camel, optional = _names(cls)
        renamed: dict[str, Any] = {}
        for key, value in data.items():
            name = camel.get(key, key) if isinstance(key, str) else str(key)
            if name in renamed:
                raise ValueError(f"{name} is given twice, as {name} and as {to_camel(name)}")
            if value is None and name in optional:
                continue
            renamed[name] = value
        return renamed


@cache
def _names(part: type[Part]) -> tuple[Mapping[str, str], frozenset[str]]:
    """Return a part's names by their camelCase spelling, and its fields that have a default."""
    fields = part.model_fields
    camel = {to_camel(name): name for name in fields}
    return camel, frozenset(name for name, field in fields.items() if not field.is_required())


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("must be a finite number")
    return value


def _not_bool(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("must be a number, not true or false")
    return value


_Quantity = {
    "anyOf": [
        {"type": "integer", "minimum": 0},
        {"type": "number", "minimum": 0},
        {"type": "string"},
    ]
}


def _named(resource: str, error: ValueError) -> dict[str, Any]:
    return {"resource": resource, "rule": str(error)}


def _amounts(value: object, *, round_up: bool) -> dict[str, int]:
    if not isinstance(value, Mapping):
        raise ValueError("must be a mapping from resource names to quantities")
    amounts = {}
    for resource, amount in value.items():
        if not isinstance(resource, str) or not resource or len(resource) > 316:
            raise ValueError(f"has the key {resource!r}, which is no resource name")
        try:
            amounts[resource] = parse_quantity(amount, resource, round_up=round_up)
        except ValueError as error:
            raise PydanticCustomError("quantity", "{rule}", _named(resource, error)) from error
    return dict(sorted(amounts.items()))


def _bytes(value: object) -> int:
    return parse_quantity(value, MEMORY, round_up=False)


def _written(amounts: Mapping[str, int]) -> dict[str, str]:
    return {resource: format_quantity(amount, resource) for resource, amount in amounts.items()}


Name = Annotated[
    str, Field(strict=True, min_length=1, max_length=253, pattern=r"^[^\s/\x00-\x1f\x7f]+$")
]
"""The name of a thing: no blanks, no slash, at most 253 characters as in Kubernetes."""

Key = Annotated[str, Field(strict=True, min_length=1, max_length=317)]
"""The key of a label, a taint or a resource; may hold one slash."""

Count = Annotated[int, Field(strict=True, ge=0, le=MOST)]
"""A number of replicas, nodes or instances."""

Price = Annotated[
    float,
    Field(strict=True, ge=0, le=MOST_MONEY),
    BeforeValidator(_not_bool),
    AfterValidator(_finite),
]
"""Money per hour in the problem's currency."""

Labels = Annotated[
    dict[Key, Annotated[str, Field(strict=True, max_length=253)]], Field(default_factory=dict)
]
"""Kubernetes labels."""

Bytes = Annotated[
    int,
    BeforeValidator(_bytes),
    PlainSerializer(lambda v: format_quantity(v, MEMORY)),
    WithJsonSchema(_Quantity),
]
"""A quantity of memory, as an integer in bytes."""

_MAP = WithJsonSchema({"type": "object", "additionalProperties": _Quantity})
_OUT = PlainSerializer(_written)

Requests = Annotated[
    dict[str, int], BeforeValidator(lambda v: _amounts(v, round_up=True)), _OUT, _MAP
]
"""What a replica asks for, by resource, in base units; fractions round up."""

Capacity = Annotated[
    dict[str, int], BeforeValidator(lambda v: _amounts(v, round_up=False)), _OUT, _MAP
]
"""What a node or a limit holds, by resource, in base units; fractions round down."""


class Money:
    """Exact arithmetic on prices: sums of decimals, as the documents state them."""

    @staticmethod
    def exact(price: float) -> Decimal:
        """Return the decimal that the document shows, not the binary fraction next to it."""
        return Decimal(repr(price))

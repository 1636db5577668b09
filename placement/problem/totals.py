"""Limits on what some workloads use together, in some clusters."""

from typing import Annotated

from pydantic import Field, ValidationInfo, WithJsonSchema, field_serializer, field_validator

from placement.problem.base import Key, Name, Part
from placement.quantity import format_quantity, parse_quantity

__all__ = ["Match", "ResourceLimit"]


class Match(Part):
    """Which replicas are meant; what is left out matches all.

    Parameters
    ----------
    workloads
        Names, in any namespace, or ``namespace/name``.
    clusters, regions
        Where the replicas run.
    """

    namespaces: tuple[Name, ...] = ()
    workloads: tuple[Key, ...] = ()
    clusters: tuple[Name, ...] = ()
    regions: tuple[Name, ...] = ()


class ResourceLimit(Part):
    """The most that the replicas meant may request together.

    Parameters
    ----------
    resource
        Name of a resource that replicas request; GPUs that a model needs count, too.
    max
        In the resource's base units.
    """

    name: Name
    match: Match = Match()
    resource: Key
    max: Annotated[int, Field(ge=0), WithJsonSchema({"type": ["integer", "number", "string"]})]

    @field_validator("max", mode="before")
    @classmethod
    def _read_max(cls, value: object, info: ValidationInfo) -> int:
        return parse_quantity(value, info.data.get("resource", ""), round_up=False)

    @field_serializer("max")
    def _write_max(self, amount: int) -> str:
        return format_quantity(amount, self.resource)

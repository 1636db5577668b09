"""What can be had: instance types, offerings of them, and the quotas they share."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, ValidationInfo, WithJsonSchema, field_serializer, field_validator

from placement.problem.base import Bytes, Capacity, Count, Key, Name, Part, Price
from placement.problem.stock import Minutes, Stock, UncertainStock
from placement.quantity import CPU, format_quantity, parse_quantity

__all__ = ["USUAL_GPU", "CapacityType", "Gpu", "InstanceType", "Offering", "Quota"]

USUAL_GPU = "nvidia.com/gpu"  # as NVIDIA's device plugin (k8s-device-plugin) counts them

CapacityType: TypeAlias = Literal["on-demand", "reserved", "spot"]


class Gpu(Part):
    """The GPUs of an instance type, all of one model.

    Parameters
    ----------
    model
        Such as ``A10`` or ``H100``; vendors' labels for one card are known to the memory room.
    count
        GPUs per node.
    memory
        Nominal memory per GPU, in bytes.
    usable_memory
        What CUDA reports per GPU, in bytes; where absent a table or a stated share is used.
    resource
        The name under which Kubernetes counts these GPUs.
    """

    model: Name
    count: Annotated[int, Field(strict=True, ge=1, le=1024)]
    memory: Bytes
    usable_memory: Bytes | None = None
    resource: Key = USUAL_GPU


class InstanceType(Part):
    """A kind of node that a cloud rents out.

    Parameters
    ----------
    vcpus
        As quotas count them; where absent, the allocatable CPU rounded up to whole cores.
    allocatable
        What pods can use of one node, by resource, in base units (CPU in thousandths).
    """

    name: Name
    provider: Name | None = None
    gpu: Gpu | None = None
    vcpus: Count | None = None
    allocatable: Capacity

    @property
    def quota_vcpus(self) -> int:
        """Return the vCPUs that a quota counts for one node."""
        return -(-self.allocatable.get(CPU, 0) // 1000) if self.vcpus is None else self.vcpus

    @property
    def capacity(self) -> dict[str, int]:
        """Return ``allocatable`` with the GPU resource in it, in base units."""
        gpus = {self.gpu.resource: self.gpu.count} if self.gpu else {}
        return {**self.allocatable, **gpus}


class Offering(Part):
    """What can be bought of a type in a region or zone, at which price.

    Parameters
    ----------
    zone
        Absent: the row speaks for the whole region.
    price
        Per node and hour.
    stock
        Further nodes that can be had: a number, a range or quantiles; absent: no known limit.
    stock_age_minutes
        Age of what is known of the stock; see ``objective.stock_half_life_minutes``.
    interruption_rate
        Interruptions per node and hour.
    """

    region: Name
    zone: Name | None = None
    instance_type: Name
    capacity_type: CapacityType = "on-demand"
    price: Price
    stock: Stock | None = None
    stock_age_minutes: Minutes = 0.0
    interruption_rate: Price = 0.0

    @property
    def certain_stock(self) -> int | None:
        """Return the stock as one number: of an uncertain one, what is there half of the time."""
        return self.stock.median if isinstance(self.stock, UncertainStock) else self.stock

    def describe(self) -> str:
        """Return what is sold and where, for people."""
        where = f"{self.region}/{self.zone}" if self.zone else self.region
        return f"{self.instance_type} ({self.capacity_type}) in {where}"


class Quota(Part):
    """A limit that several offerings share; running pool nodes count against it.

    Parameters
    ----------
    region, instance_types, capacity_types
        What the quota covers; absent or empty: all.
    resource
        ``nodes``, ``vcpus`` or the name of a resource (CPU in thousandths once read).
    limit
        The most that running and new nodes together may use, in the resource's base units.
    """

    name: Name
    region: Name | None = None
    instance_types: tuple[Name, ...] = ()
    capacity_types: tuple[CapacityType, ...] = ()
    resource: Key = "nodes"
    limit: Annotated[int, Field(ge=0), WithJsonSchema({"type": ["integer", "number", "string"]})]

    @field_validator("limit", mode="before")
    @classmethod
    def _read_limit(cls, value: object, info: ValidationInfo) -> int:
        return parse_quantity(value, info.data.get("resource", ""), round_up=False)

    @field_serializer("limit")
    def _write_limit(self, limit: int) -> str | int:
        plain = self.resource in {"nodes", "vcpus"}
        return limit if plain else format_quantity(limit, self.resource)

"""Where a workload's users are, and what their distance costs."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from placement.problem.base import Name, Part, Price

__all__ = ["Users"]


class Users(Part):
    """The users of a workload, by region.

    Parameters
    ----------
    regions
        Weight of each users' region; the weights need not add up to one.
    max_ms
        The largest mean latency from the users to a region that replicas may run in; absent: any.
    cost_per_ms
        Money per hour, replica and millisecond of mean latency.
    gib_per_replica_hour
        Replies that one replica sends to the users, in GiB per hour.
    """

    regions: dict[Name, Annotated[float, Field(strict=True, gt=0, le=1e9)]] = Field(
        default_factory=dict
    )
    max_ms: Annotated[float, Field(strict=True, gt=0, le=1e9)] | None = None
    cost_per_ms: Price = 0.0
    gib_per_replica_hour: Annotated[float, Field(strict=True, ge=0, le=1e9)] = 0.0

    @model_validator(mode="after")
    def _regions_are_known(self) -> Self:
        if not self.regions and (self.max_ms or self.cost_per_ms or self.gib_per_replica_hour):
            raise ValueError("needs regions, the weight of each region that users are in")
        return self

    @property
    def needs_latency(self) -> bool:
        """Return whether the latency to the users matters."""
        return bool(self.regions) and (self.max_ms is not None or self.cost_per_ms > 0)

    @property
    def needs_egress(self) -> bool:
        """Return whether the price of replies matters."""
        return bool(self.regions) and self.gib_per_replica_hour > 0

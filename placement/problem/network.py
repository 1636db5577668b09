"""The network between regions: latency, and the price of traffic, edge by edge."""

from typing import Annotated

from pydantic import ConfigDict, Field

from placement.problem.base import Name, Part, Price

__all__ = ["EgressEdge", "LatencyEdge", "Network"]


class LatencyEdge(Part):
    """The latency between two regions; it holds both ways unless the reverse is given."""

    model_config = ConfigDict(populate_by_name=True)

    from_: Name = Field(alias="from")
    to: Name
    ms: Annotated[float, Field(strict=True, ge=0, le=1e9)]


class EgressEdge(Part):
    """The price of traffic between two regions; it holds both ways unless the reverse is given."""

    model_config = ConfigDict(populate_by_name=True)

    from_: Name = Field(alias="from")
    to: Name
    price_per_gib: Price


class Network(Part):
    """Graphs over regions; paths through them count."""

    latency_ms: tuple[LatencyEdge, ...] = ()
    egress: tuple[EgressEdge, ...] = ()

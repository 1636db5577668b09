"""What the objective counts beside nodes."""

from typing import Annotated

from pydantic import Field

from placement.problem.base import Count, Part, Price

__all__ = ["Terms"]


class Terms(Part):
    """Prices of what is not a node.

    Parameters
    ----------
    spot_interruption_cost
        Money for one interrupted replica; spot nodes are interrupted at their offering's
        ``interruption_rate``.
    horizon_hours
        Hours over which the price of moves is spread.
    min_saving
        Share of the money per hour that a re-plan has to save; else nothing that runs is moved.
    max_moves
        The most running replicas that are moved; absent: no limit.
    confidence
        The least probability that everything that the plan buys is there; absent: an uncertain
        stock counts as its median.
    stock_half_life_minutes
        The time in which what is known of a stock loses half of its worth; absent: it keeps.
    """

    spot_interruption_cost: Price = 0.0
    horizon_hours: Annotated[float, Field(strict=True, gt=0, le=1e6)] = 1.0
    min_saving: Annotated[float, Field(strict=True, ge=0, lt=1)] = 0.0
    max_moves: Count | None = None
    confidence: Annotated[float, Field(strict=True, gt=0, le=1)] | None = None
    stock_half_life_minutes: Annotated[float, Field(strict=True, ge=1, le=1e6)] | None = None

"""Demand as a load, carried by as many replicas as it takes."""

from fractions import Fraction
from math import ceil
from typing import Annotated

from pydantic import Field

from placement.problem.base import Money, Name, Part

__all__ = ["Load"]

_Rate = Annotated[float, Field(strict=True, gt=0, le=1e9)]


class Load(Part):
    """A load and what one replica carries of it.

    Parameters
    ----------
    unit
        What is counted, such as ``requests/s``.
    amount
        How much there is, in that unit.
    per_replica
        What one replica carries, by instance type; types that are not listed are not used.
    """

    unit: Annotated[str, Field(strict=True, min_length=1, max_length=63)] = "requests/s"
    amount: _Rate
    per_replica: Annotated[dict[Name, _Rate], Field(min_length=1)]

    @property
    def most_replicas(self) -> int:
        """Return how many replicas carry it all where each carries the least."""
        least = Fraction(Money.exact(min(self.per_replica.values())))
        return ceil(Fraction(Money.exact(self.amount)) / least)

"""Stock that is not known for certain: a range, or quantiles, and what they say of a number."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Self

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    PlainSerializer,
    Tag,
    WithJsonSchema,
    model_validator,
)

from placement.problem.base import MOST, Count, Part

__all__ = ["Minutes", "Stock", "UncertainStock"]

HALF = Fraction(1, 2)

Minutes = Annotated[float, Field(strict=True, ge=0, le=1e6)]
"""Age of information, in minutes."""


def _pairs(value: object) -> tuple[tuple[float, object], ...]:
    """Return quantiles by their share, ascending; JSON writes shares as text."""
    if not isinstance(value, Mapping):
        raise ValueError("must be a mapping from shares (0.1, 0.5, ...) to numbers of nodes")
    pairs = {}
    for key, nodes in value.items():
        try:
            share = float(key) if isinstance(key, int | float | str) else -1.0
        except ValueError:
            share = -1.0
        if isinstance(key, bool) or not 0 <= share <= 1:
            raise ValueError(f"has the share {key!r}, which is not a number from 0 to 1")
        if share in pairs:
            raise ValueError(f"has the share {key!r} twice")
        if isinstance(nodes, bool) or not isinstance(nodes, int) or not 0 <= nodes <= MOST:
            raise ValueError(f"has {nodes!r} at {key}, which is not a whole number of nodes")
        pairs[share] = nodes
    return tuple(sorted(pairs.items()))


_Quantiles = Annotated[
    tuple[tuple[float, Count], ...],
    BeforeValidator(_pairs),
    PlainSerializer(dict),
    WithJsonSchema(
        {
            "type": "object",
            "additionalProperties": {"type": "integer", "minimum": 0},
        }
    ),
]


class UncertainStock(Part):
    """A number of nodes that is not known for certain: a range or quantiles.

    Parameters
    ----------
    low, high
        Every whole number from one to the other is equally likely.
    quantiles
        By share p: the stock falls below this number with a probability of p at most.
    """

    low: Count | None = None
    high: Count | None = None
    quantiles: _Quantiles = ()

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        """Demand a whole range or quantiles, and figures that do not fall."""
        if self.quantiles:
            if self.low is not None or self.high is not None:
                raise ValueError("must be a range (low, high) or quantiles, not both")
            figures = [nodes for _, nodes in self.quantiles]
            if figures != sorted(figures):
                raise ValueError("must not have quantiles that fall as their share rises")
        elif self.low is None or self.high is None:
            raise ValueError("must have both low and high, or quantiles")
        elif self.high < self.low:
            raise ValueError(f"must have a high of at least low, which is {self.low}")
        return self

    def chance(self, nodes: int) -> Fraction:
        """Return the least probability that so many nodes are there that the figures allow."""
        if self.low is not None and self.high is not None:
            numbers = self.high - self.low + 1
            return min(Fraction(1), max(Fraction(0), Fraction(self.high - nodes + 1, numbers)))
        if nodes <= 0:
            return Fraction(1)
        shares = (share for share, figure in self.quantiles if figure >= nodes)
        return 1 - Fraction(Decimal(repr(next(shares, 1.0))))

    def steps(self, first: int) -> Iterator[int]:
        """Yield every number of nodes from the first on above which the probability falls."""
        if self.low is not None and self.high is not None:
            yield from range(max(first, self.low), self.high + 1)
            return
        last = first - 1
        for _, figure in self.quantiles:
            if figure > last:
                yield figure
                last = figure

    @property
    def most(self) -> int:
        """Return the most nodes that are there with any probability."""
        return self.most_with(lambda chance: chance > 0)

    @property
    def median(self) -> int:
        """Return the most nodes that are there with a probability of one half at least."""
        return self.most_with(lambda chance: chance >= HALF)

    def most_with(self, enough: Callable[[Fraction], bool]) -> int:
        """Return the most nodes whose probability is enough; 0 where that of one is not."""
        highest = self.high if self.high is not None else self.quantiles[-1][1]
        return bisect_left(range(1, highest + 1), True, key=lambda n: not enough(self.chance(n)))


def _kind(value: object) -> str:
    return "<uncertain>" if isinstance(value, Mapping | UncertainStock) else "<number>"


Stock = Annotated[
    Annotated[Count, Tag("<number>")] | Annotated[UncertainStock, Tag("<uncertain>")],
    Discriminator(_kind),
]
"""A number of nodes, or what is known of it. Tags in brackets never stand in a document."""

"""What the objective counts beside nodes."""

from collections.abc import Mapping
from typing import ClassVar

from placement.problem.base import Part, Price

__all__ = ["Terms"]


class Terms(Part):
    """Prices of what is not a node.

    Parameters
    ----------
    spot_interruption_cost
        Money for one interrupted replica; spot nodes are interrupted at their offering's
        ``interruption_rate``.
    """

    later: ClassVar[Mapping[str, tuple[object, ...]]] = {
        "horizon_hours": (1, 1.0),
        "min_saving": (0, 0.0),
    }

    spot_interruption_cost: Price = 0.0

"""What the parts of a random problem share: its randomness, size, rules and types."""

from dataclasses import dataclass
from random import Random
from typing import Any

__all__ = ["CAPACITY", "PRICES", "REGIONS", "Draw", "Json", "Size"]

Json = dict[str, Any]
Sort = tuple[str, str, str]

REGIONS = ("east", "west")
PRICES = (1.0, 1.0, 1.41, 2.0, 2.0, 2.5, 0.333333, 0.1234, 0.0, 3.05)
CAPACITY = ("on-demand", "on-demand", "on-demand", "spot", "reserved")


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large a random problem may be.

    Parameters
    ----------
    workloads, clusters
        How many there are; one of these numbers, each as likely.
    states
        The most that the product of (replicas + 1) over all workloads may be.
    """

    workloads: tuple[int, ...]
    replicas: int
    states: int
    clusters: tuple[int, ...]
    pools: int
    running: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """One problem in the making.

    Parameters
    ----------
    rules
        Names of the rules that this problem is to use.
    priced, wide
        Region, type and capacity type of every offering, and of those for a whole region.
    """

    rng: Random
    size: Size
    rules: frozenset[str]
    types: tuple[Json, ...]
    priced: frozenset[Sort]
    wide: frozenset[Sort]

    def has(self, rule: str, chance: float) -> bool:
        """Return whether this problem uses a rule, and uses it here."""
        return rule in self.rules and self.rng.random() < chance

"""Where each block of variables stands among the columns of the programme."""

from dataclasses import dataclass

import numpy as np

from placement.formulation.milp import Ints
from placement.instance import Instance

__all__ = ["Layout"]

BLOCKS = (
    "x",
    "n",
    "u",
    "g",
    "z",
    "p",
    "m",
    "t",
    "e",
    "q",
    "y",
    "l",
    "v",
    "k",
    "d",
    "c",
    "a",
    "h",
    "b",
)
"""Blocks in their order; what packing adds comes after them."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns of the programme, block by block.

    Parameters
    ----------
    sizes
        Columns of each block in ``BLOCKS``.

    Notes
    -----
    x
        Replicas of a candidate.
    n
        Nodes kept or bought of a supply.
    u
        Replicas left out of a workload.
    g
        Whether nodes are added under a limit that is exceeded now.
    z
        Whether a cluster has replicas.
    p
        Whether a workload has replicas in a group.
    m
        The least replicas in any group that a skew counts.
    t, e
        The least of the groups that may be lost at once, and what each group has beyond it.
    q
        Replicas over several nodes in a place.
    y, l
        What the replicas of a load could carry, and load that is not carried.
    v, k
        What leaves a place, and replicas moved.
    d
        Whether a load falls.
    c, a
        Replicas moved elsewhere that could stay, and whether fewer arrive than leave; where moves
        are limited.
    h
        Whether an offering of uncertain stock is bought up to a level.
    b
        Whether a row of the plan is present; no columns where names are not compared.
    """

    sizes: tuple[int, ...]

    @classmethod
    def of(cls, instance: Instance, rows: int = 0) -> "Layout":
        """Return the layout of an instance's programme, with ``rows`` rows of the plan named."""
        ties, several = instance.ties, instance.ties.several
        return cls(
            (
                instance.workload.size,
                instance.running.size,
                instance.replicas.size,
                sum(cap.over > 0 for cap in instance.caps),
                len(instance.problem.clusters),
                len(ties.presences),
                len(ties.skews),
                len(several),
                sum(len(loss.groups) for loss in several),
                len(instance.whole),
                len(instance.loads),
                len(instance.loads),
                sum(len(each.places) for each in instance.moving),
                len(instance.moving),
                sum(each.is_load for each in instance.moving),
                *(len(instance.limited),) * 2,
                instance.confidence.levels,
                rows,
            )
        )

    @property
    def candidates(self) -> int:
        """Return the columns of x."""
        return self.sizes[0]

    @property
    def supplies(self) -> int:
        """Return the columns of n."""
        return self.sizes[1]

    @property
    def workloads(self) -> int:
        """Return the columns of u."""
        return self.sizes[2]

    @property
    def clusters(self) -> int:
        """Return the columns of z."""
        return self.sizes[4]

    @property
    def x(self) -> Ints:
        """Return the columns of x, by candidate."""
        return self.block("x")

    @property
    def n(self) -> Ints:
        """Return the columns of n, by supply."""
        return self.block("n")

    @property
    def u(self) -> Ints:
        """Return the columns of u, by workload."""
        return self.block("u")

    @property
    def g(self) -> Ints:
        """Return the columns of g, by limit exceeded now."""
        return self.block("g")

    @property
    def z(self) -> Ints:
        """Return the columns of z, by cluster."""
        return self.block("z")

    @property
    def b(self) -> Ints:
        """Return the columns of b, by row of the plan."""
        return self.block("b")

    @property
    def h(self) -> Ints:
        """Return the columns of h, by level of each offering."""
        return self.block("h")

    @property
    def width(self) -> int:
        """Return the number of columns before those that packing adds."""
        return sum(self.sizes)

    def block(self, name: str) -> Ints:
        """Return the columns of a block."""
        number = BLOCKS.index(name)
        return sum(self.sizes[:number]) + np.arange(self.sizes[number], dtype=np.int64)

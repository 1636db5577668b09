"""Where each block of variables stands among the columns of the programme."""

from dataclasses import dataclass

import numpy as np

from placement.formulation.milp import Ints
from placement.instance import Instance

__all__ = ["Layout"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Columns of the programme, block by block: x, n, u, g, z, b, h, then what packing adds.

    Parameters
    ----------
    candidates, supplies, workloads
        Sizes of x (replicas of a candidate), n (nodes kept or bought of a supply) and u
        (replicas left out of a workload).
    grows
        Size of g: for each limit that is exceeded now, whether nodes are added under it.
    clusters
        Size of z: whether a cluster has replicas.
    rows
        Size of b: whether a row of the plan is present; 0 where names are not compared.
    levels
        Size of h: whether an offering of uncertain stock is bought up to a level.
    """

    candidates: int
    supplies: int
    workloads: int
    grows: int
    clusters: int
    rows: int
    levels: int = 0

    @classmethod
    def of(cls, instance: Instance, rows: int = 0) -> "Layout":
        """Return the layout of an instance's programme, with ``rows`` rows of the plan named."""
        return cls(
            candidates=instance.workload.size,
            supplies=instance.running.size,
            workloads=instance.replicas.size,
            grows=sum(cap.over > 0 for cap in instance.caps),
            clusters=len(instance.problem.clusters),
            rows=rows,
            levels=instance.confidence.levels,
        )

    @property
    def x(self) -> Ints:
        """Return the columns of x, by candidate."""
        return self._block(0)

    @property
    def n(self) -> Ints:
        """Return the columns of n, by supply."""
        return self._block(1)

    @property
    def u(self) -> Ints:
        """Return the columns of u, by workload."""
        return self._block(2)

    @property
    def g(self) -> Ints:
        """Return the columns of g, by limit exceeded now."""
        return self._block(3)

    @property
    def z(self) -> Ints:
        """Return the columns of z, by cluster."""
        return self._block(4)

    @property
    def b(self) -> Ints:
        """Return the columns of b, by row of the plan."""
        return self._block(5)

    @property
    def h(self) -> Ints:
        """Return the columns of h, by level of each offering."""
        return self._block(6)

    @property
    def width(self) -> int:
        """Return the number of columns before those that packing adds."""
        return sum(self._sizes())

    def _sizes(self) -> tuple[int, ...]:
        return (
            self.candidates,
            self.supplies,
            self.workloads,
            self.grows,
            self.clusters,
            self.rows,
            self.levels,
        )

    def _block(self, number: int) -> Ints:
        sizes = self._sizes()
        return sum(sizes[:number]) + np.arange(sizes[number], dtype=np.int64)

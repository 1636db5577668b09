"""Where replicas run now, and what taking them away costs, as index arrays."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from placement.candidates import Candidates
from placement.formulation.milp import Ints
from placement.problem import Workload
from placement.problem.base import Money

__all__ = ["Moving", "Place", "moving_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Replicas that run in one place now.

    Parameters
    ----------
    candidate
        ``(k,)`` candidates of the workload there.
    units
        Replicas there, in units of x.
    within
        Of a place that is a whole pool: numbers of the places that are single nodes of it.
    """

    candidate: Ints
    units: int
    within: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """The current placement of one workload.

    Parameters
    ----------
    places
        Single nodes before whole pools.
    parts
        Units of x in a replica.
    leave
        Units that a scale-down takes away, which have not moved; of a load, as many as fall.
    most
        The most that x can be in all.
    cost
        Money per hour for one replica moved.
    """

    workload: int
    places: tuple[Place, ...]
    parts: int
    leave: int
    is_load: bool
    most: int
    cost: Fraction

    @property
    def units(self) -> int:
        """Return all units that run now."""
        return sum(place.units for place in self.places)

    @property
    def forced(self) -> int:
        """Return the replicas in places without a candidate, which cannot stay in any plan."""
        gone = sum(place.units for place in self.places if not place.candidate.size)
        return gone // self.parts

    def left(self, x: Ints) -> Ints:
        """Return ``(places,)`` units that leave each place, given ``(C,)`` x."""
        found = np.zeros(len(self.places), dtype=np.int64)
        for number, place in enumerate(self.places):
            stays = sum(self.places[p].units - int(found[p]) for p in place.within)
            there = int(x[place.candidate].sum()) - stays
            found[number] = max(0, place.units - there)
        return found

    def moved(self, left: Ints, placed: int) -> int:
        """Return the replicas moved, given units that leave each place and units placed."""
        leave = max(0, self.units - placed) if self.is_load else self.leave
        return max(0, int(left.sum()) - leave) // self.parts

    def elsewhere(self, left: Ints, placed: int) -> int:
        """Return the replicas moved that arrive elsewhere, beyond those that cannot stay."""
        arrives = (placed - self.units + int(left.sum())) // self.parts
        return max(0, min(self.moved(left, placed), arrives) - self.forced)


def moving_of(found: Candidates, units: Ints) -> tuple[Moving, ...]:
    """Return the workloads that state where they run now.

    Parameters
    ----------
    units
        ``(W,)`` the most of x that each workload can have in all.
    """
    horizon = Fraction(Money.exact(found.problem.objective.horizon_hours))
    pools: dict[tuple[str, str | None], list[int]] = {}
    for position, supply in enumerate(found.supplies):
        pool = supply.pool.name if supply.pool else None
        pools.setdefault((supply.cluster.name, pool), []).append(position)
    return tuple(
        Moving(
            workload=number,
            places=tuple(_places(found, pools, number, workload)),
            parts=workload.nodes_per_replica,
            leave=0 if workload.load else _scaled_down(workload),
            is_load=workload.load is not None,
            most=int(units[number]),
            cost=Fraction(Money.exact(workload.move_cost)) / horizon,
        )
        for number, workload in enumerate(found.problem.workloads)
        if workload.current
    )


def _scaled_down(workload: Workload) -> int:
    runs = sum(row.replicas for row in workload.current)
    return max(0, runs - workload.most_replicas) * workload.nodes_per_replica


def _places(
    found: Candidates,
    pools: Mapping[tuple[str, str | None], list[int]],
    number: int,
    workload: Workload,
) -> Iterator[Place]:
    """Yield the places of a workload; ``pools`` are the supplies of each pool, and of none."""
    mine = found.of(number)
    usable = dict(zip(found.supply[mine].tolist(), mine.tolist(), strict=True))
    rows = sorted(workload.current, key=lambda row: row.node is None)
    for row in rows:
        there = [
            usable[supply]
            for supply in pools.get((row.cluster, row.node_pool), ())
            if supply in usable and (row.node is None or row.node in found.supplies[supply].nodes)
        ]
        within = [
            at
            for at, other in enumerate(rows)
            if row.node is None
            and other.node is not None
            and (other.cluster, other.node_pool) == (row.cluster, row.node_pool)
        ]
        yield Place(
            candidate=np.array(there, dtype=np.int64),
            units=row.replicas * workload.nodes_per_replica,
            within=tuple(within),
        )

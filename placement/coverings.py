"""What some candidates of a workload must cover together, rule by rule, as index arrays."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np

from placement.formulation.milp import Ints
from placement.instance import Instance
from placement.shares import WHOLE

__all__ = ["Covering", "coverings", "most_on_a_node"]

MOST_ENTRIES = 2 * 10**7  # candidates in all coverings: 320 MB; rules with more groups give none


@dataclass(frozen=True, slots=True, kw_only=True)
class Covering:
    """So much of a workload is on some of its candidates, or left out.

    Parameters
    ----------
    candidate, amount
        ``(k,)`` the candidates, and what a replica of each covers.
    needed
        What is to be covered.
    load
        Number of the load, where left out is a part of it; else -1, and it is replicas.
    each
        What one unit left out covers.
    """

    workload: int
    candidate: Ints
    amount: Ints
    needed: int
    load: int
    each: int


def coverings(instance: Instance) -> Iterator[Covering]:
    """Yield what the demands, loads, shares and losses of a problem need."""
    loads = {row.workload for row in instance.loads}
    bounds = np.searchsorted(instance.workload, np.arange(instance.replicas.size + 1))
    pairs = list(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True))
    own = [np.arange(first, last, dtype=np.int64) for first, last in pairs]
    entries = 0
    for workload, needed, without in _counted(instance):
        if workload in loads:
            continue
        candidate = own[workload]
        if without.size:
            candidate = np.setdiff1d(candidate, without, assume_unique=True)
        entries += candidate.size
        if needed > 0 and candidate.size and entries <= MOST_ENTRIES:
            yield Covering(
                workload=workload,
                candidate=candidate,
                amount=np.ones(candidate.size, dtype=np.int64),
                needed=needed,
                load=-1,
                each=int(instance.parts[workload]),
            )
    for number, row in enumerate(instance.loads):
        if row.candidate.size:
            yield Covering(
                workload=row.workload,
                candidate=row.candidate,
                amount=row.rate,
                needed=row.parts * row.amount,
                load=number,
                each=row.parts,
            )


def most_on_a_node(instance: Instance) -> Ints:
    """Return ``(C,)`` the most replicas of a candidate on a node: its room, and rules on groups."""
    most = instance.per_node.copy()
    units = instance.units.tolist()
    for workload, needed, group in _counted(instance):
        if group.size:
            most[group] = np.minimum(most[group], units[workload] - needed)
    return most


def _counted(instance: Instance) -> Iterator[tuple[int, int, Ints]]:
    """Yield workload, replicas, and the candidates that do not count, of demands and rules.

    A share holds for what is placed. What is left out counts in full here, which is no less.
    """
    units = instance.units.tolist()
    for workload, needed in enumerate(units):
        yield workload, needed, np.empty(0, dtype=np.int64)
    for share in instance.ties.shares:
        needed = ceil((1 - share.share) * units[share.workload])
        for group in share.groups:
            yield share.workload, needed, group
    for loss in instance.ties.losses:
        if loss.at_once == 1:
            most = units[loss.workload]
            needed = max(ceil(loss.keep * most), min(loss.keep_units, most))
            for group in loss.groups:
                yield loss.workload, needed, group
    spot = instance.spot_shares
    for row, (workload, most) in enumerate(
        zip(spot.workload.tolist(), spot.share.tolist(), strict=True)
    ):
        on_spot = spot.candidate[(spot.row == row) & (spot.spot > 0)]
        yield workload, ceil((1 - Fraction(most, WHOLE)) * units[workload]), on_spot
